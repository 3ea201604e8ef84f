import WSHandshake
import WSProtocol

/// Anything that octets come out of and go into: a socket, a pipe, a TLS session, a test.
protocol OctetStream {
  /// Waits for octets; none at the end of the stream.
  mutating func read() -> [UInt8]
  mutating func write(_ octets: [UInt8])
  /// The time since any moment that stays the same.
  var now: Duration { get }
}

/// Sends every message back until the connection ends.
func echo(over stream: inout some OctetStream) {
  var handshake = ServerHandshake()
  var octets: [UInt8] = []
  opening: while true {
    octets = stream.read()
    guard !octets.isEmpty else { return }
    switch handshake.receive(octets.span) {
    case .needsMore: continue
    case .rejected(let response, _): return stream.write(response)
    case .accepted(_, let response, _, let consumed):
      stream.write(response)
      octets.removeFirst(consumed)
      break opening
    }
  }
  var endpoint = Endpoint(role: .server, now: stream.now)
  var keys = NoMaskingKeys()
  while true {
    var index = 0
    while let event = endpoint.receive(octets.span, at: &index, now: stream.now, keys: &keys) {
      if case .message(let message) = event { try? endpoint.send(message, keys: &keys) }
    }
    for segment in endpoint.takeOutput(keys: &keys) { stream.write(segment) }
    guard !endpoint.isFinished else { return }
    octets = stream.read()
    guard !octets.isEmpty else { return }
  }
}
