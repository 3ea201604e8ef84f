/// Turns octets into messages and control frames for one role, and knows how old what is unfinished is.
///
/// Theory of operation: ``FrameReader`` says what the octets are. Those of data frames go to the message assembler, those of control frames
/// into a buffer of at most 125 octets; each is copied once.
struct FrameReceiver {
  /// What a step produced.
  enum Received: Sendable, Equatable {
    case message(Message)
    /// A control frame, its unmasked payload and the stream offset of that payload.
    case control(Opcode, [UInt8], offset: UInt64)
  }

  private let limits: WSLimits
  private var reader: FrameReader
  private var assembler: MessageAssembler
  private var control: [UInt8] = []
  private var frameStartedAt: Duration?

  init(role: Role, limits: WSLimits, decompressor: (any MessageDecompressor)?) {
    self.limits = limits
    reader = FrameReader(role: role, limits: limits, definedBits: decompressor == nil ? [] : .rsv1)
    assembler = MessageAssembler(maximumMessageBytes: limits.maximumMessageBytes, decompressor: decompressor)
  }

  /// The number of octets taken so far.
  var streamOffset: UInt64 { reader.streamOffset }

  var heldOctets: Int { assembler.heldOctets }

  /// When an unfinished frame or message becomes too old.
  var deadline: Duration? {
    frameStartedAt.map { $0 + limits.partialFrameAge }.earlier(assembler.startedAt.map { $0 + limits.unfinishedMessageAge })
  }

  /// What is too old at `now`, or `nil`.
  func expired(now: Duration) -> WSError? {
    if let frameStartedAt, now >= frameStartedAt + limits.partialFrameAge { return WSError(.frameTooOld, offset: streamOffset) }
    if let startedAt = assembler.startedAt, now >= startedAt + limits.unfinishedMessageAge {
      return WSError(.messageTooOld, offset: streamOffset)
    }
    return nil
  }

  /// Leaves a time out of the ages of frame and message.
  mutating func postpone(by time: Duration) {
    frameStartedAt? += time
    assembler.postpone(by: time)
  }

  /// Takes octets from `index` on until something is complete or the span is used up.
  mutating func receive(_ octets: Span<UInt8>, at index: inout Int, now: Duration) throws(WSError) -> Received? {
    while let piece = try next(octets, at: &index) {
      if piece.endsFrame { frameStartedAt = nil }
      if !piece.opcode.isControl {
        if let message = try assembler.take(piece, of: octets, streamOffset: reader.streamOffset, now: now) { return .message(message) }
      } else if let payload = takeControl(piece, of: octets) {
        return .control(piece.opcode, payload, offset: reader.streamOffset &- piece.payloadLength)
      }
    }
    if reader.isInFrame, frameStartedAt == nil { frameStartedAt = now }
    return nil
  }

  @inline(__always)
  private mutating func next(_ octets: Span<UInt8>, at index: inout Int) throws(WSError) -> FramePiece? {
    if let piece = reader.nextWhole(octets, at: &index) { return piece }
    return try reader.next(octets, at: &index)
  }

  private mutating func takeControl(_ piece: FramePiece, of octets: Span<UInt8>) -> [UInt8]? {
    control.append(piece, of: octets)
    guard piece.endsFrame else { return nil }
    defer { control = [] }
    return control
  }
}

extension Array where Element == UInt8 {
  /// Appends the payload octets of a piece, unmasked.
  ///
  /// - Returns: Whether they are ASCII; false also where that was not looked at.
  @inline(__always) @discardableResult
  mutating func append(_ piece: FramePiece, of octets: Span<UInt8>) -> Bool {
    let start = count
    // A new array has no room to spare.
    if start == 0 { self = Array(octets.extracting(piece.range)) } else { append(octets.extracting(piece.range)) }
    guard piece.isMasked else { return false }
    var part = mutableSpan
    return UTF8Block.isASCII(Masking.apply(piece.turnedKey, to: &part, from: start, count: piece.count))
  }
}
