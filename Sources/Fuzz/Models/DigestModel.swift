/// Base64 (RFC 4648 §4) and SHA-1 (FIPS 180-4) as they are written down, for the keys of the opening handshake.
package enum DigestModel {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Base64 with padding.
  package static func base64(_ octets: [UInt8]) -> [UInt8] {
    let bits = octets.flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 } }
    var text: [UInt8] = []
    for start in stride(from: 0, to: bits.count, by: 6) {
      let group = (0..<6).map { start + $0 < bits.count ? bits[start + $0] : 0 }
      text.append(alphabet[group.reduce(0) { $0 * 2 + Int($1) }])
    }
    while text.count % 4 != 0 { text.append(0x3D) }
    return text
  }

  /// The 16 octets that a key stands for, or `nil`; the unused bits of its last character are not looked at.
  package static func nonce(ofKey key: [UInt8]) -> [UInt8]? {
    guard key.count == 24, key[22] == 0x3D, key[23] == 0x3D else { return nil }
    var bits: [UInt8] = []
    for character in key[..<22] {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits += (0..<6).map { UInt8(value >> (5 - $0) & 1) }
    }
    return (0..<16).map { place in bits[(place * 8)..<(place * 8 + 8)].reduce(0) { $0 << 1 | $1 } }
  }

  /// SHA-1.
  package static func sha1(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let length = UInt64(message.count) * 8
    padded += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
    var h: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
    for block in stride(from: 0, to: padded.count, by: 64) {
      var w = (0..<16).map { word in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + word * 4 + $1]) } }
      for t in 16..<80 { w.append(rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1)) }
      var (a, b, c, d, e) = (h[0], h[1], h[2], h[3], h[4])
      for t in 0..<80 {
        let f: UInt32
        let k: UInt32
        switch t {
        case 0..<20: (f, k) = ((b & c) ^ (~b & d), 0x5A82_7999)
        case 20..<40: (f, k) = (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (f, k) = ((b & c) ^ (b & d) ^ (c & d), 0x8F1B_BCDC)
        default: (f, k) = (b ^ c ^ d, 0xCA62_C1D6)
        }
        (a, b, c, d, e) = (rotate(a, 5) &+ f &+ e &+ k &+ w[t], a, rotate(b, 30), c, d)
      }
      h = zip(h, [a, b, c, d, e]).map { $0 &+ $1 }
    }
    return h.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  /// The value of `Sec-WebSocket-Accept` that answers a key, RFC 6455 §4.2.2.
  package static func accept(key: [UInt8]) -> [UInt8] { base64(sha1(key + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))) }
}
