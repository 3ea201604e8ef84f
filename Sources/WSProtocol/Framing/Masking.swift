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
  /// Eight words at a time, then two. What is left over at the end is loaded before the loops and stored after them, with the key turned to
  /// fit: both writes of the overlap agree, and no loop over single octets remains. Short payloads are a pair of smaller words that overlap.
  static func apply(_ key: MaskingKey, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int) {
    let word = doubled(key)
    // The key for the last 16, 8 or 4 octets: `count` less a multiple of four of them come before.
    let endWord = doubled(key.advanced(by: count))
    guard count >= 16 else {
      applyShort(word, endWord, to: &octets, from: start, count: count)
      return
    }
    let end = start &+ count
    let last = octets.load(SIMD2<UInt64>.self, at: end &- 16) ^ SIMD2(repeating: endWord)
    let wide = SIMD8<UInt64>(repeating: word)
    var index = start
    while index &+ 64 <= end {
      octets.store(octets.load(SIMD8<UInt64>.self, at: index) ^ wide, at: index)
      index &+= 64
    }
    while index &+ 16 <= end {
      octets.store(octets.load(SIMD2<UInt64>.self, at: index) ^ SIMD2(repeating: word), at: index)
      index &+= 16
    }
    octets.store(last, at: end &- 16)
  }

  @inline(__always)
  private static func applyShort(
    _ word: UInt64, _ endWord: UInt64, to octets: inout MutableSpan<UInt8>, from start: Int, count: Int
  ) {
    let end = start &+ count
    if count >= 8 {
      let last = octets.load(UInt64.self, at: end &- 8) ^ endWord
      octets.store(octets.load(UInt64.self, at: start) ^ word, at: start)
      octets.store(last, at: end &- 8)
    } else if count >= 4 {
      let last = octets.load(UInt32.self, at: end &- 4) ^ UInt32(truncatingIfNeeded: endWord)
      octets.store(octets.load(UInt32.self, at: start) ^ UInt32(truncatingIfNeeded: word), at: start)
      octets.store(last, at: end &- 4)
    } else if count > 0 {
      // One to three octets: the first, the one in the middle and the last, some of them the same.
      let half = count &>> 1
      let first = octets.load(UInt8.self, at: start) ^ UInt8(truncatingIfNeeded: word)
      let middle = octets.load(UInt8.self, at: start &+ half) ^ UInt8(truncatingIfNeeded: word &>> (UInt64(half) &* 8))
      let last = octets.load(UInt8.self, at: end &- 1) ^ UInt8(truncatingIfNeeded: word &>> (UInt64(count &- 1) &* 8))
      octets.store(first, at: start)
      octets.store(middle, at: start &+ half)
      octets.store(last, at: end &- 1)
    }
  }

  /// The key twice, as a word in the order of memory on this machine.
  @inline(__always)
  private static func doubled(_ key: MaskingKey) -> UInt64 {
    UInt64(littleEndian: UInt64(key.littleEndian) | UInt64(key.littleEndian) &<< 32)
  }
}
