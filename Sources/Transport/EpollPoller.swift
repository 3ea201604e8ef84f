#if os(Linux)
  internal import CSockets

  /// The ``Poller`` of Linux.
  @safe public final class EpollPoller: Poller {
    private let epoll: Int32
    private let ready: UnsafeMutablePointer<cs_event>

    /// Creates a poller that watches nothing.
    public init() throws(TransportError) {
      epoll = try checked(cs_epoll_create(), .poll)
      unsafe ready = .allocate(capacity: Int(CS_EVENTS_PER_WAIT))
    }

    deinit {
      cs_close(epoll)
      unsafe ready.deallocate()
    }

    /// Starts watching `descriptor`.
    public func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
      try checked(cs_epoll_add(epoll, descriptor, token, UInt32(interest.rawValue)), .poll)
    }

    /// Changes what is waited for.
    public func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
      try checked(cs_epoll_modify(epoll, descriptor, token, UInt32(interest.rawValue)), .poll)
    }

    /// Stops watching `descriptor`.
    public func remove(_ descriptor: Int32) {
      _ = cs_epoll_remove(epoll, descriptor)
    }

    /// Waits for events; the time is rounded up to milliseconds.
    public func wait(atMost limit: Duration?, into events: inout [PollerEvent]) throws(TransportError) {
      events.removeAll(keepingCapacity: true)
      let count = unsafe cs_epoll_wait(epoll, ready, limit.map(\.roundedUpToMilliseconds) ?? -1)
      if count == -CS_EINTR { return }
      for index in 0..<Int(try checked(count, .poll)) {
        let event = unsafe ready[index]
        events.append(PollerEvent(token: event.token, readiness: Readiness(rawValue: UInt8(truncatingIfNeeded: event.readiness))))
      }
    }
  }
#endif
