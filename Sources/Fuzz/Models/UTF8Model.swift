/// UTF-8 by the table of RFC 3629 §4, one character after the other, bit by bit.
package enum UTF8Model {
  /// What a prefix of a text is.
  package enum Verdict: Equatable, Sendable {
    /// A sequence of whole characters.
    case complete
    /// Whole characters and the beginning of another.
    case unfinished
    /// No beginning of any UTF-8 text; the index of the octet that makes it certain.
    case invalid(at: Int)
  }

  /// The rows of `UTF8-octets`: for each form the range of every octet.
  private static let rows: [[ClosedRange<UInt8>]] = [
    [0x00...0x7F],
    [0xC2...0xDF, 0x80...0xBF],
    [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
    [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF],
    [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
    [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF],
    [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
  ]

  /// Judges `octets` as a whole.
  package static func judge(_ octets: [UInt8]) -> Verdict {
    var start = 0
    while start < octets.count {
      guard let row = rows.first(where: { $0[0].contains(octets[start]) }) else { return .invalid(at: start) }
      for place in 1..<max(1, row.count) {
        guard start + place < octets.count else { return .unfinished }
        guard row[place].contains(octets[start + place]) else { return .invalid(at: start + place) }
      }
      start += row.count
    }
    return .complete
  }
}
