/// What became of a whole run: the one result model every report is derived from.
public struct RunResult: Sendable, Equatable {
  /// What was tested.
  public struct Target: Sendable, Equatable {
    /// The URL with user information and query redacted.
    public var url: String
    /// The name of the peer: given by the user, or its `Server` field, or `unknown`.
    ///
    /// Escaped.
    public var agent: String
    /// The addresses connected to.
    public var address: String
    /// The words of the command line, secrets left out, without which the target is not reached in the same way.
    ///
    /// Default: none.
    public var options: [String]
    /// What a reader must know of the way to the target, such as that no certificate was verified.
    ///
    /// Default: nothing.
    public var notes: [String]

    /// Creates a target.
    public init(url: String, agent: String, address: String, options: [String] = [], notes: [String] = []) {
      self.url = url
      self.agent = agent
      self.address = address
      self.options = options
      self.notes = notes
    }
  }

  /// How the tool ended.
  public struct Exit: Sendable, Equatable {
    /// The exit code.
    public var code: Int
    /// Why, in words.
    public var why: String

    /// Creates an ending.
    public init(code: Int, why: String) {
      self.code = code
      self.why = why
    }
  }

  /// What was tested.
  public var target: Target
  /// When the run began, in ISO 8601 with the time zone.
  public var startedAt: String
  /// How long it took.
  public var duration: Duration
  /// The seed that masking keys and nonces were derived from.
  public var seed: UInt64
  /// How many connections ran at once.
  public var jobs: Int
  /// How the tool ended.
  public var exit: Exit
  /// What was left out of the report for secrecy, in words.
  public var redactions: [String]
  /// The cases in catalogue order, the ones not run included.
  public var cases: [CaseResult]

  /// Creates the result of a run.
  public init(
    target: Target, startedAt: String, duration: Duration, seed: UInt64, jobs: Int, exit: Exit, redactions: [String],
    cases: [CaseResult]
  ) {
    self.target = target
    self.startedAt = startedAt
    self.duration = duration
    self.seed = seed
    self.jobs = jobs
    self.exit = exit
    self.redactions = redactions
    self.cases = cases
  }

  /// The number of cases that were run and judged.
  public var judgedCount: Int { cases.count { $0.wasJudged } }

  /// How many cases have `verdict`.
  public func count(of verdict: Verdict) -> Int { cases.count { $0.verdict == verdict } }

  /// How many connections ended with `verdict`.
  public func count(of verdict: CloseVerdict) -> Int { cases.count { $0.close.verdict == verdict } }
}
