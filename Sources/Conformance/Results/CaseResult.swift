/// What became of one case.
public struct CaseResult: Sendable, Equatable {
  /// How the connection ended.
  public struct Close: Sendable, Equatable {
    /// The judgement, or `nil` for a case that was not run.
    public var verdict: CloseVerdict?
    /// The code of the peer's Close frame, or `nil` without one.
    public var peerCode: UInt16?
    /// The octets of the reason in the peer's Close frame.
    public var peerReason: [UInt8]
    /// What happened, in words.
    public var why: String

    /// Creates the record of an ending.
    public init(verdict: CloseVerdict? = nil, peerCode: UInt16? = nil, peerReason: [UInt8] = [], why: String = "") {
      self.verdict = verdict
      self.peerCode = peerCode
      self.peerReason = peerReason
      self.why = why
    }
  }

  /// The case.
  public let conformanceCase: ConformanceCase
  /// The judgement of what was exchanged.
  public var verdict: Verdict
  /// How the peer came to fail, where that is known.
  public var reason: FailureReason?
  /// How bad a failure is, beyond that a requirement is broken.
  public var severity: FailureSeverity?
  /// Why the verdict is what it is, in words, with the section; peer octets in it are escaped.
  public var why: String
  /// The requirement `why` speaks of; the case's own unless the peer broke another one.
  public var requirement: Requirement
  /// How the connection ended.
  public var close: Close
  /// What was observed, one line for each event, peer octets escaped.
  public var observed: [String]
  /// From the connection attempt to the verdict.
  public var duration: Duration
  /// What went over the wire, bounded.
  public var wireLog: [WireLogEntry]
  /// The verdicts of all runs when the case was run more than once.
  public var runs: [Verdict]

  /// Creates a result.
  public init(
    _ conformanceCase: ConformanceCase, verdict: Verdict, reason: FailureReason? = nil, severity: FailureSeverity? = nil, why: String,
    requirement: Requirement? = nil, close: Close = Close(), observed: [String] = [], duration: Duration = .zero,
    wireLog: [WireLogEntry] = [], runs: [Verdict] = []
  ) {
    self.conformanceCase = conformanceCase
    self.verdict = verdict
    self.reason = reason
    self.severity = severity
    self.why = why
    self.requirement = requirement ?? conformanceCase.requirement
    self.close = close
    self.observed = observed
    self.duration = duration
    self.wireLog = wireLog
    self.runs = runs
  }

  /// Whether the case was judged: run, whatever came of it.
  public var wasJudged: Bool { verdict != .notRun }
}
