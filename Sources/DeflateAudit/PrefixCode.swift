/// A canonical prefix code given by the lengths of its codes (RFC 1951 §3.2.2).
struct PrefixCode: Sendable {
  /// The number of codes of each length, 0…15.
  private let counts: [Int]
  /// The symbols that have a code, in the order of their codes.
  private let symbols: [Int]
  /// The lengths from 1 to that of the longest code: bits that are no code up to there are none at all.
  private let lengths: Range<Int>

  /// Whether a bit sequence exists that is no code.
  private enum Completeness { case complete, incomplete, oversubscribed }

  /// Checks the lengths, each 0…15, 0 for a symbol without a code.
  ///
  /// - Parameter mayBeSparse: Whether no code at all, or a single code of one bit, is allowed as well (RFC 1951 §3.2.7).
  init(
    lengths: some Collection<Int>, of alphabet: DeflateFailure.Alphabet, mayBeSparse: Bool, at bitOffset: Int
  ) throws(DeflateFailure) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[length] += 1 }
    let used = lengths.count - counts[0]
    switch Self.completeness(counts) {
    case .complete: break
    case .oversubscribed: throw DeflateFailure(.oversubscribed(alphabet), bitOffset: bitOffset)
    case .incomplete:
      guard mayBeSparse, used == 0 || (used == 1 && counts[1] == 1) else {
        throw DeflateFailure(.incomplete(alphabet), bitOffset: bitOffset)
      }
    }
    self.counts = counts
    self.lengths = 1..<(counts.indices.last { $0 > 0 && counts[$0] > 0 } ?? 0) + 1
    let ordered = Array(lengths)
    symbols = ordered.indices.filter { ordered[$0] > 0 }.sorted { (ordered[$0], $0) < (ordered[$1], $1) }
  }

  private init(fixedLengths lengths: [Int]) {
    self.lengths = 1..<(lengths.max() ?? 0) + 1
    counts = (0...15).map { length in lengths.count { $0 == length } }
    symbols = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  /// The literal/length code of fixed blocks (RFC 1951 §3.2.6).
  static let fixedLiterals = PrefixCode(
    fixedLengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  /// The distance code of fixed blocks (RFC 1951 §3.2.6).
  static let fixedDistances = PrefixCode(fixedLengths: [Int](repeating: 5, count: 32))

  private static func completeness(_ counts: [Int]) -> Completeness {
    var left = 1
    for length in 1...15 {
      left = left * 2 - counts[length]
      if left < 0 { return .oversubscribed }
    }
    return left == 0 ? .complete : .incomplete
  }

  /// Reads one symbol, bit by bit.
  func symbol(from cursor: inout BitCursor) throws(DeflateFailure) -> Int {
    let start = cursor.offset
    var code = 0
    var firstCode = 0
    var firstIndex = 0
    for length in lengths {
      code |= try cursor.bit()
      let count = counts[length]
      if code - firstCode < count { return symbols[firstIndex + code - firstCode] }
      firstIndex += count
      firstCode = (firstCode + count) << 1
      code <<= 1
    }
    throw DeflateFailure(.unassignedCode, bitOffset: start)
  }
}
