/// What a frame header breaks.
public enum FrameViolation: Sendable, Hashable {
  /// A reserved bit is set and no extension gave it a meaning in such a frame.
  case reservedBits(ReservedBits)
  /// The opcode has no meaning.
  case reservedOpcode(Opcode)
  /// A client sent an unmasked frame.
  case unmaskedFrameFromClient
  /// A server sent a masked frame.
  case maskedFrameFromServer
  /// A control frame has FIN clear.
  case fragmentedControlFrame(Opcode)
  /// A control frame declares more than 125 octets.
  case controlFrameTooLong(Opcode)
  /// A continuation frame, and no message is in progress.
  case unexpectedContinuation
  /// A new message begins before the last one ended.
  case interruptedMessage(Opcode)
  /// The length is not encoded in the shortest form.
  case nonMinimalLength(UInt64)
  /// The most significant bit of a 64-bit length is set.
  case lengthSignBit(UInt64)

  /// The section of RFC 6455 that is broken.
  public var section: String {
    switch self {
    case .reservedBits, .reservedOpcode, .nonMinimalLength, .lengthSignBit: "5.2"
    case .unmaskedFrameFromClient, .maskedFrameFromServer: "5.1"
    case .fragmentedControlFrame, .controlFrameTooLong: "5.5"
    case .unexpectedContinuation, .interruptedMessage: "5.4"
    }
  }

  /// What the sender did, as the end of a sentence that begins with "the peer".
  public var words: String {
    switch self {
    case .reservedBits(let bits): "set \(bits) although no extension that defines it was negotiated"
    case .reservedOpcode(let opcode): "used the reserved opcode \(opcode.rawValue)"
    case .unmaskedFrameFromClient: "sent an unmasked frame although it is the client"
    case .maskedFrameFromServer: "sent a masked frame although it is the server"
    case .fragmentedControlFrame(let opcode): "fragmented a control frame (\(opcode))"
    case .controlFrameTooLong(let opcode): "sent a control frame (\(opcode)) of more than 125 octets"
    case .unexpectedContinuation: "sent a continuation frame although no message was in progress"
    case .interruptedMessage(let opcode): "began a \(opcode) message before the last one had ended"
    case .nonMinimalLength(let length): "encoded the payload length \(length) in more octets than needed"
    case .lengthSignBit(let length): "set the most significant bit of a 64-bit payload length (\(length))"
    }
  }
}
