/// The rules of RFC 6455 §5 for a single frame header, as seen by its receiver.
///
/// Rules keep no state and never stop: a strict ``Endpoint`` fails at the first violation, an observer records it and goes on.
public struct FrameRules: Sendable {
  /// Who sent the frames.
  public var sender: Role
  /// The reserved bits that a negotiated extension gives a meaning in the first frame of a data message (RFC 7692 §6).
  ///
  /// Default: none. They stay forbidden on continuation and control frames.
  public var definedBits: ReservedBits

  /// Creates the rules for frames sent by `sender`.
  public init(sender: Role, definedBits: ReservedBits = []) {
    self.sender = sender
    self.definedBits = definedBits
  }

  /// What is already certainly wrong with a header of which one or two octets are known.
  ///
  /// A receiver can fail before the rest of the header, let alone the payload, has arrived.
  ///
  /// - Parameters:
  ///   - first: The first octet: FIN, reserved bits, opcode.
  ///   - second: The second octet, mask bit and seven-bit length, or `nil` if it has not arrived.
  ///   - messageInProgress: Whether a fragmented message was begun and not ended before this frame.
  @inline(__always)
  public func violation(first: UInt8, second: UInt8?, messageInProgress: Bool) -> FrameViolation? {
    let opcode = Opcode(rawValue: first)
    let isFinal = first & 0x80 != 0
    let beginsMessage = opcode == .text || opcode == .binary
    let undefined = ReservedBits(rawValue: first &>> 4).subtracting(beginsMessage ? definedBits : [])
    if !undefined.isEmpty { return .reservedBits(undefined) }
    if opcode.isReserved { return .reservedOpcode(opcode) }
    if opcode.isControl {
      if !isFinal { return .fragmentedControlFrame(opcode) }
    } else if opcode == .continuation {
      if !messageInProgress { return .unexpectedContinuation }
    } else if messageInProgress {
      return .interruptedMessage(opcode)
    }
    guard let second else { return nil }
    let isMasked = second & 0x80 != 0
    if isMasked != sender.masksFrames { return isMasked ? .maskedFrameFromServer : .unmaskedFrameFromClient }
    if opcode.isControl, second & 0x7F > 125 { return .controlFrameTooLong(opcode) }
    return nil
  }

  /// The first thing wrong with a complete header, in the order of its octets, or `nil`.
  @inline(__always)
  public func violation(of header: FrameHeader, messageInProgress: Bool) -> FrameViolation? {
    let length: UInt8 =
      switch header.lengthForm {
      case .sevenBits: UInt8(truncatingIfNeeded: header.payloadLength & 0x7F)
      case .sixteenBits: 126
      case .sixtyFourBits: 127
      }
    let second = (header.maskingKey == nil ? 0 : 0x80) | length
    if let violation = violation(first: header.firstOctet, second: second, messageInProgress: messageInProgress) { return violation }
    if header.payloadLength &>> 63 != 0 { return .lengthSignBit(header.payloadLength) }
    if !header.usesMinimalLength { return .nonMinimalLength(header.payloadLength) }
    return nil
  }
}
