internal import CSockets

/// Ends the wait of a ``Loop`` from any thread.
public final class Waker: Sendable {
  private let ends: cs_waker

  /// Opens the system's best means, or a pipe as systems without a better one do.
  init(usesPipe: Bool = false) throws(TransportError) {
    var ends = cs_waker()
    try checked(unsafe usesPipe ? cs_waker_open_pipe(&ends) : cs_waker_open(&ends), .poll)
    self.ends = ends
  }

  deinit { cs_waker_close(ends) }

  /// Makes the running or the next turn of the loop return without further waiting; several calls may count as one.
  public func wake() { cs_waker_signal(ends) }

  /// Readable from a call of ``wake()`` until ``clear()``.
  var descriptor: Int32 { ends.readable }

  func clear() { cs_waker_clear(ends) }
}
