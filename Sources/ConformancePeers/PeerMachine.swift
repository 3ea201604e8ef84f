/// The server's side of one TCP connection without I/O: what the simulator and ``PeerServer`` drive.
public protocol PeerMachine {
  /// Takes octets of the client.
  mutating func receive(_ octets: Span<UInt8>, now: Duration)
  /// The client ended its direction.
  mutating func receivedEndOfFile(now: Duration)
  /// Takes the octets to be written, in order.
  mutating func takeOutput() -> [[UInt8]]
  /// When ``handleDeadline(now:)`` is due, or `nil`; only the simulator asks, for machines that are tested in virtual time.
  var deadline: Duration? { get }
  /// Acts upon a deadline that has passed; does nothing before it.
  mutating func handleDeadline(now: Duration)
  /// How the connection is to be dropped once the output was written, or `nil` to keep it.
  var ending: PeerEnding? { get }
}

/// How a peer drops a connection.
public enum PeerEnding: Sendable, Equatable {
  /// In order.
  case endOfFile
  /// With a reset.
  case reset
}

extension PeerMachine {
  /// None.
  public var deadline: Duration? { nil }
  /// Does nothing.
  public mutating func handleDeadline(now: Duration) {}
  /// Does nothing: the other side ends the connection.
  public mutating func receivedEndOfFile(now: Duration) {}
}
