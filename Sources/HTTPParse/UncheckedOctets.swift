// The only unsafe code of the module, so that the kernels above it read like any other code.
//
// Invariant: a view's memory holds `count` octets, outlives the view, and is written through it only if it was made of a mutable span. Every
// access lies within it: callers compare with `count` first. Debug builds, and so all tests, check every access again.

/// Octets that a kernel reads, and moves, without a check of its own for each.
@safe
struct UncheckedOctets {
  typealias Block = SIMD16<UInt8>

  private let base: UnsafeMutableRawPointer
  /// The number of octets.
  let count: Int

  private init(_ base: UnsafeMutableRawPointer, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// Calls `body` with a view of `octets` to be read; `nil` if there are none.
  @inline(__always)
  static func reading<Result>(_ octets: Span<UInt8>, _ body: (UncheckedOctets) -> Result) -> Result? {
    unsafe octets.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count > 0 else { return nil }
      return body(unsafe UncheckedOctets(UnsafeMutableRawPointer(mutating: base), count: bytes.count))
    }
  }

  /// Calls `body` with a view of `octets` whose octets it may move; `nil` if there are none.
  @inline(__always)
  static func changing<Result>(_ octets: inout MutableSpan<UInt8>, _ body: (UncheckedOctets) -> Result) -> Result? {
    unsafe octets.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count > 0 else { return nil }
      return body(unsafe UncheckedOctets(base, count: bytes.count))
    }
  }

  /// The octet at `at`.
  @inline(__always)
  subscript(at: Int) -> UInt8 { load(UInt8.self, at) }

  /// Two octets, the first in the low bits.
  @inline(__always)
  func word16(_ at: Int) -> UInt16 { UInt16(littleEndian: load(UInt16.self, at)) }

  /// Four octets, the first in the low bits.
  @inline(__always)
  func word32(_ at: Int) -> UInt32 { UInt32(littleEndian: load(UInt32.self, at)) }

  /// Eight octets, the first in the low bits.
  @inline(__always)
  func word64(_ at: Int) -> UInt64 { UInt64(littleEndian: load(UInt64.self, at)) }

  /// Sixteen octets.
  @inline(__always)
  func block(_ at: Int) -> Block { load(Block.self, at) }

  /// Moves `length` octets down, from `source` to `target`; short runs by two loads and two stores that overlap, without a call.
  @inline(__always)
  func move(from source: Int, to target: Int, length: Int) {
    assert(target >= 0 && target <= source && length >= 0 && length <= count - source, "a move outside the octets")
    if length >= 16, length <= 32 {
      let first = block(source)
      let last = block(source &+ length &- 16)
      unsafe base.storeBytes(of: first, toByteOffset: target, as: Block.self)
      unsafe base.storeBytes(of: last, toByteOffset: target &+ length &- 16, as: Block.self)
    } else {
      unsafe (base + target).copyMemory(from: base + source, byteCount: length)
    }
  }

  @inline(__always)
  private func load<Value: BitwiseCopyable>(_ type: Value.Type, _ at: Int) -> Value {
    assert(at >= 0 && at <= count - MemoryLayout<Value>.size, "a load outside the octets")
    return unsafe base.loadUnaligned(fromByteOffset: at, as: type)
  }
}

extension SIMD16 where Scalar == UInt8 {
  /// The octets as signed numbers.
  @inline(__always)
  var signed: SIMD16<Int8> { unsafe unsafeBitCast(self, to: SIMD16<Int8>.self) }
}

extension SIMDMask where Storage == SIMD16<Int8> {
  /// Four bits for each lane, the first lane in the lowest.
  @inline(__always)
  var nibbles: UInt64 {
    let pairs = unsafe unsafeBitCast(self, to: SIMD8<UInt16>.self)
    let four = SIMD8<UInt16>(repeating: 4)
    return unsafe unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: pairs &>> four), to: UInt64.self)
  }
}

extension MutableSpan where Element == FieldEntry {
  /// Sets an entry; the caller has compared `index` with the count.
  @inline(__always)
  mutating func put(_ entry: FieldEntry, at index: Int) {
    assert(index >= 0 && index < count, "an entry outside the table")
    unsafe self[unchecked: index] = entry
  }
}

extension Range where Bound == Int {
  /// The range between two indices whose order is known.
  @inline(__always)
  init(from start: Int, upTo end: Int) {
    assert(start <= end, "a range that ends before it begins")
    unsafe self.init(uncheckedBounds: (start, end))
  }
}

extension [UInt8] {
  /// Appends octets as a block.
  mutating func append(contentsOf octets: Span<UInt8>) {
    unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
