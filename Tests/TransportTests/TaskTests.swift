import CSockets
import Foundation
import Testing

@testable import Transport

@Suite("Work for a loop", .timeLimit(.minutes(10)))
struct TaskTests {
  @Test("work of eight threads runs on the loop's thread, each thread's in its order", arguments: PollerKind.allCases)
  func order(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let tasks = loop.tasks
    let ran = Lock([Int: [Int]]())
    let threads = try (0..<8).map { name in
      try SystemThread {
        for number in 0..<500 { tasks.post { _ in ran.withLock { $0[name, default: []].append(number) } } }
      }
    }
    try loop.expect("all work has run") { ran.withLock { ran in ran.values.map(\.count).reduce(0, +) } == 8 * 500 }
    for thread in threads { thread.join() }
    let orders = ran.withLock { $0 }
    #expect(orders.values.allSatisfy { $0 == Array(0..<500) })
  }

  @Test("a batch wakes the loop once, and the next one again", arguments: PollerKind.allCases)
  func wakes(on poller: PollerKind) throws {
    let loop = try poller.loop()
    for _ in 0..<3 {
      for _ in 0..<100 { loop.tasks.post { _ in } }
      var words = [UInt64](repeating: 0, count: 64)
      #expect(unsafe read(loop.waker.descriptor, &words, 512) == 8)
      #expect(words[0] == 1)
      loop.waker.wake()
      #expect(try loop.turn(waitAtMost: .zero))
    }
    #expect(try loop.turn(waitAtMost: .zero) == false)
  }

  @Test("work that posts more does not keep a turn from ending", arguments: PollerKind.allCases)
  func reposting(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let runs = Lock(0)
    @Sendable func again(_ loop: Loop) {
      runs.withLock { $0 += 1 }
      loop.tasks.post(again)
    }
    loop.tasks.post(again)
    for expected in 1...5 {
      try loop.turn(waitAtMost: .seconds(10))
      let count = runs.withLock { $0 }
      #expect(count == expected)
    }
  }

  @Test("a loop that goes away lets go of what waits, and takes nothing more", arguments: PollerKind.allCases)
  func gone(on poller: PollerKind) throws {
    final class Held: Sendable {}
    var held: Held? = Held()
    weak let weakly = held
    var loop: Loop? = try poller.loop()
    let tasks = try #require(loop).tasks
    let isTaken = tasks.post { [held] _ in withExtendedLifetime(held) {} }
    #expect(isTaken)
    held = nil
    #expect(weakly != nil)
    loop = nil
    #expect(weakly == nil)
    let isTakenLate = tasks.post { _ in Issue.record("ran without a loop") }
    #expect(!isTakenLate)
  }
}
