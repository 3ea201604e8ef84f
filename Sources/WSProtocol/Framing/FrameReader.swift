/// Cuts a stream into frames by all rules and limits that frames have; strict, and without a look at payloads.
///
/// Theory of operation: a frame that lies whole in the span, is a message or a control frame and is not very long is taken at once. All others
/// are read with care, and so is whatever the shortcut does not accept: it never judges. A header that is cut is gathered by the scanner,
/// and its first two octets are judged as soon as they are there. Within a frame the last piece tells how much is missing.
struct FrameReader: Sendable {
  private enum State: Sendable {
    /// Between frames the scanner holds nothing.
    case header(FrameHeaderScanner)
    case payload(after: FramePiece)
    case failed(WSError)
  }

  private let rules: FrameRules
  private let shortcut: WholeFrames
  private var budget: MessageBudget
  private var state = State.header(FrameHeaderScanner())
  /// The longest payload that the shortcut may take now: −1 within a frame or message, and after a failure.
  private var longestWhole: Int
  /// The number of octets taken so far.
  private(set) var streamOffset: UInt64 = 0

  init(role: Role, limits: WSLimits, definedBits: ReservedBits) {
    rules = FrameRules(sender: role.peer, definedBits: definedBits)
    budget = MessageBudget(limits: limits)
    shortcut = WholeFrames(rules)
    longestWhole = budget.certainlyAdmitted
  }

  /// Whether a frame was begun and not ended.
  var isInFrame: Bool {
    switch state {
    case .header(let scanner): scanner.pendingOctets > 0
    case .payload: true
    case .failed: false
    }
  }

  /// Notes a failure, which ``next(_:at:)`` repeats from now on.
  mutating func fail(_ error: WSError) -> WSError {
    state = .failed(error)
    longestWhole = -1
    return error
  }

  /// Takes a whole frame at `index` if that can be done without a closer look.
  ///
  /// - Returns: Its only piece, or `nil`: ``next(_:at:)`` has to be asked.
  @inline(__always)
  mutating func nextWhole(_ octets: Span<UInt8>, at index: inout Int) -> FramePiece? {
    guard let piece = shortcut.take(octets, at: index, longest: longestWhole) else { return nil }
    let end = piece.start &+ piece.count
    streamOffset &+= UInt64(bitPattern: Int64(end &- index))
    index = end
    return piece
  }

  /// Takes octets from `index` on: a header, and what is there of its payload.
  ///
  /// - Returns: The piece, or `nil` when the span is used up.
  /// - Throws: The first violation or excess, again on every later call.
  mutating func next(_ octets: Span<UInt8>, at index: inout Int) throws(WSError) -> FramePiece? {
    precondition(index >= 0 && index <= octets.count, "the index is outside the span")
    switch state {
    case .header(let scanner): return try scan(scanner, octets, at: &index)
    case .payload(let last):
      guard index < octets.count else { return nil }
      let piece = FramePiece(after: last, start: index, available: octets.count &- index)
      advance(over: piece, &index)
      return piece
    case .failed(let error): throw error
    }
  }

  @inline(__always)
  private mutating func scan(
    _ current: FrameHeaderScanner, _ octets: Span<UInt8>, at index: inout Int
  ) throws(WSError) -> FramePiece? {
    guard index < octets.count else { return nil }
    var scanner = current
    let start = index
    let frameOffset = streamOffset &- UInt64(current.pendingOctets)
    let header = scanner.scan(octets, at: &index)
    streamOffset &+= UInt64(index &- start)
    if let header { return try begin(header, octets, at: &index, frameOffset: frameOffset) }
    if let first = scanner.firstOctet,
      let violation = rules.violation(first: first, second: scanner.secondOctet, messageInProgress: budget.isInMessage)
    {
      throw fail(WSError(.frame(violation), offset: frameOffset))
    }
    state = .header(scanner)
    longestWhole = -1
    return nil
  }

  /// Judges a header, behind which `index` is now, and takes what is there of its payload.
  @inline(__always)
  private mutating func begin(
    _ header: FrameHeader, _ octets: Span<UInt8>, at index: inout Int, frameOffset: UInt64
  ) throws(WSError) -> FramePiece {
    if let violation = rules.violation(of: header, messageInProgress: budget.isInMessage) {
      throw fail(WSError(.frame(violation), offset: frameOffset))
    }
    var message = (firstOfMessage: header.firstOctet, octetsBefore: UInt64(0))
    if !header.opcode.isControl {
      do throws(WSError) {
        message = try budget.begin(header, offset: frameOffset)
      } catch {
        throw fail(error)
      }
    }
    let piece = FramePiece(
      header, firstOfMessage: message.firstOfMessage, offsetInMessage: message.octetsBefore, start: index,
      available: octets.count &- index)
    advance(over: piece, &index)
    return piece
  }

  @inline(__always)
  private mutating func advance(over piece: FramePiece, _ index: inout Int) {
    if !piece.endsFrame {
      state = .payload(after: piece)
    } else if isInFrame {
      state = .header(FrameHeaderScanner())
    }
    longestWhole = piece.endsFrame && !budget.isInMessage ? budget.certainlyAdmitted : -1
    streamOffset &+= UInt64(piece.count)
    index &+= piece.count
  }
}
