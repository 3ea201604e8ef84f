internal import CSockets

/// A TCP connection on a ``Loop``, which holds it until it is closed.
///
/// Nagle's algorithm is off. Octets received before a reset are delivered before the reset is reported.
public final class TCPStream: ByteStream {
  /// The receiver of everything that happens; held strongly until `closed` was delivered.
  public var delegate: (any ByteStreamDelegate)? {
    // The former one goes away only after the change: it may use the stream then.
    didSet { withExtendedLifetime(oldValue) { updateInterest() } }
  }
  /// The address of the other end.
  public let peerAddress: SocketAddress
  /// From how many pending octets a writer should stop.
  ///
  /// Default 1 MiB.
  public var highWatermark = 1 << 20
  /// At how many pending octets a writer that stopped may go on.
  ///
  /// Default 256 KiB.
  public var lowWatermark = 256 << 10

  /// What the stream is doing.
  enum State {
    case connecting, open
    /// Closing in order: sends what is pending, discards what comes.
    case lingering
    case closed
  }

  /// How far our direction has come to its end.
  enum WriteEnd { case open, requested, sent }

  var state: State
  var writeEnd = WriteEnd.open
  var peerFinished = false
  var isPaused = false
  /// The connection is dead; what was received before is still to be delivered.
  var failure: CloseReason?
  var output = OutputQueue()
  /// The system takes no more output at present.
  var isBlocked = false
  /// The end of the connection was reported while nobody reads; not waited for, because it would be reported in every turn.
  var isParked = false
  var isDirty = false
  var reachedHighWatermark = false

  weak var loop: Loop?
  var descriptor: Int32 = -1
  var token: UInt64 = 0
  /// The deadline of connecting or of lingering.
  var timer: Loop.Timer?

  /// Opens a connection; failure is reported to the delegate's `closed`, never at once.
  ///
  /// - Parameters:
  ///   - address: Where to connect to.
  ///   - loop: The loop whose turns serve the stream.
  ///   - limit: How long to wait for the connection at most. Default 10 s.
  ///   - delegate: The receiver of what happens. Writing before `connected` is allowed.
  public static func connect(
    to address: SocketAddress, on loop: Loop, within limit: Duration = .seconds(10), delegate: any ByteStreamDelegate
  ) -> TCPStream {
    let stream = TCPStream(state: .connecting, peer: address, on: loop)
    stream.delegate = delegate
    stream.startConnecting(within: limit, on: loop)
    return stream
  }

  convenience init(accepted descriptor: Int32, peer: SocketAddress, on loop: Loop) {
    self.init(state: .open, peer: peer, on: loop)
    _ = cs_set_no_delay(descriptor, 1)
    self.descriptor = descriptor
    token = loop.register(descriptor, for: self)
  }

  private init(state: State, peer: SocketAddress, on loop: Loop) {
    self.state = state
    self.loop = loop
    peerAddress = peer
  }

  deinit {
    if descriptor >= 0 { cs_close(descriptor) }
  }

  /// The address of this end; nil before the connection is established and after it is closed.
  public var localAddress: SocketAddress? {
    var raw = cs_address()
    guard descriptor >= 0, state != .connecting, unsafe cs_local_address(descriptor, &raw) == 0 else { return nil }
    return SocketAddress(raw)
  }

  /// Whether the descriptor is released; `closed` may still be about to be delivered.
  public var isClosed: Bool { state == .closed }

  // MARK: Output

  /// The number of octets written and not yet taken by the system.
  public var pendingOutputBytes: Int { output.byteCount }

  /// The number of octets written that the peer's system has not acknowledged.
  public var unacknowledgedOutputBytes: Int { output.byteCount + (descriptor >= 0 ? Int(max(cs_unacknowledged(descriptor), 0)) : 0) }

  /// Takes `octets` for sending at the end of the turn; discarded when our direction has ended or the connection is dead.
  public func write(_ octets: consuming [UInt8]) {
    guard acceptsOutput, !octets.isEmpty else { return }
    output.append(octets)
    outputGrew()
  }

