internal import Transport

/// Who runs the loop of a context.
enum Driver {
  /// The host, in `net.poll` and the pump.
  case inline(Loop)
  /// A thread of our own.
  case thread(LoopThread)

  init(_ isThreaded: Bool) throws(TransportError) {
    self = isThreaded ? .thread(try LoopThread()) : .inline(try Loop())
  }

  /// Has `work` done on the loop: at once where the host runs it, which is never inside a turn when a script calls.
  func perform(_ work: @escaping @Sendable (Loop) -> Void) {
    switch self {
    case .inline(let loop): work(loop)
    case .thread(let thread): thread.perform(work)
    }
  }

  /// Has `work` done on the loop, and waits for its result; nil when the loop is stopped.
  func performAndWait<Result: Sendable>(_ work: @escaping @Sendable (Loop) -> Result) -> Result? {
    switch self {
    case .inline(let loop): work(loop)
    case .thread(let thread): thread.performAndWait(work)
    }
  }

  /// Has what was written sent.
  func flush() {
    switch self {
    case .inline(let loop): try? loop.flush()
    case .thread: break
    }
  }

  /// Ends all that is on the loop, after one attempt to send what was written.
  func stop() {
    switch self {
    case .inline(let loop): loop.stop()
    case .thread(let thread): thread.stop()
    }
  }
}
