public import HTTPParse
public import Transport

/// A connection of HTTP/1.1 to a server on a loop: an ``HTTPClientSession`` bound to a stream; one exchange at a time.
///
/// After an exchange ``isReusable`` says whether the connection can carry another one; if not, it closes itself. While it is idle it
/// watches for the server to end it. A connection belongs to its loop's thread and lives until its stream is closed.
public final class HTTPClientConnection: ByteStreamDelegate {
  /// Receives the events of an exchange.
  public typealias Handler = (HTTPClientConnection, HTTPClientSession.Event) -> Void

  /// Called when the server has taken so much of the request's content that more should be written, after ``isWritable`` was false.
  ///
  /// Default: nothing.
  public var onWritable: (() -> Void)?
  /// Called when the connection is gone, after the events of its last exchange; nothing else is called afterwards.
  ///
  /// Default: nothing. For who keeps idle connections.
  public var onClosed: ((CloseReason) -> Void)?

  private let stream: any ByteStream
  /// Weak: the loop holds the stream, which holds this.
  private weak var loop: Loop?
  private var session: HTTPClientSession
  private var timer: DeadlineTimer?
  private var handler: Handler?
  private var isGone = false
  /// We have ended the connection; what was received is not delivered any more.
  private var isDropped = false
  private var isPumping = false
  private var isPumpScheduled = false
  private var isReadingPaused = false
  private var isHeldBack = false

