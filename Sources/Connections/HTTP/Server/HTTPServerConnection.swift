public import HTTPParse
public import Transport

/// One accepted connection of HTTP/1.1 on a loop: an ``HTTPServerSession`` bound to a stream.
///
/// Every request comes to the handler as the events of the session, from the loop's turn; a ``responder`` answers it, then or later. Nothing
/// more is read while the client does not take what it is sent. A connection belongs to its loop's thread and lives until its stream is closed.
public final class HTTPServerConnection: ByteStreamDelegate {
  /// Receives the events of a connection.
  public typealias Handler = (HTTPServerConnection, HTTPServerSession.Event) -> Void

  /// Called when the client has taken so much of an answer that more should be written, after ``isWritable`` was false.
  ///
  /// Default: nothing.
  public var onWritable: (() -> Void)?
  /// Called when the connection is gone, with an exchange under way or not; nothing else is called afterwards.
  ///
  /// Default: nothing.
  public var onClosed: ((CloseReason) -> Void)?

  private let stream: any ByteStream
  /// Weak: the loop holds the stream, which holds this.
  private weak var loop: Loop?
  private var session: HTTPServerSession
  private var timer: DeadlineTimer?
  private let date: (() -> String)?
  private var handler: Handler?
  /// The server's; called once the connection is no longer its own.
  private var onGone: ((HTTPServerConnection) -> Void)?
  private var isGone = false
  private var isPumping = false
  private var isPumpScheduled = false
  private var isReadingPaused = false
  private var isClosing = false

  /// Serves a stream.
  ///
  /// - Parameters:
  ///   - stream: An established connection that nothing was read from; it holds this object.
  ///   - loop: The loop of the stream.
  ///   - limits: How much, and how long, the client is borne with.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  ///   - date: Says what the Date field is to be, see ``HTTPDate``. Default none: no Date.
  ///   - handler: Called for every event; it may answer, pause, close and abort. It is let go of when the connection is gone.
  public convenience init(
    _ stream: any ByteStream, on loop: Loop, limits: HTTPConnectionLimits = HTTPConnectionLimits(), leniencies: HTTPLeniencies = [],
    date: (() -> String)? = nil, handler: @escaping Handler
  ) {
    self.init(
      stream, on: loop, session: HTTPServerSession(limits: limits, leniencies: leniencies, now: loop.now), date: date, handler: handler,
      onGone: nil)
  }

  init(
    _ stream: any ByteStream, on loop: Loop, session: consuming HTTPServerSession, date: (() -> String)?, handler: @escaping Handler,
    onGone: ((HTTPServerConnection) -> Void)?
  ) {
    self.stream = stream
    self.loop = loop
    self.session = session
    self.date = date
    self.handler = handler
    self.onGone = onGone
    timer = DeadlineTimer(on: loop) { [weak self] in self?.deadlinePassed() }
    timer?.arm(for: self.session.nextDeadline)
    stream.delegate = self
  }

  /// The address of the client.
  public var peerAddress: SocketAddress { stream.peerAddress }

  /// What answers the present request; `nil` when no answer is due.
  public var responder: HTTPResponder? {
    !isGone && session.isAnswerDue ? HTTPResponder(connection: self, requestNumber: session.requestNumber) : nil
  }

  /// Whether the client takes what it is sent; while it does not, what is written piles up to
  /// ``HTTPConnectionLimits/maximumPendingOutputBytes``.
  public var isWritable: Bool { !isGone && stream.pendingOutputBytes < stream.highWatermark }

  /// Delivers nothing more of the present request until ``resumeReading()``; reading stops.
  ///
  /// Called for a head it also holds back 100 (Continue).
  public func pauseReading() {
    guard !isGone, let loop else { return }
    session.pauseReading(now: loop.now)
    if !isPumping { settle() }
  }

  /// Goes on delivering, from the loop's next turn.
  public func resumeReading() {
    guard !isGone, let loop else { return }
    session.resumeReading(now: loop.now)
    schedulePump()
  }

  /// Ends the connection: at once with a reset if an answer is under way, else in order.
  public func close() {
    guard !isGone, session.ending == nil else { return }
    session.end(session.isAnswerDue && !session.isAnswerUnbegun ? .abort : .close)
    if !isPumping { settle() }
  }

  /// Drops the connection at once; the client sees a reset.
  public func abort() {
    guard !isGone else { return }
    session.end(.abort)
    if !isPumping { settle() }
  }

  // MARK: For the responder

  /// Answers the request of that number, if it is the present one.
  func answer<Result>(
    _ number: Int, _ body: (inout HTTPServerSession, Duration) throws(HTTPConnectionError) -> Result
  ) throws(HTTPConnectionError) -> Result {
    guard !isGone, let loop, session.ending == nil else { throw HTTPConnectionError(.notOpen) }
    guard session.requestNumber == number, session.isAnswerDue else { throw HTTPConnectionError(.notNow) }
    session.date = date?()
    defer {
      if isPumping { flush(on: loop) } else { settle() }
      if !session.isAnswerDue { schedulePump() }
    }
    return try body(&session, loop.now)
  }

