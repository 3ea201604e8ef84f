internal import CSockets
internal import WireBytes

/// Why there is no TLS connection, or no longer.
///
/// Texts that the peer chose are shown escaped.
public enum TLSFailure: Hashable, Sendable, CustomStringConvertible {
  // MARK: Files

  /// A file of certificates or a key cannot be read, with this error number (errno).
  case unreadableFile(path: String, errorNumber: Int32)
  /// A file has no certificate in PEM.
  case noCertificate(path: String)
  /// A file has no private key in PEM.
  case noPrivateKey(path: String)
  /// The private key has a passphrase.
  case encryptedKey(path: String)
  /// The private key belongs to another certificate.
  case keyMismatch(keyPath: String, certificatePath: String)
  /// OpenSSL does not take a certificate or key, for its reason.
  case unusableFile(path: String, reason: String)
  /// OpenSSL has no memory.
  case outOfMemory

  // MARK: Handshake

  /// The host to verify is neither an address nor a DNS name in ASCII; nothing was sent.
  case invalidHostName(String)
  /// The handshake was not done in time.
  case handshakeTimeout(Duration)
  /// The peer speaks something else; these are the first octets of it, 16 at most.
  case notTLS(firstOctets: [UInt8])
  /// The peer ended the connection during the handshake.
  case endedDuringHandshake
  /// The peer's certificate, or one of its issuers', was rejected.
  case certificateRejected(TLSCertificateRejection)
  /// The client has not shown a certificate.
  case noClientCertificate
  /// There is no version that both sides speak.
  case noCommonVersion
  /// There is no cipher suite that both sides take.
  case noCommonCipherSuite

  // MARK: Any time

  /// The peer rejected the certificate that we have shown, or misses one; with TLS 1.3 a client learns it after the handshake.
  case ourCertificateRefused(TLSAlert)
  /// The peer ended the connection with another alert.
  case alert(TLSAlert)
  /// The peer broke the protocol, in the words of OpenSSL.
  case protocolViolation(String)
  /// The peer ended the connection without saying so in TLS (close_notify): what arrived may be only a part.
  case truncated

  /// What happened.
  public var description: String {
    switch self {
    case .unreadableFile(let path, let number): "cannot read \(Self.quoted(path)): \(TransportError.text(ofErrorNumber: number))"
    case .noCertificate(let path): "there is no certificate in \(Self.quoted(path))"
    case .noPrivateKey(let path): "there is no private key in \(Self.quoted(path))"
    case .encryptedKey(let path): "the private key in \(Self.quoted(path)) has a passphrase"
    case .keyMismatch(let key, let certificate):
      "the private key in \(Self.quoted(key)) is not that of the certificate in \(Self.quoted(certificate))"
    case .unusableFile(let path, let reason): "OpenSSL does not take \(Self.quoted(path)): \(reason)"
    case .outOfMemory: "OpenSSL has no memory"
    case .invalidHostName(let host):
      "\(Self.quoted(host)) is neither an address nor a host name of ASCII letters, digits, hyphens and underscores"
    case .handshakeTimeout(let limit): "the handshake was not done within \(limit)"
    case .notTLS(let octets): "the peer does not speak TLS, its first octets are \"\(EscapedText.ascii(octets))\""
    case .endedDuringHandshake: "the peer ended the connection during the handshake"
    case .certificateRejected(let rejection): rejection.description
    case .noClientCertificate: "the client has shown no certificate"
    case .noCommonVersion: "there is no version of TLS that both sides speak"
    case .noCommonCipherSuite: "there is no cipher suite that both sides take"
    case .ourCertificateRefused(let alert) where alert.isCertificateRequired:
      "the peer demands a certificate, and has got none: alert \(alert)"
    case .ourCertificateRefused(let alert): "the peer refused our certificate: alert \(alert)"
    case .alert(let alert): "the peer sent the alert \(alert)"
    case .protocolViolation(let reason): "TLS failed: \(reason)"
    case .truncated: "the peer ended the connection without close_notify, so the end of what it sent may be missing"
    }
  }

  /// What to do next; empty when there is nothing to say.
  var advice: String {
    switch self {
    case .unreadableFile, .outOfMemory, .noCommonCipherSuite, .protocolViolation: ""
    case .noCertificate, .noPrivateKey: "PEM is expected, a block that begins with -----BEGIN"
    case .encryptedKey: "Store it without one: openssl pkey -in FILE -out NEW"
    case .keyMismatch: "Give the certificate and the key that were made together"
    case .unusableFile: "Weak keys and signatures are refused: make a new certificate"
    case .invalidHostName: "Write international names in their ASCII form (xn--)"
    case .handshakeTimeout: "Is it a TLS port? Allow more time if the peer is slow"
    case .notTLS: "Use the port for TLS, or no TLS"
    case .endedDuringHandshake: "Is it a TLS port? The peer's log may say why"
    case .certificateRejected(let rejection): rejection.advice
    case .noClientCertificate: "Configure the client with a certificate that this server trusts"
    case .noCommonVersion: "TLS 1.2 is the oldest that is spoken here"
    case .ourCertificateRefused(let alert) where alert.isCertificateRequired: "Configure a certificate that the peer trusts"
    case .ourCertificateRefused: "The peer has to trust its issuer; its log may say more"
    case .alert(let alert) where alert.isProtocolVersion: "The peer speaks other versions of TLS"
    case .alert: "The peer's log may say why"
    case .truncated: "Nothing proves that this end was meant by the peer"
    }
  }

  var errorNumber: Int32 {
    if case .unreadableFile(_, let number) = self { number } else if case .handshakeTimeout = self { CS_ETIMEDOUT } else { 0 }
  }

  /// Whether the peer knows, because it was the one that ended the connection.
  var isAlert: Bool { if case .alert = self { true } else if case .ourCertificateRefused = self { true } else { false } }

  /// Whether the same would come of another attempt.
  var isPermanent: Bool {
    switch self {
    case .noCertificate, .noPrivateKey, .encryptedKey, .keyMismatch, .unusableFile, .invalidHostName, .notTLS, .certificateRejected,
      .noClientCertificate, .noCommonVersion, .noCommonCipherSuite, .ourCertificateRefused:
      true
    case .alert(let alert): !alert.isInternalError
    case .unreadableFile, .outOfMemory, .handshakeTimeout, .endedDuringHandshake, .protocolViolation, .truncated: false
    }
  }

  /// The same failure, saying which name was expected.
  func expecting(_ host: String) -> TLSFailure {
    guard case .certificateRejected(let rejection) = self, case .wrongName(_, let names, let count, let commonName) = rejection.problem
    else { return self }
    let problem = TLSCertificateRejection.Problem.wrongName(expected: host, names: names, count: count, commonName: commonName)
    return .certificateRejected(TLSCertificateRejection(problem, depth: rejection.depth))
  }

  private static func quoted(_ text: String) -> String { "\"\(EscapedText.utf8(Array(text.utf8), limit: 255))\"" }
}
