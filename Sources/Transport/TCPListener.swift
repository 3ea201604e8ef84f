internal import CSockets

/// A listening TCP socket on a ``Loop``, which holds it until it is closed.
///
/// When the system is out of descriptors or memory, accepting pauses for 100 ms at a time, and clients wait in the backlog until there
/// is room again or their patience ends. They are not accepted on a descriptor kept in reserve and turned away: whatever closes next
/// lets one of them in, a client turned away would come back at once, and in a program with other threads the descriptor set free
/// for that may be gone before it is used. ``lastAcceptError`` tells.
public final class TCPListener {
  /// The address listened on, with the port that was chosen for port 0.
  public let localAddress: SocketAddress
  /// The last reason why a connection could not be accepted; nil when there was none.
  public private(set) var lastAcceptError: TransportError?

  private weak var loop: Loop?
  private var descriptor: Int32
  private var token: UInt64 = 0
  private var onAccept: ((TCPStream) -> Void)?
  private var resumption: Loop.Timer?

  /// The number of connections accepted at most in one turn, so that other sockets get their share.
  private static let acceptedPerTurn = 64
  /// How long accepting pauses when the system is out of descriptors or memory.
  private static let pause = Duration.milliseconds(100)

  /// Listens on `address`.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port. An IPv6 address does not take IPv4 connections.
  ///   - loop: The loop whose turns accept.
  ///   - backlog: The number of established connections waiting to be accepted, which the system may lower. Default 1024.
  ///   - onAccept: Called with every connection; it sets the stream's delegate, or the stream stays unread.
  /// - Throws: ``TransportError``; ``TransportError/isAddressInUse`` tells a busy port.
  public init(
    _ address: SocketAddress, on loop: Loop, backlog: Int = 1024, onAccept: @escaping (TCPStream) -> Void
  ) throws(TransportError) {
    let descriptor = try checked(cs_socket(address.isIPv6 ? 1 : 0), .createSocket, address: address)
    do throws(TransportError) {
      var raw = address.raw
      try checked(cs_set_reuse_address(descriptor, 1), .configure, address: address)
      if address.isIPv6 { try checked(cs_set_ipv6_only(descriptor, 1), .configure, address: address) }
      try checked(unsafe cs_bind(descriptor, &raw), .bind, address: address)
      try checked(cs_listen(descriptor, Int32(clamping: backlog)), .listen, address: address)
      try checked(unsafe cs_local_address(descriptor, &raw), .listen, address: address)
      localAddress = SocketAddress(raw)
    } catch {
      cs_close(descriptor)
      throw error
    }
    self.loop = loop
    self.descriptor = descriptor
    self.onAccept = onAccept
    token = loop.register(descriptor, for: self)
    do throws(TransportError) {
      try loop.setInterest(.readable, of: token)
    } catch {
      close()
      throw error
    }
  }

  deinit { releaseDescriptor() }

  /// Stops listening and releases the port; connections not yet accepted are dropped.
  ///
  /// Accepted streams live on.
  public func close() {
    if let resumption { loop?.cancel(resumption) }
    resumption = nil
    onAccept = nil
    loop?.unregister(token)
    releaseDescriptor()
  }

  private func releaseDescriptor() {
    if descriptor >= 0 { cs_close(descriptor) }
    descriptor = -1
  }
}

extension TCPListener: EventSource {
  func ready(_ readiness: Readiness, on loop: Loop) {
    for _ in 0..<Self.acceptedPerTurn {
      guard let onAccept else { return }
      var peer = cs_address()
      let accepted = unsafe cs_accept(descriptor, &peer)
      if accepted >= 0 {
        onAccept(TCPStream(accepted: accepted, peer: SocketAddress(peer), on: loop))
        continue
      }
      if accepted == -CS_EAGAIN { return }
      lastAcceptError = TransportError(.accept, .system(errorNumber: -accepted), address: localAddress)
      // Errors of the one connection, which is gone; anything else would come back at once.
      if [CS_ECONNABORTED, CS_EPROTO, CS_EPERM, CS_ENETUNREACH, CS_EHOSTUNREACH].contains(-accepted) { continue }
      return pauseAccepting(on: loop)
    }
  }

  func flush(on loop: Loop) {}

  func loopEnded() { close() }

  private func pauseAccepting(on loop: Loop) {
    try? loop.setInterest(nil, of: token)
    resumption = loop.schedule(at: loop.now + Self.pause) { [weak self, weak loop] in
      guard let self, let loop else { return }
      do throws(TransportError) {
        try loop.setInterest(.readable, of: self.token)
      } catch {
        self.lastAcceptError = error
        self.pauseAccepting(on: loop)
      }
    }
  }
}