  /// Sends a piece of content, unless more than is allowed waits for the client already.
  func write(_ content: [UInt8], to number: Int) throws(HTTPConnectionError) {
    if isAnswerDue(to: number), stream.pendingOutputBytes > session.limits.maximumPendingOutputBytes {
      let error = HTTPConnectionError(
        .outputStalled, limit: session.limits.maximumPendingOutputBytes, actual: stream.pendingOutputBytes)
      abort()
      throw error
    }
    try answer(number) { session, _ throws(HTTPConnectionError) in try session.write(content) }
  }

  func isAnswerDue(to number: Int) -> Bool { !isGone && session.requestNumber == number && session.isAnswerDue }

  /// Lets go of the stream, which is another protocol's from now on.
  func handOver() -> any ByteStream {
    if isReadingPaused { stream.resumeReading() }
    stream.delegate = nil
    letGo()
    return stream
  }

  // MARK: The stream's events

  /// Takes octets of the client.
  public func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    session.receive(octets)
    pump()
  }

  /// The client will send nothing more; what it asked for is still answered.
  public func receivedEndOfFile(from stream: any ByteStream) {
    session.endOfInput()
    pump()
  }

  /// The client took what it was sent.
  public func drained(_ stream: any ByteStream) {
    pump()
    if session.isAnswerDue { onWritable?() }
  }

  /// The connection is gone.
  public func closed(_ stream: any ByteStream, reason: CloseReason) {
    guard !isGone else { return }
    let handler = handler
    let onClosed = onClosed
    let event = session.connectionLost(HTTPConnectionError(.connectionLost, closeReason: reason))
    letGo()
    if let event { handler?(self, event) }
    onClosed?(reason)
  }

  // MARK: Turning the session

  /// Delivers what there is to deliver.
  private func pump() {
    guard !isPumping, !isGone, let loop else { return }
    isPumping = true
    session.date = date?()
    session.setOutputFull(!isWritable, now: loop.now)
    while !isGone, let event = session.nextEvent(now: loop.now) {
      handler?(self, event)
      guard !isGone else { break }
      flush(on: loop)
      session.setOutputFull(!isWritable, now: loop.now)
    }
    isPumping = false
    settle()
  }

  /// Has ``pump()`` called in the loop's turn, so that the handler is never called from inside of a call of the application.
  private func schedulePump() {
    guard !isPumping, !isPumpScheduled, let loop else { return }
    isPumpScheduled = true
    loop.schedule(at: loop.now) { [weak self] in
      self?.isPumpScheduled = false
      self?.pump()
    }
  }

  private func flush(on loop: Loop) {
    notePending(on: loop)
    for segment in session.takeOutput() { stream.write(segment) }
    notePending(on: loop)
  }

  private func notePending(on loop: Loop) {
    let count = stream.pendingOutputBytes
    session.outputPending(count, unacknowledged: count > 0 ? stream.unacknowledgedOutputBytes : 0, now: loop.now)
  }

  /// Writes what is to be written, and tells stream and timer what is waited for.
  private func settle() {
    guard !isGone, let loop else { return }
    flush(on: loop)
    session.setOutputFull(!isWritable, now: loop.now)
    switch session.ending {
    case .abort: return stream.abort()
    case .close: startClosing(on: loop)
    case .handOver, nil: setReadingPaused(!session.wantsInput)
    }
    timer?.arm(for: session.nextDeadline)
  }

  private func setReadingPaused(_ isPaused: Bool) {
    guard isPaused != isReadingPaused else { return }
    isReadingPaused = isPaused
    if isPaused { stream.pauseReading() } else { stream.resumeReading() }
  }

  /// Ends our direction behind the last answer and reads on, so that no reset overtakes it (RFC 9112 §9.6).
  private func startClosing(on loop: Loop) {
    guard !isClosing else { return }
    isClosing = true
    setReadingPaused(false)
    stream.shutdownWrite()
    timer?.arm(for: loop.now + session.limits.lingerDeadline)
  }

  private func deadlinePassed() {
    guard !isGone, let loop else { return }
    notePending(on: loop)
    session.date = date?()
    if let event = session.handleDeadline(now: loop.now) { handler?(self, event) }
    guard !isGone else { return }
    if isClosing, session.ending == .close {
      // A long last answer may take its time, as long as the client takes it.
      guard stream.pendingOutputBytes > 0 else { return stream.closeGracefully(within: session.limits.lingerDeadline) }
      timer?.arm(for: loop.now + session.limits.lingerDeadline)
    }
    pump()
  }

  private func letGo() {
    isGone = true
    timer?.stop()
    handler = nil
    onWritable = nil
    onClosed = nil
    onGone?(self)
    onGone = nil
  }
}
