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
      let earned = Int(max(0, min((now - last) / refillInterval, Double(burst))))
      tokens = min(burst, tokens + earned)
      // What is left of an interval counts towards the next token; a full bucket saves nothing up.
      refilledAt = tokens < burst ? last + refillInterval * earned : now
    } else {
      refilledAt = now
    }
    guard tokens > 0 else { return false }
    tokens -= 1
    return true
  }
}
