/// Why a WebSocket connection failed, or why a call was refused.
///
/// Two errors are equal when their codes are.
public struct WSError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: Sendable, Hashable {
    /// The peer broke a rule for a single frame.
    case frame(FrameViolation)
    /// Text, or a close reason, is not UTF-8.
    case invalidUTF8
    /// A compressed message is not what DEFLATE and the agreed parameters allow, with the reason.
    case malformedCompression(String)
    /// There was no memory to decompress a message.
    case decompressorUnavailable
    /// A close payload of one octet.
    case truncatedCloseCode
    /// A close code that must not stand in a Close frame.
    case forbiddenCloseCode(CloseCode)
    /// A frame longer than accepted.
    case frameTooLong
    /// A message longer than accepted.
    case messageTooLong
    /// More fragments than accepted.
    case tooManyFragments
    /// Empty fragments in a row.
    case tooManyEmptyFragments
    /// Many fragments of few octets.
    case fragmentsTooSmall
    /// Control frames faster than accepted.
    case tooManyControlFrames
    /// A message that did not end in time.
    case messageTooOld
    /// A frame that did not end in time.
    case frameTooOld
    /// No Close frame in answer to ours.
    case closeHandshakeTimeout
    /// No answer to a keepalive Ping.
    case keepaliveTimeout
    /// The peer took nothing of what waited for it.
    case outputStalled
    /// The caller sent after the connection was closing.
    case notOpen
    /// The caller's text is not UTF-8, its Ping too long, or its close code not to be sent.
    case unsendable
  }

  /// Who has to change something.
  public enum Fault: Sendable, Hashable {
    /// The peer broke RFC 6455.
    case peerViolated
    /// The peer stayed within RFC 6455 but went beyond a limit of ours.
    case limitExceeded
    /// The caller of the library.
    case callerMisused
  }

  /// What went wrong.
  public let code: Code
  /// The offset in the received stream, counted from the first octet after the opening handshake.
  ///
  /// What is wrong with a frame header, or with what it declares, has the offset of the frame's first octet; what is wrong with a
  /// compressed message, that of the message's first octet.
  public let offset: UInt64
  /// The limit that was exceeded, in the unit of the code.
  public let limit: UInt64?
  /// The value that exceeded the limit.
  public let actual: UInt64?

  /// Creates an error.
  public init(_ code: Code, offset: UInt64, limit: UInt64? = nil, actual: UInt64? = nil) {
    self.code = code
    self.offset = offset
    self.limit = limit
    self.actual = actual
  }

  /// Whether the codes are the same.
  public static func == (left: WSError, right: WSError) -> Bool { left.code == right.code }

  /// Who has to change something.
  public var fault: Fault {
    switch code {
    case .frame, .invalidUTF8, .malformedCompression, .truncatedCloseCode, .forbiddenCloseCode: .peerViolated
    case .frameTooLong, .messageTooLong, .tooManyFragments, .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames,
      .messageTooOld, .frameTooOld, .closeHandshakeTimeout, .keepaliveTimeout, .outputStalled, .decompressorUnavailable:
      .limitExceeded
    case .notOpen, .unsendable: .callerMisused
    }
  }

  /// The RFC whose ``section`` speaks of the matter, such as "RFC 6455".
  public var document: String {
    switch code {
    case .malformedCompression: "RFC 7692"
    case .frame, .invalidUTF8, .decompressorUnavailable, .truncatedCloseCode, .forbiddenCloseCode, .frameTooLong, .messageTooLong,
      .tooManyFragments, .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames, .messageTooOld, .frameTooOld,
      .closeHandshakeTimeout, .keepaliveTimeout, .outputStalled, .notOpen, .unsendable:
      "RFC 6455"
    }
  }

  /// The section of ``document`` that speaks of the matter.
  public var section: String {
    switch code {
    case .frame(let violation): violation.section
    case .invalidUTF8: "8.1"
    case .malformedCompression: "7.2.2"
    case .truncatedCloseCode: "5.5.1"
    case .forbiddenCloseCode(let code): [1004, 1005, 1006, 1015].contains(code.rawValue) ? "7.4.1" : "7.4.2"
    case .frameTooLong, .messageTooLong, .tooManyFragments, .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames,
      .messageTooOld, .frameTooOld, .outputStalled, .decompressorUnavailable:
      "10.4"
    case .closeHandshakeTimeout: "7.1.1"
    case .keepaliveTimeout: "5.5.2"
    case .notOpen: "6.1"
    case .unsendable: "5.5.1"
    }
  }

  /// The code of the Close frame that answers the error, or `nil` where none is sent (RFC 6455 §7.4.1).
  public var closeCode: CloseCode? {
    switch code {
    case .frame, .truncatedCloseCode, .forbiddenCloseCode: .protocolError
    case .invalidUTF8, .malformedCompression: .invalidPayload
    case .decompressorUnavailable: .internalError
    case .frameTooLong, .messageTooLong: .messageTooBig
    case .tooManyFragments, .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames, .messageTooOld: .policyViolation
    case .outputStalled: .tryAgainLater
    case .frameTooOld, .closeHandshakeTimeout, .keepaliveTimeout, .notOpen, .unsendable: nil
    }
  }

  /// What happened, where, by which rule.
  public var description: String {
    var text = "\(words) (octet \(offset), \(document) §\(section))"
    if let limit, let actual { text += ": \(actual), the limit is \(limit)" }
    return text
  }

  private var words: String {
    switch code {
    case .frame(let violation): "the peer \(violation.words)"
    case .invalidUTF8: "text is not valid UTF-8"
    case .malformedCompression(let reason): "a compressed message is malformed: \(reason)"
    case .decompressorUnavailable: "there is no memory to decompress a message"
    case .truncatedCloseCode: "a close payload of a single octet holds no close code"
    case .forbiddenCloseCode(let code): "close code \(code.rawValue) must not be sent in a Close frame"
    case .frameTooLong: "a frame is longer than accepted"
    case .messageTooLong: "a message is longer than accepted"
    case .tooManyFragments: "a message has more fragments than accepted"
    case .tooManyEmptyFragments: "too many empty fragments in a row"
    case .fragmentsTooSmall: "too many fragments of too few octets on average"
    case .tooManyControlFrames: "control frames arrive faster than accepted"
    case .messageTooOld: "a message was begun and not ended in time"
    case .frameTooOld: "a frame was begun and not ended in time"
    case .closeHandshakeTimeout: "the peer did not answer the Close frame in time"
    case .keepaliveTimeout: "the peer did not answer a keepalive Ping in time"
    case .outputStalled: "the peer took nothing of what waited for it in time"
    case .notOpen: "the connection is closing or closed; nothing can be sent any more"
    case .unsendable: "the content cannot be sent: text must be UTF-8, a Ping has at most 125 octets, a close code must be a sendable one"
    }
  }
}
