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
  /// - Parameter start: An index of the array or its end.
  public static func apply(_ key: MaskingKey, to array: inout [UInt8], from start: Int) {
    precondition(start >= 0 && start <= array.count, "the start is outside the array")
    var octets = array.mutableSpan
    apply(key, to: &octets, from: start, count: octets.count &- start)
  }

  /// Combines `count` octets from `start` on, which the caller knows to lie within `octets`.
  ///
  /// What is left over at the end is loaded before the rest is stored, and stored last, with the key turned to fit: both writes of the overlap
  /// agree, and no loop over single octets is needed at any length.
  ///
  /// - Returns: The union of all octets as they are now, for callers that look for ASCII: the top bits of a word of zeros are clear.
  @inline(__always) @discardableResult
  static func apply(_ key: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int) -> UInt64 {
    let word = doubled(key)
    // The key for the last 16, 8 or 4 octets: `count` less a multiple of four of them come before.
    let endWord = doubled(key.advanced(by: count))
    return count > 32
      ? applyLong(word, endWord, to: &octets, from: start, to: start &+ count)
      : applyShort(word, endWord, to: &octets, from: start, count: count)
  }

  /// More than 32 octets: eight words at a time, then two.
  @inline(never)
  private static func applyLong(
    _ word: UInt64, _ endWord: UInt64, to octets: inout MutableSpan<UInt8>, from start: Int, to end: Int
  ) -> UInt64 {
    let last = octets.load(SIMD2<UInt64>.self, at: end &- 16) ^ SIMD2(repeating: endWord)
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
    _ word: UInt64, _ endWord: UInt64, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int
  ) -> UInt64 {
    let end = start &+ count
    if count >= 16 {
      let first = octets.load(SIMD2<UInt64>.self, at: start) ^ SIMD2(repeating: word)
      let last = octets.load(SIMD2<UInt64>.self, at: end &- 16) ^ SIMD2(repeating: endWord)
      octets.store(first, at: start)
      octets.store(last, at: end &- 16)
      let union = first | last
      return union[0] | union[1]
    }
    if count >= 8 {
      let first = octets.load(UInt64.self, at: start) ^ word
      let last = octets.load(UInt64.self, at: end &- 8) ^ endWord
      octets.store(first, at: start)
      octets.store(last, at: end &- 8)
      return first | last
    }
    if count >= 4 {
      let first = octets.load(UInt32.self, at: start) ^ UInt32(truncatingIfNeeded: word)
      let last = octets.load(UInt32.self, at: end &- 4) ^ UInt32(truncatingIfNeeded: endWord)
      octets.store(first, at: start)
      octets.store(last, at: end &- 4)
      return UInt64(first | last)
    }
    var union: UInt64 = 0
    var rest = word.littleEndian
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
  private static func doubled(_ key: MaskingKey) -> UInt64 {
    UInt64(littleEndian: UInt64(key.littleEndian) | UInt64(key.littleEndian) &<< 32)
  }
}
