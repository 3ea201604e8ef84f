import Conformance

// What several reports derive from the result model.

extension CaseResult {
  /// The first two components of the id, such as `ws/framing`.
  var section: String { conformanceCase.id.split(separator: "/").prefix(2).joined(separator: "/") }

  /// Whether somebody should look at the case: its verdict or its ending is not as required.
  ///
  /// Cases not run are counted apart.
  var isProblem: Bool { verdict.isProblem || close.verdict?.isProblem == true }

  /// Why the verdict is what it is, with the section it rests on; where a verdict rests on none, without.
  var citedWhy: String {
    switch verdict {
    case .deviation, .fail, .weak, .passWithNote, .informational:
      why.contains(requirement.citation) ? why : "\(why) (\(requirement.citation))"
    case .pass, .flaky, .inconclusive, .unsupported, .notRun, .error: why
    }
  }

  /// The command that runs the case alone.
  func reproduceCommand(target: RunResult.Target) -> String {
    (["wirecheck", "test"] + ([target.url, conformanceCase.id] + target.options).map(SafeText.shellWord)).joined(separator: " ")
  }
}

extension Verdict {
  /// Whether a case with this verdict needs attention.
  var isProblem: Bool {
    switch self {
    case .deviation, .fail, .weak, .flaky, .inconclusive, .error: true
    case .pass, .passWithNote, .informational, .unsupported, .notRun: false
    }
  }
}

extension CloseVerdict {
  /// Whether an ending with this verdict needs attention.
  var isProblem: Bool {
    switch self {
    case .ok, .informational: false
    case .unclean, .wrongCode, .droppedByUs, .failed: true
    }
  }
}

extension RunResult {
  /// The verdicts that occur, in the order of the vocabulary, with their counts.
  var verdictCounts: [(verdict: Verdict, count: Int)] { Self.verdictCounts(cases) }

  /// The close verdicts that occur, in the order of the vocabulary, with their counts.
  var closeCounts: [(verdict: CloseVerdict, count: Int)] {
    CloseVerdict.allCases.map { ($0, count(of: $0)) }.filter { $0.1 > 0 }
  }

  /// The cases by section, sections in the order of their first case.
  var sections: [(name: String, cases: [CaseResult])] {
    var order: [String] = []
    var groups: [String: [CaseResult]] = [:]
    for result in cases {
      if groups[result.section] == nil { order.append(result.section) }
      groups[result.section, default: []].append(result)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// The verdicts that occur among `cases`, in the order of the vocabulary, with their counts.
  static func verdictCounts(_ cases: [CaseResult]) -> [(verdict: Verdict, count: Int)] {
    Verdict.allCases.map { verdict in (verdict, cases.count { $0.verdict == verdict }) }.filter { $0.1 > 0 }
  }
}

extension Duration {
  /// Milliseconds with three decimals, rounded down; a negative duration counts as zero.
  var millisecondsText: String {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return "0.000" }
    let microseconds = attoseconds / 1_000_000_000_000
    let milliseconds = "\(seconds.multipliedReportingOverflow(by: 1000).partialValue &+ microseconds / 1000)"
    let fraction = "\(microseconds % 1000)"
    return milliseconds + "." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  /// The duration for people: `0.4 ms`, `37 ms`, `12.3 s`, `2 min 5 s`.
  var words: String {
    let milliseconds = self.milliseconds
    switch milliseconds {
    case ..<10: return "\(millisecondsText.dropLast(2)) ms"
    case ..<1000: return "\(milliseconds) ms"
    case ..<60_000: return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    default: return "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
    }
  }
}

/// `1 case`, `2 cases`.
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(plural ?? noun + "s")"
}
