public import Transport
public import WSHandshake
public import WSProtocol

/// A WebSocket server on a loop: accepts connections and reports what happens on them.
///
/// A server that is let go of stops listening; its connections live on.
public final class WebSocketServer {
  private weak var loop: Loop?
  private var listener: TCPListener?
  private var connections: [Int: WebSocketConnection] = [:]
  private var lastID = 0
  private let turnedAway = TurnedAwayConnections()
  private let budget: HeldOctetsBudget

  /// The address listened on, with the port that was chosen for port 0.
  public let localAddress: SocketAddress

  /// Listens on `address`.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port.
  ///   - loop: The loop whose turns serve the connections.
  ///   - tls: What to show and to demand, for `wss`. Default: plain `ws`.
  ///   - policy: Which hosts and origins are served; gets the port that was chosen. Default: on a loopback address loopback names with
  ///     that port only, elsewhere any host; origins of the same host. Whether it is secure follows from `tls`.
  ///   - limits: What each connection accepts at most.
  ///   - handshakeLimits: How much of a request is accepted.
  ///   - openingTimeout: How long an opening handshake may take in total, that of TLS included. Default 10 s. Excess: 408.
  ///   - maximumConnections: How many connections there are at once, those in their opening or closing handshake included. Default 10,000:
  ///     begun requests alone then hold less than 1 GiB. Excess: 503; with TLS dropped.
  ///   - maximumHeldBytes: What all connections together hold at most for messages that have not ended. Default 256 MiB.
  ///   - handler: Called for every event of every connection, from the loop's turn.
  /// - Throws: `TransportError`.
  public init(
    _ address: SocketAddress, on loop: Loop, tls: TLSServerContext? = nil, policy: ((SocketAddress) -> HandshakePolicy)? = nil,
    limits: WSLimits = WSLimits(), handshakeLimits: HandshakeLimits = HandshakeLimits(),
    openingTimeout: Duration = WebSocketSession.openingTimeout, maximumConnections: Int = 10_000, maximumHeldBytes: Int = 256 << 20,
    handler: @escaping WebSocketConnection.Handler
  ) throws(TransportError) {
    var onAccept: (TCPStream) -> Void = { $0.abort() }
    let listener = try TCPListener(address, on: loop) { onAccept($0) }
    localAddress = listener.localAddress
    self.loop = loop
    self.listener = listener
    budget = HeldOctetsBudget(limit: maximumHeldBytes)
    var rules = (policy ?? Self.defaultPolicy)(listener.localAddress)
    rules.isSecure = tls != nil
    let report: WebSocketConnection.Handler = { [weak self] connection, event in
      if case .closed = event { self?.connections[connection.id] = nil }
      handler(connection, event)
    }
    onAccept = { [weak self, weak loop, rules] accepted in
      guard let self, let loop else { return accepted.abort() }
      guard connections.count < maximumConnections else { return turnedAway.add(accepted, isSecure: rules.isSecure) }
      let stream: any ByteStream =
        if let tls { TLSStream(server: accepted, context: tls, on: loop, handshakeLimit: openingTimeout, delegate: nil) } else { accepted }
      let session = WebSocketSession(
        policy: rules, limits: limits, handshakeLimits: handshakeLimits, openingTimeout: openingTimeout, now: loop.now)
      lastID += 1
      connections[lastID] = WebSocketConnection(stream, on: loop, session: session, id: lastID, budget: budget, handler: report)
    }
  }

  deinit { listener?.close() }

  /// The octets that all connections hold for messages that have not ended.
  package var heldBytes: Int { budget.total }

  /// The number of connections, those in their opening or closing handshake included.
  public var connectionCount: Int { connections.count }

  /// The connection with this number, until its last event.
  public subscript(id: Int) -> WebSocketConnection? { connections[id] }

  /// Sends `message` on every open connection that has less than `backlogBytes` waiting for its peer; long content is shared, not copied.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - backlogBytes: What may wait at most, in octets; a slow peer misses messages instead of being dropped. Default 16 MiB.
  /// - Returns: On how many connections it is sent.
  @discardableResult
  public func broadcast(_ message: Message, skippingBacklogOver backlogBytes: Int = 16 << 20) -> Int {
    connections.values.count { connection in
      guard connection.isOpen, connection.pendingOutputBytes <= backlogBytes else { return false }
      return (try? connection.send(message)) != nil
    }
  }

  /// Stops listening; connections live on.
  public func close() {
    listener?.close()
    listener = nil
  }

  /// Stops listening and ends every connection: open ones with the closing handshake, those in their opening handshake at once.
  ///
  /// The server is kept until the time is up.
  ///
  /// - Parameters:
  ///   - code: What the peers are told. Default 1001.
  ///   - reason: Why, in words; cut to 123 octets. Default none.
  ///   - limit: After which time what is left is dropped.
  /// - Throws: `WSError.Code.unsendable` for a code that must not be sent; then nothing was done.
  public func shutdown(code: CloseCode = .goingAway, reason: String = "", within limit: Duration) throws(WSError) {
    let payload = try ClosePayload(code: code, reason: reason)
    close()
    for connection in connections.values { connection.leave(payload) }
    guard let loop else { return }
    loop.schedule(at: loop.now + limit) { for connection in self.connections.values { connection.abort() } }
  }

  private static func defaultPolicy(_ address: SocketAddress) -> HandshakePolicy {
    var policy = HandshakePolicy()
    if address.isLoopback { policy.hosts = .loopback(port: address.port) }
    return policy
  }
}
