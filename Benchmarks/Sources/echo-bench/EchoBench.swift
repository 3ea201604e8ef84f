import BenchHarness
import Foundation

/// The driver.
///
/// Scripts/echo-bench builds the servers and this, and passes its options on.
@main
struct EchoBench {
  private static let usage =
    "usage: echo-bench --directory DIRECTORY [--quick] [--idle CONNECTIONS] [--json FILE] [--markdown FILE] [--setting TEXT]"

  static func main() {
    var options = Options()
    if let problem = options.read(CommandLine.arguments.dropFirst()) {
      complain("\(problem)\n\(usage)")
      exit(2)
    }
    let contenders = Contender.all(in: options.directory)
    var report = EchoReport(date: ISO8601DateFormatter().string(from: Date()), setting: options.setting, isQuick: options.isQuick)
    for isTLS in [false, true] {
      let contest = Contest(contenders.filter { $0.isTLS == isTLS }, options: options)
      guard !contest.isEmpty else { continue }
      report.add(contest.run(isTLS: isTLS))
      print(report.latestText)
      fflush(nil)
    }
    if let path = options.json { write(report.json, to: path) }
    if let path = options.markdown { write(Data(report.markdown.utf8), to: path) }
    let verdicts = report.contests.flatMap(\.cpu.verdicts)
    print(
      "targets: \(verdicts.count { $0.outcome == .met }) met, \(verdicts.count { $0.outcome == .missed }) missed, "
        + "\(verdicts.count { $0.outcome == .open }) open")
    for remark in report.remarks { print("not measured: \(remark)") }
    // One of ours that does not do the work is a fault of ours; a missed target is not: machines differ.
    if report.oursFailed { exit(1) }
  }

  private static func complain(_ text: String) { FileHandle.standardError.write(Data("echo-bench: \(text)\n".utf8)) }

  private static func write(_ data: Data?, to path: String) {
    guard let data, FileManager.default.createFile(atPath: path, contents: data) else {
      complain("cannot write \(path)")
      exit(1)
    }
  }
}