  /// Makes a client of a stream.
  ///
  /// - Parameters:
  ///   - stream: An established connection that nothing was read from; it holds this object.
  ///   - loop: The loop of the stream.
  ///   - limits: How much, and how long, the server is borne with.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  public init(
    _ stream: any ByteStream, on loop: Loop, limits: HTTPConnectionLimits = HTTPConnectionLimits(), leniencies: HTTPLeniencies = []
  ) {
    self.stream = stream
    self.loop = loop
    session = HTTPClientSession(limits: limits, leniencies: leniencies)
    timer = DeadlineTimer(on: loop) { [weak self] in self?.deadlinePassed() }
    stream.delegate = self
  }

  /// The address of the server.
  public var peerAddress: SocketAddress { stream.peerAddress }

  /// Whether another exchange can be begun (RFC 9112 §9.3).
  public var isReusable: Bool { !isGone && !isDropped && session.isReusable }

  /// How many exchanges were complete.
  public var exchangeCount: Int { session.exchangeCount }

  /// Whether content of the request is still of use; see ``HTTPClientSession/isContentWanted``.
  public var isContentWanted: Bool { !isGone && session.isContentWanted }

  /// Whether more of the request's content should be written now: it is not held back, and the server takes what it is sent.
  public var isWritable: Bool { isContentWanted && !session.isAwaitingContinue && stream.pendingOutputBytes < stream.highWatermark }

  // MARK: The request

  /// Begins an exchange.
  ///
  /// - Parameters:
  ///   - request: The request; if it has content, that is to follow.
  ///   - limit: How long the exchange may take in total. Default ``HTTPConnectionLimits/exchangeDeadline``.
  ///   - handler: Called for every event of the exchange, from the loop's turn; the last one is `end`, `switched` or `failed`. It may
  ///     pause, abort, and begin the next exchange.
  /// - Throws: As ``HTTPClientSession/send(_:within:now:)``; nothing was sent then, and the handler is let go of.
  public func send(
    _ request: HTTPClientRequest, within limit: Duration? = nil, handler: @escaping Handler
  ) throws(HTTPConnectionError) {
    guard !isGone, !isDropped, let loop else { throw HTTPConnectionError(.notOpen) }
    try session.send(request, within: limit, now: loop.now)
    self.handler = handler
    isHeldBack = request.expectsContinue
    outputGrew()
  }

  /// Sends a whole request whose content is at hand, with its length.
  ///
  /// - Throws: As ``send(_:within:handler:)``.
  public func send(
    _ request: HTTPClientRequest, content: [UInt8], within limit: Duration? = nil, handler: @escaping Handler
  ) throws(HTTPConnectionError) {
    var request = request
    request.content = .length(content.count)
    try send(request, within: limit, handler: handler)
    try write(content)
    try end()
  }

  /// Sends a piece of the request's content; nothing happens once the answer made it pointless.
  ///
  /// - Throws: As ``HTTPClientSession/write(_:)``, and `notOpen`; `outputStalled` if too much waits for the server: the exchange fails.
  public func write(_ content: [UInt8]) throws(HTTPConnectionError) {
    guard !isGone else { throw HTTPConnectionError(.notOpen) }
    guard stream.pendingOutputBytes <= session.limits.maximumPendingOutputBytes else {
      let error = HTTPConnectionError(
        .outputStalled, limit: session.limits.maximumPendingOutputBytes, actual: stream.pendingOutputBytes)
      abort()
      throw error
    }
    try session.write(content)
    outputGrew()
  }

  /// Ends the request's content.
  ///
  /// - Throws: As ``HTTPClientSession/end(trailers:)``, and `notOpen`.
  public func end(trailers: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    guard !isGone else { throw HTTPConnectionError(.notOpen) }
    try session.end(trailers: trailers)
    outputGrew()
    // An answer that was complete before may be all that was waited for.
    schedulePump()
  }

  // MARK: The answer

  /// Delivers nothing more of the answer until ``resumeReading()``; reading stops, the deadline of the exchange goes on.
  public func pauseReading() {
    session.pauseReading()
    if !isPumping { settle() }
  }

  /// Goes on delivering, from the loop's next turn.
  public func resumeReading() {
    session.resumeReading()
    schedulePump()
  }

  /// Ends the connection in order if it is idle, else at once; an exchange under way fails.
  public func close() {
    if session.isBusy { return abort() }
    isDropped = true
    stream.close()
  }

  /// Drops the connection at once; an exchange under way fails, whatever of its answer has come.
  public func abort() {
    isDropped = true
    stream.abort()
  }

  /// Gives the stream away after the event `switched`; the connection is of no further use.
  ///
  /// - Returns: The stream, without a delegate, so that it does not read; `nil` at any other time.
  public func takeStream() -> (any ByteStream)? {
    guard !isGone, session.ending == .handOver else { return nil }
    setReadingPaused(false)
    stream.delegate = nil
    letGo()
    return stream
  }

  // MARK: The stream's events

  /// Takes octets of the server.
  public func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    session.receive(octets)
    pump()
  }

  /// The server will send nothing more.
  public func receivedEndOfFile(from stream: any ByteStream) {
    session.endOfInput()
    pump()
  }

  /// The server took what it was sent.
  public func drained(_ stream: any ByteStream) {
    if isWritable { onWritable?() }
  }

  /// The connection is gone.
  public func closed(_ stream: any ByteStream, reason: CloseReason) {
    guard !isGone else { return }
    let handler = handler
    let onClosed = onClosed
    let event = session.connectionLost(reason)
    letGo()
    if let event { handler?(self, event) }
    onClosed?(reason)
  }

  // MARK: Turning the session

  private func pump() {
    guard !isPumping, !isGone, let loop else { return }
    isPumping = true
    while !isGone, !isDropped, let event = session.nextEvent(now: loop.now) { deliver(event) }
    isPumping = false
    settle()
    tellIfReleased()
  }

  /// Hands an event on; behind the last one of an exchange its handler is let go of before, so that it can begin the next.
  private func deliver(_ event: HTTPClientSession.Event) {
    let handler = handler
    if !session.isBusy { self.handler = nil }
    handler?(self, event)
  }

  /// Content is no longer held back for 100 (Continue): it is time to write.
  private func tellIfReleased() {
    guard isHeldBack, !session.isAwaitingContinue else { return }
    isHeldBack = false
    if isWritable { onWritable?() }
  }

  /// Has ``pump()`` called in the loop's turn, so that a handler is never called from inside of a call of the application.
  private func schedulePump() {
    guard !isPumping, !isPumpScheduled, !isGone, let loop else { return }
    isPumpScheduled = true
    loop.schedule(at: loop.now) { [weak self] in
      self?.isPumpScheduled = false
      self?.pump()
    }
  }

  private func outputGrew() {
    if isPumping { flush() } else { settle() }
  }

  private func flush() {
    for segment in session.takeOutput() { stream.write(segment) }
  }

  /// Writes what is to be written, and tells stream and timer what is waited for.
  private func settle() {
    guard !isGone, !isDropped else { return }
    flush()
    switch session.ending {
    case .abort: return stream.abort()
    case .close: return stream.close()
    case .handOver: setReadingPaused(true)
    case nil: setReadingPaused(!session.wantsInput)
    }
    timer?.arm(for: session.nextDeadline)
  }

  private func setReadingPaused(_ isPaused: Bool) {
    guard isPaused != isReadingPaused else { return }
    isReadingPaused = isPaused
    if isPaused { stream.pauseReading() } else { stream.resumeReading() }
  }

  private func deadlinePassed() {
    guard !isGone, !isDropped, let loop else { return }
    if let event = session.handleDeadline(now: loop.now) { deliver(event) }
    settle()
    tellIfReleased()
  }

  private func letGo() {
    isGone = true
    timer?.stop()
    handler = nil
    onWritable = nil
    onClosed = nil
  }
}
