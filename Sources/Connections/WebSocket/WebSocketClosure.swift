public import Transport
public import WSProtocol

/// How a WebSocket connection ended.
public struct WebSocketClosure: Sendable, Equatable {
  /// The close code of the connection (RFC 6455 §7.1.5).
  ///
  /// That of the peer's Close frame; 1005 if the frame had none, 1006 if none came.
  public let code: CloseCode
  /// The close reason of the connection (RFC 6455 §7.1.6): that of the peer's Close frame, or empty.
  public let reason: String
  /// The failure that was reported before, or `nil`; its close code is what the peer was told.
  public let failure: WSError?
  /// How the stream under the connection ended; without random numbers for masking keys, the error of their source.
  public let transport: CloseReason

  init(_ received: ClosePayload?, failure: WSError?, transport: CloseReason) {
    code = received.map { $0.code ?? CloseCode(rawValue: 1005) } ?? CloseCode(rawValue: 1006)
    reason = String(decoding: received?.reason ?? [], as: UTF8.self)
    self.failure = failure
    self.transport = transport
  }

  /// Whether the closing handshake was completed before the stream ended (RFC 6455 §7.1.4).
  public var isClean: Bool { code.rawValue != 1006 }
}
