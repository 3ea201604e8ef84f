/// A ``Loop`` on a thread of its own, which never waits for any other thread.
///
/// All that is on the loop is made by work handed to ``LoopDriver/perform(_:)``, and let go of on the loop's thread. A thread that
/// is let go of without ``stop()`` ends as soon as it can, by itself.
public final class LoopThread: LoopDriver, Sendable {
  /// Takes work from any thread.
  public let tasks: LoopTasks
  private let outcome: Lock<TransportError?>
  private let thread: SystemThread
  private let isJoined = Lock(false)

  /// Starts a thread with a loop on the system's best poller.
  ///
  /// - Throws: ``TransportError`` when the system has no descriptor or no thread left.
  public convenience init() throws(TransportError) { try self.init(Loop()) }

  /// Starts a thread that runs `loop`, and everything on it, until it is stopped.
  ///
  /// - Throws: ``TransportError`` when the system has no thread left.
  public init(_ loop: sending Loop) throws(TransportError) {
    tasks = loop.tasks
    let handover = Lock<Loop?>(loop)
    let outcome = Lock<TransportError?>(nil)
    self.outcome = outcome
    thread = try SystemThread {
      guard let loop = handover.withLock({ $0.take() }) else { return }
      do throws(TransportError) {
        try loop.run { false }
      } catch {
        outcome.withLock { $0 = error }
        loop.stop()
      }
    }
  }

  deinit {
    guard !isJoined.withLock({ $0 }) else { return }
    tasks.post { $0.stop() }
    thread.detach()
  }

  /// Why the thread ended without being stopped: its poller failed; nil when it did not.
  ///
  /// Whoever is told by ``LoopDriver/perform(_:)`` that the loop is gone finds the reason here.
  public var failure: TransportError? { outcome.withLock { $0 } }

  /// Ends the loop and its thread: what was performed before runs, then everything on the loop is closed, without callbacks, and
  /// let go of on the loop's thread.
  ///
  /// Waits until that is done, so it must not be called with a lock held that work of the loop takes. From inside a callback of
  /// the loop it waits for nothing, and the thread ends after the running turn. Stopping twice is stopping once.
  public func stop() {
    tasks.post { $0.stop() }
    if thread.isCurrent { return }
    isJoined.withLock { isJoined in
      if !isJoined { thread.join() }
      isJoined = true
    }
  }

  /// Has `work` run on the loop's thread, and waits for its result; never to be called on that thread.
  ///
  /// - Returns: nil when the loop is stopped.
  package func performAndWait<Result: Sendable>(_ work: @escaping @Sendable (Loop) -> Result) -> Result? {
    let result = Lock<Result?>(nil)
    let gate = Gate()
    guard
      perform({ loop in
        let value = work(loop)
        result.withLock { $0 = value }
        gate.open()
      })
    else { return nil }
    gate.wait()
    return result.withLock { $0 }
  }
}
