public import Transport
public import WSHandshake
public import WSProtocol

/// One WebSocket connection on a loop, of a client or a server: a ``WebSocketSession`` bound to a stream.
///
/// Reading stops while the peer does not take what it is sent, control frames included, and its deadlines wait as long as it takes some.
/// Two peers that both stop so wait for each other until keepalive ends the connection: who sends more than it is asked for should
/// look at ``pendingOutputBytes`` before, and who echoes should be sent no more than it can give back. A connection belongs to its loop's thread. Its stream holds it until the last
/// event, ``WebSocketSession/Event/closed(_:)``; every event may send, close or abort.
public final class WebSocketConnection: ByteStreamDelegate {
  /// Called for every event, from the loop's turn; let go of after the last.
  public typealias Handler = (WebSocketConnection, WebSocketSession.Event) -> Void

  /// A number for the caller's tables.
  ///
  /// Default 0; a ``WebSocketServer`` counts from 1 and never gives a number twice.
  public let id: Int

  private let stream: any ByteStream
  /// Weak: the loop holds the stream, which holds this.
  private weak var loop: Loop?
  private let budget: HeldOctetsBudget?
  private var session: WebSocketSession
  private var timer: DeadlineTimer?
  /// Since when reading is paused, and how much output the peer had taken when that was last looked at; `nil` while reading.
  private var pause: (since: Duration, takenBytes: Int)?
  private var stallWatch: StallWatch?
  private var writtenBytes = 0
  private var held = 0
  /// What was sent since the output was last written, in octets; `nil` but while events are reported, after which it is written.
  private var collectedBytes: Int?
  private var handler: Handler?

  /// The most output octets that may wait for a peer when more is to be sent.
  ///
  /// 16 MiB besides a message of the greatest length, so that the echo of one never is too much. Excess: the connection is dropped.
  private let outputCapBytes: Int
  private static let collectedAtMost = 16 << 10

  /// Opens a connection as client: sends the request of `offer` as soon as the stream takes it.
  ///
  /// - Parameters:
  ///   - stream: A stream without delegate that is established, or is being; the time this takes counts as the opening handshake's.
  ///   - loop: The stream's loop.
  ///   - offer: What to ask for.
  ///   - limits: What is accepted on the open connection.
  ///   - handshakeLimits: How much of the answer is accepted.
  ///   - openingTimeout: How long the opening handshake may take in total.
  ///   - entropy: Where the nonce and the masking keys come from.
  ///   - id: A number for the caller's tables.
  ///   - handler: Called for every event.
  /// - Throws: `offer` when something cannot be sent; the stream is left as it was.
  public convenience init(
    client stream: any ByteStream, on loop: Loop, offer: ClientOffer, limits: WSLimits = WSLimits(),
    handshakeLimits: HandshakeLimits = HandshakeLimits(), openingTimeout: Duration = WebSocketSession.openingTimeout,
    entropy: any EntropySource = SystemEntropy(), id: Int = 0, handler: @escaping Handler
  ) throws(HandshakeError) {
    let session = try WebSocketSession(
      offer: offer, limits: limits, handshakeLimits: handshakeLimits, openingTimeout: openingTimeout, entropy: entropy, now: loop.now)
    self.init(stream, on: loop, session: session, id: id, handler: handler)
  }

  /// Takes a connection as server.
  ///
  /// - Parameters:
  ///   - stream: A stream without delegate that was accepted.
  ///   - loop: The stream's loop.
  ///   - policy: Which requests are accepted.
  ///   - limits: What is accepted on the open connection.
  ///   - handshakeLimits: How much of the request is accepted.
  ///   - openingTimeout: How long the opening handshake may take in total.
  ///   - id: A number for the caller's tables.
  ///   - handler: Called for every event.
  public convenience init(
    server stream: any ByteStream, on loop: Loop, policy: HandshakePolicy, limits: WSLimits = WSLimits(),
    handshakeLimits: HandshakeLimits = HandshakeLimits(), openingTimeout: Duration = WebSocketSession.openingTimeout, id: Int = 0,
    handler: @escaping Handler
  ) {
    let session = WebSocketSession(
      policy: policy, limits: limits, handshakeLimits: handshakeLimits, openingTimeout: openingTimeout, now: loop.now)
    self.init(stream, on: loop, session: session, id: id, handler: handler)
  }

  init(
    _ stream: any ByteStream, on loop: Loop, session: consuming WebSocketSession, id: Int, budget: HeldOctetsBudget? = nil,
    handler: @escaping Handler
  ) {
    self.stream = stream
    self.loop = loop
    self.id = id
    outputCapBytes = (16 << 20) + min(session.limits.maximumMessageBytes, 1 << 40)
    self.session = session
    self.budget = budget
    self.handler = handler
    stream.delegate = self
    timer = DeadlineTimer(on: loop) { [weak self] in self?.deadlinePassed() }
    stallWatch = self.session.limits.outputStallTimeout.map { limit in
      StallWatch(on: loop, limit: limit) { [weak self] in
        self?.takenBytesIfWaiting
      } onStall: { [weak self] in
        self?.outputStalled()
      }
    }
    settle()
  }

  /// The address of the peer.
  public var peerAddress: SocketAddress { stream.peerAddress }
  /// Whether messages can be sent: the opening handshake is done and the closing handshake has not begun.
  public var isOpen: Bool { session.isOpen }
  /// The octets sent that the system has not taken yet.
  public var pendingOutputBytes: Int { stream.pendingOutputBytes }

  /// Whether the caller wants no more messages for now; the peer is then held back by the stream, and its deadlines wait.
  ///
  /// Default false. What was read before, at most some 64 KiB, still comes. Without effect before the connection is open and once it is
  /// closing: nothing that comes then is for the caller.
  public var isHeldBack = false {
    didSet { if isHeldBack != oldValue { settle() } }
  }

