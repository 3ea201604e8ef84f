/// One side of an open WebSocket connection: strict, without I/O, clock or randomness (RFC 6455 §5–§7).
///
/// Octets and time go in; events and octets come out:
///
///     var index = 0
///     while let event = endpoint.receive(octets, at: &index, now: now, keys: &keys) { … endpoint.send(message, keys: &keys) … }
///     write(endpoint.takeOutput(keys: &keys))
///     if endpoint.isFinished { dropTheConnection() }
///
/// Laws:
/// 1. The first violation of the peer fails the connection: one Close frame is queued, ``Event/failed(_:)`` is reported, and
///    nothing received later is looked at (§7.1.7).
/// 2. A Close frame is sent at most once; no data frame follows it (§5.5.1, §7.1.6).
/// 3. A server is finished as soon as Close frames went both ways; a client waits ``WSLimits/closeHandshakeTimeout`` for the server
///    to drop the connection (§7.1.1).
/// 4. Every wait has a deadline: ``nextDeadline`` says when to call ``handleDeadline(now:keys:)``.
public struct Endpoint: ~Copyable {
  /// What the caller has to know.
  public enum Event: Sendable, Equatable {
    /// A whole message.
    case message(Message)
    /// A Ping with its payload; the Pong is already queued.
    case ping([UInt8])
    /// A Pong with its payload.
    case pong([UInt8])
    /// The peer's Close frame; the answer is already queued if ours was not sent before.
    case closeReceived(ClosePayload)
    /// The connection failed; the last event.
    case failed(WSError)
  }

  /// How far the closing handshake is (RFC 6455 §7.1.2–§7.1.4).
  enum ClosingHandshake: Sendable, Equatable {
    case open
    case closeSent(giveUpAt: Duration)
    /// Close frames went both ways; a client waits until then for the server to drop the connection, `nil` waits for nothing.
    case complete(dropAt: Duration?)
    case failed(WSError)
  }

  /// The side this endpoint plays.
  public let role: Role
  /// What is accepted at most.
  public let limits: WSLimits

  private var receiver: FrameReceiver
  private let compressor: (any MessageCompressor)?
  private var closing: ClosingHandshake = .open
  private var output = OutboundQueue()
  private var pongs = PongQueue()
  private var controlBudget: ControlFrameBudget
  private var keepalive: Keepalive
  private var idleness: CompressorIdleness

  /// Creates an endpoint for a connection whose opening handshake is done.
  ///
  /// - Parameters:
  ///   - role: The side to play.
  ///   - limits: What is accepted at most.
  ///   - compression: What the handshake agreed on for permessage-deflate. Default: none, RSV1 is then a violation (RFC 7692 §6).
  ///   - now: The present time, since any origin that later calls share.
  public init(role: Role, limits: WSLimits = WSLimits(), compression: MessageCompression? = nil, now: Duration) {
    self.role = role
    self.limits = limits
    receiver = FrameReceiver(role: role, limits: limits, decompressor: compression?.decompressor)
    compressor = compression?.compressor
    controlBudget = ControlFrameBudget(limits: limits)
    keepalive = Keepalive(limits: limits, now: now)
    idleness = CompressorIdleness(limits: limits, now: now)
  }

  /// Whether messages can be sent: no Close frame went either way and nothing failed.
  public var isOpen: Bool { closing == .open }

  /// Whether the connection is to be dropped once ``takeOutput(keys:)`` returned everything and it was written.
  public var isFinished: Bool {
    switch closing {
    case .open, .closeSent: false
    case .complete(let dropAt): dropAt == nil
    case .failed: true
    }
  }

  /// Why the connection failed, or `nil`.
  public var failure: WSError? {
    if case .failed(let error) = closing { error } else { nil }
  }

  /// The octets held for a message that has not ended: its content so far, and what a decompressor keeps of its payload.
  public var heldOctets: Int { receiver.heldOctets }

