import CSockets
import Transport

/// One end of a connection in memory: what one end writes arrives at the other, cut into pieces, one piece in a turn.
///
/// The loop holds it until it is closed and all is delivered, as it holds a socket, and at its own end lets go of it without callbacks.
final class MemoryStream: ByteStream {
  /// What happens to a direction after a number of octets.
  enum Fault: String, CaseIterable, Sendable { case end, reset, silence }

  var delegate: (any ByteStreamDelegate)? { didSet { other?.deliverLater() } }
  let peerAddress: SocketAddress
  private(set) var pendingOutputBytes = 0
  var highWatermark = 1 << 20
  var lowWatermark = 256 << 10

  /// The octets of each write, also of those that never arrived.
  private(set) var writes: [Int] = []
  /// How many octets this end may send before its fault.
  var octetsBeforeFault = Int.max
  var fault = Fault.silence

  private weak var loop: Loop?
  private weak var other: MemoryStream?
  /// Never fires.
  private var hold: Loop.Timer?
  private let pieceBytes: Int
  private var output: ArraySlice<UInt8> = []
  private var isPaused = false
  private var isScheduled = false
  private var writeHasEnded = false
  private var endIsDelivered = false
  private var endHasArrived = false
  private var lingers = false
  private var isClosed = false
  private var reachedHighWatermark = false

  static func pair(on loop: Loop, pieceBytes: Int) -> (MemoryStream, MemoryStream) {
    let (first, second) = (MemoryStream(loop, pieceBytes, 1), MemoryStream(loop, pieceBytes, 2))
    (first.other, second.other) = (second, first)
    return (first, second)
  }

  private init(_ loop: Loop, _ pieceBytes: Int, _ port: UInt16) {
    (self.loop, self.pieceBytes, peerAddress) = (loop, pieceBytes, .loopbackIPv4(port: port))
    let end = HeldByLoop(self)
    hold = loop.schedule(at: loop.now + .seconds(1 << 30)) { withExtendedLifetime(end) {} }
  }

  func write(_ octets: consuming [UInt8]) {
    guard !writeHasEnded, !isClosed else { return }
    writes.append(octets.count)
    output += octets
    pendingOutputBytes = output.count
    if pendingOutputBytes >= highWatermark { reachedHighWatermark = true }
    deliverLater()
  }

  func writeNow(_ octets: consuming [UInt8]) { write(octets) }
  func pauseReading() { isPaused = true }

  func resumeReading() {
    isPaused = false
    other?.deliverLater()
  }

  func shutdownWrite() {
    writeHasEnded = true
    deliverLater()
  }

  func closeGracefully(within limit: Duration) {
    guard !isClosed, !lingers, let loop else { return }
    lingers = true
    shutdownWrite()
    other?.deliverLater()
    loop.schedule(at: loop.now + limit) { self.close() }
    if endHasArrived { finish(.peerFinished) }
  }

  func close() {
    shutdownWrite()
    finish(endHasArrived ? .peerFinished : .localClose)
  }

  func abort() {
    output = []
    finish(.localAbort)
    other?.reset()
  }

  /// The connection is dead, as if by RST.
  func reset() {
    finish(.resetByPeer(TransportError(.receive, .system(errorNumber: CS_ECONNRESET), address: peerAddress)))
  }

  private func finish(_ reason: CloseReason) {
    guard !isClosed, let loop else { return }
    isClosed = true
    loop.schedule(at: .zero) {
      let delegate = self.delegate
      self.delegate = nil
      delegate?.closed(self, reason: reason)
      if self.endIsDelivered || self.other?.isClosed != false { self.letGo() }
    }
  }

  private func letGo() {
    // Not before `closed` was delivered.
    guard isClosed, delegate == nil else { return }
    if let hold { loop?.cancel(hold) }
    hold = nil
  }

  private func deliverLater() {
    guard !isScheduled, let loop else { return }
    isScheduled = true
    loop.schedule(at: .zero) {
      self.isScheduled = false
      self.deliver()
    }
  }

  private func deliver() {
    guard let other, !other.isClosed else {
      letGo()
      if !output.isEmpty { reset() }
      output = []
      pendingOutputBytes = 0
      return
    }
    guard other.lingers || (!other.isPaused && other.delegate != nil) else { return }
    let piece = Array(output.prefix(min(pieceBytes, octetsBeforeFault)))
    guard !piece.isEmpty else { return deliverEnd(to: other) }
    output = output.dropFirst(piece.count)
    octetsBeforeFault -= piece.count
    pendingOutputBytes = output.count
    deliverLater()
    if !other.lingers { other.delegate?.received(piece.span, from: other) }
    if reachedHighWatermark, pendingOutputBytes <= lowWatermark {
      reachedHighWatermark = false
      delegate?.drained(self)
    }
  }

  private func deliverEnd(to other: MemoryStream) {
    switch fault {
    case .silence where octetsBeforeFault == 0: return
    case .reset where octetsBeforeFault == 0:
      other.reset()
      return reset()
    case .end, .reset, .silence: break
    }
    guard !endIsDelivered, writeHasEnded || octetsBeforeFault == 0 else { return }
    endIsDelivered = true
    other.endHasArrived = true
    letGo()
    if other.lingers { return other.finish(.peerFinished) }
    other.delegate?.receivedEndOfFile(from: other)
  }
}

/// What a loop drops when the stream is let go of, or when it ends itself.
private final class HeldByLoop {
  private let stream: MemoryStream

  init(_ stream: MemoryStream) { self.stream = stream }
  deinit { stream.delegate = nil }
}
