import WireBytes
import WSProtocol

/// Something the observer saw the peer do.
enum Observation: Sendable, Equatable {
  /// A whole message.
  case message(ObservedMessage)
  /// A Ping.
  case ping([UInt8])
  /// A Pong.
  case pong([UInt8])
  /// A Close frame.
  case close(ObservedClose)
  /// A rule was broken.
  case violation(PeerViolation)
}

/// A message as seen: its content is compared while it arrives and only its beginning is kept.
struct ObservedMessage: Sendable, Equatable {
  let kind: Message.Kind
  var content = LoggedOctets()
  /// The offset of the first octet that differs from the expected message, or `nil` if all received octets agree.
  var firstDifference: UInt64?
}

/// A Close frame as seen.
struct ObservedClose: Sendable, Equatable {
  let code: UInt16?
  let reason: [UInt8]
  /// What the payload breaks.
  let violation: PeerViolation?

  init(payload: [UInt8], offset: UInt64) {
    code = payload.count >= 2 ? UInt16(payload[0]) &<< 8 | UInt16(payload[1]) : nil
    reason = Array(payload.dropFirst(2))
    do throws(WSError) {
      _ = try ClosePayload(parsing: payload, offset: offset)
      violation = nil
    } catch {
      violation =
        error.code == .invalidUTF8
        ? PeerViolation(words: "sent a Close frame whose reason is not valid UTF-8", section: error.section) : PeerViolation(error)
    }
  }
}

/// A requirement the peer broke, whatever the case was about.
struct PeerViolation: Sendable, Equatable {
  /// What the peer did, after "the peer".
  let words: String
  let section: String

  init(_ violation: FrameViolation) {
    words = violation.words
    section = violation.section
  }

  init(_ error: WSError) {
    section = error.section
    words =
      switch error.code {
      case .invalidUTF8: "sent text that is not valid UTF-8"
      case .truncatedCloseCode: "sent a Close frame with a payload of one octet"
      case .forbiddenCloseCode(let code): "sent close code \(code.rawValue), which must not be sent"
      default: "broke a rule: \(error)"
      }
  }

  init(words: String, section: String) {
    self.words = words
    self.section = section
  }
}

extension LoggedOctets {
  /// The octets in a few words.
  var words: String {
    guard total > 0 else { return "empty" }
    let text = "\"\(EscapedText.utf8(kept.prefix(48)))\""
    return total <= 48 ? text : "\(total) octets that begin \(text)"
  }
}

extension ObservedClose {
  /// The frame in a few words.
  var words: String {
    guard let code else { return "no code" }
    return reason.isEmpty ? "code \(code)" : "code \(code), reason \"\(EscapedText.utf8(reason))\""
  }
}