  /// When ``handleDeadline(now:keys:)`` is due, or `nil` if nothing is waited for.
  public var nextDeadline: Duration? {
    switch closing {
    case .open: receiver.deadline.earlier(keepalive.deadline).earlier(idleness.deadline)
    case .closeSent(let giveUpAt): giveUpAt
    case .complete(let dropAt): dropAt
    case .failed: nil
    }
  }

  /// Takes octets from the transport, beginning at `index`, up to the next event.
  ///
  /// One event at a time, so that a message can be answered before what came right behind it is looked at. After a failure or a
  /// complete closing handshake octets are discarded.
  ///
  /// - Returns: The next event, or `nil` once `index` is at the end of the span.
  public mutating func receive(
    _ octets: Span<UInt8>, at index: inout Int, now: Duration, keys: inout some MaskingKeySource
  ) -> Event? {
    heardPeer(now: now)
    do throws(WSError) {
      while index < octets.count, acceptsInput {
        guard let received = try receiver.receive(octets, at: &index, now: now) else { continue }
        if let event = try handle(received, now: now, keys: &keys) { return event }
      }
    } catch {
      index = octets.count
      return fail(error, keys: &keys)
    }
    index = octets.count
    return nil
  }

  /// Notes that for the time up to `now` nothing was read of what the peer may have sent: it does not count against the peer.
  public mutating func resumedReading(after pause: Duration, now: Duration) {
    receiver.postpone(by: pause)
    heardPeer(now: now)
  }

  private mutating func heardPeer(now: Duration) {
    keepalive.heardPeer(now: now)
    releaseIfIdle(now: now)
  }

  private mutating func releaseIfIdle(now: Duration) {
    if idleness.tell(now: now) { compressor?.releaseState() }
  }

  /// Whether frames are still read, and Pings answered: until the peer's Close frame, also after our own (RFC 6455 §5.5.2).
  private var acceptsInput: Bool {
    switch closing {
    case .open, .closeSent: true
    case .complete, .failed: false
    }
  }

  /// Queues a message.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - compressed: Whether it is compressed if compression was agreed on. Default true; false for messages that hold both a secret and
  ///     text of somebody else's choice, as their length tells of the secret (RFC 7692 §9).
  ///   - keys: Where masking keys come from.
  /// - Throws: ``WSError/Code/notOpen`` after a Close frame, ``WSError/Code/unsendable`` for text that is not UTF-8.
  public mutating func send(_ message: consuming Message, compressed: Bool = true, keys: inout some MaskingKeySource) throws(WSError) {
    try requireOpen()
    if message.kind == .text {
      var validator = UTF8Validator()
      guard validator.firstInvalid(in: message.octets.span) == nil, validator.isComplete else {
        throw WSError(.unsendable, offset: 0)
      }
    }
    if compressed, let compressor, let payload = compressor.compress(message.octets.span) {
      if compressor.holdsState { idleness.noteUse() }
      queue(message.kind.opcode, reservedBits: .rsv1, payload, keys: &keys)
    } else {
      queue(message.kind.opcode, message.octets, keys: &keys)
    }
  }