  /// Sends `octets` in a write system call of their own, at once if the system takes everything written before.
  ///
  /// What the system does not take now is kept and sent as with ``write(_:)``.
  public func writeNow(_ octets: consuming [UInt8]) {
    guard acceptsOutput, !octets.isEmpty else { return }
    guard let loop, state == .open, !isBlocked else { return write(octets) }
    sendPending(on: loop)
    guard failure == nil else { return }
    guard output.isEmpty else { return write(octets) }
    let result = unsafe octets.withUnsafeBytes { unsafe cs_send(descriptor, $0.baseAddress, $0.count) }
    if result < 0, result != -Int(CS_EAGAIN) { return sendFailed(-result, on: loop) }
    output.append(octets, sent: max(result, 0))
    if output.isEmpty {
      if reachedHighWatermark { markDirty() }
    } else {
      outputGrew()
    }
  }

  /// Ends our direction once all pending output is sent.
  public func shutdownWrite() {
    guard acceptsOutput else { return }
    writeEnd = .requested
    markDirty()
  }

  /// Turns Nagle's algorithm off (the default) or on.
  public func setNoDelay(_ isOn: Bool) {
    if descriptor >= 0 { _ = cs_set_no_delay(descriptor, isOn ? 1 : 0) }
  }

  // MARK: Input

  /// Stops reading; the end of the stream, even a reset, is not reported until ``resumeReading()``.
  public func pauseReading() {
    isPaused = true
    updateInterest()
  }

  /// Reads again after ``pauseReading()``.
  public func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    updateInterest()
    if failure != nil, let loop { readLater(on: loop) }
  }

  // MARK: Closing

  /// Closes in order, without a reset because of unread input; only `closed` is called from now on.
  ///
  /// Pending output is sent, our direction ends, input is discarded until the peer has finished. A stream that is not connected
  /// yet, or dead, is closed at once. A stream that closes in order already goes on with that.
  ///
  /// - Parameter limit: When to close even if the peer has not finished or has not taken all output. Default 2 s.
  public func closeGracefully(within limit: Duration = .seconds(2)) {
    if state == .lingering { return }
    guard state == .open, failure == nil, let loop else { return close() }
    state = .lingering
    if writeEnd == .open { writeEnd = .requested }
    timer = loop.schedule(at: loop.now + limit) { self.close() }
    updateInterest()
    markDirty()
  }

  /// Closes at once, after a single attempt to send pending output.
  ///
  /// The system resets the connection if received octets were not read: see ``closeGracefully(within:)``.
  public func close() {
    if state == .open || state == .lingering, failure == nil, let loop { sendPending(on: loop) }
    finish(failure ?? (peerFinished ? .peerFinished : .localClose))
  }

  /// Drops the connection and pending output at once; the peer sees a reset.
  public func abort() {
    if descriptor >= 0 { _ = cs_set_linger_zero(descriptor) }
    finish(.localAbort)
  }

  /// Releases everything and reports `reason` when the running callbacks have returned.
  func finish(_ reason: CloseReason) {
    guard state != .closed else { return }
    release()
    loop?.afterCallbacks {
      let delegate = self.delegate
      self.delegate = nil
      delegate?.closed(self, reason: reason)
    }
  }

  /// Releases the descriptor, the timer, pending output and the loop's reference.
  func release() {
    state = .closed
    output.removeAll()
    if let timer { loop?.cancel(timer) }
    timer = nil
    guard descriptor >= 0 else { return }
    loop?.unregister(token)
    cs_close(descriptor)
    descriptor = -1
  }

  // MARK: Helpers

  private var acceptsOutput: Bool { (state == .open || state == .connecting) && writeEnd == .open && failure == nil }

  private func outputGrew() {
    if output.byteCount >= highWatermark { reachedHighWatermark = true }
    markDirty()
  }

  /// Has ``flush(on:)`` called at the end of the turn.
  func markDirty() {
    guard !isDirty, state == .open || state == .lingering, let loop else { return }
    isDirty = true
    loop.flushLater(self)
  }
}
