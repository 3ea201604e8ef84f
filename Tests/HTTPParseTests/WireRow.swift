import HTTPRows
import Testing

/// A row with what a strict parser makes of its octets.
struct WireRow: CustomTestStringConvertible, Sendable {
  let id: String
  let group: String
  let sent: [String]
  let octets: [UInt8]
  let endsInput: Bool
  let expectations: [String]

  static let requests = RowText.requests.map(WireRow.init)
  static let responses = RowText.responses.map(WireRow.init)

  private init(_ row: RowText) {
    id = row.id
    group = row.group
    sent = row.words("sent").flatMap { $0.split(separator: " ").map(String.init) }
    (octets, endsInput) = Notation.octets(row.notation)
    expectations = row.words("=")
  }

  var testDescription: String { "\(id) \(group): \(expectations.filter { !$0.hasPrefix("never") }.joined(separator: ", "))" }

  /// The words after the first expectation that begins with `key`, or `nil`.
  func expected(_ key: String) -> String? {
    expectations.first { $0 == key || $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) }
  }

  /// The octets of a value in the notation of the rows.
  static func octets(_ notation: String) -> [UInt8] { Notation.octets(notation).octets }
}
