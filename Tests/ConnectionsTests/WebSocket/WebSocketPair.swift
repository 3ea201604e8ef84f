import Connections
import Transport
import WSHandshake
import WSProtocol

/// A client and an echoing server's connection in memory.
struct WebSocketPair {
  let loop: Loop
  let streams = InMemoryStream.pair()
  let client: WebSocketConnection
  let server: WebSocketConnection
  let clientLog = EventLog()
  let serverLog = EventLog()

  init(subprotocols: [String] = [], limits: WSLimits = WSLimits()) throws {
    loop = try Loop()
    var policy = HandshakePolicy()
    policy.subprotocols = ["echo"]
    server = WebSocketConnection(server: streams.1, on: loop, policy: policy, handler: serverLog.handler)
    client = try WebSocketConnection(
      client: streams.0, on: loop, offer: changedOffer { $0.subprotocols = subprotocols }, limits: limits, handler: clientLog.handler)
    serverLog.on = { if case .endpoint(.message(let message)) = $1 { try? $0.send(message) } }
  }

  func run(inPiecesOf count: Int = .max) { exchange(streams.0, streams.1, inPiecesOf: count) }
}

/// A client on a connecting stream.
func connect(
  to address: SocketAddress, on loop: Loop, _ log: EventLog, limits: WSLimits = WSLimits(), within limit: Duration = .seconds(10)
) throws -> WebSocketConnection {
  let stream = TCPStream.connect(to: address, on: loop, delegate: NoDelegate())
  return try WebSocketConnection(
    client: stream, on: loop, offer: ClientOffer(host: "\(address)", target: "/"), limits: limits, openingTimeout: limit,
    handler: log.handler)
}
