/// The fast reader of plain chunks: a size of up to 15 digits alone on its line, data, and CRLF on both.
///
/// It takes what it knows and nothing else; ``ChunkedDecoder`` reads the rest octet by octet and words the errors.
struct ChunkKernel {
  let octets: UncheckedOctets

  private var count: Int { octets.count }

  /// Whether CRLF stands at `at`, which is not negative.
  @inline(__always)
  func isLineEnd(at: Int) -> Bool {
    guard at &+ 2 <= count else { return false }
    return octets.word16(at) == 0x0A0D
  }

  /// The size on the line at `at` and where the line ends, or `nil` if it is not plain or not whole.
  @inline(__always)
  func sizeLine(at: Int) -> (size: Int, end: Int)? {
    let limit = min(count, at &+ 15)
    guard at < limit else { return nil }
    var end = at
    var size = 0
    repeat {
      let octet = octets[end]
      if hexadecimalDigits[Int(octet)] == 0 { break }
      // The value is computed, not looked up: where the next chunk begins waits for it.
      size = size &<< 4 &+ (Int(octet & 15) &+ Int(octet &>> 6) &* 9)
      end &+= 1
    } while end < limit
    return end > at && isLineEnd(at: end) ? (size, end &+ 2) : nil
  }

  /// What comes after framing that was plain.
  enum Next {
    /// A size line that is not plain, or not whole.
    case unknown
    case data(size: Int)
    case trailers
    case end
  }

  /// The plain framing at `at`: a line end if data was before, then a size line, and after the last one the empty line.
  @inline(__always)
  func framing(at: Int, isAfterData: Bool) -> (next: Next, end: Int) {
    if isAfterData, !isLineEnd(at: at) { return (.unknown, at) }
    let line = isAfterData ? at &+ 2 : at
    guard let (size, end) = sizeLine(at: line) else { return (.unknown, line) }
    if size > 0 { return (.data(size: size), end) }
    return isLineEnd(at: end) ? (.end, end &+ 2) : (.trailers, end)
  }

  /// Moves the content of plain chunks that are whole, beginning with the size line at `from`, to `written` and on.
  ///
  /// `written` is not greater than `from`. Stops before the last chunk.
  ///
  /// - Returns: Where the first octet not taken is, and where the next content goes.
  func compact(from: Int, to written: Int) -> (next: Int, written: Int) {
    var next = from
    var written = written
    while let (size, data) = sizeLine(at: next), size > 0, size <= count &- data, isLineEnd(at: data &+ size) {
      octets.move(from: data, to: written, length: size)
      written &+= size
      next = data &+ size &+ 2
    }
    return (next, written)
  }
}

extension ChunkedDecoder {
  /// Calls `body` with a kernel over `octets`, unless they are empty.
  @inline(__always)
  static func withKernel<Result>(_ octets: Span<UInt8>, _ body: (ChunkKernel) -> Result) -> Result? {
    UncheckedOctets.reading(octets) { body(ChunkKernel(octets: $0)) }
  }

  /// Moves the content of whole plain chunks in `octets`, from `index` on, to `written` and on; both move past what was done.
  static func compact(_ octets: inout MutableSpan<UInt8>, from index: inout Int, to written: inout Int) {
    let done = UncheckedOctets.changing(&octets) { ChunkKernel(octets: $0).compact(from: index, to: written) }
    guard let done else { return }
    index = done.next
    written = done.written
  }

  /// Moves the octets of `range` in `octets` to `target`, which is not behind its beginning.
  static func move(_ range: Range<Int>, in octets: inout MutableSpan<UInt8>, to target: Int) {
    precondition(target >= 0 && target <= range.lowerBound && range.upperBound <= octets.count)
    UncheckedOctets.changing(&octets) { $0.move(from: range.lowerBound, to: target, length: range.count) }
  }
}

/// 1 for hexadecimal digits, 0 for other octets; static data, which is loaded directly.
private let hexadecimalDigits: InlineArray<256, UInt8> = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
  0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]
