/// Whose certificates a peer's certificate may descend from.
public enum TLSTrust: Hashable, Sendable {
  /// The certificates that the system trusts; the environment variables SSL_CERT_FILE and SSL_CERT_DIR name others.
  case system
  /// The certificates of a PEM file, and no others; an intermediate one counts without its root.
  case file(path: String)
  /// Any certificate, for any name, of any date.
  ///
  /// Opens the connection to whoever can intercept it: for tests of one's own machines only.
  case insecure
}

/// A certificate of our own and its private key.
public struct TLSIdentity: Hashable, Sendable {
  /// A PEM file with the certificate first and those of its issuers after it; they are sent as they stand there.
  public var certificateFile: String
  /// A PEM file with the private key, without a passphrase.
  public var keyFile: String

  /// Creates an identity from the paths of its files.
  public init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}

/// A version of TLS; older ones are not spoken (RFC 8996).
public enum TLSVersion: Int, Hashable, Sendable, Comparable {
  /// RFC 5246.
  case tls12 = 12
  /// RFC 8446.
  case tls13 = 13

  /// Whether `left` is the older version.
  public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// What a client demands and shows.
public struct TLSClientConfiguration: Hashable, Sendable {
  /// Whom to trust.
  ///
  /// Default: whom the system trusts.
  public var trust: TLSTrust
  /// Shown to servers that ask for it.
  ///
  /// Default: nothing.
  public var identity: TLSIdentity?
  /// The versions to speak.
  ///
  /// Default: 1.2 and 1.3.
  public var versions: ClosedRange<TLSVersion>

  /// Creates a configuration; the defaults verify the server.
  public init(trust: TLSTrust = .system, identity: TLSIdentity? = nil, versions: ClosedRange<TLSVersion> = .tls12 ... .tls13) {
    self.trust = trust
    self.identity = identity
    self.versions = versions
  }
}

/// What a server shows and demands.
public struct TLSServerConfiguration: Hashable, Sendable {
  /// Shown to every client.
  public var identity: TLSIdentity
  /// When given, a client has to show a certificate, and this says whose.
  ///
  /// Default: clients show none. With ``TLSTrust/insecure`` any certificate will do.
  public var clientTrust: TLSTrust?
  /// The versions to speak.
  ///
  /// Default: 1.2 and 1.3.
  public var versions: ClosedRange<TLSVersion>

  /// Creates a configuration.
  public init(identity: TLSIdentity, clientTrust: TLSTrust? = nil, versions: ClosedRange<TLSVersion> = .tls12 ... .tls13) {
    self.identity = identity
    self.clientTrust = clientTrust
    self.versions = versions
  }
}
