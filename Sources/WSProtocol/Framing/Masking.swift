/// Masking and unmasking: the same exclusive-or in both directions (RFC 6455 §5.3).
public enum Masking {
  /// Combines `octets` in place with `key`, whose first octet belongs to the first octet of the span.
  ///
  /// For a later part of a payload pass `key.advanced(by: octetsBefore)`. Works on eight words at a time; the tail is loaded
  /// before and stored after the loop, so that overlapping writes agree and no loop over single octets remains.
  public static func apply(_ key: MaskingKey, to octets: inout MutableSpan<UInt8>) {
    guard key.littleEndian != 0 else { return }
    unsafe octets.withUnsafeMutableBytes { unsafe apply(key, to: $0) }
  }

  /// Combines the octets of `array` from `start` on in place with `key`.
  ///
  /// - Parameter start: An index of the array or its end.
  public static func apply(_ key: MaskingKey, to array: inout [UInt8], from start: Int) {
    guard key.littleEndian != 0 else { return }
    unsafe array.withUnsafeMutableBytes { unsafe apply(key, to: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
  }

  /// Invariant: every access lies within `buffer`, as each branch checks its width against `count` first.
  private static func apply(_ key: MaskingKey, to buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress else { return }
    let count = buffer.count
    guard count >= 16 else {
      for index in 0..<count { unsafe buffer[index] ^= key.octet(at: index) }
      return
    }
    let word = doubled(key)
    let tailKey = doubled(key.advanced(by: count))
    let tail =
      unsafe base.loadUnaligned(fromByteOffset: count &- 16, as: SIMD2<UInt64>.self) ^ SIMD2(repeating: tailKey)
    let wide = SIMD8<UInt64>(repeating: word)
    var index = 0
    while index &+ 64 <= count {
      let block = unsafe base.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self) ^ wide
      unsafe base.storeBytes(of: block, toByteOffset: index, as: SIMD8<UInt64>.self)
      index &+= 64
    }
    while index &+ 16 <= count {
      let block = unsafe base.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self) ^ SIMD2(repeating: word)
      unsafe base.storeBytes(of: block, toByteOffset: index, as: SIMD2<UInt64>.self)
      index &+= 16
    }
    unsafe base.storeBytes(of: tail, toByteOffset: count &- 16, as: SIMD2<UInt64>.self)
  }

  private static func doubled(_ key: MaskingKey) -> UInt64 {
    UInt64(key.littleEndian) | UInt64(key.littleEndian) &<< 32
  }
}
