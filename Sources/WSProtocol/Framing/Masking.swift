/// Masking and unmasking: the same exclusive-or in both directions (RFC 6455 §5.3).
public enum Masking {
  /// Combines `octets` in place with `key`, whose first octet belongs to the first octet of the span.
  ///
  /// For a later part of a payload pass `key.advanced(by: octetsBefore)`.
  public static func apply(_ key: MaskingKey, to octets: inout MutableSpan<UInt8>) {
    apply(key, to: &octets, from: 0, count: octets.count)
  }

  /// Combines the octets of `array` from `start` on in place with `key`.
  ///
  /// - Parameters:
  ///   - key: The key; its first octet belongs to the octet at `start`.
  ///   - array: The octets.
  ///   - start: An index of the array or its end.
  public static func apply(_ key: MaskingKey, to array: inout [UInt8], from start: Int) {
    precondition(start >= 0 && start <= array.count, "the start is outside the array")
    var octets = array.mutableSpan
    apply(key, to: &octets, from: start, count: octets.count &- start)
  }

  /// Combines `count` octets from `start` on, which the caller knows to lie within `octets`.
  ///
  /// What is left over at the end is loaded before the rest is stored, and stored last, with the key turned to fit: both writes of the overlap
  /// agree, and there is no loop over single octets but for fewer than four.
  ///
  /// - Returns: The union of all octets as they are now: if it is ASCII, all of them are.
  @inline(__always) @discardableResult
  static func apply(_ key: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int) -> UInt64 {
    // The key for the last 16, 8 or 4 octets: `count` less a multiple of four of them come before.
    let endKey = key.advanced(by: count)
    if count <= 32 { return applyShort(key, endKey, to: &octets, from: start, count: count) }
    if count >= 4096 { return applyAligned(key, endKey, to: &octets, from: start, count: count) }
    return applyLong(key, endKey, to: &octets, from: start, to: start &+ count)
  }

  /// Stores of long payloads must not cross lines of the cache: a few octets at the beginning go first.
  @inline(never)
  private static func applyAligned(
    _ key: MaskingKey, _ endKey: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int
  ) -> UInt64 {
    let before = octets.octetsToAlignment(from: start)
    let nextKey = key.advanced(by: before)
    let union = applyShort(key, nextKey, to: &octets, from: start, count: before)
    return union | applyLong(nextKey, endKey, to: &octets, from: start &+ before, to: start &+ count)
  }

  /// More than 32 octets: eight words at a time, then two.
  @inline(never)
  private static func applyLong(
    _ key: MaskingKey, _ endKey: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, to end: Int
  ) -> UInt64 {
    let last = octets.load(SIMD2<UInt64>.self, at: end &- 16) ^ SIMD2(repeating: doubled(endKey))
    let word = doubled(key)
    let wide = SIMD8<UInt64>(repeating: word)
    var wideUnion = SIMD8<UInt64>.zero
    var union = last
    var index = start
    while index &+ 64 <= end {
      let block = octets.load(SIMD8<UInt64>.self, at: index) ^ wide
      octets.store(block, at: index)
      wideUnion |= block
      index &+= 64
    }
    while index &+ 16 <= end {
      let block = octets.load(SIMD2<UInt64>.self, at: index) ^ SIMD2(repeating: word)
      octets.store(block, at: index)
      union |= block
      index &+= 16
    }
    octets.store(last, at: end &- 16)
    let half = wideUnion.lowHalf | wideUnion.highHalf
    union |= half.lowHalf | half.highHalf
    return union[0] | union[1]
  }

  /// At most 32 octets: two loads that overlap, or octets where there are fewer than four.
  @inline(__always)
  private static func applyShort(
    _ key: MaskingKey, _ endKey: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int
  ) -> UInt64 {
    let end = start &+ count
    if count >= 16 {
      let first = octets.load(SIMD4<UInt32>.self, at: start) ^ SIMD4(repeating: key.inMemoryOrder)
      let last = octets.load(SIMD4<UInt32>.self, at: end &- 16) ^ SIMD4(repeating: endKey.inMemoryOrder)
      octets.store(first, at: start)
      octets.store(last, at: end &- 16)
      let union = first | last
      let half = union.lowHalf | union.highHalf
      return UInt64(half[0] | half[1])
    }
    if count >= 8 {
      let first = octets.load(UInt64.self, at: start) ^ doubled(key)
      let last = octets.load(UInt64.self, at: end &- 8) ^ doubled(endKey)
      octets.store(first, at: start)
      octets.store(last, at: end &- 8)
      return first | last
    }
    if count >= 4 {
      let first = octets.load(UInt32.self, at: start) ^ key.inMemoryOrder
      let last = octets.load(UInt32.self, at: end &- 4) ^ endKey.inMemoryOrder
      octets.store(first, at: start)
      octets.store(last, at: end &- 4)
      return UInt64(first | last)
    }
    var union: UInt64 = 0
    var rest = key.littleEndian
    for index in start..<end {
      let octet = octets.load(UInt8.self, at: index) ^ UInt8(truncatingIfNeeded: rest)
      octets.store(octet, at: index)
      union |= UInt64(octet)
      rest &>>= 8
    }
    return union
  }

  /// The key twice, as a word in the order of memory on this machine.
  @inline(__always)
  private static func doubled(_ key: MaskingKey) -> UInt64 { UInt64(key.inMemoryOrder) | UInt64(key.inMemoryOrder) &<< 32 }
}

extension MaskingKey {
  /// The key as a word in the order of memory on this machine.
  @inline(__always)
  fileprivate var inMemoryOrder: UInt32 { littleEndian.littleEndian }
}
