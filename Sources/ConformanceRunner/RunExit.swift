public import Conformance

/// From which verdicts on a run counts as failed.
public enum FailureThreshold: String, Sendable, CaseIterable {
  /// A MUST is broken. The default.
  case must
  /// A SHOULD is broken.
  case should
  /// A verdict differs on rerun.
  case flaky
  /// Evidence was lost.
  case inconclusive
  /// Never: for those who want the files only.
  case never

  /// Whether a result reaches the threshold.
  ///
  /// The closing axis counts: a Close frame that is not answered, or a TCP connection left open, breaks a MUST of RFC 6455 §5.5.1.
  public func isReached(by result: CaseResult) -> Bool {
    guard self != .never else { return false }
    switch result.verdict {
    case .fail: return true
    case .pass, .passWithNote, .deviation:
      if result.close.verdict == .unclean || result.close.verdict == .droppedByUs { return true }
      return self == .should && result.verdict == .deviation
    case .flaky: return self == .flaky
    case .inconclusive: return self == .inconclusive
    case .informational, .weak, .unsupported, .notRun, .error: return false
    }
  }
}

/// How a run of the tool ends.
public enum RunExit: Sendable, Equatable {
  /// 0: ran to the end, nothing at or above the threshold.
  case success
  /// 1: so many results at or above the threshold.
  case failures(Int)
  /// 3: the target could not be reached, did not complete an opening handshake, or died.
  case targetDown(String)
  /// 6: a fault of the tester.
  case internalError(String)
  /// 130 or 143: interrupted by this signal.
  case interrupted(signal: Int32)

  /// The exit code of the process.
  public var code: Int32 {
    switch self {
    case .success: 0
    case .failures: 1
    case .targetDown: 3
    case .internalError: 6
    case .interrupted(let signal): 128 + signal
    }
  }

  /// Why, in words.
  public var why: String {
    switch self {
    case .success: "ran to the end; nothing at or above the threshold"
    case .failures(let count): "\(count) \(count == 1 ? "case" : "cases") at or above the threshold"
    case .targetDown(let words), .internalError(let words): words
    case .interrupted: "interrupted; what was not run is marked"
    }
  }
}
