public import HTTPParse

extension HandshakeError {
  /// What is wrong, as a class that tests and reports name.
  public enum Code: String, Sendable, CaseIterable {
    /// The message head is not valid HTTP; ``HandshakeError/http`` says why.
    case http
    /// The peer speaks HTTP/1.0, which cannot switch protocols.
    case httpVersion = "http-version"
    /// The request's method is not GET.
    case method
    /// The request announces content, which would be mistaken for frames or frames for it.
    case content
    /// The Upgrade field is malformed, or in a response not exactly `websocket`.
    case upgrade
    /// The request does not ask for the protocol `websocket`.
    case upgradeRequired = "upgrade-required"
    /// The Connection field lacks the option `Upgrade`.
    case connection
    /// `Sec-WebSocket-Version` is absent, repeated or malformed.
    case version
    /// `Sec-WebSocket-Version` is well formed but not 13.
    case versionUnsupported = "version-unsupported"
    /// `Sec-WebSocket-Key` is absent, repeated or not the Base64 of 16 octets.
    case key
    /// `Sec-WebSocket-Accept` is absent, repeated or does not answer the key.
    case accept
    /// `Sec-WebSocket-Protocol` is malformed, or names what was not offered.
    case subprotocol
    /// `Sec-WebSocket-Extensions` is malformed, or names what was not offered.
    case `extension`
    /// The answer to an offer of permessage-deflate breaks RFC 7692 or does not fit the offer.
    case compression
    /// A list is longer than allowed.
    case limitList = "limit-list"
    /// There are more interim responses than allowed.
    case limitInterim = "limit-interim"
    /// The Host is not one this server answers for.
    case host
    /// The Origin is not one this server trusts.
    case origin
    /// The server answered with another status than 101.
    case refused
    /// The connection ended before the handshake was complete.
    case unexpectedEOF = "unexpected-eof"
    /// The client did not send its request, or the server its answer, in time.
    case timeout
    /// The program offered something that cannot be sent.
    case offer
  }
}

extension HandshakeError.Code {
  /// The rule that was broken.
  public var section: String {
    switch self {
    case .http: "RFC 6455 §4.1"
    case .httpVersion, .method, .upgradeRequired, .connection, .key, .host: "RFC 6455 §4.2.1"
    case .content: "RFC 9112 §6.3"
    case .upgrade: "RFC 9110 §7.8"
    case .version, .versionUnsupported: "RFC 6455 §4.4"
    case .accept, .subprotocol, .refused, .unexpectedEOF, .offer: "RFC 6455 §4.1"
    case .extension: "RFC 6455 §9.1"
    case .compression: "RFC 7692 §7.1"
    case .limitList: "RFC 6455 §10.4"
    case .limitInterim: "RFC 9110 §15.2"
    case .timeout: "RFC 9110 §15.5.9"
    case .origin: "RFC 6455 §10.2"
    }
  }

  /// The status code a server answers with.
  public var status: Int {
    switch self {
    case .http, .httpVersion, .content, .upgrade, .connection, .version, .key, .accept, .subprotocol, .extension, .compression, .limitList,
      .limitInterim,
      .refused, .unexpectedEOF, .offer:
      400
    case .method: 405
    case .timeout: 408
    case .upgradeRequired, .versionUnsupported: 426
    case .host, .origin: 403
    }
  }

  /// Whose doing the failure is.
  public var blame: Blame {
    switch self {
    case .http, .httpVersion, .method, .content, .upgrade, .upgradeRequired, .connection, .version, .versionUnsupported, .key, .accept,
      .subprotocol, .extension, .compression, .host, .origin, .unexpectedEOF:
      .peerViolation
    case .limitList, .limitInterim, .timeout: .peerExceededLimit
    case .refused: .peerRefusal
    case .offer: .callerMistake
    }
  }
}
