/// Takes work for a ``Loop`` from any thread and has it run on the loop's thread, in the order in which it was taken.
///
/// It may outlive its loop, and then takes nothing.
public final class LoopTasks: Sendable {
  private struct State {
    var waiting: [@Sendable (Loop) -> Void] = []
    var isClosed = false

    mutating func takeWaiting() -> [@Sendable (Loop) -> Void] {
      defer { waiting = [] }
      return waiting
    }
  }

  private enum Outcome { case first, queued, refused }

  private let state = Lock(State())
  private let waker: Waker

  init(waking waker: Waker) { self.waker = waker }

  /// Has `work` run in the loop's next turn; never waits for the loop, and wakes it only for the first work of a batch.
  ///
  /// Work posted by work waits for the turn after. What `work` holds is let go of on the loop's thread or on the calling one,
  /// whichever has it longer; what must not leave the loop's thread is to be made by the work itself.
  ///
  /// - Returns: False when the loop is gone: `work` is let go of on the calling thread and never runs.
  @discardableResult
  public func post(_ work: @escaping @Sendable (Loop) -> Void) -> Bool {
    let outcome = state.withLock { state in
      if state.isClosed { return Outcome.refused }
      state.waiting.append(work)
      return state.waiting.count == 1 ? .first : .queued
    }
    switch outcome {
    case .refused: return false
    case .first: waker.wake()
    case .queued: break
    }
    return true
  }

  /// Takes out all work that waits.
  func take() -> [@Sendable (Loop) -> Void] { state.withLock { $0.takeWaiting() } }

  /// Refuses work from now on, and takes out all that still waits.
  func close() -> [@Sendable (Loop) -> Void] {
    state.withLock { state in
      state.isClosed = true
      return state.takeWaiting()
    }
  }
}
