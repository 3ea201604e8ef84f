/// Turns octets into messages and control frames for one role; strict, fails at the first violation.
///
/// Theory of operation: between frames the scanner gathers a header, and the rules judge its first two octets as soon as they are
/// there. Within a frame payload octets go to the message assembler or, for control frames, into a buffer of at most 125 octets.
struct FrameReceiver {
  /// What a step produced.
  enum Received: Sendable, Equatable {
    case message(Message)
    /// A control frame, its unmasked payload and the stream offset of that payload.
    case control(Opcode, [UInt8], offset: UInt64)
  }

  private enum State: Sendable {
    case header
    case payload(Payload)
  }

  private struct Payload: Sendable {
    let header: FrameHeader
    let offset: UInt64
    var received: UInt64 = 0
    var control: [UInt8] = []
    var missing: UInt64 { header.payloadLength &- received }
  }

  private let rules: FrameRules
  private let limits: WSLimits
  private var scanner = FrameHeaderScanner()
  private var state: State = .header
  private var assembler: MessageAssembler
  private var frameStartedAt: Duration?
  /// The stream offset of the frame's first octet: errors about a header name it, however the header was cut.
  private var frameOffset: UInt64 = 0
  /// The number of octets taken so far.
  private(set) var streamOffset: UInt64 = 0

  init(role: Role, limits: WSLimits, decompressor: (any MessageDecompressor)?) {
    rules = FrameRules(sender: role.peer, definedBits: decompressor == nil ? [] : .rsv1)
    self.limits = limits
    assembler = MessageAssembler(limits: limits, decompressor: decompressor)
  }

  var heldOctets: Int { assembler.heldOctets }

  /// When an unfinished frame or message becomes too old.
  var deadline: Duration? {
    [frameStartedAt.map { $0 + limits.partialFrameAge }, assembler.deadline].compactMap { $0 }.min()
  }

  /// What is too old at `now`, or `nil`.
  func expired(now: Duration) -> WSError? {
    if let frameStartedAt, now >= frameStartedAt + limits.partialFrameAge { return WSError(.frameTooOld, offset: streamOffset) }
    if let deadline = assembler.deadline, now >= deadline { return WSError(.messageTooOld, offset: streamOffset) }
    return nil
  }

  /// Leaves a time out of the ages of frame and message.
  mutating func postpone(by time: Duration) {
    frameStartedAt = frameStartedAt.map { $0 + time }
    assembler.postpone(by: time)
  }

  /// Takes octets from `index` on until something is complete or the span is used up.
  mutating func receive(_ octets: Span<UInt8>, at index: inout Int, now: Duration) throws(WSError) -> Received? {
    switch state {
    case .header:
      if scanner.pendingOctets == 0 { frameOffset = streamOffset }
      let start = index
      let header = scanner.scan(octets, at: &index)
      streamOffset &+= UInt64(index &- start)
      guard let header else {
        if frameStartedAt == nil { frameStartedAt = now }
        try judgeBeginning()
        return nil
      }
      return try begin(header, now: now)
    case .payload(let payload):
      state = .header
      return try take(payload, octets, at: &index)
    }
  }

  private func judgeBeginning() throws(WSError) {
    guard let first = scanner.firstOctet else { return }
    if let violation = rules.violation(
      first: first, second: scanner.secondOctet, messageInProgress: assembler.isInProgress)
    {
      throw WSError(.frame(violation), offset: frameOffset)
    }
  }

  private mutating func begin(_ header: FrameHeader, now: Duration) throws(WSError) -> Received? {
    if let violation = rules.violation(of: header, messageInProgress: assembler.isInProgress) {
      throw WSError(.frame(violation), offset: frameOffset)
    }
    if !header.opcode.isControl { try assembler.begin(header, now: now, offset: frameOffset) }
    let payload = Payload(header: header, offset: streamOffset)
    guard header.payloadLength > 0 else { return try end(payload) }
    if frameStartedAt == nil { frameStartedAt = now }
    state = .payload(payload)
    return nil
  }

  private mutating func take(_ current: Payload, _ octets: Span<UInt8>, at index: inout Int) throws(WSError) -> Received? {
    var payload = current
    let available = octets.count &- index
    let count = Int(exactly: payload.missing).map { min($0, available) } ?? available
    let part = octets.extracting(index..<(index &+ count))
    let key = payload.header.maskingKey?.advanced(by: Int(truncatingIfNeeded: payload.received))
    if payload.header.opcode.isControl {
      let start = payload.control.count
      for position in part.indices { payload.control.append(part[position]) }
      if let key { Masking.apply(key, to: &payload.control, from: start) }
    } else {
      try assembler.append(part, key: key, offset: streamOffset)
    }
    index &+= count
    streamOffset &+= UInt64(count)
    payload.received &+= UInt64(count)
    guard payload.missing == 0 else {
      state = .payload(payload)
      return nil
    }
    return try end(payload)
  }

  private mutating func end(_ payload: Payload) throws(WSError) -> Received? {
    frameStartedAt = nil
    if payload.header.opcode.isControl {
      return .control(payload.header.opcode, payload.control, offset: payload.offset)
    }
    return try assembler.endFrame(isFinal: payload.header.isFinal, offset: streamOffset).map { .message($0) }
  }
}
