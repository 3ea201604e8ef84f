import BenchHarness
import CBench
import Foundation

/// The driver.
///
/// Scripts/bench builds the peers and this, and passes its options on.
@main
struct Bench {
  private static let usage = """
    usage: bench --peers DIRECTORY --python FILE [--quick] [--only GROUP]... [--json FILE] [--markdown FILE] [--list]
                 [--compiler TEXT] [--built-for-avx2]
    """

  static func main() {
    var options = Options()
    if let problem = options.read(CommandLine.arguments.dropFirst()) {
      FileHandle.standardError.write(Data("bench: \(problem)\n\(usage)\n".utf8))
      exit(2)
    }
    if options.isList {
      for plan in GroupPlan.all { print("\(plan.name): \(plan.title)") }
      return
    }
    run(options)
  }

  private static func run(_ options: Options) {
    bench_keep_memory()
    let peers = PeerLibraries(directory: options.peers, python: options.python)
    for peer in peers.peers { print("peer \(peer.name) \(peer.version)\(peer.absent.map { ": absent, \($0)" } ?? "")") }
    if peers.peers.isEmpty { print("no peers in \(options.peers): ours are measured alone") }
    print("")
    let setting = Setting(peers: peers, effort: options.isQuick ? .quick : .full)
    var groups: [Group] = []
    for plan in GroupPlan.all where options.only.isEmpty || options.only.contains(plan.name) {
      let group = plan.run(setting)
      print(group.text)
      fflush(nil)
      groups.append(group)
    }
    let report = Report(
      date: ISO8601DateFormatter().string(from: Date()), machine: Report.machine(), compiler: options.compiler,
      instructionSet: instructionSet, isQuick: options.isQuick, peers: peers.peers, groups: groups)
    if let path = options.json { write(report.json, to: path) }
    if let path = options.markdown { write(Data(report.markdown.utf8), to: path) }
    let verdicts = groups.flatMap(\.verdicts)
    print(
      "targets: \(verdicts.count { $0.outcome == .met }) met, \(verdicts.count { $0.outcome == .missed }) missed, "
        + "\(verdicts.count { $0.outcome == .open }) open")
    for peer in peers.peers { if let reason = peer.absent { print("absent: \(peer.name), \(reason)") } }
    for group in groups {
      for row in group.rows {
        for cell in row.cells {
          if let remark = cell.remark { print("not measured: \(group.name), \(row.name), \(cell.contender): \(remark)") }
        }
      }
    }
    // A contender of ours that does not do the work is a fault of ours; a missed target is not: machines differ.
    if groups.contains(where: { $0.rows.contains { $0.cells.contains { $0.isOurs && $0.remark != nil } } }) { exit(1) }
  }

  private static func write(_ data: Data?, to path: String) {
    guard let data, FileManager.default.createFile(atPath: path, contents: data) else {
      FileHandle.standardError.write(Data("bench: cannot write \(path)\n".utf8))
      exit(1)
    }
  }
}
