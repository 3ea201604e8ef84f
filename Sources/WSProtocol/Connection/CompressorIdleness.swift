/// Finds out how long no message was compressed, without being told the time when one is.
///
/// Theory of operation: a message was compressed no earlier than the last time told before it, and no later than the first told after it. Counted
/// from the second of them, a compressor is never called idle early; that it is told in time is what the deadline before is for.
struct CompressorIdleness: Sendable {
  private enum State: Sendable {
    /// Nothing is held.
    case released
    /// The time was not told since.
    case used(lookAgainAt: Duration)
    case unused(releaseAt: Duration)
  }

  private let interval: Duration?
  private var state = State.released
  /// The last time that was told.
  private var latest: Duration

  init(limits: WSLimits, now: Duration) {
    interval = limits.compressorIdleRelease
    latest = now
  }

  var deadline: Duration? {
    switch state {
    case .released: nil
    case .used(let lookAgainAt): lookAgainAt
    case .unused(let releaseAt): releaseAt
    }
  }

  /// Notes that a message was compressed and that memory is held since.
  mutating func noteUse() {
    if let interval { state = .used(lookAgainAt: latest + interval) }
  }

  /// Notes the time; returns whether the memory is to be given back.
  mutating func tell(now: Duration) -> Bool {
    latest = now
    switch state {
    case .released: return false
    case .used:
      if let interval { state = .unused(releaseAt: now + interval) }
      return false
    case .unused(let releaseAt):
      guard now >= releaseAt else { return false }
      state = .released
      return true
    }
  }
}
