import Connections
import HTTPParse
import TestCertificates
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("WebSocket over TLS", .timeLimit(.minutes(10)))
struct WebSocketTLSTests {
  private func serverContext(_ certificate: String = "valid") throws -> TLSServerContext {
    try TLSServerContext(
      TLSServerConfiguration(
        identity: TLSIdentity(
          certificateFile: Certificates.path("\(certificate).pem"), keyFile: Certificates.path("key.key"))))
  }

  private func clientContext() throws -> TLSClientContext {
    try TLSClientContext(TLSClientConfiguration(trust: .file(path: Certificates.path("ca.pem"))))
  }

  /// TLS on a connection to `address` that is not established yet.
  private func secure(_ address: SocketAddress, on loop: Loop) throws -> TLSStream {
    TLSStream(
      client: TCPStream.connect(to: address, on: loop, delegate: NoDelegate()), context: try clientContext(), host: "localhost", on: loop,
      delegate: nil)
  }

  private func connect(
    to address: SocketAddress, on loop: Loop, _ log: EventLog, host: String = "localhost", origin: String? = nil
  ) throws -> WebSocketConnection {
    var offer = ClientOffer(host: "\(host):\(address.port)", target: "/")
    offer.origin = origin
    return try WebSocketConnection(client: secure(address, on: loop), on: loop, offer: offer, handler: log.handler)
  }

