/// Base64 with padding, RFC 4648 §4.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Returns `octets` encoded.
  package static func encode(_ octets: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for position in 0..<4 {
        text.append(position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : 0x3D)
      }
    }
    return text
  }

  /// Returns the octets that `text` encodes, or `nil`.
  ///
  /// The alphabet, the length and the padding must be exact. The unused bits of the last group are not looked at (RFC 4648 §3.5 leaves
  /// that to the reader): the example key of RFC 6455 §4.1, `AQIDBAUGBwgJCgsMDQ4PEC==`, has some set.
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == 0x3D }.count
    var octets: [UInt8] = []
    var bits: UInt32 = 0
    for (position, character) in text.dropLast(padding).enumerated() {
      guard let value = value(of: character) else { return nil }
      bits = bits << 6 | value
      if position % 4 > 0 { octets.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32(position % 4)))) }
    }
    return octets
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case 0x41...0x5A: UInt32(character) - 0x41
    case 0x61...0x7A: UInt32(character) - 0x61 + 26
    case 0x30...0x39: UInt32(character) - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
