/// The side of a WebSocket connection an endpoint plays.
public enum Role: String, Sendable, Hashable {
  /// The side that opened the connection; it masks every frame it sends (RFC 6455 §5.1).
  case client
  /// The side that accepted the connection; it masks no frame (RFC 6455 §5.1).
  case server

  /// The other side.
  public var peer: Role {
    switch self {
    case .client: .server
    case .server: .client
    }
  }

  /// Whether frames sent by this side must be masked (RFC 6455 §5.1).
  public var masksFrames: Bool { self == .client }
}
