internal import WireBytes

/// TLS (RFC 8446, RFC 5246) over another stream, which it owns from then on.
///
/// `connected` is called when the handshake is done, for clients and servers alike. What is written before is sent then. The end of the
/// peer's direction is `receivedEndOfFile` only when the peer said so (close_notify); a connection that just ends is closed as
/// ``TLSFailure/truncated``. A peer that said so, and is gone when we close too, has finished. Writes of a turn are collected and make as few records as they fit in. Each call into the stream has the
/// meaning that it has for ``TCPStream``.
public final class TLSStream: ByteStream {
  /// The receiver of everything that happens; held strongly until `closed` was delivered.
  ///
  /// Without one the handshake goes on, and then nothing is read.
  public var delegate: (any ByteStreamDelegate)? {
    // The former one goes away only after the change: it may use the stream then.
    didSet { withExtendedLifetime(oldValue) { readAgain() } }
  }
  /// The address of the other end.
  public var peerAddress: SocketAddress { lower.peerAddress }
  /// From how many pending octets a writer should stop.
  ///
  /// Default 1 MiB.
  public var highWatermark = 1 << 20
  /// At how many pending octets a writer that stopped may go on.
  ///
  /// Default 256 KiB.
  public var lowWatermark = 256 << 10 { didSet { lower.lowWatermark = min(lowWatermark, Self.encryptedAheadBytes / 4) } }

  /// What the stream is doing.
  enum State {
    case handshaking, open
    /// Closing in order: sends what is pending, discards what comes, until the lower stream takes over.
    case lingering(until: Duration)
    /// The lower stream is closing; without a reason its own one counts.
    case closing(CloseReason?)
    case closed
  }

  /// How far our direction has come to its end.
  enum WriteEnd { case open, requested, sent }

  var state = State.handshaking
  var writeEnd = WriteEnd.open
  /// The peer has sent close_notify.
  var peerFinished = false
  var isPaused = false
  /// Reading goes on at the end of the turn, before the lower stream is read again.
  var isAboutToRead = false
  /// Whether a record with content arrived.
  var hasReceived = false
  /// Octets of the lower stream that came before reading was paused, the first ones of which are used up.
  var heldInput: ArraySlice<UInt8> = []
  /// Octets that are not encrypted yet.
  var output = OutputQueue()
  var isDirty = false
  var reachedHighWatermark = false
  /// Records go to the lower stream's `writeNow`.
  private var sendsAtOnce = false

  let lower: any ByteStream
  weak var loop: Loop?
  /// Nil when it is no longer needed.
  var session: TLSSession?
  /// What the server's certificate has to be for.
  let host: String
  /// The deadline of the handshake or of closing in order.
  var timer: Loop.Timer?
  let handshakeLimit: Duration

  /// How much the lower stream is given at most before it has sent it; more is encrypted only then.
  static let encryptedAheadBytes = 256 * 1024
  /// How long the peer gets to take an alert and to end the connection after a failure, or after both sides have finished.
  static let partingLimit = Duration.seconds(2)

  /// Makes a TLS connection as a client; failure is reported to the delegate's `closed`, never at once.
  ///
  /// - Parameters:
  ///   - lower: The stream to use, established or still connecting.
  ///   - context: What to demand and to show.
  ///   - host: What the server's certificate has to be for: a DNS name, which is also sent (SNI), or an address literal. International
  ///     names in their ASCII form. Anything else fails with ``TLSFailure/invalidHostName(_:)`` before an octet is sent.
  ///   - loop: The loop of `lower`.
  ///   - handshakeLimit: How long the handshake may take once `lower` is connected. Default 10 s.
  ///   - delegate: The receiver of what happens. Writing before `connected` is allowed.
  public init(
    client lower: any ByteStream, context: TLSClientContext, host: String, on loop: Loop, handshakeLimit: Duration = .seconds(10),
    delegate: (any ByteStreamDelegate)?
  ) {
    (self.lower, self.loop, self.host, self.handshakeLimit, self.delegate) = (lower, loop, host, handshakeLimit, delegate)
    takeOver()
    if let name = TLSPeerName(host: host) {
      startHandshake(TLSSession(context.shared, owner: self), expecting: name)
    } else {
      fail(.invalidHostName(host))
    }
  }

  /// Makes a TLS connection as a server; failure is reported to the delegate's `closed`, never at once.
  ///
  /// - Parameters:
  ///   - lower: The stream to use.
  ///   - context: What to show and to demand.
  ///   - loop: The loop of `lower`.
  ///   - handshakeLimit: How long the handshake may take. Default 10 s.
  ///   - delegate: The receiver of what happens. Writing before `connected` is allowed.
  public init(
    server lower: any ByteStream, context: TLSServerContext, on loop: Loop, handshakeLimit: Duration = .seconds(10),
    delegate: (any ByteStreamDelegate)?
  ) {
    (self.lower, self.loop, self.handshakeLimit, self.delegate) = (lower, loop, handshakeLimit, delegate)
    host = ""
    takeOver()
    startHandshake(TLSSession(context.shared, owner: self))
  }

