import WireBytes

/// Why text is not a URL that a client can connect to.
public struct WireURLError: Error, Sendable, Equatable {
  /// The part that is wrong.
  public enum Code: String, Sendable, CaseIterable {
    /// No scheme, or not a letter followed by letters, digits, `+`, `-` and `.`.
    case scheme
    /// No `//` after the scheme.
    case authority
    /// An octet that user information may not hold, or user information where none is allowed.
    case userinfo
    /// An empty or malformed host.
    case host
    /// A port that is not a number from 1 to 65535, or a missing one where it is required.
    case port
    /// An octet that a path may not hold.
    case path
    /// An octet that a query may not hold.
    case query
    /// An octet that a fragment may not hold, or a fragment where none is allowed.
    case fragment

    /// The rule that was broken.
    public var section: String {
      switch self {
      case .scheme: "RFC 3986 §3.1"
      case .authority: "RFC 3986 §3.2"
      case .userinfo: "RFC 3986 §3.2.1"
      case .host: "RFC 3986 §3.2.2"
      case .port: "RFC 3986 §3.2.3"
      case .path: "RFC 3986 §3.3"
      case .query: "RFC 3986 §3.4"
      case .fragment: "RFC 3986 §3.5"
      }
    }
  }

  /// The part that is wrong.
  public let code: Code
  /// The offset in the text of the first octet that cannot be there; its length if it ended too early.
  public let offset: Int
  /// The octet at ``offset``, or `nil` at the end.
  public let octet: UInt8?

  init(_ code: Code, at offset: Int, in octets: ArraySlice<UInt8>) {
    self.code = code
    self.offset = offset
    octet = octets.dropFirst(offset).first
  }

  /// The rule that was broken.
  public var section: String { code.section }
}

extension WireURLError: CustomStringConvertible {
  /// What is wrong and where; it holds no more of the URL than one octet.
  public var description: String {
    let place = octet.map { "octet \(offset) (\(EscapedText.ascii([$0])))" } ?? "its end (octet \(offset))"
    return "the URL's \(code.rawValue) is not valid at \(place), \(section); \(advice)"
  }

  private var advice: String {
    switch code {
    case .scheme, .authority: "begin with a scheme and two slashes, as in ws://127.0.0.1:9001/"
    case .host where octet == nil: "name a host"
    case .port: "a port is a number from 1 to 65535"
    case .host, .userinfo, .path, .query, .fragment: "percent-encode what is not allowed there"
    }
  }
}