  @Test("client and server speak, however the records are cut", arguments: [1, 7, 1000, Int.max])
  func conversation(pieces: Int) throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    let (clientLog, serverLog) = (EventLog(), EventLog())
    let tlsServer = TLSStream(server: far, context: try serverContext(), on: loop, delegate: nil)
    let tlsClient = TLSStream(client: near, context: try clientContext(), host: "server.test", on: loop, delegate: nil)
    let server = WebSocketConnection(server: tlsServer, on: loop, policy: HandshakePolicy(), handler: serverLog.handler)
    let client = try WebSocketConnection(client: tlsClient, on: loop, offer: plainOffer, handler: clientLog.handler)
    serverLog.on = { if case .endpoint(.message(let message)) = $1 { try? $0.send(message) } }
    func run() throws {
      repeat { exchange(near, far, inPiecesOf: pieces) } while try loop.turn(waitAtMost: .zero)
    }
    try run()
    #expect(client.isOpen && server.isOpen)
    try client.send(text("first"))
    try client.send(Message(.binary, [UInt8](repeating: 0x78, count: 20_000)))
    try run()
    try client.close(ClosePayload(code: .normal))
    try run()
    let long = "binary " + String(repeating: "x", count: 20)
    #expect(clientLog.lines == ["opened", "text first", long, "close 1000", "closed 1000"])
    #expect(serverLog.lines == ["opened /chat", "text first", long, "close 1000", "closed 1000"])
    #expect(clientLog.closures.first?.transport == .peerFinished && serverLog.closures.first?.transport == .peerFinished)
  }

  @Test(
    "a secure server on loopback keeps out foreign hosts and origins, and pages that are not secure (H15, H16)",
    arguments: [
      ("no origin", "localhost", nil, true), ("its own origin", "localhost", "https://localhost:PORT", true),
      ("the same origin without TLS", "localhost", "http://localhost:PORT", false),
      ("a foreign origin", "localhost", "https://a.test", false),
      ("a rebound name", "attacker.test", nil, false),
    ] as [(String, String, String?, Bool)])
  func policy(name: String, host: String, origin: String?, isServed: Bool) throws {
    let loop = try Loop()
    let serverLog = EventLog()
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop, tls: try serverContext(), handler: serverLog.handler)
    let log = EventLog()
    log.on = { if case .opened = $1 { try? $0.close(ClosePayload(code: .normal)) } }
    _ = try connect(
      to: server.localAddress, on: loop, log, host: host,
      origin: origin?.replacing("PORT", with: "\(server.localAddress.port)"))
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce && serverLog.endedOnce })
    if isServed {
      #expect(log.lines == ["opened", "close 1000", "closed 1000"])
      #expect(serverLog.lines == ["opened /", "close 1000", "closed 1000"])
      #expect(serverLog.closures.first?.transport == .peerFinished)
    } else {
      #expect(log.lines.count == 2 && log.lines[0].hasPrefix("refused refused 403"))
    }
    #expect(server.connectionCount == 0)
  }

  @Test(
    "H22: TLS and opening handshake share the ten seconds of a silent client", arguments: ["TCP only", "half a TLS record", "TLS only"])
  func silent(stage: String) throws {
    let loop = try Loop()
    let log = EventLog()
    let server = try WebSocketServer(
      .loopbackIPv4(port: 0), on: loop, tls: try serverContext(), openingTimeout: .milliseconds(300), handler: log.handler)
    let start = loop.now
    let raw = stage == "TLS only" ? nil : RawClient(to: server.localAddress, on: loop, sending: stage == "TCP only" ? [] : [0x16, 3, 1])
    let tls = stage == "TLS only" ? try secure(server.localAddress, on: loop) : nil
    let collector = TextCollector()
    tls?.delegate = collector
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(loop.now - start >= .milliseconds(300) && loop.now - start < .seconds(2))
    if stage == "TLS only" {
      #expect(log.lines == ["refused timeout", "closed 1006"])
      #expect(collector.text.hasPrefix("HTTP/1.1 408"))
    } else {
      #expect(log.lines.last == "closed 1006")
      #expect(log.closures.first?.transport.error?.operation == .handshake)
      #expect(try loop.run(within: .seconds(5)) { raw?.reason != nil })
    }
    #expect(server.connectionCount == 0)
  }

  final class TextCollector: ByteStreamDelegate {
    private var octets: [UInt8] = []
    var text: String { String(decoding: octets, as: UTF8.self) }
    func received(_ octets: Span<UInt8>, from stream: any ByteStream) { for index in octets.indices { self.octets.append(octets[index]) } }
    func receivedEndOfFile(from stream: any ByteStream) { stream.closeGracefully(within: .seconds(1)) }
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  @Test(
    "a certificate that is not trusted is the end on both sides, before the request",
    arguments: ["expired", "unknown-issuer", "wrong-name"])
  func untrusted(certificate: String) throws {
    let loop = try Loop()
    let (log, serverLog) = (EventLog(), EventLog())
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop, tls: try serverContext(certificate), handler: serverLog.handler)
    weak var client: WebSocketConnection?
    client = try connect(to: server.localAddress, on: loop, log)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce && serverLog.endedOnce })
    #expect(log.lines == ["closed 1006"] && serverLog.lines == ["closed 1006"])
    #expect(log.closures.first?.transport.error?.operation == .handshake)
    #expect(client == nil && server.connectionCount == 0)
  }

  @Test("a client that speaks no TLS, or ends it without saying so, is told from one that closes (LN-99)")
  func notTLS() throws {
    let loop = try Loop()
    let log = EventLog()
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop, tls: try serverContext(), handler: log.handler)
    let plain = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)"))
    #expect(try loop.run(within: .seconds(5)) { plain.reason != nil && log.endedOnce })
    #expect(log.lines == ["closed 1006"])

    let tcp = TCPStream.connect(to: server.localAddress, on: loop, delegate: NoDelegate())
    let tls = TLSStream(client: tcp, context: try clientContext(), host: "localhost", on: loop, delegate: nil)
    let second = EventLog()
    log.on = { if case .opened = $1 { tcp.shutdownWrite() } }
    let client = try WebSocketConnection(
      client: tls, on: loop, offer: ClientOffer(host: "localhost:\(server.localAddress.port)", target: "/"), handler: second.handler)
    #expect(try loop.run(within: .seconds(5)) { log.closures.count == 2 && second.endedOnce })
    #expect(log.lines == ["closed 1006", "opened /", "closed 1006"])
    guard case .failed(let error) = log.closures.last?.transport, case .tls(.truncated) = error.cause else {
      Issue.record("\(log.closures)")
      return
    }
    #expect(!client.isOpen)
  }

  @Test("connections too many are dropped before their TLS handshake")
  func tooMany() throws {
    let loop = try Loop()
    let (log, serverLog) = (EventLog(), EventLog())
    let server = try WebSocketServer(
      .loopbackIPv4(port: 0), on: loop, tls: try serverContext(), maximumConnections: 0, handler: serverLog.handler)
    _ = try connect(to: server.localAddress, on: loop, log)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(log.lines == ["closed 1006"] && serverLog.lines.isEmpty)
  }

  @Test("F34: a reset at any octet of the handshakes ends both sides once, and leaves nothing behind")
  func reset() throws {
    let loop = try Loop()
    let (serverTLS, clientTLS) = (try serverContext(), try clientContext())
    // Octets carried before the reset, each way; the first that is enough to open ends the walk.
    for count in stride(from: 0, through: 6000, by: 97) {
      let (near, far) = InMemoryStream.pair()
      let (clientLog, serverLog) = (EventLog(), EventLog())
      var (client, server): (WebSocketConnection?, WebSocketConnection?)
      server = WebSocketConnection(
        server: TLSStream(server: far, context: serverTLS, on: loop, delegate: nil), on: loop, policy: HandshakePolicy(),
        handler: serverLog.handler)
      client = try WebSocketConnection(
        client: TLSStream(client: near, context: clientTLS, host: "server.test", on: loop, delegate: nil), on: loop, offer: plainOffer,
        handler: clientLog.handler)
      weak let (weakClient, weakServer) = (client, server)
      var budget = count
      while budget > 0 {
        let worked = (near.carry(atMost: min(budget, 97)), far.carry(atMost: min(budget, 97)))
        budget -= 97
        if worked == (false, false), try !loop.turn(waitAtMost: .zero) { break }
      }
      let isOpen = client?.isOpen == true && server?.isOpen == true
      (client, server) = (nil, nil)
      near.abort()
      far.abort()
      repeat { exchange(near, far) } while try loop.turn(waitAtMost: .zero)
      #expect(clientLog.endedOnce && serverLog.endedOnce, "after \(count): \(clientLog.lines) \(serverLog.lines)")
      #expect(weakClient == nil && weakServer == nil, "after \(count)")
      if isOpen { return }
    }
    Issue.record("never opened")
  }
}
