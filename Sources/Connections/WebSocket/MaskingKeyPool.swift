internal import Transport
internal import WSProtocol

/// Masking keys of one connection, taken from a source of entropy in chunks, so that a frame does not cost a system call.
///
/// Law: a source that fails sets ``failure`` for good. The keys given out from then on are worthless, and what is masked with them must
/// never be sent.
struct MaskingKeyPool: MaskingKeySource {
  private let entropy: (any EntropySource)?
  private var octets: [UInt8] = []
  private(set) var failure: TransportError?

  /// 64 keys.
  private static let chunkBytes = 256

  /// Creates a pool; a server, which masks nothing, needs no source and never asks.
  init(_ entropy: (any EntropySource)?) { self.entropy = entropy }

  /// A fresh key; never the zero key, which would send the payload as it is.
  mutating func nextMaskingKey() -> MaskingKey {
    while true {
      if octets.isEmpty, !refill() { return MaskingKey(littleEndian: 0) }
      let key = MaskingKey(take(), take(), take(), take())
      if key.littleEndian != 0 { return key }
    }
  }

  /// 16 octets for the opening handshake.
  mutating func nonce() -> [UInt8] {
    if octets.isEmpty, !refill() { return [UInt8](repeating: 0, count: 16) }
    return (0..<16).map { _ in take() }
  }

  private mutating func take() -> UInt8 { octets.popLast() ?? 0 }

  private mutating func refill() -> Bool {
    guard failure == nil, let entropy else { return false }
    do throws(TransportError) {
      octets = try entropy.octets(Self.chunkBytes)
      precondition(octets.count == Self.chunkBytes, "a source of entropy gave another number of octets than asked for")
      return true
    } catch {
      failure = error
      return false
    }
  }
}
