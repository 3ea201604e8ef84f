import WireBytes

/// Why a message was refused.
///
/// The fault is the first one in octet order; faults between fields come after all faults of syntax: Host, then Transfer-Encoding, then
/// Content-Length.
public struct HTTPParseError: Error, Sendable, Equatable {
  /// What is wrong.
  public let code: Code
  /// The stream offset of the first octet that cannot be part of a valid message; for `bare-cr` that of the CR.
  public let offset: Int
  /// The octet at ``offset``, if one is to blame.
  public let octet: UInt8?
  /// The limit that was passed, in octets or lines, if the fault is a limit.
  public let limit: Int?
  /// What was counted when ``limit`` was passed; the whole may be larger.
  public let actual: Int?
  /// The stream offset just past the head, if the head had been read whole when the fault was found (Host faults only).
  public let headEnd: Int?

  package init(_ code: Code, at offset: Int, octet: UInt8? = nil, limit: Int? = nil, actual: Int? = nil, headEnd: Int? = nil) {
    self.code = code
    self.offset = offset
    self.octet = octet
    self.limit = limit
    self.actual = actual
    self.headEnd = headEnd
  }

  /// The rule that was broken, such as "RFC 9112 §3.2".
  public var section: String { code.section }

  /// The status code a server answers with; 502 for faults of a response, as a gateway would say.
  public var status: Int { code.status }

  /// Whether the connection can carry no further message.
  ///
  /// True unless the end of the head is known: after a Host fault a server that can frame the rest may go on at ``headEnd``.
  public var mustClose: Bool { headEnd == nil }

  /// Whose doing the fault is.
  public var blame: Blame { code.blame }

  /// One line: what happened, where and by which rule; safe to send to the peer and to print.
  public var summary: String {
    var text = "\(code.rawValue): \(code.words), at octet \(offset)"
    if let octet { text += " (\(EscapedText.ascii([octet])))" }
    if let limit, let actual { text += ", limit \(limit), at least \(actual) received" }
    return text + ", \(section)"
  }
}

extension HTTPParseError: CustomStringConvertible {
  /// The ``summary`` and what to do next.
  public var description: String {
    let advice =
      switch blame {
      case .peerExceededLimit: "raise the limit in HTTPLimits if such messages are expected"
      case .peerViolation, .peerRefusal, .callerMistake: "a server answers \(status)\(mustClose ? " and closes the connection" : "")"
      }
    return summary + "; " + advice
  }
}
