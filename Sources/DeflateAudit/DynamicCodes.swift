/// The two codes that stand at the beginning of a dynamic block (RFC 1951 §3.2.7).
struct DynamicCodes {
  let literals: PrefixCode
  let distances: PrefixCode

  /// The order in which the lengths of the code length code are written.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  init(from cursor: inout BitCursor) throws(DeflateFailure) {
    let start = cursor.offset
    let literalCount = try cursor.bits(5) + 257
    let distanceCount = try cursor.bits(5) + 1
    let lengthCount = try cursor.bits(4) + 4
    guard literalCount <= 286 else { throw DeflateFailure(.tooManyLiteralCodes, bitOffset: start, limit: 286, actual: literalCount) }
    guard distanceCount <= 30 else { throw DeflateFailure(.tooManyDistanceCodes, bitOffset: start + 5, limit: 30, actual: distanceCount) }
    let codeStart = cursor.offset
    var codeLengths = [Int](repeating: 0, count: 19)
    for index in 0..<lengthCount { codeLengths[Self.order[index]] = try cursor.bits(3) }
    let code = try PrefixCode(lengths: codeLengths, of: .codeLengths, mayBeSparse: false, at: codeStart)
    let lengthsStart = cursor.offset
    let lengths = try Self.lengths(literalCount + distanceCount, code, &cursor)
    guard lengths[256] > 0 else { throw DeflateFailure(.noEndOfBlock, bitOffset: lengthsStart) }
    literals = try PrefixCode(lengths: lengths[..<literalCount], of: .literals, mayBeSparse: true, at: lengthsStart)
    distances = try PrefixCode(lengths: lengths[literalCount...], of: .distances, mayBeSparse: true, at: lengthsStart)
  }

  /// Both sequences of lengths as one; repetitions may go across.
  private static func lengths(_ count: Int, _ code: PrefixCode, _ cursor: inout BitCursor) throws(DeflateFailure) -> [Int] {
    var lengths: [Int] = []
    while lengths.count < count {
      let start = cursor.offset
      let symbol = try code.symbol(from: &cursor)
      var length = 0
      let repetitions: Int
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw DeflateFailure(.repeatWithoutLength, bitOffset: start) }
        length = last
        repetitions = try cursor.bits(2) + 3
      case 17: repetitions = try cursor.bits(3) + 3
      case 18: repetitions = try cursor.bits(7) + 11
      default:
        length = symbol
        repetitions = 1
      }
      guard lengths.count + repetitions <= count else {
        throw DeflateFailure(.repeatPastEnd, bitOffset: start, limit: count, actual: lengths.count + repetitions)
      }
      lengths += repeatElement(length, count: repetitions)
    }
    return lengths
  }
}
