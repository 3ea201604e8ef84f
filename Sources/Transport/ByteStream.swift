/// A two-way stream of octets on a ``Loop``: plain TCP, or a layer such as TLS on top of it.
public protocol ByteStream: AnyObject {
  /// The receiver of everything that happens; held strongly until `closed` was delivered.
  ///
  /// A stream without a delegate does not read. Replacing the delegate is allowed at any time, also inside a callback.
  var delegate: (any ByteStreamDelegate)? { get set }
  /// The address of the other end.
  var peerAddress: SocketAddress { get }
  /// The number of octets written and not yet taken by the system.
  var pendingOutputBytes: Int { get }
  /// The number of octets written of which the peer's system has not said that it has them, ``pendingOutputBytes`` included.
  ///
  /// Shows that a slow peer reads: the system keeps MiB back, and reports room for more only once a third of that has gone. Costs a system
  /// call. Where the system does not tell, ``pendingOutputBytes``.
  var unacknowledgedOutputBytes: Int { get }
  /// The number of pending octets from which a writer should stop; `drained` is called once they were reached and left.
  var highWatermark: Int { get set }
  /// The number of pending octets at which a writer that stopped at ``highWatermark`` may go on.
  var lowWatermark: Int { get set }

  /// Takes `octets` for sending at the end of the loop's turn, together with all other writes of the turn.
  func write(_ octets: consuming [UInt8])
  /// Sends `octets` in a write system call of their own, at once if the system takes everything written before.
  func writeNow(_ octets: consuming [UInt8])
  /// Stops reading; nothing more is received, and the end of the stream is not noticed, until ``resumeReading()``.
  func pauseReading()
  /// Reads again after ``pauseReading()``.
  func resumeReading()
  /// Ends our direction after all pending output; the peer sees the end of the stream, and reading goes on.
  func shutdownWrite()
  /// Closes without ever resetting: sends pending output, ends our direction, discards input until the peer has finished.
  func closeGracefully(within limit: Duration)
  /// Closes at once, after a single attempt to send pending output.
  func close()
  /// Drops the connection at once, with pending output; the peer sees a reset.
  func abort()
}

extension ByteStream {
  /// The same as ``pendingOutputBytes``: for streams under which no system holds anything.
  public var unacknowledgedOutputBytes: Int { pendingOutputBytes }
}

/// The receiver of what happens on a ``ByteStream``.
///
/// Callbacks come from the loop's turn only, never from inside a call into the stream. Each of them may write to, close or
/// abort any stream. `closed` comes exactly once and last, also for a stream that was closed by this side.
public protocol ByteStreamDelegate: AnyObject {
  /// The connection that this side opened is established.
  func connected(_ stream: any ByteStream)
  /// Octets arrived; they are valid during the call only.
  func received(_ octets: Span<UInt8>, from stream: any ByteStream)
  /// The peer ended its direction; writing is still possible.
  func receivedEndOfFile(from stream: any ByteStream)
  /// Pending output had reached the high watermark and is now at or below the low watermark.
  func drained(_ stream: any ByteStream)
  /// The stream is closed and its descriptor is released; no callback follows.
  func closed(_ stream: any ByteStream, reason: CloseReason)
}

extension ByteStreamDelegate {
  /// Does nothing: accepted streams are established already.
  public func connected(_ stream: any ByteStream) {}
  /// Does nothing: for delegates that never stop writing.
  public func drained(_ stream: any ByteStream) {}
}
