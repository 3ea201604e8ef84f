/// Joins the payloads of one message at a time, inflates them and checks text as it comes (RFC 6455 §5.4, §8.1).
///
/// Law: memory grows with octets received, never with octets declared; how many may come was checked at the header.
struct MessageAssembler {
  private struct Partial: Sendable {
    var message: Message
    let isCompressed: Bool
    var startedAt: Duration
    /// The stream offset of the first frame: errors about inflated content name it, however frames and pieces were cut.
    let offset: UInt64

    mutating func inflate(_ step: (inout [UInt8]) throws(DecompressionError) -> Void) throws(DecompressionError) {
      try step(&message.octets)
    }
  }

  private let maximumMessageBytes: Int
  private var decompressor: (any MessageDecompressor)?
  private var partial: Partial?
  /// Between messages it is as new: a text that ended is complete.
  private var text = UTF8Validator()

  init(maximumMessageBytes: Int, decompressor: (any MessageDecompressor)?) {
    self.maximumMessageBytes = maximumMessageBytes
    self.decompressor = decompressor
  }

  /// When the unfinished message was begun, or `nil` without one.
  var startedAt: Duration? { partial?.startedAt }

  /// The octets held for an unfinished message.
  var heldOctets: Int { partial?.message.octets.count ?? 0 }

  /// Leaves a time out of the message's age.
  mutating func postpone(by time: Duration) { partial?.startedAt += time }

  /// Takes a piece of a data frame, behind which the stream is at `streamOffset`.
  ///
  /// - Returns: The message if it ends with the piece.
  mutating func take(
    _ piece: FramePiece, of octets: Span<UInt8>, streamOffset: UInt64, now: Duration
  ) throws(WSError) -> Message? {
    if piece.beginsMessage {
      let kind: Message.Kind = piece.messageKind == .text ? .text : .binary
      if piece.endsMessage, !piece.isCompressed { return try whole(kind, piece, of: octets, streamOffset: streamOffset) }
      let offset = streamOffset &- UInt64(piece.count &+ piece.header.encodedLength)
      partial = Partial(message: Message(kind, []), isCompressed: piece.isCompressed, startedAt: now, offset: offset)
    }
    if piece.isCompressed {
      try inflate(piece, of: octets)
    } else {
      try append(piece, of: octets, streamOffset: streamOffset)
    }
    guard piece.endsMessage else { return nil }
    defer { partial = nil }
    return partial?.message
  }

  /// A message that comes in one piece, as most do, is joined to nothing.
  private mutating func whole(
    _ kind: Message.Kind, _ piece: FramePiece, of octets: Span<UInt8>, streamOffset: UInt64
  ) throws(WSError) -> Message {
    var content: [UInt8] = []
    let isASCII = content.append(piece, of: octets)
    if kind == .text, !isASCII { try check(content.span, endsText: true, streamOffset: streamOffset) }
    return Message(kind, content)
  }

  private mutating func append(_ piece: FramePiece, of octets: Span<UInt8>, streamOffset: UInt64) throws(WSError) {
    let isASCII = partial?.message.octets.append(piece, of: octets) ?? false
    guard let partial, partial.message.kind == .text, !isASCII || !text.isComplete else { return }
    try check(partial.message.octets.span.extracting(last: piece.count), endsText: piece.endsMessage, streamOffset: streamOffset)
  }

  /// Checks the next octets of a text, behind which the stream is at `streamOffset`.
  private mutating func check(_ octets: Span<UInt8>, endsText: Bool, streamOffset: UInt64) throws(WSError) {
    if let bad = text.firstInvalid(in: octets) { throw WSError(.invalidUTF8, offset: streamOffset &- UInt64(octets.count &- bad)) }
    guard text.isComplete || !endsText else { throw WSError(.invalidUTF8, offset: streamOffset) }
  }

  /// Checks the last `count` octets of a text; returns the index, counted from there, of the first that cannot be UTF-8.
  private mutating func firstInvalid(last count: Int) -> Int? {
    guard let partial else { return nil }
    return text.firstInvalid(in: partial.message.octets.span.extracting(last: count))
  }

  private mutating func inflate(_ piece: FramePiece, of octets: Span<UInt8>) throws(WSError) {
    var payload: [UInt8] = []
    payload.append(piece, of: octets)
    try inflate { (decompressor, output, limit) throws(DecompressionError) in
      try decompressor.decompress(payload.span, into: &output, limit: limit)
    }
    guard piece.endsMessage else { return }
    try inflate { (decompressor, output, limit) throws(DecompressionError) in
      try decompressor.finishMessage(into: &output, limit: limit)
    }
    if let partial, partial.message.kind == .text, !text.isComplete { throw WSError(.invalidUTF8, offset: partial.offset) }
  }

  /// Lets the decompressor append to the message; text is judged as far as it was inflated before a failure is, as in the stream.
  private mutating func inflate(
    _ step: (any MessageDecompressor, inout [UInt8], Int) throws(DecompressionError) -> Void
  ) throws(WSError) {
    guard let decompressor, let offset = partial?.offset else { return }
    let start = heldOctets
    var failure: DecompressionError?
    do throws(DecompressionError) {
      try partial?.inflate { (output) throws(DecompressionError) in try step(decompressor, &output, maximumMessageBytes) }
    } catch {
      failure = error
      self.decompressor = nil
    }
    if partial?.message.kind == .text, firstInvalid(last: heldOctets - start) != nil { throw WSError(.invalidUTF8, offset: offset) }
    switch failure {
    case .malformed(let reason): throw WSError(.malformedCompression(reason), offset: offset)
    case .outputTooLong:
      throw WSError(.messageTooLong, offset: offset, limit: UInt64(maximumMessageBytes), actual: UInt64(heldOctets))
    case .outOfMemory: throw WSError(.decompressorUnavailable, offset: offset)
    case nil: break
    }
  }
}
