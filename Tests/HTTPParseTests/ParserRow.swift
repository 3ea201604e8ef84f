import HTTPRows
import Testing

/// A row with what a strict parser makes of its octets.
struct ParserRow: CustomTestStringConvertible, Sendable {
  let id: String
  let group: String
  let isResponse: Bool
  let sent: [String]
  let octets: [UInt8]
  let endsInput: Bool
  let expectations: [String]

  static let requests = WireRow.requests.map { ParserRow($0, isResponse: false) }
  static let responses = WireRow.responses.map { ParserRow($0, isResponse: true) }

  private init(_ row: WireRow, isResponse: Bool) {
    id = row.id
    group = row.group
    self.isResponse = isResponse
    sent = row.words("sent").flatMap { $0.split(separator: " ").map(String.init) }
    (octets, endsInput) = Notation.octets(row.notation)
    expectations = row.words("=")
  }

  var testDescription: String { "\(id) \(group): \(expectations.filter { !$0.hasPrefix("never") }.joined(separator: ", "))" }

  /// The words after the first expectation that begins with `key`, or `nil`.
  func expected(_ key: String) -> String? {
    expectations.first { $0 == key || $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) }
  }
}
