/// Whose doing a failure is.
public enum Blame: Sendable, Equatable {
  /// The peer broke a rule of the protocol.
  case peerViolation
  /// The peer sent something valid that is more than our limits allow.
  case peerExceededLimit
  /// The peer gave a valid answer that is not the one asked for.
  case peerRefusal
  /// The program that uses this package asked for something impossible.
  case callerMistake
}
