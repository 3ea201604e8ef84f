import HTTPParse
public import WSProtocol

/// What a server accepts beyond what the protocol requires.
public struct HandshakePolicy: Sendable, Equatable {
  /// Which values of the Origin field are trusted; a request without one is no browser's and always passes.
  public enum Origins: Sendable, Equatable {
    /// The origin of the host the request is for, and those listed, compared octet by octet.
    case sameHost(orListed: [String] = [])
    /// Only those listed, compared octet by octet.
    case listed([String])
    /// Any; every page a user visits may then connect with that user's credentials.
    case any
  }

  /// Which hosts the server answers for.
  public enum Hosts: Sendable, Equatable {
    /// Any; the default for a server that others reach by names it need not know.
    case any
    /// `localhost`, 127.0.0.0/8 and ::1 with this port only, for a listener on a loopback address: other names are DNS rebinding.
    case loopback(port: UInt16)
  }

  /// Which origins are trusted.
  ///
  /// Default: that of the host itself.
  public var origins = Origins.sameHost()
  /// Which hosts the server answers for.
  ///
  /// Default any.
  public var hosts = Hosts.any
  /// The subprotocols the server speaks; the first of the client's that is among them is chosen.
  ///
  /// Default none.
  public var subprotocols: [String] = []
  /// What is answered to offers of permessage-deflate, or `nil` to decline them (RFC 7692 §7).
  ///
  /// Default `nil`: compression costs memory for each connection, and its lengths tell of secrets.
  public var compression: PerMessageDeflatePolicy?
  /// Whether the connection is secured by TLS, which decides the scheme and the default port of the server's own origin.
  ///
  /// Default false.
  public var isSecure = false
  /// Whether ``origins`` and ``hosts`` are checked.
  ///
  /// Default true; a conformance peer turns it off.
  public var isEnforced = true

  /// Creates a policy with the defaults above.
  public init() {}

  /// The first breach of the policy by a request for `authority`, or `nil`.
  func breach(by request: RequestHead, for authority: Authority) -> HandshakeError? {
    guard isEnforced else { return nil }
    let hosts = [authority, request.hostFieldAuthority ?? authority]
    guard hosts.allSatisfy(allows) else {
      return HandshakeError(.host, "the Host is not a loopback name with this server's port", at: request.offset(of: "Host"))
    }
    let lines = request.fields.lines(named: "Origin")
    guard let origin = lines.first else { return nil }
    guard lines.count == 1 else { return HandshakeError(.origin, "there are several Origin fields", at: lines[1].nameOffset) }
    guard !allows(origin: origin.value, for: authority) else { return nil }
    return HandshakeError(.origin, "the Origin is not one this server trusts", at: origin.valueOffset)
  }

  private var defaultPort: UInt16 { isSecure ? 443 : 80 }

  private func allows(_ authority: Authority) -> Bool {
    switch hosts {
    case .any: true
    case .loopback(let port): authority.host.isLoopback && (authority.port ?? defaultPort) == port
    }
  }

  private func allows(origin: ArraySlice<UInt8>, for authority: Authority) -> Bool {
    let isListed: (String) -> Bool = { $0.utf8.elementsEqual(origin) }
    switch origins {
    case .any: return true
    case .listed(let list): return list.contains(where: isListed)
    case .sameHost(let list): return list.contains(where: isListed) || isSame(origin: origin, as: authority)
    }
  }

  private func isSame(origin: ArraySlice<UInt8>, as authority: Authority) -> Bool {
    guard let url = try? WireURL(String(decoding: origin, as: UTF8.self)) else { return false }
    return url.scheme == (isSecure ? "https" : "http") && url.userinfo == nil && url.path.isEmpty && url.query == nil && url.fragment == nil
      && url.host == authority.host && url.effectivePort == authority.port ?? defaultPort
  }
}

extension RequestHead {
  /// The stream offset of the value of the first field named `name`, or of the request line without one.
  func offset(of name: String) -> Int { fields.lines(named: name).first?.valueOffset ?? offset }
}
