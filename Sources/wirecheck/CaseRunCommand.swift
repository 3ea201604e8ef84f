import Conformance
import ConformanceReport
import ConformanceRunner
import ArgumentParser
import FoundationEssentials
import Transport

/// What `test` and `self-check` share: run, show progress, print, write reports, exit.
struct CaseRunCommand {
  let options: RunOptions
  let target: TargetURL
  let loop: Loop

  /// Runs the selected cases.
  ///
  /// - Throws: `ExitCode` for every ending but success.
  func run(_ cases: [ConformanceCase], directory: ReportDirectory?) throws {
    let startedAt = Date.now.formatted(.iso8601)
    let seed = options.seed ?? UInt64.random(in: .min ... .max)
    let style = TextReport.Style(console: options.format)
    let progress = ProgressPrinter(style: style, isQuiet: options.format == .json)
    let plan = RunPlan(
      route: target.route, offer: target.offer, cases: cases, jobs: options.jobs,
      timing: CaseTiming(idleTimeout: .seconds(options.timeout)), seed: seed, threshold: options.failOn)
    let runner = Runner(plan, on: loop) { progress.show($0) }
    Interruption.watch()
    runner.start()
    while runner.exit == nil {
      try loop.turn(waitAtMost: .milliseconds(500))
      if let signal = Interruption.number { runner.interrupt(signal: signal) }
    }
    progress.end()
    let result = runner.result(
      url: "\(target.url)", agent: options.agent, startedAt: startedAt, options: target.rerunOptions, notes: target.notes,
      redactions: target.redactions)
    // What was found is said even if the files cannot be written.
    let files = Result { try directory?.write(result) ?? [] }
    show(result, files: (try? files.get()) ?? [], style: style, progress: progress)
    _ = try files.get()
    if result.exit.code != 0 { throw ExitCode(Int32(result.exit.code)) }
  }

  private func show(_ result: RunResult, files: [String], style: TextReport.Style, progress: ProgressPrinter) {
    switch options.format {
    case .json: Console.write(JSONReport.encode(result, toolVersion: Wirecheck.version) + [0x0A], to: 1)
    case .text:
      progress.showChanges(result)
      for line in TextReport(style: style).summaryLines(result) { Console.standardOutput(line) }
      for file in files { Console.standardOutput("report: \(file)") }
    }
    // Where both are one screen, the summary has just said it.
    let isSaid = options.format == .text && Console.isOutputTerminal && Console.isErrorTerminal
    if !isSaid, result.exit.code == 3 || result.exit.code == 6 { Console.standardError("Error: \(result.exit.why)") }
  }
}

extension TextReport.Style {
  /// The style for standard output, from the terminal and the usual environment variables.
  init(console format: OutputFormat) {
    self.init()
    let environment = ProcessInfo.processInfo.environment
    let forced = environment["CLICOLOR_FORCE"].map { $0 != "0" } ?? false
    usesColour = environment["NO_COLOR"] == nil && (Console.isOutputTerminal || forced)
    isASCIIOnly = Console.isASCIIOnly
    width = Console.columns(of: 1)
  }
}
