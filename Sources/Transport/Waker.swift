internal import CSockets

/// Ends the wait of a ``Loop`` from any thread; the only part of a loop that other threads may use.
public final class Waker: Sendable {
  let descriptor: Int32

  init() throws(TransportError) { descriptor = try checked(cs_eventfd(), .poll) }

  deinit { cs_close(descriptor) }

  /// Makes the running or the next turn of the loop return without further waiting; several calls may count as one.
  public func wake() { cs_eventfd_signal(descriptor) }

  func clear() { cs_eventfd_clear(descriptor) }
}
