/// Checks that octets arriving in pieces are UTF-8 (RFC 3629), and fails at the first octet that makes it certain they are not.
public struct UTF8Validator: Sendable {
  private var missing: UInt8 = 0
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// Creates a validator at the start of a text.
  public init() {}

  /// Whether the text may end here: no character is unfinished.
  public var isComplete: Bool { missing == 0 }

  /// Takes the next octets of the text.
  ///
  /// - Returns: The index in `octets` of the first octet that cannot be part of UTF-8, or `nil` if all may be. After a
  ///   failure the validator must not be used again.
  public mutating func firstInvalid(in octets: Span<UInt8>) -> Int? {
    var index = 0
    let count = octets.count
    while index < count {
      if missing == 0 { index = skipASCII(octets, from: index) }
      guard index < count else { return nil }
      guard accepts(octets[index]) else { return index }
      index &+= 1
    }
    return nil
  }

  private mutating func accepts(_ octet: UInt8) -> Bool {
    if missing > 0 {
      guard lower <= octet, octet <= upper else { return false }
      missing &-= 1
      lower = 0x80
      upper = 0xBF
      return true
    }
    switch octet {
    case ..<0x80: return true
    case 0xC2...0xDF: expect(1)
    case 0xE0: expect(2, from: 0xA0)
    case 0xED: expect(2, through: 0x9F)
    case 0xE1...0xEF: expect(2)
    case 0xF0: expect(3, from: 0x90)
    case 0xF1...0xF3: expect(3)
    case 0xF4: expect(3, through: 0x8F)
    default: return false
    }
    return true
  }

  private mutating func expect(_ count: UInt8, from first: UInt8 = 0x80, through last: UInt8 = 0xBF) {
    missing = count
    lower = first
    upper = last
  }

  private func skipASCII(_ octets: Span<UInt8>, from start: Int) -> Int {
    var index = start
    let bytes = unsafe octets.bytes
    while index &+ 64 <= octets.count {
      let block = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
      let merged = block.lowHalf | block.highHalf
      let word = merged[0] | merged[1] | merged[2] | merged[3]
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      index &+= 64
    }
    while index < octets.count, octets[index] < 0x80 { index &+= 1 }
    return index
  }
}
