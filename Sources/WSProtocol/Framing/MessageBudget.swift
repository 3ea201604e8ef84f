/// The limits that frames have, alone and as fragments of one message (RFC 6455 §5.4, §10.4); one sum for all paths.
///
/// Law: each limit is checked at the header, before any octet of the payload is taken.
struct MessageBudget: Sendable {
  /// What the fragments so far of a message amount to.
  struct Unfinished: Sendable {
    var flags: FramePiece.Flags
    var frames = 0
    var emptyFramesInARow = 0
    /// The declared payload octets of the frames begun so far.
    var octets: UInt64 = 0
  }

  private let limits: WSLimits
  /// The longest message in a single frame that breaks no limit, or −1; longer ones are looked at closely.
  private let certainlyAccepted: Int
  /// The message that was begun and not ended.
  private(set) var unfinished: Unfinished?

  init(limits: WSLimits) {
    self.limits = limits
    let admitsSingleFrame = limits.maximumFragments >= 1 && limits.fragmentsBeforeMeanRule >= 1 && limits.maximumEmptyFragmentsInARow >= 0
    certainlyAccepted = admitsSingleFrame ? min(limits.maximumFramePayloadBytes, limits.maximumMessageBytes) : -1
  }

  /// Takes the header of a data frame, which broke no rule of its own.
  ///
  /// - Returns: What the frame inherits from its message, and the octets of the message before it.
  @inline(__always)
  mutating func begin(
    first: UInt8, payloadLength: UInt64, offset: UInt64
  ) throws(WSError) -> (flags: FramePiece.Flags, octetsBefore: UInt64) {
    if unfinished == nil, first & 0x80 != 0, payloadLength <= UInt64(bitPattern: Int64(certainlyAccepted)), certainlyAccepted >= 0 {
      return (Self.flags(first), 0)
    }
    return try beginFragment(first: first, payloadLength: payloadLength, offset: offset)
  }

  @inline(__always)
  private static func flags(_ first: UInt8) -> FramePiece.Flags {
    let text = first & 0x0F == 1 ? FramePiece.Flags.isText.rawValue : 0
    let compressed = first & 0x40 != 0 ? FramePiece.Flags.isCompressed.rawValue : 0
    return FramePiece.Flags(rawValue: FramePiece.Flags.beginsMessage.rawValue | text | compressed)
  }

  private mutating func beginFragment(
    first: UInt8, payloadLength: UInt64, offset: UInt64
  ) throws(WSError) -> (flags: FramePiece.Flags, octetsBefore: UInt64) {
    guard payloadLength <= UInt64(limits.maximumFramePayloadBytes) else {
      throw WSError(.frameTooLong, offset: offset, limit: UInt64(limits.maximumFramePayloadBytes), actual: payloadLength)
    }
    var message = unfinished ?? Unfinished(flags: Self.flags(first))
    let flags = message.flags
    message.flags.remove(.beginsMessage)
    let octetsBefore = message.octets
    let total = octetsBefore.addingReportingOverflow(payloadLength)
    let limit = UInt64(flags.contains(.isCompressed) ? limits.maximumCompressedMessageBytes : limits.maximumMessageBytes)
    guard !total.overflow, total.partialValue <= limit else {
      throw WSError(.messageTooLong, offset: offset, limit: limit, actual: total.partialValue)
    }
    let isFinal = first & 0x80 != 0
    message.octets = total.partialValue
    message.frames += 1
    message.emptyFramesInARow = payloadLength == 0 && !isFinal ? message.emptyFramesInARow + 1 : 0
    try limits.checkFragments(
      count: message.frames, octets: message.octets, emptyInARow: message.emptyFramesInARow, offset: offset)
    unfinished = isFinal ? nil : message
    return (flags, octetsBefore)
  }
}
