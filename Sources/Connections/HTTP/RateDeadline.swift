/// When a peer has fallen too far behind the slowest pace it is allowed.
///
/// It may lag by a grace that what it moves wins back, but never by more: who was fast cannot be silent for long afterwards.
struct RateDeadline: Sendable, Equatable {
  private let bytesPerSecond: Int
  private let grace: Duration
  /// When the grace is used up.
  private(set) var deadline: Duration

  init(bytesPerSecond: Int, grace: Duration, now: Duration) {
    self.bytesPerSecond = max(1, bytesPerSecond)
    self.grace = grace
    deadline = now + grace
  }

  /// Notes that so many octets have moved.
  mutating func moved(_ count: Int, now: Duration) { deadline = min(deadline + .seconds(count) / bytesPerSecond, now + grace) }

  /// Notes that for so long nothing could move.
  mutating func delay(by pause: Duration) { deadline += pause }
}
