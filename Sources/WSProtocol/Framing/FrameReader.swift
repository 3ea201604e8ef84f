/// Cuts a stream into frames by all rules and limits that frames have; strict, and without a look at payloads.
///
/// Theory of operation: between frames a header that lies whole in the span is read where it stands. One that is cut is gathered by the
/// scanner, and its first two octets are judged as soon as they are there. Within a frame the last piece tells how much is missing.
struct FrameReader: Sendable {
  private enum State: Sendable {
    case betweenFrames
    case header(FrameHeaderScanner)
    case payload(after: FramePiece)
  }

  private let rules: FrameRules
  private var budget: MessageBudget
  private var state = State.betweenFrames
  /// The number of octets taken so far.
  private(set) var streamOffset: UInt64 = 0

  init(role: Role, limits: WSLimits, definedBits: ReservedBits) {
    rules = FrameRules(sender: role.peer, definedBits: definedBits)
    budget = MessageBudget(limits: limits)
  }

  /// Whether a frame was begun and not ended.
  var isInFrame: Bool {
    switch state {
    case .betweenFrames: false
    case .header, .payload: true
    }
  }

  /// Whether a message was begun, and the header of its last frame has not come.
  var isInMessage: Bool { budget.unfinished != nil }

  /// Takes octets from `index` on: a header, and what is there of its payload. After an error the reader must not be used again.
  ///
  /// - Returns: The piece, or `nil` when the span is used up.
  @inline(__always)
  mutating func next(_ octets: Span<UInt8>, at index: inout Int) throws(WSError) -> FramePiece? {
    precondition(index >= 0 && index <= octets.count, "the index is outside the span")
    switch state {
    case .betweenFrames:
      // Eight octets hold any header but those of 64-bit lengths.
      let available = octets.count &- index
      guard available >= 8, octets.load(UInt8.self, at: index &+ 1) & 0x7F < 127 || available >= 14 else {
        return try gather(FrameHeaderScanner(), octets, at: &index)
      }
      return try begin(FrameHeader(loading: octets, at: index), octets, at: &index, afterGathering: 0)
    case .header(let scanner): return try gather(scanner, octets, at: &index)
    case .payload(let last): return proceed(last, octets, at: &index)
    }
  }

  @inline(never)
  private mutating func gather(
    _ current: FrameHeaderScanner, _ octets: Span<UInt8>, at index: inout Int
  ) throws(WSError) -> FramePiece? {
    guard index < octets.count else { return nil }
    var scanner = current
    let gatheredBefore = scanner.pendingOctets
    let start = index
    guard let header = scanner.scan(octets, at: &index) else {
      if let first = scanner.firstOctet,
        let violation = rules.violation(first: first, second: scanner.secondOctet, messageInProgress: isInMessage)
      {
        throw WSError(.frame(violation), offset: streamOffset &- UInt64(gatheredBefore))
      }
      streamOffset &+= UInt64(index &- start)
      state = .header(scanner)
      return nil
    }
    index = start
    state = .betweenFrames
    return try begin(header, octets, at: &index, afterGathering: gatheredBefore)
  }

  /// Judges a header, of which `gathered` octets came in earlier spans and the others stand at `index`.
  @inline(__always)
  private mutating func begin(
    _ header: FrameHeader, _ octets: Span<UInt8>, at index: inout Int, afterGathering gathered: Int
  ) throws(WSError) -> FramePiece {
    let frameOffset = streamOffset &- UInt64(gathered)
    if let violation = rules.violation(of: header, messageInProgress: isInMessage) {
      throw WSError(.frame(violation), offset: frameOffset)
    }
    let first = header.firstOctet
    let length = header.payloadLength
    var flags: FramePiece.Flags = header.maskingKey == nil ? .beginsFrame : [.beginsFrame, .isMasked]
    var octetsBefore: UInt64 = 0
    if !header.opcode.isControl {
      let message = try budget.begin(first: first, payloadLength: length, offset: frameOffset)
      flags.formUnion(message.flags)
      octetsBefore = message.octetsBefore
    }
    let start = index &+ header.encodedLength &- gathered
    let available = octets.count &- start
    let isWhole = length <= UInt64(available)
    let count = isWhole ? Int(truncatingIfNeeded: length) : available
    if isWhole { flags.insert(.endsFrame) }
    let piece = FramePiece(
      start: start, count: count, payloadLength: length, offsetInFrame: 0, offsetInMessage: octetsBefore,
      key: header.maskingKey ?? MaskingKey(littleEndian: 0), first: first, flags: flags)
    if !isWhole { state = .payload(after: piece) }
    streamOffset &+= UInt64(start &+ count &- index)
    index = start &+ count
    return piece
  }

  private mutating func proceed(_ last: FramePiece, _ octets: Span<UInt8>, at index: inout Int) -> FramePiece? {
    let available = octets.count &- index
    guard available > 0 else { return nil }
    let taken = last.offsetInFrame &+ UInt64(last.count)
    let missing = last.payloadLength &- taken
    let isWhole = missing <= UInt64(available)
    let count = isWhole ? Int(truncatingIfNeeded: missing) : available
    let piece = FramePiece(
      start: index, count: count, payloadLength: last.payloadLength, offsetInFrame: taken,
      offsetInMessage: last.offsetInMessage &+ UInt64(last.count), key: last.key, first: last.first,
      flags: last.flags.subtracting(.beginsFrame).union(isWhole ? .endsFrame : []))
    state = isWhole ? .betweenFrames : .payload(after: piece)
    streamOffset &+= UInt64(count)
    index &+= count
    return piece
  }
}
