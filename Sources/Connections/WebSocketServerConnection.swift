public import Transport
public import WSProtocol

/// One accepted WebSocket connection on a loop: a ``WebSocketServerSession`` bound to a stream.
///
/// Reading stops while the peer does not take what it is sent. A connection belongs to its loop's thread.
public final class WebSocketServerConnection: ByteStreamDelegate {
  private let stream: any ByteStream
  private let loop: Loop
  private let budget: HeldOctetsBudget
  private var session: WebSocketServerSession
  private var timer: DeadlineTimer?
  private var isReadingPaused = false
  private var held = 0
  private var handler: ((WebSocketServerConnection, WebSocketServerSession.Event) -> Void)?
  private var onClosed: ((WebSocketServerConnection) -> Void)?

  /// The most output octets that may wait for a peer when more is to be sent.
  ///
  /// Excess: the connection is dropped.
  private static let outputCapBytes = 16 << 20

  init(
    _ stream: any ByteStream, on loop: Loop, session: consuming WebSocketServerSession, budget: HeldOctetsBudget,
    handler: @escaping (WebSocketServerConnection, WebSocketServerSession.Event) -> Void,
    onClosed: @escaping (WebSocketServerConnection) -> Void
  ) {
    self.stream = stream
    self.loop = loop
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
  /// - Throws: ``WSError/Code/notOpen`` when the connection is closing, also because the peer does not read; ``WSError/Code/unsendable``.
  public func send(_ message: consuming Message) throws(WSError) {
    guard stream.pendingOutputBytes <= Self.outputCapBytes else {
      stream.abort()
      throw WSError(.notOpen, offset: 0, limit: UInt64(Self.outputCapBytes), actual: UInt64(stream.pendingOutputBytes))
    }
    try session.send(message)
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: ``WSError/Code/notOpen`` when it was started before.
  public func close(_ payload: ClosePayload) throws(WSError) {
    try session.close(payload, now: loop.now)
    settle()
  }

  /// Takes octets of the client.
  public func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    var index = 0
    while let event = session.receive(octets, at: &index, now: loop.now) { handler?(self, event) }
    settle()
    refuseIfOverBudget()
  }

  /// The client will send nothing more: nothing is left to do for it.
  public func receivedEndOfFile(from stream: any ByteStream) {
    if !session.isFinished { stream.close() }
  }

  /// The client took what it was sent.
  public func drained(_ stream: any ByteStream) { settle() }

  /// The connection is gone.
  public func closed(_ stream: any ByteStream, reason: CloseReason) {
    budget.replace(held, with: 0)
    held = 0
    timer?.stop()
    onClosed?(self)
    onClosed = nil
    handler = nil
  }

  private func settle() {
    let isBackedUp = stream.pendingOutputBytes >= stream.highWatermark
    if !isBackedUp || session.isFinished {
      for segment in session.takeOutput() { stream.write(segment) }
    }
    if session.isFinished {
      stream.closeGracefully(within: .seconds(2))
      return
    }
    setReadingPaused(stream.pendingOutputBytes >= stream.highWatermark)
    timer?.arm(for: session.nextDeadline)
  }

  private func deadlinePassed() {
    if let event = session.handleDeadline(now: loop.now) { handler?(self, event) }
    settle()
  }

  private func setReadingPaused(_ isPaused: Bool) {
    guard isPaused != isReadingPaused else { return }
    isReadingPaused = isPaused
    if isPaused { stream.pauseReading() } else { stream.resumeReading() }
  }

  private func refuseIfOverBudget() {
    let now = session.heldOctets
    budget.replace(held, with: now)
    held = now
    guard budget.isExceeded, now > 0, session.isOpen, let payload = try? ClosePayload(code: .tryAgainLater) else { return }
    try? close(payload)
  }
}

/// What all connections of a server hold for messages that have not ended.
final class HeldOctetsBudget {
  /// The most octets held together.
  ///
  /// Default 256 MiB. Excess: the connection that asked for more is closed with 1013.
  private static let limit = 256 << 20

  private var total = 0

  var isExceeded: Bool { total > Self.limit }

  func replace(_ old: Int, with new: Int) { total += new - old }
}
