/// The limits that frames have, alone and as fragments of one message (RFC 6455 §5.4, §10.4); one sum for all paths.
///
/// Law: each limit is checked at the header, before any octet of the payload is taken.
struct MessageBudget: Sendable {
  /// What the fragments so far of a message amount to.
  private struct Unfinished: Sendable {
    /// The first octet of the first frame.
    let first: UInt8
    var frames = 0
    var emptyFramesInARow = 0
    /// The declared payload octets of the frames begun so far.
    var octets: UInt64 = 0
  }

  private let limits: WSLimits
  /// The longest message in a single frame that breaks no limit whatever else is true of it, or −1.
  let certainlyAdmitted: Int
  private var unfinished: Unfinished?

  init(limits: WSLimits) {
    self.limits = limits
    let admitsSingleFrames =
      limits.maximumFragments >= 1 && limits.fragmentsBeforeMeanRule >= 1 && limits.maximumEmptyFragmentsInARow >= 0
    certainlyAdmitted = admitsSingleFrames ? min(limits.maximumFramePayloadBytes, limits.maximumMessageBytes) : -1
  }

  /// Whether a message was begun, and the header of its last frame has not come.
  var isInMessage: Bool { unfinished != nil }

  /// Takes the header of a data frame, which broke no rule of its own.
  ///
  /// - Returns: The first octet of the message's first frame, and the payload octets of the message before this frame.
  mutating func begin(_ header: FrameHeader, offset: UInt64) throws(WSError) -> (firstOfMessage: UInt8, octetsBefore: UInt64) {
    let length = header.payloadLength
    guard length <= UInt64(limits.maximumFramePayloadBytes) else {
      throw WSError(.frameTooLong, offset: offset, limit: UInt64(limits.maximumFramePayloadBytes), actual: length)
    }
    var message = unfinished ?? Unfinished(first: header.firstOctet)
    let octetsBefore = message.octets
    let total = octetsBefore.addingReportingOverflow(length)
    let isCompressed = ReservedBits(rawValue: message.first &>> 4).contains(.rsv1)
    let limit = UInt64(isCompressed ? limits.maximumCompressedMessageBytes : limits.maximumMessageBytes)
    guard !total.overflow, total.partialValue <= limit else {
      throw WSError(.messageTooLong, offset: offset, limit: limit, actual: total.partialValue)
    }
    message.octets = total.partialValue
    message.frames += 1
    message.emptyFramesInARow = length == 0 && !header.isFinal ? message.emptyFramesInARow + 1 : 0
    try limits.checkFragments(
      count: message.frames, octets: message.octets, emptyInARow: message.emptyFramesInARow, offset: offset)
    unfinished = header.isFinal ? nil : message
    return (message.first, octetsBefore)
  }
}
