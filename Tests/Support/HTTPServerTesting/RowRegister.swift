import Foundation
import HTTPRows

/// The titles in `Tests/rows.txt`, the register of all rows.
enum RowRegister {
  private static let titles: [String: String] = {
    let path = RowText.directory.appending(path: "../../../rows.txt")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [:] }
    var titles: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      if cells.count == 3 { titles[cells[0]] = cells[2] }
    }
    return titles
  }()

  static func title(of id: String) -> String { titles[id] ?? "" }
}
