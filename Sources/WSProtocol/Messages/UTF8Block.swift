/// The three octets before a place in a text; zeros before its start.
struct UTF8History: Sendable {
  /// In their order, the latest in bits 16…23.
  private(set) var octets: UInt32 = 0

  init() {}

  /// The octets before `index`, which the caller knows to be at least four.
  @inline(__always)
  init(_ text: Span<UInt8>, before index: Int) {
    octets = UInt32(littleEndian: text.load(UInt32.self, at: index &- 4)) &>> 8
  }

  /// Whether the next octet has to continue a character.
  @inline(__always)
  var expectsContinuation: Bool {
    octets & 0xC0_0000 == 0xC0_0000 || octets & 0xE000 == 0xE000 || octets & 0xF0 == 0xF0
  }

  /// Goes on by at most five octets of a word in little-endian order.
  @inline(__always)
  mutating func append(_ word: UInt64, count: Int) {
    octets = UInt32(truncatingIfNeeded: (UInt64(octets) | word &<< 24) &>> (UInt64(count) &* 8)) & 0xFF_FFFF
  }

  /// Whether `octet` may come next, by the table of RFC 3629 §4.
  func accepts(_ octet: UInt8) -> Bool {
    guard expectsContinuation == (octet & 0xC0 == 0x80) else { return false }
    switch octets &>> 16 {
    case 0xE0: return octet >= 0xA0
    case 0xED: return octet <= 0x9F
    case 0xF0: return octet >= 0x90
    case 0xF4: return octet <= 0x8F
    default: return octet < 0xC0 || (octet > 0xC1 && octet < 0xF5)
    }
  }
}

/// The judgement of ``UTF8History/accepts(_:)`` on many octets at once.
///
/// Only comparisons, wrapping additions and logic on masks: on vectors this wide the compiler makes loops of the bitwise operators.
enum UTF8Block {
  /// All bits of a lane are set if its octet may not follow the three before it.
  @inline(__always)
  static func faults(
    _ octet: SIMD32<Int8>, _ before1: SIMD32<Int8>, _ before2: SIMD32<Int8>, _ before3: SIMD32<Int8>
  ) -> SIMDMask<SIMD32<Int8>> {
    // As signed numbers, 80…BF are the smallest. Turned by 80, leads are the largest.
    let turn: SIMD32<Int8> = SIMD32(repeating: -0x80)
    let isContinuation = octet .< splat(0xC0)
    let expected =
      (before1 &+ turn .> splat(0xBF ^ 0x80)) .| (before2 &+ turn .> splat(0xDF ^ 0x80)) .| (before3 &+ turn .> splat(0xEF ^ 0x80))
    let isBelowA0 = octet .< splat(0xA0)
    let isBelow90 = octet .< splat(0x90)
    let wrongSecond =
      ((before1 .== splat(0xE0)) .& isBelowA0) .| ((before1 .== splat(0xED)) .& .!isBelowA0)
      .| ((before1 .== splat(0xF0)) .& isBelow90) .| ((before1 .== splat(0xF4)) .& .!isBelow90)
    let isC0OrC1 = octet .< splat(0xC2) .^ isContinuation
    let isAboveF4 = octet &+ turn .> splat(0xF4 ^ 0x80)
    return (isContinuation .^ expected) .| wrongSecond .| isC0OrC1 .| isAboveF4
  }

  @inline(__always)
  private static func splat(_ octet: UInt8) -> SIMD32<Int8> { SIMD32(repeating: Int8(bitPattern: octet)) }

  /// The faults of 32 octets at `index`, which at least three octets come before.
  @inline(__always)
  static func faults(_ text: Span<UInt8>, at index: Int) -> SIMDMask<SIMD32<Int8>> {
    faults(
      text.load(SIMD32<Int8>.self, at: index), text.load(SIMD32<Int8>.self, at: index &- 1),
      text.load(SIMD32<Int8>.self, at: index &- 2), text.load(SIMD32<Int8>.self, at: index &- 3))
  }

  /// The faults of 16 octets at `index`, which at least three octets come before, in the lower half.
  @inline(__always)
  static func faultsOfSixteen(_ text: Span<UInt8>, at index: Int) -> SIMDMask<SIMD32<Int8>> {
    faults(
      lower(text.load(SIMD16<Int8>.self, at: index)), lower(text.load(SIMD16<Int8>.self, at: index &- 1)),
      lower(text.load(SIMD16<Int8>.self, at: index &- 2)), lower(text.load(SIMD16<Int8>.self, at: index &- 3)))
  }

  /// The faults of the 16 octets of two words in little-endian order that come after `history`, in the lower half.
  @inline(__always)
  static func faults(_ first: UInt64, _ second: UInt64, after history: UTF8History) -> SIMDMask<SIMD32<Int8>> {
    let before = UInt64(history.octets)
    return faults(
      lower(SIMD16(words: first, second)),
      lower(SIMD16(words: first &<< 8 | before &>> 16, second &<< 8 | first &>> 56)),
      lower(SIMD16(words: first &<< 16 | before &>> 8, second &<< 16 | first &>> 48)),
      lower(SIMD16(words: first &<< 24 | before, second &<< 24 | first &>> 40)))
  }

  /// Zeros behind zeros are no fault.
  @inline(__always)
  private static func lower(_ half: SIMD16<Int8>) -> SIMD32<Int8> { SIMD32(lowHalf: half, highHalf: .zero) }

  /// Whether the 64 octets at `index` are all below 80.
  @inline(__always)
  static func isASCII(_ text: Span<UInt8>, at index: Int) -> Bool {
    let block = text.load(SIMD8<UInt64>.self, at: index)
    let half = block.lowHalf | block.highHalf
    let quarter = half.lowHalf | half.highHalf
    return isASCII(quarter[0] | quarter[1])
  }

  /// Whether all octets of a word are below 80.
  @inline(__always)
  static func isASCII(_ word: UInt64) -> Bool { word & 0x8080_8080_8080_8080 == 0 }

  /// How far at least all octets are below 80, of sixteen octets or more: `end`, or a multiple of sixteen behind `start`.
  @inline(__always)
  static func endOfASCII(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    while index &+ 64 <= end, isASCII(text, at: index) { index &+= 64 }
    while index &+ 16 <= end, isASCII(text.word(at: index) | text.word(at: index &+ 8)) { index &+= 16 }
    guard end &- index < 16, isASCII(text.word(at: end &- 16) | text.word(at: end &- 8)) else { return index }
    return end
  }
}
