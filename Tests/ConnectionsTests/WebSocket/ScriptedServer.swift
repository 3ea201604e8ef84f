import Transport
import WSHandshake

/// A server that does as the test says with one connection.
final class ScriptedServer: ByteStreamDelegate {
  private(set) var address = SocketAddress.loopbackIPv4(port: 0)
  private(set) var received: [UInt8] = []
  private(set) var stream: TCPStream?
  private(set) var sawEnd = false
  private var listener: TCPListener?
  /// Called when connected and whenever something arrived.
  var act: (ScriptedServer) -> Void = { _ in }

  func start(on loop: Loop) throws -> ScriptedServer {
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned self] stream in
      self.stream = stream
      stream.delegate = self
      act(self)
    }
    self.listener = listener
    address = listener.localAddress
    return self
  }
  deinit { listener?.close() }

  /// The answer to the request received, or `nil` before it is complete.
  var answer: [UInt8]? {
    var handshake = ServerHandshake(policy: HandshakePolicy())
    let octets = received
    guard case .accepted(_, let response, _, _) = handshake.receive(octets.span) else { return nil }
    return response
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    for index in octets.indices { received.append(octets[index]) }
    act(self)
  }
  func receivedEndOfFile(from stream: any ByteStream) { sawEnd = true }
  func closed(_ stream: any ByteStream, reason: CloseReason) { self.stream = nil }
}

/// A delegate for a stream that is to get another one.
final class NoDelegate: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
