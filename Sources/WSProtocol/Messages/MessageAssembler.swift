/// Joins the fragments of one message at a time and keeps the limits that a message has as a whole (RFC 6455 §5.4).
///
/// Laws: memory grows with octets received, never with octets declared; each limit is checked before the octets are taken.
struct MessageAssembler {
  private var progress: Progress = .idle
  private let limits: WSLimits
  private var decompressor: (any MessageDecompressor)?

  private enum Progress: Sendable {
    case idle
    case assembling(Partial)
  }

  private struct Partial: Sendable {
    var message: Message
    var utf8 = UTF8Validator()
    var frames = 0
    var emptyFramesInARow = 0
    /// The payload octets of the frames begun so far.
    var payloadOctets: UInt64 = 0
    let isCompressed: Bool
    var startedAt: Duration
    /// The stream offset of the first frame: errors about inflated content name it, however frames and pieces were cut.
    let offset: UInt64

    /// Checks the octets of a text from `start` on; returns the index, counted from there, of the first that cannot be UTF-8.
    mutating func firstInvalid(from start: Int) -> Int? {
      guard message.kind == .text else { return nil }
      var validator = utf8
      defer { utf8 = validator }
      return validator.firstInvalid(in: message.octets.span.extracting(start...))
    }
  }

  init(limits: WSLimits, decompressor: (any MessageDecompressor)? = nil) {
    self.limits = limits
    self.decompressor = decompressor
  }

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
    case .idle:
      partial = Partial(
        message: Message(header.opcode == .text ? .text : .binary, []), isCompressed: header.reservedBits.contains(.rsv1), startedAt: now,
        offset: offset)
    case .assembling(let current):
      partial = current
      progress = .idle
    }
    let total = partial.payloadOctets.addingReportingOverflow(header.payloadLength)
    let limit = UInt64(partial.isCompressed ? limits.maximumCompressedMessageBytes : limits.maximumMessageBytes)
    guard !total.overflow, total.partialValue <= limit else {
      throw WSError(.messageTooLong, offset: offset, limit: limit, actual: total.partialValue)
    }
    partial.payloadOctets = total.partialValue
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
    if partial.isCompressed {
      var payload = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
      if let key { Masking.apply(key, to: &payload, from: 0) }
      try inflate(&partial) { (decompressor, output, limit) throws(DecompressionError) in
        try decompressor.decompress(payload.span, into: &output, limit: limit)
      }
    } else {
      let start = partial.message.octets.count
      unsafe octets.withUnsafeBufferPointer { unsafe partial.message.octets.append(contentsOf: $0) }
      if let key { Masking.apply(key, to: &partial.message.octets, from: start) }
      if let bad = partial.firstInvalid(from: start) { throw WSError(.invalidUTF8, offset: offset &+ UInt64(bad)) }
    }
    progress = .assembling(partial)
  }

  /// Ends a frame; returns the message if the frame was final.
  mutating func endFrame(isFinal: Bool, offset: UInt64) throws(WSError) -> Message? {
    guard isFinal, case .assembling(var partial) = progress else { return nil }
    progress = .idle
    if partial.isCompressed {
      try inflate(&partial) { (decompressor, output, limit) throws(DecompressionError) in
        try decompressor.finishMessage(into: &output, limit: limit)
      }
    }
    guard partial.message.kind == .binary || partial.utf8.isComplete else {
      throw WSError(.invalidUTF8, offset: partial.isCompressed ? partial.offset : offset)
    }
    return partial.message
  }

  /// Lets the decompressor append to the message; text is judged as far as it was inflated before a failure is, as in the stream.
  private mutating func inflate(
    _ partial: inout Partial,
    _ step: (any MessageDecompressor, inout [UInt8], Int) throws(DecompressionError) -> Void
  ) throws(WSError) {
    guard let decompressor else { return }
    let start = partial.message.octets.count
    var failure: DecompressionError?
    do throws(DecompressionError) {
      try step(decompressor, &partial.message.octets, limits.maximumMessageBytes)
    } catch {
      failure = error
      self.decompressor = nil
    }
    if partial.firstInvalid(from: start) != nil { throw WSError(.invalidUTF8, offset: partial.offset) }
    switch failure {
    case .malformed(let reason): throw WSError(.malformedCompression(reason), offset: partial.offset)
    case .outputTooLong:
      throw WSError(
        .messageTooLong, offset: partial.offset, limit: UInt64(limits.maximumMessageBytes), actual: UInt64(partial.message.octets.count))
    case .outOfMemory: throw WSError(.decompressorUnavailable, offset: partial.offset)
    case nil: break
    }
  }
}
