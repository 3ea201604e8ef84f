public import HTTPParse
public import WSHandshake
public import WSProtocol

extension WebSocketSession {
  /// What the program has to know.
  ///
  /// In this order: ``opened(_:request:)`` or ``refused(_:content:)``, any number of ``endpoint(_:)`` after the former, and always exactly one
  /// ``closed(_:)``.
  public enum Event: Sendable, Equatable {
    /// The opening handshake is done; a server also learns what the client asked for.
    indirect case opened(Agreement, request: RequestHead?)
    /// Something happened on the open connection.
    case endpoint(Endpoint.Event)
    /// The opening handshake failed.
    ///
    /// To a client, whose error bears the answer's head, `content` is what the server said about it, as far as it was kept. A server's own
    /// answer is in the output.
    indirect case refused(HandshakeError, content: [UInt8])
    /// The connection is gone; the last event.
    indirect case closed(WebSocketClosure)
  }
}
