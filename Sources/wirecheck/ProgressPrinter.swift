import Conformance
import ConformanceReport
import ConformanceRunner

/// Shows how far a run is: one live line on a terminal, a line for every tenth elsewhere; what is not a pass is printed as it occurs.
final class ProgressPrinter {
  private let text: TextReport
  private let isQuiet: Bool
  private let isLive = Console.isErrorTerminal
  private var told: [String: [String]] = [:]
  private var problems = 0
  private var lastTenth = 0
  private var hasLiveLine = false

  init(style: TextReport.Style, isQuiet: Bool) {
    text = TextReport(style: style)
    self.isQuiet = isQuiet
    if isLive, !isQuiet { showLive("connecting") }
  }

  func show(_ progress: Runner.Progress) {
    switch progress {
    case .begun(let total, let controlFault):
      if !isLive, !isQuiet { Console.standardError("running \(total) \(total == 1 ? "case" : "cases")") }
      if let controlFault {
        clear()
        let words = "warning: the control case failed: \(controlFault); does the server echo every message, and send nothing else?"
        for line in text.paragraph(words) { Console.standardError(line) }
      }
    case .finished(let result, let done, let total): if !isQuiet { show(result, done: done, total: total) }
    }
  }

  /// Clears the live line.
  func end() { clear() }

  /// Prints what was not run, and the cases whose verdict a rerun or the end of the run has changed since they were printed.
  func showChanges(_ result: RunResult) {
    var changed = result
    changed.cases = result.cases.filter { !$0.wasJudged || text.lines($0) != told[$0.conformanceCase.id, default: []] }
    for line in text.caseLines(changed) { Console.standardOutput(line) }
  }

  private func show(_ result: CaseResult, done: Int, total: Int) {
    let lines = result.wasJudged ? text.lines(result) : []
    if !lines.isEmpty {
      told[result.conformanceCase.id] = lines
      if result.verdict != .informational { problems += 1 }
      clear()
      for line in lines { Console.standardOutput(line) }
    }
    let problemWords = problems > 0 ? "\(problems) to look at" : ""
    if isLive {
      showLive("[\(done)/\(total)] \(problems > 0 ? problemWords + "  " : "")\(result.conformanceCase.id)")
    } else if done * 10 / total > lastTenth {
      lastTenth = done * 10 / total
      Console.standardError("\(lastTenth * 10) %: \(done) of \(total)\(problems > 0 ? ", " + problemWords : "")")
    }
  }

  private func showLive(_ words: String) {
    clear()
    // A line that wraps could not be cleared; the last column is left free, where some terminals wrap already.
    Console.write(Array(words.prefix((Console.columns(of: 2) ?? 80) - 1).utf8), to: 2)
    hasLiveLine = true
  }

  private func clear() {
    guard hasLiveLine else { return }
    Console.write(Array("\r\u{1B}[K".utf8), to: 2)
    hasLiveLine = false
  }
}