  /// Queues a Ping of at most 125 octets.
  ///
  /// - Throws: ``WSError/Code/notOpen``, or ``WSError/Code/unsendable`` for a longer payload.
  public mutating func ping(_ payload: [UInt8] = [], keys: inout some MaskingKeySource) throws(WSError) {
    try requireOpen()
    guard payload.count <= 125 else { throw WSError(.unsendable, offset: 0, limit: 125, actual: UInt64(payload.count)) }
    queue(.ping, payload, keys: &keys)
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: ``WSError/Code/notOpen`` if it was started before.
  public mutating func close(_ payload: ClosePayload, now: Duration, keys: inout some MaskingKeySource) throws(WSError) {
    try requireOpen()
    queue(.close, payload.octets, keys: &keys)
    closing = .closeSent(giveUpAt: now + limits.closeHandshakeTimeout)
  }

  /// Notes that the peer took nothing of the output for ``WSLimits/outputStallTimeout``, which only the caller can see.
  ///
  /// - Returns: The failure, or `nil` where the connection is closing already.
  public mutating func outputStalled(keys: inout some MaskingKeySource) -> Event? {
    guard isOpen else { return nil }
    return fail(WSError(.outputStalled, offset: receiver.streamOffset), keys: &keys)
  }

  /// Acts upon whatever deadline has passed.
  ///
  /// - Returns: The failure it led to, or `nil`.
  public mutating func handleDeadline(now: Duration, keys: inout some MaskingKeySource) -> Event? {
    releaseIfIdle(now: now)
    switch closing {
    case .open:
      if let error = receiver.expired(now: now) { return fail(error, keys: &keys) }
      switch keepalive.action(now: now) {
      case .wait: return nil
      case .ping: queue(.ping, [], keys: &keys)
      case .giveUp: return fail(WSError(.keepaliveTimeout, offset: receiver.streamOffset), keys: &keys)
      }
    case .closeSent(let giveUpAt):
      guard now >= giveUpAt else { return nil }
      return fail(WSError(.closeHandshakeTimeout, offset: receiver.streamOffset), keys: &keys)
    case .complete(let dropAt):
      // The handshake was clean: that the server keeps the connection is no failure, the client drops it (RFC 6455 §7.1.1).
      if let dropAt, now >= dropAt { closing = .complete(dropAt: nil) }
    case .failed: break
    }
    return nil
  }

  /// Takes the octets to be written, in order.
  ///
  /// A caller whose transport is backed up should not call this: Pongs then collapse into the latest (RFC 6455 §5.5.3).
  public mutating func takeOutput(keys: inout some MaskingKeySource) -> [[UInt8]] {
    if let deferred = pongs.takeDeferred(), acceptsInput { queue(.pong, deferred, keys: &keys) }
    pongs.reset()
    return output.takeAll()
  }

  private func requireOpen() throws(WSError) {
    guard isOpen else { throw WSError(.notOpen, offset: receiver.streamOffset) }
  }

  private mutating func queue(
    _ opcode: Opcode, reservedBits: ReservedBits = [], _ payload: consuming [UInt8], keys: inout some MaskingKeySource
  ) {
    output.append(
      opcode: opcode, reservedBits: reservedBits, payload: payload, maskingKey: role.masksFrames ? keys.nextMaskingKey() : nil)
  }

  private mutating func handle(
    _ received: FrameReceiver.Received, now: Duration, keys: inout some MaskingKeySource
  ) throws(WSError) -> Event? {
    switch received {
    case .message(let message): return isOpen ? .message(message) : nil
    case .control(let opcode, let payload, let offset):
      guard controlBudget.takeOne(now: now) else {
        throw WSError(
          .tooManyControlFrames, offset: offset, limit: UInt64(limits.controlFrameBurst), actual: UInt64(limits.controlFrameBurst) + 1)
      }
      switch opcode {
      case .close: return try handleClose(payload, offset: offset, now: now, keys: &keys)
      case .ping:
        if pongs.admits(payload, limits: limits) { queue(.pong, payload, keys: &keys) }
        return .ping(payload)
      default: return .pong(payload)
      }
    }
  }

  private mutating func handleClose(
    _ octets: [UInt8], offset: UInt64, now: Duration, keys: inout some MaskingKeySource
  ) throws(WSError) -> Event {
    let payload = try ClosePayload(parsing: octets, offset: offset)
    if isOpen { queue(.close, payload.code == nil ? [] : Array(payload.octets.prefix(2)), keys: &keys) }
    closing = .complete(dropAt: role == .client ? now + limits.closeHandshakeTimeout : nil)
    return .closeReceived(payload)
  }

  private mutating func fail(_ error: WSError, keys: inout some MaskingKeySource) -> Event {
    if isOpen, error.closeCode != nil { queue(.close, ClosePayload(answering: error).octets, keys: &keys) }
    closing = .failed(error)
    return .failed(error)
  }
}
