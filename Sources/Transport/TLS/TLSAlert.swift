/// A fatal alert that the peer sent (RFC 8446 section 6.2): why it ended the connection.
public struct TLSAlert: Hashable, Sendable, CustomStringConvertible {
  /// Its number on the wire.
  public let number: UInt8

  /// Creates an alert from its number.
  public init(number: UInt8) { self.number = number }

  /// The name of the RFC with its number: "unknown CA (48)".
  public var description: String { "\(Self.names[number] ?? "unnamed alert") (\(number))" }

  /// Whether the alert is about the certificate that the receiver of the alert has shown, or has not.
  var isAboutOurCertificate: Bool { (42...46).contains(number) || number == 48 || number == 116 }
  /// Whether the peer wants a certificate and got none.
  var isCertificateRequired: Bool { number == 116 }
  var isProtocolVersion: Bool { number == 70 }
  var isInternalError: Bool { number == 80 }

  private static let names: [UInt8: String] = [
    10: "unexpected message", 20: "bad record MAC", 21: "decryption failed", 22: "record overflow", 30: "decompression failure",
    40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked", 45: "certificate expired",
    46: "certificate unknown", 47: "illegal parameter", 48: "unknown CA", 49: "access denied", 50: "decode error", 51: "decrypt error",
    70: "protocol version", 71: "insufficient security", 80: "internal error", 86: "inappropriate fallback", 90: "user canceled",
    100: "no renegotiation", 109: "missing extension", 110: "unsupported extension", 112: "unrecognized name",
    113: "bad certificate status response", 115: "unknown PSK identity", 116: "certificate required", 120: "no application protocol",
  ]
}
