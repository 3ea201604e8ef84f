public import Transport
public import WSHandshake
public import WSProtocol

/// A WebSocket server on a loop: accepts connections and reports what happens on them.
///
/// A server that is let go of stops listening; its connections live on.
public final class WebSocketServer {
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: WebSocketServerConnection] = [:]
  private let budget: HeldOctetsBudget

  /// The address listened on, with the port that was chosen for port 0.
  public let localAddress: SocketAddress

  /// Listens on `address`.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port.
  ///   - loop: The loop whose turns serve the connections.
  ///   - policy: Which hosts and origins are served; gets the port that was chosen. Default: on a loopback address loopback names with
  ///     that port only, elsewhere any host; origins of the same host.
  ///   - limits: What each connection accepts at most.
  ///   - maximumHeldBytes: What all connections together hold at most for messages that have not ended. Default 256 MiB.
  ///   - handler: Called for every event of every connection, from the loop's turn.
  /// - Throws: `TransportError`.
  public init(
    _ address: SocketAddress, on loop: Loop, policy: ((SocketAddress) -> HandshakePolicy)? = nil, limits: WSLimits = WSLimits(),
    maximumHeldBytes: Int = 256 << 20,
    handler: @escaping (WebSocketServerConnection, WebSocketServerSession.Event) -> Void
  ) throws(TransportError) {
    var onAccept: (TCPStream) -> Void = { $0.abort() }
    let listener = try TCPListener(address, on: loop) { onAccept($0) }
    localAddress = listener.localAddress
    self.listener = listener
    budget = HeldOctetsBudget(limit: maximumHeldBytes)
    let rules = (policy ?? Self.defaultPolicy)(listener.localAddress)
    onAccept = { [weak self, weak loop] stream in
      guard let self, let loop else { return stream.abort() }
      let connection = WebSocketServerConnection(
        stream, on: loop, session: WebSocketServerSession(policy: rules, limits: limits, now: loop.now), budget: budget,
        handler: handler,
        onClosed: { [weak self] closed in self?.connections[ObjectIdentifier(closed)] = nil })
      connections[ObjectIdentifier(connection)] = connection
    }
  }

  deinit { listener?.close() }

  /// The octets that all connections hold for messages that have not ended.
  package var heldBytes: Int { budget.total }

  /// The number of connections, those in their opening or closing handshake included.
  public var connectionCount: Int { connections.count }

  /// Stops listening; connections live on.
  public func close() {
    listener?.close()
    listener = nil
  }

  private static func defaultPolicy(_ address: SocketAddress) -> HandshakePolicy {
    var policy = HandshakePolicy()
    if address.isLoopback { policy.hosts = .loopback(port: address.port) }
    return policy
  }
}
