/// A URL that names a host to connect to, parsed strictly by RFC 3986.
///
/// It must have a scheme, `//` and a host. Spaces, backslashes, control and non-ASCII octets, bad percent-encodings, IPv6 zones
/// and IP literals of future versions are refused; nothing is repaired, decoded or resolved.
///
/// Printing a URL hides what may be secret: user information, query and fragment. Use ``text`` where all of it is needed.
public struct WireURL: Sendable, Hashable {
  /// The URL as given.
  public let text: String
  /// The scheme, lower-cased.
  public let scheme: String
  /// The user information before `@`, still percent-encoded; a secret.
  public let userinfo: String?
  /// The host and the port.
  public let authority: Authority
  /// The path, still percent-encoded; empty or beginning with `/`.
  public let path: String
  /// The query after `?`, still percent-encoded, or `nil` without one.
  public let query: String?
  /// The fragment after `#`, still percent-encoded, or `nil` without one.
  public let fragment: String?

  /// Parses a URL.
  ///
  /// - Throws: The first fault; its offset counts UTF-8 octets.
  public init(_ text: String) throws(WireURLError) { try self.init(Array(text.utf8)[...]) }

  init(_ octets: ArraySlice<UInt8>) throws(WireURLError) {
    var parser = URLParser(octets)
    scheme = try parser.scheme()
    guard parser.skip(0x2F), parser.skip(0x2F) else { throw parser.fault(.authority) }
    userinfo = try parser.userinfo()
    authority = try parser.authority()
    path = String(decoding: try parser.skip(OctetClass.path, else: .path, until: [0x3F, 0x23]), as: UTF8.self)
    query = parser.skip(0x3F) ? String(decoding: try parser.skip(OctetClass.query, else: .query, until: [0x23]), as: UTF8.self) : nil
    fragment = parser.skip(0x23) ? String(decoding: try parser.skip(OctetClass.query, else: .fragment, until: []), as: UTF8.self) : nil
    text = String(decoding: octets, as: UTF8.self)
  }

  /// The host.
  public var host: URLHost { authority.host }

  /// The port in the URL, or `nil` without one.
  public var port: UInt16? { authority.port }

  /// The port in the URL, else the scheme's default: 80 for `http` and `ws`, 443 for `https` and `wss`, `nil` for other schemes.
  public var effectivePort: UInt16? { port ?? Self.defaultPort(scheme: scheme) }

  /// The user name and the password in ``userinfo``, percent-decoded; the password is empty without a colon.
  ///
  /// `nil` without user information, or when what it decodes to is not UTF-8.
  public var credentials: (user: String, password: String)? {
    guard let parts = userinfo?.utf8.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false).map(Self.percentDecoded),
      let user = parts.first.flatMap({ String(validating: $0, as: UTF8.self) }),
      let password = parts.count == 1 ? "" : String(validating: parts[1], as: UTF8.self)
    else { return nil }
    return (user, password)
  }

  /// The octets that a part of a URL, whose percent-encodings are valid, stands for (RFC 3986 §2.1).
  private static func percentDecoded(_ part: Substring.UTF8View) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = part[...]
    while let octet = rest.popFirst() {
      guard octet == 0x25, let high = rest.popFirst().flatMap(Grammar.hexadecimalValue),
        let low = rest.popFirst().flatMap(Grammar.hexadecimalValue)
      else {
        decoded.append(octet)
        continue
      }
      decoded.append(high << 4 | low)
    }
    return decoded
  }

  /// The request target in origin-form: path and query, `/` for an empty path.
  public var requestTarget: String { (path.isEmpty ? "/" : path) + (query.map { "?" + $0 } ?? "") }

  /// The value of the Host field: the host, and the port unless it is the scheme's default (RFC 9110 §7.2).
  public var hostField: String {
    Authority(host: host, port: port == Self.defaultPort(scheme: scheme) ? nil : port).description
  }

  /// The default port of a lower-cased scheme, or `nil`.
  public static func defaultPort(scheme: String) -> UInt16? {
    switch scheme {
    case "http", "ws": 80
    case "https", "wss": 443
    default: nil
    }
  }
}

extension WireURL: CustomStringConvertible, CustomDebugStringConvertible {
  /// The URL with user information, query and fragment replaced by `…`.
  public var description: String {
    "\(scheme)://\(userinfo == nil ? "" : "…@")\(authority)\(path)\(query == nil ? "" : "?…")\(fragment == nil ? "" : "#…")"
  }

  /// The same as ``description``, so that no secret is printed by accident.
  public var debugDescription: String { description }
}
