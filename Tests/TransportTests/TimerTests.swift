import Testing
import Transport

@Suite("Timers", .timeLimit(.minutes(10)))
struct TimerTests {
  @Test("timers run by deadline, equal deadlines in the order of scheduling", arguments: PollerKind.allCases)
  func order(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let start = loop.now
    var ran: [Int] = []
    for (name, delay) in [(3, 6), (1, 2), (4, 6), (2, 4), (5, 6), (0, 0)] {
      loop.schedule(at: start + .milliseconds(delay)) {
        #expect(loop.now >= start + .milliseconds(delay))
        ran.append(name)
      }
    }
    try loop.expect("all timers ran") { ran.count == 6 }
    #expect(ran == [0, 1, 2, 3, 4, 5])
  }

  @Test("many timers, a third of them cancelled, run in order", arguments: PollerKind.allCases)
  func manyTimers(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let start = loop.now
    var generator = SystemRandomNumberGenerator()
    var ran: [(deadline: Duration, order: Int)] = []
    var timers: [Loop.Timer] = []
    for order in 0..<2000 {
      let deadline = start + .microseconds(Int.random(in: 0..<200, using: &generator))
      timers.append(loop.schedule(at: deadline) { ran.append((deadline, order)) })
    }
    for index in stride(from: 0, to: 2000, by: 3) { loop.cancel(timers[index]) }
    try loop.expect("the remaining timers ran") { ran.count >= 2000 - 667 }
    #expect(ran.count == 2000 - 667)
    #expect(!ran.contains { $0.order % 3 == 0 })
    #expect(zip(ran, ran.dropFirst()).allSatisfy { ($0.deadline, $0.order) < ($1.deadline, $1.order) })
  }

  @Test("a cancelled timer does not run and lets its action go, even when both are due in one turn", arguments: PollerKind.allCases)
  func cancel(on poller: PollerKind) throws {
    let loop = try poller.loop()
    var object: Recorder? = Recorder()
    let weak = Weak(try #require(object))
    let early = loop.schedule(at: loop.now + .seconds(60)) { [object] in _ = object }
    object = nil
    #expect(weak.object != nil)
    loop.cancel(early)
    #expect(weak.object == nil)
    #expect(!early.isPending)
    loop.cancel(early)

    var ran: [Int] = []
    let now = loop.now
    var second: Loop.Timer?
    loop.schedule(at: now) { second.map(loop.cancel) }
    second = loop.schedule(at: now) { ran.append(2) }
    loop.schedule(at: now) { ran.append(3) }
    try loop.expect("the last timer ran") { !ran.isEmpty }
    #expect(ran == [3])
  }

  @Test("what a cancelled timer lets go of may cancel another timer", arguments: PollerKind.allCases)
  func cancelInDeinit(on poller: PollerKind) throws {
    final class Canceller {
      let cancel: () -> Void
      init(_ cancel: @escaping () -> Void) { self.cancel = cancel }
      deinit { cancel() }
    }
    let loop = try poller.loop()
    let other = loop.schedule(at: loop.now + .seconds(60)) {}
    let timer = loop.schedule(at: loop.now + .seconds(60)) { [canceller = Canceller { loop.cancel(other) }] in _ = canceller }
    loop.cancel(timer)
    #expect(!timer.isPending && !other.isPending)
  }

  @Test("a timer that schedules itself again does not starve the loop", arguments: PollerKind.allCases)
  func reschedule(on poller: PollerKind) throws {
    let loop = try poller.loop()
    var runs = 0
    func again() {
      runs += 1
      loop.schedule(at: loop.now, again)
    }
    loop.schedule(at: loop.now, again)
    for expected in 1...5 {
      try loop.turn(waitAtMost: .seconds(1))
      #expect(runs == expected)
    }
  }

  @Test("cancelling the timer of another loop does nothing", arguments: PollerKind.allCases)
  func foreignTimer(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let other = try poller.loop()
    var ran = 0
    loop.schedule(at: loop.now) { ran += 1 }
    let foreign = other.schedule(at: other.now) { ran += 10 }
    loop.cancel(foreign)
    try loop.expect("own timer ran") { ran == 1 }
    try other.expect("foreign timer ran") { ran == 11 }
  }
}
