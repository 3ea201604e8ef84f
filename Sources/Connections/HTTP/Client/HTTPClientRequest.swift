public import HTTPParse

/// A request to be sent by a client; its content is given apart.
public struct HTTPClientRequest: Sendable, Equatable {
  /// How much content will follow the head.
  public enum Content: Sendable, Equatable {
    /// None.
    case none
    /// So many octets.
    case length(Int)
    /// As many as come; they are sent in chunks, which a server of HTTP/1.0 cannot read.
    case chunked
  }

  /// The method: a token, and not CONNECT.
  public var method: String
  /// The request target, in origin-form to a server, in absolute-form to a proxy.
  public var target: String
  /// The fields, with exactly one Host and without those that frame the message and manage the connection.
  public var fields: FieldSection
  /// How much content will follow.
  ///
  /// Default none.
  public var content = Content.none
  /// Whether content is held back until the server answers 100 (Continue), or ``HTTPConnectionLimits/continueWait`` is over.
  ///
  /// Default false. There must be content then (RFC 9110 §10.1.1).
  public var expectsContinue = false
  /// The protocols to which the connection may switch, the best first.
  ///
  /// Default none: an answer 101 is an error then.
  public var upgrade: [String] = []
  /// Whether the request is the last on its connection.
  ///
  /// Default false.
  public var isLast = false

  /// Creates a request without content.
  public init(method: String = "GET", target: String, fields: FieldSection) {
    self.method = method
    self.target = target
    self.fields = fields
  }

  /// Whether asking twice does no more than asking once, RFC 9110 §9.2.2.
  public var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method) }

  /// The head as octets.
  ///
  /// - Throws: `method` for CONNECT; `contentNotAllowed` for content of TRACE, and for an expectation without content; `ownedField`;
  ///   `unsendable`.
  func head() throws(HTTPConnectionError) -> [UInt8] {
    guard method != "CONNECT" else { throw HTTPConnectionError(.method) }
    let hasContent = content != .none && content != .length(0)
    guard hasContent ? method != "TRACE" : !expectsContinue else { throw HTTPConnectionError(.contentNotAllowed) }
    try OwnedFields.requireNone(in: fields, isRequest: true)
    var options = isLast ? ["close"] : []
    if !upgrade.isEmpty { options.append("upgrade") }
    var lines = OwnedFields.connection(options)
    if !upgrade.isEmpty { lines.append((name: "Upgrade", value: upgrade.joined(separator: ", "))) }
    if expectsContinue { lines.append((name: "Expect", value: "100-continue")) }
    let fields = try OwnedFields.adding(lines, to: fields)
    do throws(HTTPParseError) {
      return try MessageSerializer.requestHead(method: method, target: target, fields: fields, framing: framing)
    } catch {
      throw HTTPConnectionError(.unsendable, message: error)
    }
  }

  /// How the content is framed; where it has a meaning, its absence is said too (RFC 9110 §8.6).
  var framing: BodyFraming {
    switch content {
    case .none: ["POST", "PUT", "PATCH"].contains(method) ? .length(0) : .none
    case .length(let length): .length(length)
    case .chunked: .chunked(codings: [])
    }
  }
}

/// Why an exchange failed, for the client.
public struct HTTPClientFailure: Error, Sendable, Equatable {
  /// What happened.
  public let error: HTTPConnectionError
  /// Whether the request may be sent again, once and on a new connection, without asking anybody (RFC 9112 §9.3.1).
  ///
  /// True only if the connection had been used before, ended before anything of an answer came, and asking twice does no more than asking
  /// once: then the server has most likely ended an idle connection while the request was on its way.
  public let isSafeToRetry: Bool
}

extension HTTPClientFailure: CustomStringConvertible {
  /// One line: the error, and whether to try again.
  public var description: String { "\(error)" + (isSafeToRetry ? "; safe to send again on a new connection" : "") }
}
