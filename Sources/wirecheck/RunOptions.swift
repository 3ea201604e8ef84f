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

  @Option(
    name: .customLong("not"),
    help: ArgumentHelp("Cases to leave out: an id or a glob; may be given several times.", valueName: "case"))
  var exclusions: [String] = []

  @Option(help: ArgumentHelp("Connections at once, 1 to \(RunPlan.maximumJobs); timed cases always run alone.", valueName: "count"))
  var jobs: Int = RunPlan.defaultJobs

  @Option(
    help: ArgumentHelp(
      "Seconds without any octet after which a case gives up what is due; timed cases wait five times as long.", valueName: "seconds"))
  var timeout: Double = 2

  @Option(
    help: ArgumentHelp(
      "What masking keys and nonces are derived from: the same seed sends the same octets. Default: random, and printed.",
      valueName: "number"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Directory to write reports to; created if missing. Default: none are written.", valueName: "directory"))
  var out: String?

  @Option(help: ArgumentHelp("Reports to write to --out, separated by commas. Default: html,json.", valueName: "kinds"))
  var report: String?

  @Option(help: "What standard output gets: text or json.")
  var format: OutputFormat = .text

  @Option(help: ArgumentHelp("The peer's name in reports. Default: what its Server field says.", valueName: "name"))
  var agent: String?

  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp(
      "What makes the exit code 1: must, a broken MUST; should, flaky or inconclusive, that as well; never, nothing. Default: must.",
      valueName: "what"),
    transform: Self.threshold)
  var failOn: FailureThreshold = .must

  @Sendable private static func threshold(_ word: String) throws -> FailureThreshold {
    guard let threshold = FailureThreshold(rawValue: word) else {
      throw ValidationError("write one of \(FailureThreshold.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return threshold
  }

  /// The directory named by `--out`, made and known to be writable, or `nil` without one.
  func reportDirectory() throws -> ReportDirectory? {
    try out.map { try ReportDirectory(path: $0, kinds: reportKinds()) }
  }

  /// The kinds named by `--report`, each once.
  private func reportKinds() throws -> [ReportKind] {
    guard let report else { return ReportKind.allCases }
    let named = try report.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let kind = ReportKind(rawValue: String(word)) else {
        throw UsageFailure(description: "--report \(report): there is no report '\(word)'; write html, json or html,json")
      }
      return kind
    }
    return ReportKind.allCases.filter(named.contains)
  }

  /// Checks what the parser cannot, before anything is sent.
  func selectedCases() throws -> [ConformanceCase] {
    guard (1...RunPlan.maximumJobs).contains(jobs) else {
      throw UsageFailure(description: "--jobs \(jobs): give 1 to \(RunPlan.maximumJobs)")
    }
    guard timeout >= 0.05, timeout <= 600 else { throw UsageFailure(description: "--timeout \(timeout): give 0.05 to 600 seconds") }
    _ = try reportKinds()
    if let report, out == nil { throw UsageFailure(description: "--report \(report): name the directory with --out") }
    return try Self.select(cases, excluding: exclusions)
  }

  static func select(_ words: [String], excluding exclusions: [String] = []) throws -> [ConformanceCase] {
    do throws(CaseSelection.Failure) {
      return try CaseSelection.cases(words, excluding: exclusions)
    } catch {
      switch error {
      case .nothingSelected(let glob):
        let words = glob.map { "'\($0)' selects no case" } ?? "no case is selected: --not leaves out all of them"
        throw UsageFailure(description: "\(words); 'wirecheck cases list' shows them all", code: 5)
      case .unknownCase(let word, let similar):
        let hint = similar.isEmpty ? "'wirecheck cases list' shows them all" : "similar: \(similar.joined(separator: ", "))"
        throw UsageFailure(
          description: "there is no case '\(word)'; \(hint); a whole chapter is selected with a glob such as 'ws/ping/*'")
      }
    }
  }
}
