internal import Transport

/// The connections that a server has no room for: they are told so, without waiting for their request.
///
/// By the time named silent peers have lost their connections. Of those turned away at the same time only some are told: they cost
/// descriptors too. With TLS nothing can be said before its handshake, which costs most.
final class TurnedAwayConnections {
  private var count = 0

  private static let toldAtOnce = 64
  private static let unavailable = Array(
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8)

  /// Answers 503, or drops the connection.
  func add(_ stream: TCPStream, isSecure: Bool) {
    guard !isSecure, count < Self.toldAtOnce else { return stream.abort() }
    count += 1
    stream.delegate = TurnedAway { [weak self] in self?.count -= 1 }
    stream.write(Self.unavailable)
    stream.closeGracefully(within: .seconds(1))
  }
}

/// Waits for the end of a connection that is not served.
private final class TurnedAway: ByteStreamDelegate {
  private let onClosed: () -> Void

  init(onClosed: @escaping () -> Void) { self.onClosed = onClosed }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) { onClosed() }
}
