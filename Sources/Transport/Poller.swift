/// What a descriptor is ready for, or what is waited for.
public struct Readiness: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// Creates a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Reading, or accepting, will not block.
  public static let readable = Readiness(rawValue: 1)
  /// Writing will not block, or connecting has ended.
  public static let writable = Readiness(rawValue: 2)
  /// The descriptor failed or both directions have ended; reported whether it is waited for or not.
  public static let hangup = Readiness(rawValue: 4)
}

/// One report of a ``Poller``.
public struct PollerEvent: Hashable, Sendable {
  /// The token that the descriptor was added with.
  public let token: UInt64
  /// What the descriptor is ready for.
  public let readiness: Readiness

  /// Creates a report.
  public init(token: UInt64, readiness: Readiness) {
    self.token = token
    self.readiness = readiness
  }
}

/// The readiness notification of an operating system, level-triggered.
public protocol Poller: AnyObject {
  /// Starts watching `descriptor`; reports carry `token`.
  func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError)
  /// Changes what is waited for on a watched descriptor.
  func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError)
  /// Stops watching `descriptor`, which is still open.
  func remove(_ descriptor: Int32)
  /// Replaces `events` with what is ready, after waiting for at most `limit` (nil: without limit) for the first one.
  ///
  /// A signal may end the wait early, with no events.
  func wait(atMost limit: Duration?, into events: inout [PollerEvent]) throws(TransportError)
}

extension Duration {
  /// Whole milliseconds, rounded up so that nobody wakes before a deadline; within 0 and `Int32.max`.
  var roundedUpToMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 2_000_000 else { return .max }
    guard self > .zero else { return 0 }
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
