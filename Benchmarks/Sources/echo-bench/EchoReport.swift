import BenchHarness
import Foundation

/// What one contest came to.
struct ContestResult: Codable {
  struct Traffic: Codable {
    let scenario: String
    let servers: [EchoTraffic]
  }

  struct Memory: Codable {
    let server: String
    let isOurs: Bool
    let connections: Double
    /// Absent if it was not measured, and why.
    let idle: EchoMemory?
    let remark: String?
  }

  let cpu: Group
  let traffic: [Traffic]
  let memory: [Memory]

  /// Messages per second, and how long they were under way.
  var trafficTable: Table {
    var table = Table([("load", .left), ("server", .left), ("messages/s", .right), ("p50", .right), ("p99", .right)])
    for scenario in traffic {
      for (index, server) in scenario.servers.enumerated() {
        table.append([
          index == 0 ? scenario.scenario : "", server.server, decimal(server.messagesPerSecond.median),
          duration(nanoseconds: server.medianLatency.median), duration(nanoseconds: server.latency99.median),
        ])
      }
    }
    return table
  }

  /// The memory of idle connections, and how much of ours a peer takes.
  var memoryTable: Table {
    var table = Table([("idle connections", .left), ("server", .left), ("KiB each", .right), ("peer/ours", .right)])
    var counts: [Double] = []
    for count in memory.map(\.connections) where !counts.contains(count) { counts.append(count) }
    for count in counts {
      let row = memory.filter { $0.connections == count }
      let ours = row.first?.idle?.kibibytesPerConnection
      for (index, entry) in row.enumerated() {
        let each = entry.idle?.kibibytesPerConnection
        let ratio = index > 0 ? each.flatMap { each in ours.map { each / $0 } } : nil
        table.append([index == 0 ? decimal(count) : "", entry.server, each.map(decimal) ?? "-", ratio.map(decimal) ?? ""])
      }
    }
    return table
  }
}

/// Everything of a run, as it is written in JSON.
struct EchoReport: Codable {
  let date: String
  let setting: String
  let isQuick: Bool
  private(set) var contests: [ContestResult] = []

  init(date: String, setting: String, isQuick: Bool) {
    self.date = date
    self.setting = setting
    self.isQuick = isQuick
  }

  mutating func add(_ contest: ContestResult) { contests.append(contest) }

  /// The contest added last, for a terminal.
  var latestText: String { contests.last.map { "\($0.cpu.text)\($0.trafficTable.text)\n\($0.memoryTable.text)" } ?? "" }

  var json: Data? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try? encoder.encode(self)
  }

  var markdown: String {
    "\(date.prefix(10)), \(setting).\n\n"
      + contests.map { "\($0.cpu.markdown)\n\($0.trafficTable.markdown)\n\($0.memoryTable.markdown)" }.joined(separator: "\n")
  }

  /// Who was not measured, and why; each once.
  var remarks: [String] {
    var remarks: [String] = []
    for contest in contests {
      let cells = contest.cpu.rows.flatMap(\.cells).map { ($0.contender, $0.remark) }
      for case (let server, let reason?) in cells + contest.memory.map({ ($0.server, $0.remark) }) {
        let remark = "\(contest.cpu.name), \(server): \(reason)"
        if !remarks.contains(remark) { remarks.append(remark) }
      }
    }
    return remarks
  }

  var oursFailed: Bool {
    contests.contains { contest in
      contest.cpu.rows.contains { $0.cells.contains { $0.isOurs && $0.remark != nil } }
        || contest.memory.contains { $0.isOurs && $0.remark != nil }
    }
  }
}
