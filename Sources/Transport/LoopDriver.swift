/// What runs a ``Loop``: a thread of its own (``LoopThread``), or the host, who gives it turns (the ``Loop`` itself).
///
/// Both behave alike: work runs on the loop's thread, in order, never from inside the call that hands it over.
public protocol LoopDriver: AnyObject {
  /// Takes work from any thread.
  var tasks: LoopTasks { get }
  /// Ends the loop: what was performed before runs, then everything on the loop is closed, without callbacks, and let go of.
  ///
  /// From inside a callback this happens at the end of the turn, after the call has returned. Stopping twice is stopping once.
  func stop()
}

extension LoopDriver {
  /// Has `work` run on the loop's thread.
  ///
  /// - Returns: Whether it will run; false when the loop is stopped: see ``LoopTasks/post(_:)``.
  @discardableResult
  public func perform(_ work: @escaping @Sendable (Loop) -> Void) -> Bool { tasks.post(work) }
}

extension Loop: LoopDriver {}
