public import HTTPParse
public import Transport

/// Why an exchange over HTTP/1.1 failed, or something asked of its connection cannot be done.
public struct HTTPConnectionError: Error, Sendable, Equatable {
  /// What is wrong, as a class that tests and reports name.
  public enum Code: String, Sendable, CaseIterable {
    /// The peer's message breaks a rule or a limit; ``HTTPConnectionError/message`` says which.
    case message
    /// The peer's message was cut short.
    case incomplete
    /// The connection ended before anything of an answer came.
    case noAnswer = "no-answer"
    /// The connection ended before the exchange did.
    case connectionLost = "connection-lost"
    /// A head did not come in time.
    case headDeadline = "head-deadline"
    /// Content comes too slowly.
    case contentTooSlow = "content-too-slow"
    /// The peer does not take what it is sent.
    case outputStalled = "output-stalled"
    /// The exchange took too long.
    case exchangeDeadline = "exchange-deadline"
    /// A field was given that the connection writes itself.
    case ownedField = "owned-field"
    /// A message cannot be sent as it is; ``HTTPConnectionError/message`` says why.
    case unsendable
    /// More content was given than its length says.
    case contentTooLong = "content-too-long"
    /// Content ended before its length was reached.
    case contentTooShort = "content-too-short"
    /// The message must not have content, or trailers.
    case contentNotAllowed = "content-not-allowed"
    /// The status code cannot be sent this way.
    case status
    /// The method cannot be sent this way.
    case method
    /// The protocol was not offered, or the request is not complete.
    case upgradeNotOffered = "upgrade-not-offered"
    /// It is not the time for this call: there is no such exchange, or this part of it is over.
    case notNow = "not-now"
    /// The connection is closed or about to be.
    case notOpen = "not-open"
  }

  /// What is wrong.
  public let code: Code
  /// The fault of the message, if there is one.
  public let message: HTTPParseError?
  /// How the connection ended, if that is the reason.
  public let closeReason: CloseReason?
  /// The number that was due or allowed, such as the octets of content declared.
  public let limit: Int?
  /// What it was instead.
  public let actual: Int?

  package init(_ code: Code, message: HTTPParseError? = nil, closeReason: CloseReason? = nil, limit: Int? = nil, actual: Int? = nil) {
    self.code = code
    self.message = message
    self.closeReason = closeReason
    self.limit = limit
    self.actual = actual
  }

  /// The rule behind it, such as "RFC 9112 §8".
  public var section: String {
    switch code {
    case .message, .unsendable: message?.section ?? "RFC 9112 §2"
    case .incomplete: "RFC 9112 §8"
    case .noAnswer: "RFC 9112 §9.3.1"
    case .connectionLost, .headDeadline, .contentTooSlow, .outputStalled, .exchangeDeadline: "RFC 9112 §9.5"
    case .ownedField: "RFC 9112 §6"
    case .contentTooLong, .contentTooShort: "RFC 9110 §8.6"
    case .contentNotAllowed: "RFC 9110 §6.4"
    case .status: "RFC 9110 §15"
    case .method: "RFC 9110 §9"
    case .upgradeNotOffered: "RFC 9110 §7.8"
    case .notNow: "RFC 9112 §9.2"
    case .notOpen: "RFC 9112 §9.6"
    }
  }

  /// Whose doing it is.
  public var blame: Blame {
    switch code {
    case .message: message?.blame ?? .peerViolation
    case .incomplete, .noAnswer, .connectionLost: .peerViolation
    case .headDeadline, .contentTooSlow, .outputStalled, .exchangeDeadline: .peerExceededLimit
    case .ownedField, .unsendable, .contentTooLong, .contentTooShort, .contentNotAllowed, .status, .method, .upgradeNotOffered, .notNow,
      .notOpen:
      .callerMistake
    }
  }

  /// The status code with which a server refuses the request, unless it is the caller's mistake.
  var status: Int? {
    switch code {
    case .message: message?.status ?? 400
    case .incomplete: 400
    case .headDeadline, .contentTooSlow: 408
    case .noAnswer, .connectionLost, .outputStalled, .exchangeDeadline, .ownedField, .unsendable, .contentTooLong, .contentTooShort,
      .contentNotAllowed,
      .status, .method, .upgradeNotOffered, .notNow, .notOpen:
      nil
    }
  }

  private var words: String {
    switch code {
    case .message: "the peer's message is not acceptable"
    case .incomplete: "the message was cut short"
    case .noAnswer: "the connection ended before an answer began"
    case .connectionLost: "the connection ended before the exchange did"
    case .headDeadline: "the head did not come in time"
    case .contentTooSlow: "the content comes too slowly"
    case .outputStalled: "the peer does not take what it is sent"
    case .exchangeDeadline: "the exchange took too long"
    case .ownedField: "a field was given that the connection writes itself"
    case .unsendable: "the message cannot be sent as it is"
    case .contentTooLong: "more content was given than its length says"
    case .contentTooShort: "the content ended before its length was reached"
    case .contentNotAllowed: "this message must not have content or trailers"
    case .status: "this status code cannot be sent by this call"
    case .method: "this method cannot be sent by this call"
    case .upgradeNotOffered: "the client does not offer this protocol at the end of a complete request"
    case .notNow: "it is not the time for this call"
    case .notOpen: "the connection is closed or about to be"
    }
  }
}

extension HTTPConnectionError: CustomStringConvertible {
  /// One line: what happened, the numbers, the cause and the rule; without octets of the peer but escaped ones.
  public var description: String {
    var text = "\(code.rawValue): \(words)"
    if let actual { text += ", \(actual)" + (limit.map { " of \($0)" } ?? "") } else if let limit { text += ", limit \(limit)" }
    if let closeReason { text += ": \(closeReason)" }
    return message.map { "\(text): \($0.summary)" } ?? "\(text), \(section)"
  }
}
