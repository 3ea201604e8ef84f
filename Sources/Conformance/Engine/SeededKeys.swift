import WSProtocol

/// Repeatable masking keys and nonces, so that the same seed sends the same octets (SplitMix64).
///
/// For tests of peers only: RFC 6455 §10.3 demands unpredictable keys of real clients.
struct SeededKeys: MaskingKeySource, Sendable {
  private var state: UInt64

  /// Creates a sequence that depends on `seed` and the case alone.
  init(seed: UInt64, caseID: String) {
    state = caseID.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func nextMaskingKey() -> MaskingKey { MaskingKey(littleEndian: UInt32(truncatingIfNeeded: next())) }

  /// Sixteen octets for `Sec-WebSocket-Key`.
  mutating func nextNonce() -> [UInt8] {
    [next(), next()].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word &>> ($0 * 8)) } }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word &>> 31)
  }
}
