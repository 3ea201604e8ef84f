// The only unsafe code of the module, so that the kernels above it read like any other code.
//
// Invariant of every load and store: `offset` is not negative and the octets from `offset` on hold the whole value. Callers check a range
// once and stay within it; debug builds, and so all tests, check every access again.

extension Span where Element == UInt8 {
  /// Loads a value from any offset.
  @inline(__always)
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
    assert(offset >= 0 && offset <= count - MemoryLayout<Value>.size, "a load outside the span")
    return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
  }

  /// Loads eight octets, the first in the low eight bits.
  @inline(__always)
  func word(at offset: Int) -> UInt64 { UInt64(littleEndian: load(UInt64.self, at: offset)) }

  /// Loads fewer than sixteen octets in the order of ``word(at:)``, filled up with zeros.
  @inline(__always)
  func shortWords(from start: Int, count: Int) -> (UInt64, UInt64) {
    let end = start &+ count
    if count >= 8 { return (word(at: start), word(at: end &- 8) >> (128 &- UInt64(count) &* 8)) }
    if count >= 4 {
      let last = UInt64(UInt32(littleEndian: load(UInt32.self, at: end &- 4)))
      return (UInt64(UInt32(littleEndian: load(UInt32.self, at: start))) | last &<< (UInt64(count) &* 8 &- 32), 0)
    }
    guard count > 0 else { return (0, 0) }
    // The first octet, the one in the middle and the last, some of them the same.
    let half = count &>> 1
    let middle = UInt64(load(UInt8.self, at: start &+ half)) &<< (UInt64(half) &* 8)
    return (UInt64(load(UInt8.self, at: start)) | middle | UInt64(load(UInt8.self, at: end &- 1)) &<< (UInt64(count &- 1) &* 8), 0)
  }
}

extension MutableSpan where Element == UInt8 {
  /// Loads a value from any offset.
  @inline(__always)
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
    assert(offset >= 0 && offset <= count - MemoryLayout<Value>.size, "a load outside the span")
    return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
  }

  /// How many octets after `offset` an address is a multiple of sixteen: 0…15.
  @inline(__always)
  func octetsToAlignment(from offset: Int) -> Int {
    unsafe withUnsafeBufferPointer { (0 &- Int(bitPattern: $0.baseAddress) &- offset) & 15 }
  }

  /// Stores a value at any offset.
  @inline(__always)
  mutating func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    assert(offset >= 0 && offset <= count - MemoryLayout<Value>.size, "a store outside the span")
    var octets = unsafe mutableBytes
    unsafe octets.storeBytes(of: value, toUncheckedByteOffset: offset, as: Value.self)
  }
}

extension Array where Element == UInt8 {
  /// Copies octets as a block.
  @inline(__always)
  init(_ octets: Span<UInt8>) { self = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) } }

  /// Appends octets as a block.
  @inline(__always)
  mutating func append(_ octets: Span<UInt8>) {
    unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends the first `count` octets, at most sixteen, of two words, the first in the low eight bits.
  @inline(__always)
  mutating func append(words first: UInt64, _ second: UInt64, count: Int) {
    assert(count >= 0 && count <= 16, "two words have sixteen octets")
    unsafe Swift.withUnsafeBytes(of: (first.littleEndian, second.littleEndian)) {
      unsafe append(contentsOf: UnsafeRawBufferPointer(start: $0.baseAddress, count: count))
    }
  }
}

extension SIMDMask where Storage == SIMD32<Int8> {
  /// The lanes as words, eight in each, all bits of a lane set or clear.
  @inline(__always)
  var words: SIMD4<UInt64> { unsafe unsafeBitCast(self, to: SIMD4<UInt64>.self) }

  /// Whether no lane is set.
  @inline(__always)
  var isClear: Bool {
    let half = words.lowHalf | words.highHalf
    return half[0] | half[1] == 0
  }
}

extension SIMD16 where Scalar == Int8 {
  /// The octets of two words, the first in the low eight bits.
  @inline(__always)
  init(words first: UInt64, _ second: UInt64) {
    self = unsafe unsafeBitCast(SIMD2(first.littleEndian, second.littleEndian), to: SIMD16<Int8>.self)
  }
}
