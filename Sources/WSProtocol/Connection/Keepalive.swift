/// Finds out whether a silent peer is still there (RFC 6455 §5.5.2).
struct Keepalive: Sendable {
  private enum State: Sendable {
    case off
    case listening(pingAt: Duration)
    case pinged(giveUpAt: Duration)
  }

  /// What to do at a deadline.
  enum Action: Sendable { case wait, ping, giveUp }

  private let interval: Duration?
  private let timeout: Duration
  private var state: State

  init(limits: WSLimits, now: Duration) {
    interval = limits.keepalivePingInterval
    timeout = limits.keepalivePongTimeout
    state = limits.keepalivePingInterval.map { .listening(pingAt: now + $0) } ?? .off
  }

  var deadline: Duration? {
    switch state {
    case .off: nil
    case .listening(let pingAt): pingAt
    case .pinged(let giveUpAt): giveUpAt
    }
  }

  mutating func heardPeer(now: Duration) {
    if let interval { state = .listening(pingAt: now + interval) }
  }

  mutating func action(now: Duration) -> Action {
    switch state {
    case .off: return .wait
    case .listening(let pingAt):
      guard now >= pingAt else { return .wait }
      state = .pinged(giveUpAt: now + timeout)
      return .ping
    case .pinged(let giveUpAt): return now >= giveUpAt ? .giveUp : .wait
    }
  }
}
