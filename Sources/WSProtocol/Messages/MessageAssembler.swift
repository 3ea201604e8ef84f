/// Joins the fragments of one message at a time and keeps the limits that a message has as a whole (RFC 6455 §5.4).
///
/// Laws: memory grows with octets received, never with octets declared; each limit is checked before the octets are taken.
struct MessageAssembler: Sendable {
  private var progress: Progress = .idle
  private let limits: WSLimits

  private enum Progress: Sendable {
    case idle
    case assembling(Partial)
  }

  private struct Partial: Sendable {
    var message: Message
    var utf8 = UTF8Validator()
    var frames = 0
    var emptyFramesInARow = 0
    var startedAt: Duration
  }

  init(limits: WSLimits) { self.limits = limits }

  /// Whether a message was begun and not ended.
  var isInProgress: Bool {
    switch progress {
    case .idle: false
    case .assembling: true
    }
  }

  /// When the unfinished message becomes too old, or `nil` without one.
  var deadline: Duration? {
    switch progress {
    case .idle: nil
    case .assembling(let partial): partial.startedAt + limits.unfinishedMessageAge
    }
  }

  /// The octets held for an unfinished message.
  var heldOctets: Int {
    switch progress {
    case .idle: 0
    case .assembling(let partial): partial.message.octets.count
    }
  }

  /// Leaves a time out of the message's age.
  mutating func postpone(by time: Duration) {
    guard case .assembling(var partial) = progress else { return }
    progress = .idle
    partial.startedAt += time
    progress = .assembling(partial)
  }

  /// Takes the header of a data frame; rules of the frame itself were checked before.
  mutating func begin(_ header: FrameHeader, now: Duration, offset: UInt64) throws(WSError) {
    guard header.payloadLength <= UInt64(limits.maximumFramePayloadBytes) else {
      throw WSError(.frameTooLong, offset: offset, limit: UInt64(limits.maximumFramePayloadBytes), actual: header.payloadLength)
    }
    var partial: Partial
    switch progress {
    case .idle: partial = Partial(message: Message(header.opcode == .text ? .text : .binary, []), startedAt: now)
    case .assembling(let current):
      partial = current
      progress = .idle
    }
    let total = UInt64(partial.message.octets.count).addingReportingOverflow(header.payloadLength)
    guard !total.overflow, total.partialValue <= UInt64(limits.maximumMessageBytes) else {
      throw WSError(.messageTooLong, offset: offset, limit: UInt64(limits.maximumMessageBytes), actual: total.partialValue)
    }
    partial.frames += 1
    partial.emptyFramesInARow = header.payloadLength == 0 && !header.isFinal ? partial.emptyFramesInARow + 1 : 0
    try limits.checkFragments(
      count: partial.frames, octets: total.partialValue, emptyInARow: partial.emptyFramesInARow, offset: offset)
    progress = .assembling(partial)
  }

  /// Takes payload octets, unmasks them with `key` and checks text as it comes.
  mutating func append(_ octets: Span<UInt8>, key: MaskingKey?, offset: UInt64) throws(WSError) {
    guard case .assembling(var partial) = progress else { return }
    progress = .idle
    let start = partial.message.octets.count
    unsafe octets.withUnsafeBufferPointer { unsafe partial.message.octets.append(contentsOf: $0) }
    if let key { Masking.apply(key, to: &partial.message.octets, from: start) }
    if partial.message.kind == .text {
      var utf8 = partial.utf8
      if let bad = utf8.firstInvalid(in: partial.message.octets.span.extracting(start...)) {
        throw WSError(.invalidUTF8, offset: offset &+ UInt64(bad))
      }
      partial.utf8 = utf8
    }
    progress = .assembling(partial)
  }

  /// Ends a frame; returns the message if the frame was final.
  mutating func endFrame(isFinal: Bool, offset: UInt64) throws(WSError) -> Message? {
    guard isFinal, case .assembling(let partial) = progress else { return nil }
    progress = .idle
    guard partial.message.kind == .binary || partial.utf8.isComplete else { throw WSError(.invalidUTF8, offset: offset) }
    return partial.message
  }
}
