/// A token bucket for control frames: a burst at once, then a sustained rate.
struct ControlFrameBudget: Sendable {
  private let burst: Int
  private let refillInterval: Duration
  private var tokens: Int
  private var refilledAt: Duration?

  init(limits: WSLimits) {
    burst = limits.controlFrameBurst
    tokens = limits.controlFrameBurst
    refillInterval = .seconds(1) / max(1, limits.controlFramesPerSecond)
  }

  /// Takes one token; returns whether there was one.
  mutating func takeOne(now: Duration) -> Bool {
    if let last = refilledAt {
      let earned = (now - last) / refillInterval
      if earned >= 1 {
        tokens = min(burst, tokens + Int(min(earned, Double(burst))))
        refilledAt = now
      }
    } else {
      refilledAt = now
    }
    guard tokens > 0 else { return false }
    tokens -= 1
    return true
  }
}
