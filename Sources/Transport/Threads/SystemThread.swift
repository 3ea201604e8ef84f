internal import CSockets

/// A thread of our own: it blocks all signals, so that the host's threads get them.
///
/// It is joined by ``join()`` or left to itself by ``detach()``; exactly one of them is to be called.
@safe package struct SystemThread: Sendable {
  private let identity: cs_thread

  /// Starts a thread that runs `body` and ends.
  ///
  /// - Throws: ``TransportError`` when the system has no thread left.
  package init(_ body: @escaping @Sendable () -> Void) throws(TransportError) {
    let box = unsafe Unmanaged.passRetained(Body(body))
    var identity = cs_thread()
    let result = unsafe cs_thread_start(
      &identity,
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
      }, box.toOpaque())
    if result < 0 { unsafe box.release() }
    try checked(result, .startThread)
    self.identity = identity
  }

  /// Whether the caller runs on this thread.
  package var isCurrent: Bool { cs_thread_is_current(identity) != 0 }

  /// Waits until the thread has ended.
  package func join() { cs_thread_join(identity) }

  /// Lets the thread end by itself.
  package func detach() { cs_thread_detach(identity) }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
