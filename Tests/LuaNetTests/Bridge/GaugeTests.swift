import LuaTesting
import Testing

@testable import LuaNet

@Suite("What waits", .timeLimit(.minutes(10)))
struct GaugeTests {
  @Test("LN-88: a queue that is too long again is not read again by what was due before")
  func heldAgain() {
    let gauge = Gauge()
    #expect(gauge.queued(1 << 20))
    #expect(gauge.delivered(1 << 20))
    #expect(!gauge.isHeldBack)
    #expect(gauge.queued(1 << 20))
    // What delivered() asked for comes only now.
    #expect(gauge.isHeldBack)
  }

  @Test("LN-80: a flood of empty messages is refused in the end, as one of long ones is")
  func emptyMessages() {
    let gauge = Gauge()
    var accepted = 0
    while accepted < 1 << 20, gauge.accept(0) { accepted += 1 }
    #expect(accepted == 1 << 18)
    gauge.handedOver(0, pendingBytes: 0)
    #expect(gauge.accept(0))
  }

  @Test("LN-95: of lines for the log a hundred wait, and the rest is counted")
  func log() {
    let queue = EventQueue(waking: nil)
    for number in 1...250 { queue.push(.log("\(number)")) }
    #expect(queue.count == 100)
    var batch: [Event] = []
    queue.take(into: &batch)
    guard case .log(let last) = batch.last else { return #expect(Bool(false), "the last is a line") }
    #expect(batch.count == 101)
    #expect(last.contains("150 more lines"))
    queue.push(.log("again"))
    batch = []
    queue.take(into: &batch)
    #expect(batch.count == 1)
  }
}
