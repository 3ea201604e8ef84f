/// The four octets a client combines with a frame's payload (RFC 6455 §5.3).
public struct MaskingKey: Sendable, Hashable {
  /// The octets in wire order, the first in the low eight bits.
  public let littleEndian: UInt32

  /// Creates a key whose first octet on the wire is in the low eight bits of `littleEndian`.
  public init(littleEndian: UInt32) { self.littleEndian = littleEndian }

  /// Creates a key from its octets in wire order.
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    littleEndian = UInt32(first) | UInt32(second) &<< 8 | UInt32(third) &<< 16 | UInt32(fourth) &<< 24
  }

  /// The octets in wire order.
  public var octets: [UInt8] { (0..<4).map { octet(at: $0) } }

  /// The octet that is combined with the payload octet at `index`.
  public func octet(at index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: littleEndian &>> (UInt32(truncatingIfNeeded: index & 3) &* 8))
  }

  /// The key for payload octets from index `count` on.
  public func advanced(by count: Int) -> MaskingKey {
    let shift = UInt32(truncatingIfNeeded: count & 3) &* 8
    return MaskingKey(littleEndian: littleEndian &>> shift | littleEndian &<< (32 &- shift))
  }
}

/// Where an endpoint takes its masking keys from; the cores draw no random numbers themselves.
///
/// A source for real connections must be unpredictable: "derived from a strong source of entropy" (RFC 6455 §5.3, §10.3).
public protocol MaskingKeySource {
  /// A fresh key.
  mutating func nextMaskingKey() -> MaskingKey
}

/// The key source of a server, which masks nothing and therefore never asks.
public struct NoMaskingKeys: MaskingKeySource, Sendable {
  /// Creates the source.
  public init() {}

  /// The key that changes nothing.
  public mutating func nextMaskingKey() -> MaskingKey { MaskingKey(littleEndian: 0) }
}
