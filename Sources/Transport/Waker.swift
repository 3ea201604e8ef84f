internal import CSockets

/// Ends the wait of a ``Loop`` from any thread.
public final class Waker: Sendable {
  private let ends: cs_waker

  /// Opens the system's best means, or a pipe as systems without a better one do.
  package init(usesPipe: Bool = false) throws(TransportError) {
    var ends = cs_waker()
    try checked(unsafe usesPipe ? cs_waker_open_pipe(&ends) : cs_waker_open(&ends), .poll)
    self.ends = ends
  }

  deinit { cs_waker_close(ends) }

  /// Makes the running or the next turn of the loop return without further waiting; several calls may count as one.
  public func wake() { cs_waker_signal(ends) }

  /// Readable from a call of ``wake()`` until ``clear()``.
  package var descriptor: Int32 { ends.readable }

  /// Forgets the calls of ``wake()`` so far.
  package func clear() { cs_waker_clear(ends) }

  /// Waits for a call of ``wake()``, at most for `limit`; a signal may end the wait early.
  package func wait(atMost limit: Duration) {
    var entry = cs_poll_entry()
    guard unsafe cs_poll_entry_make(&entry, ends.readable, UInt32(CS_READABLE)) >= 0 else { return }
    _ = unsafe cs_poll(&entry, 1, limit.roundedUpToMilliseconds)
  }
}
