import Connections
import Transport

/// One end of a connection in memory, whose octets a test carries over in pieces of its choice.
///
/// Keeps the contract of `ByteStream`: callbacks only while the test carries, `closed` exactly once and last.
final class InMemoryStream: ByteStream {
  private enum State { case open, lingering, closed }

  var delegate: (any ByteStreamDelegate)?
  let peerAddress = SocketAddress.loopbackIPv4(port: 1)
  var highWatermark = 1 << 20
  var lowWatermark = 256 << 10
  /// Whether the peer takes octets; else they wait here.
  var isTaken = true
  /// What a system would have taken and not delivered.
  var heldBySystem = 0
  private(set) var isPaused = false
  private(set) var writtenBytes = 0
  private weak var peer: InMemoryStream?
  private var output: [UInt8] = []
  private var carried = 0
  private var state = State.open
  private var endsOutput = false
  private var outputEnded = false
  private var peerFinished = false
  private var reachedHigh = false
  private var reason: CloseReason?

  static func pair() -> (InMemoryStream, InMemoryStream) {
    let pair = (InMemoryStream(), InMemoryStream())
    pair.0.peer = pair.1
    pair.1.peer = pair.0
    return pair
  }

  var pendingOutputBytes: Int { output.count - carried }
  var unacknowledgedOutputBytes: Int { pendingOutputBytes + heldBySystem }
  var isClosed: Bool { state == .closed }

  func write(_ octets: consuming [UInt8]) {
    guard state == .open, !endsOutput else { return }
    writtenBytes += octets.count
    output += octets
    if pendingOutputBytes >= highWatermark { reachedHigh = true }
  }
  func writeNow(_ octets: consuming [UInt8]) { write(octets) }
  func pauseReading() { isPaused = true }
  func resumeReading() { isPaused = false }
  func shutdownWrite() { endsOutput = true }
  func closeGracefully(within limit: Duration) {
    guard state == .open else { return }
    state = .lingering
    endsOutput = true
  }
  func close() {
    endsOutput = true
    finish(peerFinished ? .peerFinished : .localClose)
  }
  func abort() {
    carried = output.count
    if state != .closed { peer?.finish(.resetByPeer(TransportError(.receive, .system(errorNumber: 104)))) }
    finish(.localAbort)
  }

  private func finish(_ reason: CloseReason) {
    guard state != .closed else { return }
    state = .closed
    self.reason = reason
  }

  /// Carries at most `count` octets, the end of them, and what is to be reported.
  ///
  /// - Returns: Whether anything happened.
  func carry(atMost count: Int) -> Bool {
    var worked = false
    if let peer, isTaken, pendingOutputBytes > 0, peer.state == .closed || !peer.isPaused || peer.state == .lingering {
      let piece = Array(output[carried...].prefix(count))
      carried += piece.count
      if carried == output.count { (output, carried) = ([], 0) }
      if peer.state == .open { peer.delegate?.received(piece.span, from: peer) }
      worked = true
    }
    if let peer, endsOutput, pendingOutputBytes == 0, !outputEnded, !peer.isPaused || peer.state != .open {
      outputEnded = true
      peer.peerFinished = true
      if peer.state == .open { peer.delegate?.receivedEndOfFile(from: peer) }
      worked = true
    }
    if reachedHigh, state == .open, pendingOutputBytes <= lowWatermark {
      reachedHigh = false
      delegate?.drained(self)
      worked = true
    }
    if outputEnded, peerFinished { finish(.peerFinished) }
    if let reason {
      self.reason = nil
      let last = delegate
      delegate = nil
      last?.closed(self, reason: reason)
      worked = true
    }
    return worked
  }
}

/// Carries octets both ways until nothing moves any more.
func exchange(_ left: InMemoryStream, _ right: InMemoryStream, inPiecesOf count: Int = .max) {
  while true {
    let moved = (left.carry(atMost: count), right.carry(atMost: count))
    if moved == (false, false) { return }
  }
}
