import HTTPParse
public import WSProtocol
import WireBytes

/// What a server accepts beyond what the protocol requires.
public struct HandshakePolicy: Sendable, Equatable {
  /// Which values of the Origin field are trusted; a request without one is no browser's and always passes.
  public enum Origins: Sendable, Equatable {
    /// The origin of the host the request is for, and those listed, compared octet by octet.
    case sameHost(orListed: [String] = [])
    /// Only those listed, compared octet by octet.
    case listed([String])
    /// Pages of this machine, by `http` or `https` from `localhost`, 127.0.0.0/8 or ::1 with any port and `file://`, and those listed,
    /// compared octet by octet.
    ///
    /// For a listener on a loopback address, with ``Hosts-swift.enum/loopback(port:)``. `null` has to be listed: pages from files send it,
    /// and so does any page of the web from a sandboxed frame.
    case loopback(orListed: [String] = [])
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
  /// How the server's owner trusts an origin that was refused, for the refusal's text; printable ASCII in one line.
  ///
  /// Default: names ``origins`` in general words.
  public var originAdvice = "the server has to list it as trusted"
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
  /// Whether a version that is absent or malformed is answered with 426, as another version than 13 is, rather than with 400.
  ///
  /// Default false: RFC 6455 §4.4 has 426 for versions that are one.
  public var answersAnyVersionWith426 = false
  /// Whether ``origins`` and ``hosts`` are checked.
  ///
  /// Default true; a conformance peer turns it off.
  public var isEnforced = true

  /// Creates a policy with the defaults above.
  public init() {}

  /// The first breach of the policy by a request for `authority`, or `nil`.
  func breach(by request: RequestHead, for authority: Authority) -> HandshakeError? {
    guard isEnforced else { return nil }
    for authority in [authority, request.hostFieldAuthority ?? authority] where !allows(authority) {
      let host = Self.shown(authority.description.utf8)
      return HandshakeError(.host, "the Host \(host) is not a loopback name with this server's port", at: request.offset(of: "Host"))
    }
    let lines = request.fields.lines(named: "Origin")
    guard let origin = lines.first else { return nil }
    guard lines.count == 1 else { return HandshakeError(.origin, "there are several Origin fields", at: lines[1].nameOffset) }
    guard !allows(origin: origin.value, for: authority) else { return nil }
    let reason = "the Origin \(Self.shown(origin.value)) is not one this server trusts (\(originAdvice))"
    return HandshakeError(.origin, reason, at: origin.valueOffset)
  }

  /// What a peer sent, in one line and short.
  private static func shown(_ octets: some Collection<UInt8>) -> String { "\"\(EscapedText.ascii(octets, limit: 128))\"" }

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
    case .loopback(let list): return list.contains(where: isListed) || isLocal(origin: origin)
    }
  }

  private func isSame(origin: ArraySlice<UInt8>, as authority: Authority) -> Bool {
    guard let url = Self.webOrigin(origin) else { return false }
    return url.scheme == (isSecure ? "https" : "http") && url.host == authority.host && url.effectivePort == authority.port ?? defaultPort
  }

  private func isLocal(origin: ArraySlice<UInt8>) -> Bool {
    if origin.elementsEqual("file://".utf8) { return true }
    guard let url = Self.webOrigin(origin) else { return false }
    return (url.scheme == "http" || url.scheme == "https") && url.host.isLoopback
  }

  /// A scheme, a host and perhaps a port (RFC 6454 §6.2); `nil` if there is anything else.
  private static func webOrigin(_ origin: ArraySlice<UInt8>) -> WireURL? {
    guard let url = try? WireURL(String(decoding: origin, as: UTF8.self)) else { return nil }
    return url.userinfo == nil && url.path.isEmpty && url.query == nil && url.fragment == nil ? url : nil
  }
}

extension RequestHead {
  /// The stream offset of the value of the first field named `name`, or of the request line without one.
  func offset(of name: String) -> Int { fields.lines(named: name).first?.valueOffset ?? offset }
}
