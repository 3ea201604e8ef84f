/// The values of `Sec-WebSocket-Key` and `Sec-WebSocket-Accept`, RFC 6455 §4.1 and §4.2.2.
public enum AcceptKey {
  /// The length of a nonce in octets.
  public static let nonceBytes = 16

  /// Returns the value of `Sec-WebSocket-Key` for a nonce.
  public static func key(nonce: [UInt8]) -> [UInt8] { Base64.encode(nonce) }

  /// Returns the value of `Sec-WebSocket-Accept` that answers a key.
  ///
  /// The key's text is hashed, not the nonce it encodes.
  public static func accept(key: [UInt8]) -> [UInt8] {
    Base64.encode(SHA1.digest(key + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
  }

  /// Whether `key` is the Base64 of 16 octets.
  public static func isValid(key: [UInt8]) -> Bool {
    // 24 is the only length that encodes 16 octets; the check also bounds the work.
    key.count == 24 && Base64.decode(key)?.count == nonceBytes
  }
}
