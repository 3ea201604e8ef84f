/// What may follow a message on its connection, RFC 9112 §9.
public enum AfterMessage: Sendable, Equatable {
  /// The connection may carry another message.
  case continues
  /// The connection carries no further message; octets that follow are discarded.
  case closes(CloseReason)
  /// The parser has stopped: the octets that follow were not taken, and may not be HTTP.
  case handsOver(Handover)

  /// Why a connection carries no further message.
  public enum CloseReason: Sendable, Equatable {
    /// The message has the close option (RFC 9112 §9.6).
    case closeOption
    /// HTTP/1.0 without the keep-alive option (RFC 9112 §9.3).
    case oldVersion
    /// The end of the connection is the end of the content (RFC 9112 §6.3).
    case closeDelimited
    /// The response has both a length and a coding; what follows may be forged (RFC 9112 §6.1).
    case lengthAndCoding
    /// The response of HTTP/1.0 has a transfer coding; its framing is not to be trusted (RFC 9112 §6.1).
    case codingInHTTP10
    /// The connection has carried as many requests as ``HTTPLimits/maximumRequestsPerConnection`` allows.
    case requestLimit
    /// The tunnel was refused; what the client sent into it cannot be told from requests (RFC 9110 §9.3.6).
    case connectRefused
  }

  /// What the connection may have become.
  public enum Handover: Sendable, Equatable {
    /// A tunnel (RFC 9110 §9.3.6).
    case connect
    /// Another protocol (RFC 9110 §7.8).
    case upgrade
  }
}

/// The options of a connection as its Connection field states them, RFC 9110 §7.6.1.
struct ConnectionOptions {
  private(set) var hasClose = false
  private(set) var hasKeepAlive = false
  private(set) var hasUpgrade = false

  init(_ fields: FieldSection, maximumElements: Int) throws(HTTPParseError) {
    guard !fields.marks.connection.isEmpty else { return }
    let octets = fields.octets
    try ListPieces.forEach(in: fields, fields.marks.connection, maximum: maximumElements) { piece, _ in
      switch Keyword(octets, piece) {
      case Keyword.close: hasClose = true
      case Keyword.keepAlive: hasKeepAlive = true
      case Keyword.upgrade: hasUpgrade = true
      default: break
      }
    }
  }

  /// Why a message of the given version closes the connection by its own will, or `nil`.
  func closeReason(version: HTTPVersion) -> AfterMessage.CloseReason? {
    if hasClose { return .closeOption }
    return version >= .http11 || hasKeepAlive ? nil : .oldVersion
  }
}

extension RequestHead {
  /// Whether ``upgradeOffers`` is not empty.
  func offersUpgrade(_ options: ConnectionOptions) -> Bool {
    guard version >= .http11, options.hasUpgrade else { return false }
    var next = fields.place(of: fields.marks.upgrade)
    while let line = next {
      if fields.value(at: line).contains(where: { fields.octets[$0] != 0x2C && !Grammar.isWhitespace(fields.octets[$0]) }) { return true }
      next = fields.place(of: fields.marks.upgrade, from: line + 1)
    }
    return false
  }

  /// The protocols the client offers to switch to, in order; none unless the Connection field says so too (RFC 9110 §7.8).
  public var upgradeOffers: [String] {
    guard version >= .http11, fields.elements(of: "Connection").contains(where: { ASCII.equalsIgnoringCase($0.octets, "upgrade".utf8) })
    else { return [] }
    return fields.elements(of: "Upgrade").map { String(decoding: $0.octets, as: UTF8.self) }
  }

  /// Whether the client waits for a 100 (Continue) response before it sends content (RFC 9110 §10.1.1).
  ///
  /// A client that sends no content waits for nothing; see the framing. Any other expectation may be answered with 417 or ignored.
  public var expectsContinue: Bool {
    version >= .http11 && !fields.marks.expect.isEmpty
      && fields.elements(of: "Expect").contains { ASCII.equalsIgnoringCase($0.octets, "100-continue".utf8) }
  }
}
