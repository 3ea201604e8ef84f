public import Foundation

/// One row of the files in `Rows`, which explain themselves.
public struct RowText: Sendable {
  /// The id, such as `H1.3.4`.
  public let id: String
  /// The heading it stands under.
  public let group: String
  /// The octets in the notation.
  public private(set) var notation = ""
  /// The lines that are no octets, as a keyword and the words after it.
  public private(set) var lines: [(key: String, words: String)] = []

  /// What a server receives, and what a strict parser makes of it.
  public static let requests = load("requests")
  /// What a client receives, and what a strict parser makes of it.
  public static let responses = load("responses")
  /// What is sent to a server, and what it may answer.
  public static let servers = load("servers")

  /// The directory of the row files.
  public static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Rows")

  /// The words of all lines with this keyword.
  public func words(_ key: String) -> [String] { lines.filter { $0.key == key }.map(\.words) }

  private static func load(_ name: String) -> [RowText] {
    guard let text = try? String(contentsOf: directory.appending(path: "\(name).txt"), encoding: .utf8) else { return [] }
    var rows: [RowText] = []
    var group = ""
    for line in text.split(separator: "\n") where !line.hasPrefix("#") || line.hasPrefix("## ") {
      if line.hasPrefix("## ") {
        group = String(line.dropFirst(3))
      } else if line.hasPrefix("H1.") {
        rows.append(RowText(id: String(line), group: group))
      } else if line.hasPrefix("| "), let last = rows.indices.last {
        rows[last].notation += line.dropFirst(2)
      } else if let last = rows.indices.last, let key = line.split(separator: " ").first {
        rows[last].lines.append((String(key), String(line.dropFirst(key.count + 1))))
      }
    }
    return rows
  }
}
