public import Connections
public import Transport
import WSProtocol

/// The conforming echo server: the peer that passes every case.
public enum EchoServer {
  /// Starts an echo server.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port.
  ///   - loop: The loop whose turns serve the connections.
  ///   - tls: What to show and to demand, for `wss`. Default: plain `ws`.
  ///   - onEvent: Told of every connection's events besides being echoed. Default: nothing.
  /// - Throws: `TransportError`.
  public static func start(
    _ address: SocketAddress, on loop: Loop, tls: TLSServerContext? = nil,
    onEvent: @escaping WebSocketConnection.Handler = { _, _ in }
  ) throws(TransportError) -> WebSocketServer {
    try WebSocketServer(address, on: loop, tls: tls) { connection, event in
      // A peer that closed or does not read gets no echo; there is nobody to tell.
      if case .endpoint(.message(let message)) = event { try? connection.send(message) }
      onEvent(connection, event)
    }
  }
}
