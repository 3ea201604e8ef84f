extension Group {
  /// The group for a terminal: a line for each contender of each row, then the targets.
  public var text: String {
    let counts = rows.contains { $0.cells.contains { $0.allocations != nil } }
    let measures = rows.contains { $0.cells.contains { $0.nanoseconds != nil } }
    let moves = rows.contains { $0.octetsPerItem > 0 }
    var columns: [(String, Table.Alignment)] = [("input", .left), ("contender", .left)]
    if measures { columns += [("time", .right)] + (moves ? [("GB/s", .right)] : []) + [("peer/ours", .right), ("spread", .right)] }
    if counts { columns += [("allocations", .right)] }
    var table = Table(columns + [("", .left)])
    for row in rows {
      for (index, cell) in row.cells.enumerated() {
        var line = [index == 0 ? row.name : "", (cell.isOurs ? "* " : "  ") + cell.contender]
        if measures { line += figures(of: cell, in: row, withThroughput: moves) }
        if counts { line.append(cell.allocations.map { decimal($0) } ?? "") }
        table.append(line + [cell.remark ?? ""])
      }
    }
    return "\(name): \(title)\n" + table.text + targetLines + "\n"
  }

  private func figures(of cell: Cell, in row: Row, withThroughput: Bool) -> [String] {
    guard let sample = cell.nanoseconds else { return ["-", "", ""] + (withThroughput ? [""] : []) }
    let throughput = row.octetsPerItem > 0 ? decimal(sample.gigabytesPerSecond(octets: row.octetsPerItem)) : ""
    return [duration(nanoseconds: sample.median)] + (withThroughput ? [throughput] : [])
      + [row.ratio(of: cell).map { decimal($0) } ?? "", sample.spread]
  }

  private var targetLines: String {
    guard !verdicts.isEmpty else { return "" }
    let met = verdicts.count { $0.outcome == .met }
    return "targets: \(met) of \(verdicts.count) met\n"
      + verdicts.map { "  \($0.outcome.rawValue): \($0.target); \($0.measured)\n" }.joined()
  }

  /// The group in Markdown: a line for each contender, a column for each row, the ratio to ours in brackets.
  public var markdown: String {
    var names: [String] = []
    for cell in rows.flatMap(\.cells) where !names.contains(cell.contender) { names.append(cell.contender) }
    var table = Table([(name, .left)] + rows.map { ($0.name, .right) })
    for name in names {
      let cells = rows.map { row in row.cells.first { $0.contender == name }.map { brief($0, in: row) } ?? "" }
      let isOurs = rows.contains { $0.cells.contains { $0.contender == name && $0.isOurs } }
      table.append([isOurs ? "**\(name)**" : name] + cells)
    }
    let missed = verdicts.filter { $0.outcome == .missed }.map { "\($0.target) (\($0.measured))" }
    let met = verdicts.count { $0.outcome == .met }
    let targets =
      verdicts.isEmpty
      ? "" : "\nTargets: \(met) of \(verdicts.count) met" + (missed.isEmpty ? ".\n" : "; missed: \(missed.joined(separator: "; ")).\n")
    return "### \(name)\n\n\(title).\n\n" + table.markdown + targets
  }

  private func brief(_ cell: Cell, in row: Row) -> String {
    if let allocations = cell.allocations { return decimal(allocations) }
    guard let sample = cell.nanoseconds else { return "–" }
    return duration(nanoseconds: sample.median) + (row.ratio(of: cell).map { " (\(decimal($0)))" } ?? "")
  }
}
