/// The status code of a Close frame (RFC 6455 §7.4).
public struct CloseCode: RawRepresentable, Sendable, Hashable {
  /// The number.
  public let rawValue: UInt16

  /// Creates a code; whether it may be sent is ``isSendable``.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// 1000: the purpose of the connection was fulfilled.
  public static let normal = CloseCode(rawValue: 1000)
  /// 1001: the endpoint goes away.
  public static let goingAway = CloseCode(rawValue: 1001)
  /// 1002: the peer broke the protocol.
  public static let protocolError = CloseCode(rawValue: 1002)
  /// 1007: a payload does not fit its message's kind, such as text that is not UTF-8.
  public static let invalidPayload = CloseCode(rawValue: 1007)
  /// 1008: the peer broke a policy of ours.
  public static let policyViolation = CloseCode(rawValue: 1008)
  /// 1009: a message is too big.
  public static let messageTooBig = CloseCode(rawValue: 1009)
  /// 1011: something unexpected on our side.
  public static let internalError = CloseCode(rawValue: 1011)
  /// 1013: try again later (IANA registry).
  public static let tryAgainLater = CloseCode(rawValue: 1013)

  /// Whether the code may stand in a Close frame.
  ///
  /// That is 1000…1003 and 1007…1014 of the IANA registry, 3000…3999 (registered use) and 4000…4999 (private use). 1004 is
  /// reserved; 1005, 1006 and 1015 must not be sent (RFC 6455 §7.4.1); other numbers have no meaning (§7.4.2).
  public var isSendable: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
