import Connections
import Glibc
import Transport

/// Very many dials of one kind, a bounded number of them at once.
struct Storm {
  /// What came of it.
  struct Outcome {
    var before: ProcessFigures
    var most: ProcessFigures
    var after: ProcessFigures
    var cpuPerDial: Duration
    var unexpected: [String] = []

    /// Whether nothing has stayed; of memory, what an allocator may keep is allowed.
    var isFlat: Bool {
      after.descriptors == before.descriptors && after.threads == before.threads
        && after.residentBytes - before.residentBytes < Storm.allowedGrowthBytes
    }
  }

  /// How many dials are under way at once.
  static let width = 100
  /// 100 octets for each of 10,000 dials.
  static let allowedGrowthBytes = 1_000_000

  let kind: Kind
  let loop: Loop
  let dialer: Dialer

  init(_ kind: Kind, on loop: Loop) {
    self.kind = kind
    self.loop = loop
    dialer = Dialer(on: loop, resolver: Resolver(on: loop, lookup: kind.lookup))
  }

  /// Dials `warmUp` times, then `count` times between the two looks at the process.
  func run(count: Int, warmUp: Int) throws -> Outcome {
    _ = try dial(warmUp) { _ in }
    try comeToRest()
    let before = try ProcessFigures.now()
    let started = ProcessFigures.cpuTime()
    var most = before
    var looks = 0
    let unexpected = try dial(count) { ended in
      // Often enough to see what is held in the midst of it.
      guard ended >= looks * Self.width * 2 else { return }
      looks += 1
      guard let now = try? ProcessFigures.now() else { return }
      most.descriptors = max(most.descriptors, now.descriptors)
      most.threads = max(most.threads, now.threads)
      most.residentBytes = max(most.residentBytes, now.residentBytes)
    }
    let spent = ProcessFigures.cpuTime() - started
    try comeToRest()
    return Outcome(before: before, most: most, after: try .now(), cpuPerDial: spent / count, unexpected: unexpected)
  }

  /// Dials `count` times; returns the errors that are not those of the kind.
  private func dial(_ count: Int, look: @escaping (Int) -> Void) throws -> [String] {
    var started = 0
    var ended = 0
    var unexpected: [String] = []
    while ended < count {
      var cancelled: [Dial] = []
      while started < count, started - ended < Self.width {
        started += 1
        let dial = dialer.dial(kind.route, within: kind.limit) { result in
          look(ended)
          ended += 1
          switch result {
          case .success(let stream):
            stream.abort()
            unexpected.append("connected")
          case .failure(let error): if !kind.isExpected(error) { unexpected.append("\(error)") }
          }
        }
        if kind.cancels { cancelled.append(dial) }
      }
      // In this turn the attempts begin.
      try loop.turn(waitAtMost: kind.cancels ? .zero : .seconds(1))
      if !cancelled.isEmpty { look(ended) }
      for dial in cancelled { dial.cancel() }
      ended += cancelled.count
    }
    return unexpected
  }

  /// Lets hanging threads end, and the loop do what is left, such as the closing of a server's side.
  private func comeToRest() throws {
    kind.release()
    var idleTurns = 0
    while idleTurns < 5 { idleTurns = try loop.turn(waitAtMost: .milliseconds(20)) ? 0 : idleTurns + 1 }
  }
}
