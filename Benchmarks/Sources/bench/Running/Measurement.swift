import BenchHarness
import CBench

/// How long and how often is measured.
struct Effort {
  /// Nanoseconds of one slice.
  let slice: Double
  let rounds: Int

  static let full = Effort(slice: 3_000_000, rounds: 11)
  static let quick = Effort(slice: 500_000, rounds: 3)
}

extension Contest {
  /// Measures all contenders in alternating rounds, after each has shown that it does the work.
  func measure(_ effort: Effort) -> Row {
    var cells = contenders.map { Cell(contender: $0.name, isOurs: $0.isOurs, remark: complaint(about: $0)) }
    let running = contenders.indices.filter { cells[$0].remark == nil }
    let iterations = running.map { calibrated(contenders[$0], effort) }
    var rounds = Array(repeating: [Double](), count: running.count)
    for round in 0..<effort.rounds {
      // Each round begins with another contender, so that none always follows the same one.
      for turn in running.indices {
        let place = (turn + round) % running.count
        workspace.reset()
        let time = elapsed(contenders[running[place]], iterations: iterations[place])
        rounds[place].append(time / Double(iterations[place]) / Double(items))
      }
    }
    for (place, index) in running.enumerated() {
      if rounds[place].allSatisfy(\.isFinite) {
        cells[index].nanoseconds = Sample(rounds: rounds[place])
      } else {
        cells[index].remark = "failed while it was measured"
      }
    }
    return Row(name: name, octetsPerItem: octetsPerItem, cells: cells)
  }

  private func calibrated(_ contender: Contender, _ effort: Effort) -> Int {
    let calibration = Calibration(slice: effort.slice)
    var iterations = 1
    while true {
      workspace.reset()
      switch calibration.next(iterations: iterations, elapsed: elapsed(contender, iterations: iterations)) {
      case .attempt(let more): iterations = more
      case .settled(let enough): return enough
      }
    }
  }

  /// The time of so many iterations; infinite if the contender failed.
  private func elapsed(_ contender: Contender, iterations: Int) -> Double {
    switch contender.work {
    case .kernel(let kernel):
      var checksum: UInt64 = 0
      return Double(bench_time(kernel, workspace.input, UInt64(iterations), &checksum))
    case .python(let job): return job.run(iterations: iterations).map { Double($0.nanoseconds) } ?? .infinity
    }
  }

  /// Why a contender is not to be timed: what it returns or makes of the input is not what is expected.
  private func complaint(about contender: Contender) -> String? {
    guard !contender.isYardstick else { return nil }
    if let remark = remarks[contender.name] { return remark }
    workspace.reset()
    let result: UInt64
    switch contender.work {
    case .kernel(let kernel): result = kernel(workspace.input)
    case .python(let job):
      guard let answer = job.run(iterations: 1) else { return "failed" }
      result = answer.checksum
    }
    guard result == expected else { return "does not do it: returns \(result), expected \(expected)" }
    guard case .kernel = contender.work else { return nil }
    switch check {
    case .result: return nil
    case .octets(let octets): return difference(workspace.octets, octets)
    case .output(let octets):
      if let transcribe = contender.transcribe {
        workspace.reset()
        _ = transcribe(workspace.input)
      }
      return difference(workspace.output, octets)
    }
  }

  private func difference(_ seen: [UInt8], _ expected: [UInt8]) -> String? {
    guard seen != expected else { return nil }
    let index = zip(seen, expected).prefix { $0 == $1 }.count
    return "differs from octet \(index) on, \(seen.count) octets instead of \(expected.count)"
  }
}
