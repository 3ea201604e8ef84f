import Conformance
import ConformanceReport
import ConformanceRunner

/// Shows how far a run is: one live line on a terminal, a line for every tenth elsewhere; what is not a pass is printed as it occurs.
final class ProgressPrinter {
  private let text: TextReport
  private let isQuiet: Bool
  private let isLive = Console.isErrorTerminal
  private var problems = 0
  private var lastTenth = 0
  private var hasLiveLine = false

  init(style: TextReport.Style, isQuiet: Bool) {
    text = TextReport(style: style)
    self.isQuiet = isQuiet
  }

  func show(_ progress: Runner.Progress) {
    guard !isQuiet else { return }
    switch progress {
    case .begun(let total): if !isLive { Console.standardError("running \(total) cases") }
    case .finished(let result, let done, let total):
      let lines = text.lines(result)
      if !lines.isEmpty {
        if result.verdict != .informational { problems += 1 }
        clear()
        for line in lines { Console.standardOutput(line) }
      }
      if isLive {
        clear()
        let line = "[\(done)/\(total)] \(result.conformanceCase.id)\(problems > 0 ? "  \(problems) to look at" : "")"
        Console.write(Array(line.prefix(100).utf8), to: 2)
        hasLiveLine = true
      } else if done * 10 / total > lastTenth {
        lastTenth = done * 10 / total
        Console.standardError("\(lastTenth * 10) %: \(done) of \(total)\(problems > 0 ? ", \(problems) to look at" : "")")
      }
    }
  }

  func end() { clear() }

  private func clear() {
    guard hasLiveLine else { return }
    Console.write(Array("\r\u{1B}[K".utf8), to: 2)
    hasLiveLine = false
  }
}