  /// Sends a message at the end of the loop's turn.
  ///
  /// - Throws: `WSError.Code.notOpen` when the connection is closing, also because the peer does not read; `WSError.Code.unsendable`.
  public func send(_ message: consuming Message) throws(WSError) {
    guard stream.pendingOutputBytes <= outputCapBytes else {
      let error = WSError(.notOpen, offset: 0, limit: UInt64(outputCapBytes), actual: UInt64(stream.pendingOutputBytes))
      abort()
      throw error
    }
    let length = message.octets.count
    try session.send(message)
    // The answers to what came together leave together, but only so much: the cap counts what the stream holds.
    if let collectedBytes, collectedBytes + length < Self.collectedAtMost {
      self.collectedBytes = collectedBytes + length
    } else {
      writeOutput()
    }
  }

  /// Sends a Ping of at most 125 octets at the end of the loop's turn.
  ///
  /// - Throws: `WSError.Code.notOpen` or `WSError.Code.unsendable`.
  public func ping(_ payload: [UInt8] = []) throws(WSError) {
    try session.ping(payload)
    settle()
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: `WSError.Code.notOpen` before the connection is open and when it is closing.
  public func close(_ payload: ClosePayload) throws(WSError) {
    guard let loop else { throw WSError(.notOpen, offset: 0) }
    try session.close(payload, now: loop.now)
    settle()
  }

  /// Drops the connection at once, whatever it is doing; only ``WebSocketSession/Event/closed(_:)`` follows.
  public func abort() {
    session.abandon()
    stopTimers()
    stream.abort()
  }

  /// Starts the closing handshake if the connection is open, drops it if it is not open yet; one that ends already goes on with that.
  func leave(_ payload: ClosePayload) {
    if session.isOpening { abort() } else { try? close(payload) }
  }

  /// Takes octets of the peer.
  public func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    guard let loop else { return }
    let now = loop.now
    var index = 0
    collectedBytes = 0
    while let event = session.receive(octets, at: &index, now: now) { handler?(self, event) }
    collectedBytes = nil
    settle()
    if let budget { settleAccount(with: budget) }
  }

  /// The peer will send nothing more; what is on its way to it is still delivered.
  public func receivedEndOfFile(from stream: any ByteStream) {
    if let event = session.endOfInput() { handler?(self, event) }
    settle()
  }

  /// The peer took what it was sent.
  public func drained(_ stream: any ByteStream) { settle() }

  /// The connection is gone.
  public func closed(_ stream: any ByteStream, reason: CloseReason) {
    stopTimers()
    budget?.replace(held, with: 0)
    held = 0
    let event = session.ended(reason)
    let handler = handler
    self.handler = nil
    handler?(self, event)
  }

  private func settle() {
    if session.isFinished { return end() }
    if stream.pendingOutputBytes < stream.highWatermark { writeOutput() }
    setReadingPaused(stream.pendingOutputBytes >= stream.highWatermark || (isHeldBack && session.isOpen))
    timer?.arm(for: session.nextDeadline)
  }

  private func writeOutput() {
    if collectedBytes != nil { collectedBytes = 0 }
    for segment in session.takeOutput() {
      writtenBytes += segment.count
      stream.write(segment)
    }
    stallWatch?.outputWaits()
  }

  /// How much output the peer's system has for certain; what is sent meanwhile must not hide that it takes some.
  private var takenBytes: Int { writtenBytes - stream.unacknowledgedOutputBytes }

  /// Writes what is left and lets the stream close.
  ///
  /// What the peer still sends is thrown away; but a client wants no more of an answer that refused it.
  private func end() {
    writeOutput()
    stopTimers()
    if session.isUnanswered { stream.close() } else { stream.closeGracefully(within: .seconds(2)) }
  }

  private func stopTimers() {
    timer?.stop()
    stallWatch?.stop()
  }

  private var takenBytesIfWaiting: Int? { session.isOpen && stream.pendingOutputBytes > 0 ? takenBytes : nil }

  private func outputStalled() {
    if let event = session.outputStalled() { handler?(self, event) }
    settle()
  }

  private func deadlinePassed() {
    guard let loop, !isExcused(now: loop.now) else { return }
    if let event = session.handleDeadline(now: loop.now) { handler?(self, event) }
    settle()
  }

  private func setReadingPaused(_ isPaused: Bool) {
    guard let loop, isPaused != (pause != nil) else { return }
    if let pause {
      session.resumedReading(after: loop.now - pause.since, now: loop.now)
      self.pause = nil
      stream.resumeReading()
    } else {
      pause = (loop.now, takenBytes)
      stream.pauseReading()
    }
  }

  /// Whether reading is paused, and the caller wants it or the peer took some output since the last look: then the peer's deadlines, which
  /// what we do not read cannot keep, wait too.
  private func isExcused(now: Duration) -> Bool {
    let takenBytes = takenBytes
    guard session.isOpen, let pause, isHeldBack || takenBytes > pause.takenBytes else { return false }
    self.pause?.takenBytes = takenBytes
    timer?.arm(for: now + session.limits.keepalivePongTimeout)
    return true
  }

  /// Tells the budget what is held; the connection that makes it too much is refused more.
  private func settleAccount(with budget: HeldOctetsBudget) {
    let now = session.heldOctets
    budget.replace(held, with: now)
    held = now
    guard budget.isExceeded, now > 0, session.isOpen, let payload = try? ClosePayload(code: .tryAgainLater) else { return }
    try? close(payload)
    // Until its Close frame came the client could go on with its message.
    end()
  }
}
