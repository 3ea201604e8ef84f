import Foundation
import HTTPParse
import ProtocolTesting
import Testing

/// One row of the files in `Rows`; `requests.txt` explains them.
struct WireRow: CustomTestStringConvertible, Sendable {
  let id: String
  let group: String
  private(set) var sent: [String] = []
  private(set) var octets: [UInt8] = []
  private(set) var endsInput = false
  private(set) var expectations: [String] = []

  static let requests = load("requests")
  static let responses = load("responses")

  var testDescription: String { "\(id) \(group): \(expectations.filter { !$0.hasPrefix("never") }.joined(separator: ", "))" }

  /// The words after the first expectation that begins with `key`, or `nil`.
  func expected(_ key: String) -> String? {
    expectations.first { $0 == key || $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) }
  }

  private static func load(_ name: String) -> [WireRow] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Rows/\(name).txt").path()
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    var rows: [WireRow] = []
    var group = ""
    var notation = ""
    func finish() {
      guard let last = rows.indices.last else { return }
      let (octets, ends) = Notation.octets(notation)
      rows[last].octets = octets
      rows[last].endsInput = ends
      notation = ""
    }
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") {
        group = String(line.dropFirst(3))
      } else if line.hasPrefix("H1.") {
        finish()
        rows.append(WireRow(id: String(line), group: group))
      } else if line.hasPrefix("| ") {
        notation += line.dropFirst(2)
      } else if line.hasPrefix("sent "), let last = rows.indices.last {
        rows[last].sent = line.dropFirst(5).split(separator: " ").map(String.init)
      } else if line.hasPrefix("= "), let last = rows.indices.last {
        rows[last].expectations.append(String(line.dropFirst(2)))
      }
    }
    finish()
    return rows
  }
}

/// Octets as the row files write them.
enum Notation {
  static let next = "GET /sentinel HTTP/1.1\\r\\nHost: h1.test\\r\\nConnection: close\\r\\n\\r\\n"

  static func octets(_ text: String) -> (octets: [UInt8], endsInput: Bool) {
    var result: [UInt8] = []
    var endsInput = false
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      if octet == 0x5B, let close = rest.firstIndex(of: 0x5D) {
        let inner = String(decoding: rest[..<close], as: UTF8.self)
        rest = rest[(close + 1)...]
        if inner == "next" {
          result += octets(next).octets
        } else if inner == "end" {
          endsInput = true
        } else if let kind = inner.firstIndex(where: { $0 == "*" || $0 == "#" }), let count = Int(inner[..<kind]) {
          let piece = String(inner[inner.index(after: kind)...])
          if inner[kind] == "*" {
            let octets = octets(piece).octets
            for _ in 0..<count { result += octets }
          } else {
            for number in 1...count { result += octets(piece.replacing("#", with: "\(number)")).octets }
          }
        }
      } else if octet == 0x5C, let escape = rest.popFirst() {
        switch escape {
        case 0x72: result.append(0x0D)
        case 0x6E: result.append(0x0A)
        case 0x74: result.append(0x09)
        case 0x78:
          result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
          rest = rest.dropFirst(2)
        default: result.append(escape)
        }
      } else {
        result.append(octet)
      }
    }
    return (result, endsInput)
  }
}
