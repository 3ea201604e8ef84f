import Conformance
import Connections
import Transport

/// Moves octets between one run of a case and its TCP connection.
final class CaseConnection: ByteStreamDelegate {
  private let loop: Loop
  private let onFinished: (CaseConnection) -> Void
  private var dial: Dial?
  private var stream: (any ByteStream)?
  /// The address of the other end, once there is a connection.
  private(set) var peerAddress: SocketAddress?
  /// Whether what ended the connection would end another one as well, such as a certificate that is not accepted.
  private(set) var isHopeless = false
  private var timer: DeadlineTimer?
  private var isPumpScheduled = false
  private var isReported = false
  private(set) var run: CaseRun

  /// Writes of their own in one turn, so that long series leave the loop to others in between.
  private static let writesPerTurn = 128
  /// Octets that may wait for the system; the engine makes more when they are gone.
  private static let highWatermarkBytes = 256 << 10

  init(_ run: CaseRun, on loop: Loop, onFinished: @escaping (CaseConnection) -> Void) {
    self.run = run
    self.loop = loop
    self.onFinished = onFinished
  }

  /// Opens the connection.
  func start(with dialer: Dialer, on route: Route, within limit: Duration) {
    timer = DeadlineTimer(on: loop) { [weak self] in
      guard let self else { return }
      run.handleDeadline(now: loop.now)
      settle()
    }
    dial = dialer.dial(route, within: limit) { [weak self] in self?.dialled($0) }
  }

  private func dialled(_ outcome: Result<any ByteStream, DialError>) {
    dial = nil
    switch outcome {
    case .success(let stream):
      stream.highWatermark = Self.highWatermarkBytes
      stream.lowWatermark = Self.highWatermarkBytes / 2
      self.stream = stream
      peerAddress = stream.peerAddress
      stream.delegate = self
      if let version = (stream as? TLSStream)?.version {
        run.connected("TLS connection established, \(version)", now: loop.now)
      } else {
        run.connected(now: loop.now)
      }
    case .failure(let error):
      isHopeless = error.isPermanent
      run.notConnected("\(error)", now: loop.now)
    }
    settle()
  }

  /// Drops the connection without a result.
  func abort() {
    isReported = true
    dial?.cancel()
    stream?.abort()
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    run.receive(octets, now: loop.now)
    settle()
  }

  func receivedEndOfFile(from stream: any ByteStream) {
    run.transportEnded(.endOfFile, now: loop.now)
    settle()
    stream.close()
  }

  func drained(_ stream: any ByteStream) { settle() }

  func closed(_ stream: any ByteStream, reason: CloseReason) {
    isHopeless = reason.error?.isPermanent ?? false
    switch reason {
    // Without the closing alert of TLS a stream ends all the same, and RFC 6455 leaves that to TLS.
    case .failed(let error) where error.isTruncation: run.transportEnded(.endOfFile, now: loop.now)
    case .connectRefused(let error), .connectTimedOut(let error), .failed(let error):
      run.transportEnded(.failed("\(error)"), now: loop.now)
    case .resetByPeer: run.transportEnded(.reset, now: loop.now)
    case .peerFinished: run.transportEnded(.endOfFile, now: loop.now)
    case .localClose, .localAbort: break
    }
    settle()
    timer?.stop()
    self.stream = nil
  }

  private func settle() {
    pump()
    guard run.result != nil else {
      timer?.arm(for: run.deadline)
      return
    }
    stream?.close()
    guard !isReported else { return }
    isReported = true
    onFinished(self)
  }

  /// Writes what the run has to say, as far as the system keeps up.
  private func pump() {
    guard let stream else { return }
    var writes = 0
    while stream.pendingOutputBytes < Self.highWatermarkBytes {
      guard writes < Self.writesPerTurn else { return schedulePump() }
      guard let write = run.nextWrite(now: loop.now) else { return }
      if write.isAlone {
        writes += 1
        stream.writeNow(write.octets)
      } else {
        stream.write(write.octets)
      }
    }
  }

  private func schedulePump() {
    guard !isPumpScheduled else { return }
    isPumpScheduled = true
    _ = loop.schedule(at: loop.now) { [weak self] in
      guard let self else { return }
      isPumpScheduled = false
      settle()
    }
  }
}
