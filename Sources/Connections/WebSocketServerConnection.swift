public import Transport
public import WSProtocol

/// One accepted WebSocket connection on a loop: a ``WebSocketServerSession`` bound to a stream.
///
/// Reading stops while the peer does not take what it is sent. A connection belongs to its loop's thread.
public final class WebSocketServerConnection: ByteStreamDelegate {
  private let stream: any ByteStream
  /// Weak: the loop holds the stream, which holds this.
  private weak var loop: Loop?
  private let budget: HeldOctetsBudget
  private var session: WebSocketServerSession
  private var timer: DeadlineTimer?
  /// Since when reading is paused, and how much output waited when that was last looked at; `nil` while reading.
  private var pause: (since: Duration, pendingBytes: Int)?
  private var isGone = false
  private var held = 0
  private var handler: ((WebSocketServerConnection, WebSocketServerSession.Event) -> Void)?
  private var onClosed: ((WebSocketServerConnection) -> Void)?

  /// The most output octets that may wait for a peer when more is to be sent.
  ///
  /// 16 MiB besides a message of the greatest length, so that the echo of one never is too much. Excess: the connection is dropped.
  private let outputCapBytes: Int

  init(
    _ stream: any ByteStream, on loop: Loop, session: consuming WebSocketServerSession, budget: HeldOctetsBudget,
    handler: @escaping (WebSocketServerConnection, WebSocketServerSession.Event) -> Void,
    onClosed: @escaping (WebSocketServerConnection) -> Void
  ) {
    self.stream = stream
    self.loop = loop
    outputCapBytes = (16 << 20) + min(session.limits.maximumMessageBytes, 1 << 40)
    self.session = session
    self.budget = budget
    self.handler = handler
    self.onClosed = onClosed
    stream.delegate = self
    timer = DeadlineTimer(on: loop) { [weak self] in self?.deadlinePassed() }
    timer?.arm(for: self.session.nextDeadline)
  }

  /// The address of the client.
  public var peerAddress: SocketAddress { stream.peerAddress }

  /// Sends a message at the end of the loop's turn.
  ///
  /// - Throws: `WSError.Code.notOpen` when the connection is closing, also because the peer does not read; `WSError.Code.unsendable`.
  public func send(_ message: consuming Message) throws(WSError) {
    guard !isGone else { throw WSError(.notOpen, offset: 0) }
    guard stream.pendingOutputBytes <= outputCapBytes else {
      stream.abort()
      throw WSError(.notOpen, offset: 0, limit: UInt64(outputCapBytes), actual: UInt64(stream.pendingOutputBytes))
    }
    try session.send(message)
    // At once, not with the next input: nothing need be about to come, and only what the stream holds is counted.
    writeOutput()
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: `WSError.Code.notOpen` when it was started before.
  public func close(_ payload: ClosePayload) throws(WSError) {
    guard !isGone, let loop else { throw WSError(.notOpen, offset: 0) }
    try session.close(payload, now: loop.now)
    settle()
  }

  /// Takes octets of the client.
  public func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    guard let loop else { return }
    var index = 0
    while let event = session.receive(octets, at: &index, now: loop.now) { handler?(self, event) }
    settle()
    refuseIfOverBudget()
  }

  /// The client will send nothing more; what is on its way to it is still delivered.
  public func receivedEndOfFile(from stream: any ByteStream) {
    if !session.isFinished { stream.closeGracefully(within: .seconds(2)) }
  }

  /// The client took what it was sent.
  public func drained(_ stream: any ByteStream) { settle() }

  /// The connection is gone.
  public func closed(_ stream: any ByteStream, reason: CloseReason) {
    isGone = true
    budget.replace(held, with: 0)
    held = 0
    timer?.stop()
    onClosed?(self)
    onClosed = nil
    handler = nil
  }

  private func settle() {
    if session.isFinished { return end() }
    if stream.pendingOutputBytes < stream.highWatermark { writeOutput() }
    setReadingPaused(stream.pendingOutputBytes >= stream.highWatermark)
    timer?.arm(for: session.nextDeadline)
  }

  private func writeOutput() {
    for segment in session.takeOutput() { stream.write(segment) }
  }

  /// Writes what is left and lets the stream close; what the client still sends is thrown away.
  private func end() {
    writeOutput()
    timer?.stop()
    stream.closeGracefully(within: .seconds(2))
  }

  private func deadlinePassed() {
    guard let loop, !isTakingOutput(now: loop.now) else { return }
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
      pause = (loop.now, stream.pendingOutputBytes)
      stream.pauseReading()
    }
  }

  /// Whether reading is paused and the client took some output since the last look: then its deadlines, which what we do not read
  /// cannot keep, wait too.
  private func isTakingOutput(now: Duration) -> Bool {
    guard session.isOpen, let pause, stream.pendingOutputBytes < pause.pendingBytes else { return false }
    self.pause?.pendingBytes = stream.pendingOutputBytes
    timer?.arm(for: now + session.limits.keepalivePongTimeout)
    return true
  }

  private func refuseIfOverBudget() {
    let now = session.heldOctets
    budget.replace(held, with: now)
    held = now
    guard budget.isExceeded, now > 0, session.isOpen, let payload = try? ClosePayload(code: .tryAgainLater) else { return }
    try? close(payload)
    // Until its Close frame came the client could go on with its message.
    end()
  }
}

/// What all connections of a server hold for messages that have not ended.
final class HeldOctetsBudget {
  /// The most octets held together.
  ///
  /// Excess: the connection that asked for more is closed with 1013.
  private let limit: Int

  private(set) var total = 0

  init(limit: Int) { self.limit = limit }

  var isExceeded: Bool { total > limit }

  func replace(_ old: Int, with new: Int) { total += new - old }
}