  /// The version of TLS that was agreed on, as "TLSv1.3"; nil before the handshake is done and after the stream is closed.
  public var version: String? {
    switch state {
    case .open, .lingering: session?.version
    case .handshaking, .closing, .closed: nil
    }
  }

  // MARK: Output

  /// The number of octets written and not yet taken by the system, those that wait in the lower stream with what TLS adds to them.
  public var pendingOutputBytes: Int { output.byteCount + lower.pendingOutputBytes }

  /// The number of octets written that the peer's system has not acknowledged, those that are encrypted with what TLS adds to them.
  public var unacknowledgedOutputBytes: Int { output.byteCount + lower.unacknowledgedOutputBytes }

  /// Takes `octets` for sending at the end of the turn; discarded when our direction has ended.
  public func write(_ octets: consuming [UInt8]) {
    guard acceptsOutput, !octets.isEmpty else { return }
    output.append(octets)
    outputGrew()
  }

  /// Sends `octets` in records and write system calls of their own, at once if the system takes everything written before.
  ///
  /// What cannot be sent now is kept and sent as with ``write(_:)``.
  public func writeNow(_ octets: consuming [UInt8]) {
    guard acceptsOutput, !octets.isEmpty else { return }
    encryptPending()
    guard case .open = state, output.isEmpty else { return write(octets) }
    sendsAtOnce = true
    let sent = unsafe octets.withUnsafeBufferPointer { unsafe encrypt($0) }
    sendsAtOnce = false
    guard let sent else { return sessionFailed() }
    output.append(octets, sent: sent)
    outputGrew()
  }

  /// Ends our direction (close_notify) once all pending output is sent.
  public func shutdownWrite() {
    guard acceptsOutput else { return }
    writeEnd = .requested
    markDirty()
  }

  /// Takes what the session sends.
  func sessionSent(_ octets: consuming [UInt8]) {
    if sendsAtOnce { lower.writeNow(octets) } else { lower.write(octets) }
  }

  // MARK: Input

  /// Stops reading; the end of the stream, even a reset, is not reported until ``resumeReading()``.
  public func pauseReading() {
    isPaused = true
    updateLowerReading()
  }

  /// Reads again after ``pauseReading()``.
  public func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    readAgain()
  }

  // MARK: Closing

  /// Closes in order; only `closed` is called from now on.
  ///
  /// Pending output is sent, then close_notify, and both directions of the lower stream end. A stream whose handshake is not done is closed
  /// at once. A stream that closes in order already goes on with that.
  ///
  /// - Parameter limit: When to close even if the peer has not finished or has not taken all output. Default 2 s.
  public func closeGracefully(within limit: Duration = .seconds(2)) {
    switch state {
    case .lingering, .closing, .closed: return
    case .handshaking: return close()
    case .open: break
    }
    guard let loop else { return close() }
    state = .lingering(until: loop.now + limit)
    if writeEnd == .open { writeEnd = .requested }
    timer = loop.schedule(at: loop.now + limit) { self.close() }
    heldInput = []
    updateLowerReading()
    markDirty()
  }

  /// Closes at once, after a single attempt to send pending output and close_notify.
  public func close() {
    switch state {
    case .closed: return
    case .handshaking: part(nil)
    case .open, .lingering:
      encryptPending(ahead: .max)
      if let session {
        if writeEnd != .sent { session.end() }
        part(peerFinished ? .peerFinished : nil)
      }
    case .closing: break
    }
    lower.close()
  }

  /// Drops the connection and pending output at once; the peer sees a reset.
  public func abort() {
    switch state {
    case .closed: return
    case .handshaking, .open, .lingering: part(.localAbort)
    case .closing: break
    }
    lower.abort()
  }

  // MARK: Helpers

  private var acceptsOutput: Bool {
    switch state {
    case .handshaking, .open: writeEnd == .open
    case .lingering, .closing, .closed: false
    }
  }

  private func outputGrew() {
    if pendingOutputBytes >= highWatermark { reachedHighWatermark = true }
    if !output.isEmpty || reachedHighWatermark { markDirty() }
  }

  /// Has ``flush(on:)`` called at the end of the turn.
  func markDirty() {
    guard !isDirty, let loop else { return }
    isDirty = true
    loop.flushLater(self)
  }
}
