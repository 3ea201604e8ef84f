public import Conformance
public import Connections
public import WSHandshake

/// What to run against which target.
public struct RunPlan: Sendable {
  /// The most connections at once.
  public static let maximumJobs = 16
  /// How many connections run at once by default: measured, more are no faster and weigh on the peer (decision 0012).
  public static let defaultJobs = 8

  /// The way to the target; the address that accepts the first connection is used for the whole run.
  public var route: Route
  /// What to ask for in every opening handshake.
  public var offer: ClientOffer
  /// The cases.
  public var cases: [ConformanceCase]
  /// How many connections run at once, 1…``maximumJobs``.
  ///
  /// Default ``defaultJobs``.
  public var jobs: Int
  /// The waits.
  public var timing: CaseTiming
  /// What masking keys and nonces are derived from.
  public var seed: UInt64
  /// From which verdicts on the run counts as failed.
  public var threshold: FailureThreshold

  /// Creates a plan; `jobs` is brought into its range.
  public init(
    route: Route, offer: ClientOffer, cases: [ConformanceCase], jobs: Int = defaultJobs,
    timing: CaseTiming = CaseTiming(), seed: UInt64 = 0, threshold: FailureThreshold = .must
  ) {
    self.route = route
    self.offer = offer
    self.cases = cases
    self.jobs = min(max(1, jobs), Self.maximumJobs)
    self.timing = timing
    self.seed = seed
    self.threshold = threshold
  }
}
