import CSockets
import Foundation
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

  @Test("a thread takes no signals, and leaves those of its maker as they were")
  func signals() throws {
    @Sendable func blocked() -> [Int32] {
      var mask = sigset_t()
      _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      return [SIGINT, SIGTERM, SIGCHLD, SIGUSR1].filter { unsafe sigismember(&mask, $0) == 1 }
    }
    let before = blocked()
    let seen = Lock([Int32]())
    let thread = try SystemThread {
      let signals = blocked()
      seen.withLock { $0 = signals }
    }
    #expect(blocked() == before)
    thread.join()
    #expect(seen.withLock { $0 } == [SIGINT, SIGTERM, SIGCHLD, SIGUSR1])
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
