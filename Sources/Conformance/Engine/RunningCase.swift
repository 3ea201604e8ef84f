/// One run of one case from the connection attempt to the result; without I/O or clock.
///
/// The caller moves octets and reports what happens to the TCP connection:
///
///     run.connected(now:)
///     while let write = run.nextWrite(now:) { … }     // after every call below, while the transport has room
///     run.receive(octets, now:)
///     run.transportEnded(.endOfFile, now:)
///     run.handleDeadline(now:)                        // at run.deadline
///
/// until ``result`` is there; then the connection is to be dropped.
public protocol RunningCase: Sendable {
  /// The result, once the case is over.
  var result: CaseResult? { get }
  /// When ``handleDeadline(now:)`` is due; `nil` before the connection, whose deadline is the transport's, and after the end.
  var deadline: Duration? { get }
  /// The connection is established, in the way that `words` tell the log.
  mutating func connected(_ words: String, now: Duration)
  /// No connection could be established; does nothing once one was.
  mutating func notConnected(_ words: String, now: Duration)
  /// The next octets for the transport, or `nil` when there are none for now.
  mutating func nextWrite(now: Duration) -> Write?
  /// Takes octets of the peer.
  mutating func receive(_ octets: Span<UInt8>, now: Duration)
  /// The TCP connection has ended.
  mutating func transportEnded(_ ending: TransportEnding, now: Duration)
  /// Acts upon a deadline that has passed.
  mutating func handleDeadline(now: Duration)
}

extension RunningCase {
  /// The connection is established, over TCP alone.
  public mutating func connected(now: Duration) { connected("TCP connection established", now: now) }
}
