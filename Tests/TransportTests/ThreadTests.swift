import CSockets
import Testing

@testable import Transport

@Suite("Threads")
struct ThreadTests {
  @Test("a joined thread has run, and everything it did under a lock is there")
  func join() throws {
    let total = Lock(0)
    let threads = try (0..<4).map { _ in
      try SystemThread { for _ in 0..<10_000 { total.withLock { $0 += 1 } } }
    }
    for thread in threads { thread.join() }
    #expect(total.withLock { $0 } == 40_000)
  }

  @Test("a thread lets go of what it ran")
  func release() throws {
    final class Held: Sendable {}
    var held: Held? = Held()
    weak let weakly = held
    let thread = try SystemThread { [held] in withExtendedLifetime(held) {} }
    held = nil
    thread.join()
    #expect(weakly == nil)
  }
}
