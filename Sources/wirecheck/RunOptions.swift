import ArgumentParser
import Conformance
import ConformanceRunner
import FoundationEssentials

/// How results are printed on standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// A report that can be written to a directory.
enum ReportKind: String, CaseIterable {
  case html, json

  var fileName: String { "report.\(rawValue)" }
}

/// The options of every command that runs cases.
struct RunOptions: ParsableArguments {
  @Argument(help: "Cases to run: ids (ws/ping/empty), Autobahn's ids (2.1) or globs ('ws/utf8/*'). Default: all.")
  var cases: [String] = []

  @Option(name: .customLong("not"), help: "Cases to leave out: an id or a glob; may be given several times.")
  var exclusions: [String] = []

  @Option(help: "Connections at once, 1 to \(RunPlan.maximumJobs); timed cases always run alone.")
  var jobs: Int = RunPlan.defaultJobs

  @Option(help: "Seconds without any octet after which a case gives up what is due; timed cases wait five times as long.")
  var timeout: Double = 2

  @Option(help: "What masking keys and nonces are derived from: the same seed sends the same octets. Default: random, and printed.")
  var seed: UInt64?

  @Option(help: "Directory to write reports to; created if missing. Default: none are written.")
  var out: String?

  @Option(help: "Reports to write to --out, separated by commas: html, json.")
  var report: String = "html,json"

  @Option(help: "What standard output gets: text or json.")
  var format: OutputFormat = .text

  @Option(help: "The peer's name in reports. Default: what its Server field says.")
  var agent: String?

  @Option(
    name: .customLong("fail-on"), help: "Exit with 1 from which verdict on: must, should, flaky, inconclusive, never.",
    transform: Self.threshold)
  var failOn: FailureThreshold = .must

  @Sendable private static func threshold(_ word: String) throws -> FailureThreshold {
    guard let threshold = FailureThreshold(rawValue: word) else {
      throw ValidationError("write one of \(FailureThreshold.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return threshold
  }

  /// The kinds named by `--report`.
  func reportKinds() throws -> [ReportKind] {
    try report.split(separator: ",").map { word in
      guard let kind = ReportKind(rawValue: String(word)) else {
        throw UsageFailure(description: "--report \(word): there is no such report; write html, json or html,json")
      }
      return kind
    }
  }

  /// Checks what the parser cannot, before anything is sent.
  func selectedCases() throws -> [ConformanceCase] {
    guard (1...RunPlan.maximumJobs).contains(jobs) else {
      throw UsageFailure(description: "--jobs \(jobs): give 1 to \(RunPlan.maximumJobs)")
    }
    guard timeout >= 0.05, timeout <= 600 else { throw UsageFailure(description: "--timeout \(timeout): give 0.05 to 600 seconds") }
    _ = try reportKinds()
    return try Self.select(cases, excluding: exclusions)
  }

  static func select(_ words: [String], excluding exclusions: [String] = []) throws -> [ConformanceCase] {
    do throws(CaseSelection.Failure) {
      return try CaseSelection.cases(words, excluding: exclusions)
    } catch {
      switch error {
      case .nothingSelected:
        throw UsageFailure(
          description: "no case is selected; 'wirecheck cases list' shows them all", code: 5)
      case .unknownCase(let word, let similar):
        let hint = similar.isEmpty ? "'wirecheck cases list' shows them all" : "similar: \(similar.joined(separator: ", "))"
        throw UsageFailure(
          description: "there is no case '\(word)'; \(hint); a whole chapter is selected with a glob such as 'ws/ping/*'")
      }
    }
  }
}
