/// The output of a session: what is to be written, and whether the peer keeps taking it.
struct SessionOutput: Sendable {
  private var segments: [[UInt8]] = []
  private var writtenBytes = 0
  /// What the peer had not taken when it was last looked at.
  private(set) var pendingBytes = 0
  /// How many octets the peer had taken by then, and when it has taken too few; `nil` while it has everything.
  private var progress: (takenBytes: Int, rate: RateDeadline)?

  /// When the peer has taken too few octets.
  var deadline: Duration? { progress?.rate.deadline }

  mutating func append(_ octets: [UInt8]) {
    if !octets.isEmpty { segments.append(octets) }
  }

  mutating func take() -> [[UInt8]] {
    defer { segments = [] }
    for segment in segments { writtenBytes += segment.count }
    return segments
  }

  /// Notes what the system has not taken of the output that was written, and what the peer's has not.
  mutating func notePending(_ count: Int, unacknowledged: Int, limits: HTTPConnectionLimits, now: Duration) {
    pendingBytes = count
    guard count > 0 else { return progress = nil }
    let taken = writtenBytes - max(count, unacknowledged)
    var rate = progress?.rate ?? RateDeadline(bytesPerSecond: limits.minimumBytesPerSecond, grace: limits.outputGrace, now: now)
    rate.moved(progress.map { max(0, taken - $0.takenBytes) } ?? 0, now: now)
    progress = (taken, rate)
  }
}

/// Why, and since when, nothing is read.
struct InputPause: Sendable {
  struct Reasons: OptionSet, Sendable {
    let rawValue: UInt8
    /// The application wants it so.
    static let application = Reasons(rawValue: 1 << 0)
    /// The peer does not take what it is sent.
    static let fullOutput = Reasons(rawValue: 1 << 1)
  }

  private var reasons: Reasons = []
  private var since = Duration.zero

  var isEmpty: Bool { reasons.isEmpty }

  mutating func begin(_ reason: Reasons, now: Duration) {
    if reasons.isEmpty { since = now }
    reasons.insert(reason)
  }

  /// Ends one reason.
  ///
  /// - Returns: How long the pause was, if that was its last reason.
  @discardableResult
  mutating func end(_ reason: Reasons, now: Duration) -> Duration? {
    guard !reasons.isDisjoint(with: reason) else { return nil }
    reasons.subtract(reason)
    return reasons.isEmpty ? now - since : nil
  }
}
