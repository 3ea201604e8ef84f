public import HTTPParse
public import Transport

/// A server of HTTP/1.1 on a loop: accepts connections and hands their requests to a handler.
///
/// A server that is let go of stops listening; its connections live on.
public final class HTTPServer {
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: HTTPServerConnection] = [:]
  private let turnedAway = TurnedAwayConnections()

  /// The address listened on, with the port that was chosen for port 0.
  public let localAddress: SocketAddress

  /// Listens on `address`.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port.
  ///   - loop: The loop whose turns serve the connections.
  ///   - limits: How much, and how long, each client is borne with.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  ///   - tls: What to show to clients, which then have to speak TLS; their handshake counts as a part of their first head's time. Default
  ///     none: plain TCP.
  ///   - maximumConnections: How many connections there are at once. Default 10,000: begun requests alone then hold less than 1 GiB.
  ///     Excess: 503; with TLS dropped.
  ///   - date: Says what the Date field is to be, see ``HTTPDate``. Default none: no Date.
  ///   - handler: Called for every event of every connection, from the loop's turn.
  /// - Throws: `TransportError`.
  public init(
    _ address: SocketAddress, on loop: Loop, limits: HTTPConnectionLimits = HTTPConnectionLimits(), leniencies: HTTPLeniencies = [],
    tls: TLSServerContext? = nil, maximumConnections: Int = 10_000, date: (() -> String)? = nil,
    handler: @escaping HTTPServerConnection.Handler
  ) throws(TransportError) {
    var onAccept: (TCPStream) -> Void = { $0.abort() }
    let listener = try TCPListener(address, on: loop) { onAccept($0) }
    localAddress = listener.localAddress
    self.listener = listener
    onAccept = { [weak self, weak loop] accepted in
      guard let self, let loop else { return accepted.abort() }
      guard connections.count < maximumConnections else { return turnedAway.add(accepted, isSecure: tls != nil) }
      let stream: any ByteStream =
        tls.map { TLSStream(server: accepted, context: $0, on: loop, handshakeLimit: limits.headDeadline, delegate: nil) } ?? accepted
      let connection = HTTPServerConnection(
        stream, on: loop, session: HTTPServerSession(limits: limits, leniencies: leniencies, now: loop.now), date: date,
        handler: handler, onGone: { [weak self] gone in self?.connections[ObjectIdentifier(gone)] = nil })
      connections[ObjectIdentifier(connection)] = connection
    }
  }

  deinit { listener?.close() }

  /// The number of connections, those that are about to end included.
  public var connectionCount: Int { connections.count }

  /// Stops listening; connections live on.
  public func close() {
    listener?.close()
    listener = nil
  }
}
