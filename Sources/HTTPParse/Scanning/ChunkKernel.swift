/// The fast reader of plain chunks: a size of up to 15 digits alone on its line, data, and CRLF on both.
///
/// It takes what it knows and nothing else; ``ChunkedDecoder`` reads the rest octet by octet and words the errors. Unsafe code, whose invariant
/// is: `base` points to `count` octets that outlive the value, and every access lies between them, after a comparison that shows it.
@safe
struct ChunkKernel {
  private let base: UnsafeRawPointer
  private let count: Int

  @unsafe
  init(base: UnsafeRawPointer, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// Whether CRLF stands at `at`, which is not negative.
  @inline(__always)
  func isLineEnd(at: Int) -> Bool {
    guard at &+ 2 <= count else { return false }
    return unsafe UInt16(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt16.self)) == 0x0A0D
  }

  /// The size on the line at `at` and where the line ends, or `nil` if it is not plain or not whole.
  @inline(__always)
  func sizeLine(at: Int) -> (size: Int, end: Int)? {
    let limit = min(count, at &+ 15)
    guard at < limit else { return nil }
    var end = at
    var size = 0
    repeat {
      let octet = unsafe base.load(fromByteOffset: end, as: UInt8.self)
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
  /// `written` is not greater than `from`, and `target` is where `base` points. Stops before the last chunk.
  ///
  /// - Returns: Where the first octet not taken is, and where the next content goes.
  func compact(from: Int, to written: Int, target: UnsafeMutableRawPointer) -> (next: Int, written: Int) {
    var next = from
    var written = written
    while let (size, data) = sizeLine(at: next), size > 0, size <= count &- data, isLineEnd(at: data &+ size) {
      unsafe Self.move(target + data, to: target + written, count: size)
      written &+= size
      next = data &+ size &+ 2
    }
    return (next, written)
  }

  /// Moves octets down; short runs by two loads and two stores that overlap, without a call.
  @inline(__always)
  private static func move(_ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    if count >= 16, count <= 32 {
      let first = unsafe source.loadUnaligned(as: SIMD16<UInt8>.self)
      let last = unsafe source.loadUnaligned(fromByteOffset: count &- 16, as: SIMD16<UInt8>.self)
      unsafe target.storeBytes(of: first, as: SIMD16<UInt8>.self)
      unsafe target.storeBytes(of: last, toByteOffset: count &- 16, as: SIMD16<UInt8>.self)
    } else {
      unsafe target.copyMemory(from: source, byteCount: count)
    }
  }
}

extension ChunkedDecoder {
  /// Calls `body` with a kernel over `octets`, unless they are empty.
  @inline(__always)
  static func withKernel<Result>(_ octets: Span<UInt8>, _ body: (ChunkKernel) -> Result) -> Result? {
    unsafe octets.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      return body(unsafe ChunkKernel(base: base, count: bytes.count))
    }
  }

  /// Moves the content of whole plain chunks in `octets`, from `index` on, to `written` and on; both move past what was done.
  static func compact(_ octets: inout MutableSpan<UInt8>, from index: inout Int, to written: inout Int) {
    let done = unsafe octets.withUnsafeMutableBytes { bytes -> (next: Int, written: Int)? in
      guard let base = bytes.baseAddress else { return nil }
      return unsafe ChunkKernel(base: base, count: bytes.count).compact(from: index, to: written, target: base)
    }
    guard let done else { return }
    index = done.next
    written = done.written
  }

  /// Moves the octets of `range` in `octets` to `target`, which is not behind its beginning.
  static func move(_ range: Range<Int>, in octets: inout MutableSpan<UInt8>, to target: Int) {
    precondition(target >= 0 && target <= range.lowerBound && range.upperBound <= octets.count)
    unsafe octets.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe (base + target).copyMemory(from: base + range.lowerBound, byteCount: range.count)
    }
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
