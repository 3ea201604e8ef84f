/// An HTTP proxy that makes tunnels (CONNECT, RFC 9110 §9.3.6), reached without TLS.
public struct ProxyTarget: Hashable, Sendable {
  /// The host: an address literal, "localhost", or a name.
  public var host: String
  /// The TCP port.
  public var port: UInt16
  /// What the proxy is told to know us by.
  ///
  /// Default nothing.
  public var credentials: ProxyCredentials?

  /// Creates a target.
  public init(host: String, port: UInt16, credentials: ProxyCredentials? = nil) {
    self.host = host
    self.port = port
    self.credentials = credentials
  }
}

/// A user name and a password for a proxy, sent as Basic credentials (RFC 7617), which anybody on the way can read.
///
/// Never shown: not in its description, not in a dump, not in an error.
public struct ProxyCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  private let user: String
  private let password: String

  /// Creates credentials; whether they can be sent shows when they are.
  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  /// That there are credentials.
  public var description: String { "credentials (not shown)" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// What is encoded and sent; nil when there is a colon in the user name, or a control character (RFC 7617 §2).
  var userPass: [UInt8]? {
    let octets = Array("\(user):\(password)".utf8)
    guard !user.utf8.contains(0x3A), !octets.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
    return octets
  }
}
