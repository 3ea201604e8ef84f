/// What a case amounts to.
struct Judgement: Sendable, Equatable {
  var verdict: Verdict
  var reason: FailureReason?
  var why: String
  var requirement: Requirement?
  var close: CloseVerdict
  var closeWhy: String
}

/// How a TCP connection came to its end.
public enum TransportEnding: Sendable, Equatable {
  /// The peer closed it in order.
  case endOfFile
  /// The peer reset it.
  case reset
  /// Another failure, in words.
  case failed(String)

  /// What the peer did, after "the peer".
  var words: String {
    switch self {
    case .endOfFile: "closed the TCP connection"
    case .reset: "reset the TCP connection"
    case .failed(let words): "lost the connection (\(words))"
    }
  }
}

/// The waits of a case.
public struct CaseTiming: Sendable, Equatable {
  /// How long nothing may go over the wire while something is due.
  ///
  /// Default 2 s.
  public var idleTimeout: Duration
  /// The same for timed cases with their large messages.
  ///
  /// Default 10 s.
  public var timedIdleTimeout: Duration { idleTimeout * 5 }
  /// The longest a case takes, whatever goes on.
  func totalTimeout(isTimed: Bool) -> Duration { isTimed ? idleTimeout * 60 : idleTimeout * 10 }
  /// The idle timeout of a case.
  func idleTimeout(isTimed: Bool) -> Duration { isTimed ? timedIdleTimeout : idleTimeout }

  /// Creates the waits.
  public init(idleTimeout: Duration = .seconds(2)) { self.idleTimeout = idleTimeout }
}
