public import HTTPParse

/// Why an opening handshake failed.
public struct HandshakeError: Error, Sendable, Equatable {
  /// What is wrong.
  public let code: Code
  /// What happened, in words; of received text only a refused Host or Origin, escaped and cut.
  public let reason: String
  /// The stream offset of the fault, if there is one place to blame.
  public let offset: Int?
  /// The fault of the message head, if ``code`` is ``Code/http``.
  public let http: HTTPParseError?
  /// The limit that was passed, if ``code`` is a limit.
  public let limit: Int?
  /// What was counted when ``limit`` was passed; the whole may be larger.
  public let actual: Int?
  /// The head of the response that was refused, for a client, once one was complete.
  public private(set) var response: ResponseHead?
  /// The stream offset just past the head in ``response``: where its content begins.
  public private(set) var responseEnd: Int?

  init(_ code: Code, _ reason: String, at offset: Int? = nil, limit: Int? = nil, actual: Int? = nil) {
    self.code = code
    self.reason = reason
    self.offset = offset
    http = nil
    self.limit = limit
    self.actual = actual
  }

  init(_ error: HTTPParseError) {
    code = .http
    reason = error.summary
    offset = error.offset
    http = error
    limit = error.limit
    actual = error.actual
  }

  /// The same error with the response it is about.
  func about(_ response: ResponseHead, end: Int) -> HandshakeError {
    var error = self
    error.response = response
    error.responseEnd = end
    return error
  }

  /// The rule that was broken, such as "RFC 6455 §4.2.1".
  public var section: String { http?.section ?? code.section }

  /// The status code a server answers with.
  public var status: Int { http?.status ?? code.status }

  /// Whose doing the failure is.
  public var blame: Blame { http?.blame ?? code.blame }

  /// One line: what happened, where and by which rule; safe to send to the peer and to print.
  public var summary: String {
    guard http == nil else { return reason }
    var text = "\(code.rawValue): \(reason)"
    if let offset { text += ", at octet \(offset)" }
    if let limit, let actual { text += ", limit \(limit), at least \(actual) received" }
    return text + ", \(section)"
  }
}

extension HandshakeError: CustomStringConvertible {
  /// The ``summary`` and what to do next.
  public var description: String {
    let advice =
      switch blame {
      case .peerViolation: "drop the connection"
      // A peer that is late passed no limit of ours: deadlines are the caller's.
      case .peerExceededLimit where limit == nil: "drop the connection"
      case .peerExceededLimit: "raise the limit in HandshakeLimits if such handshakes are expected"
      case .peerRefusal: "look at the response's fields; the server may want another request"
      case .callerMistake: "correct the offer; nothing was sent"
      }
    return summary + "; " + advice
  }
}
