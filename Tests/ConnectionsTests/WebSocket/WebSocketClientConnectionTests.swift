import Connections
import HTTPParse
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("A WebSocket client's connection", .timeLimit(.minutes(10)))
struct WebSocketClientConnectionTests {
  @Test("speaks with our own server, however the octets are cut", arguments: [1, 2, 7, 100, Int.max])
  func conversation(pieces: Int) throws {
    let pair = try WebSocketPair(subprotocols: ["other", "echo"])
    pair.run(inPiecesOf: pieces)
    #expect(pair.client.isOpen && pair.server.isOpen)
    try pair.client.send(text("first"))
    try pair.client.send(Message(.binary, [UInt8](repeating: 0x78, count: 70_000)))
    try pair.client.ping([0x70])
    try pair.client.send(text("last"))
    pair.run(inPiecesOf: pieces)
    try pair.server.ping([0x71])
    pair.run(inPiecesOf: pieces)
    try pair.client.close(ClosePayload(code: .normal, reason: "done"))
    #expect(!pair.client.isOpen)
    pair.run(inPiecesOf: pieces)
    let long = "binary " + String(repeating: "x", count: 20)
    #expect(
      pair.clientLog.lines == ["opened echo", "text first", long, "pong p", "text last", "ping q", "close 1000", "closed 1000"])
    #expect(
      pair.serverLog.lines == [
        "opened echo /chat", "text first", long, "ping p", "text last", "pong q", "close 1000", "closed 1000 done",
      ])
    #expect(pair.clientLog.closures.first?.transport == .peerFinished)
  }

  @Test("a server that closes is answered, and after the Close frame nothing is sent", arguments: [1, Int.max])
  func serverCloses(pieces: Int) throws {
    let pair = try WebSocketPair()
    pair.run(inPiecesOf: pieces)
    try pair.server.close(ClosePayload(code: .goingAway, reason: "night"))
    pair.run(inPiecesOf: pieces)
    let written = pair.streams.0.writtenBytes
    #expect(throws: WSError(.notOpen, offset: 0)) { try pair.client.send(text("late")) }
    #expect(throws: WSError(.notOpen, offset: 0)) { try pair.client.ping() }
    #expect(throws: WSError(.notOpen, offset: 0)) { try pair.client.close(.empty) }
    pair.run(inPiecesOf: pieces)
    #expect(pair.streams.0.writtenBytes == written)
    #expect(pair.clientLog.lines == ["opened", "close 1001", "closed 1001 night"])
    #expect(pair.serverLog.lines == ["opened /chat", "close 1001", "closed 1001"])
  }

  @Test("speaks with our own server over a socket")
  func overSocket() throws {
    let loop = try Loop()
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop) {
      if case .endpoint(.message(let message)) = $1 { try? $0.send(message) }
    }
    let log = EventLog()
    log.on = { connection, event in
      switch event {
      case .opened: try? connection.send(text("hello"))
      case .endpoint(.message): try? connection.close(ClosePayload(code: .normal))
      default: break
      }
    }
    _ = try connect(to: server.localAddress, on: loop, log)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(log.lines == ["opened", "text hello", "close 1000", "closed 1000"])
    #expect(log.closures.first?.transport == .peerFinished)
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test("where nothing listens there is only the end, with the stream's reason")
  func connectRefused() throws {
    let loop = try Loop()
    let unused = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.abort() }
    unused.close()
    let log = EventLog()
    _ = try connect(to: unused.localAddress, on: loop, log)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    guard case .connectRefused = log.closures.first?.transport else {
      Issue.record("\(log.closures)")
      return
    }
    #expect(log.lines == ["closed 1006"])
  }

  @Test(
    "H20, H22: what is no opening handshake ends in a refusal, and the stream is dropped at once",
    arguments: [
      ("silence", "", "refused timeout"), ("a slow head", "HTTP/1.1 101 \r\n", "refused timeout"),
      ("403", "HTTP/1.1 403 \r\nContent-Length: 2\r\n\r\nno", "refused refused 403 no"),
      (
        "200 without end", "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1 << 17),
        "refused refused 200 " + String(repeating: "x", count: 20)
      ),
      (
        "a wrong accept value", "HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
        "refused accept 101"
      ),
    ])
  func refused(name: String, answer: String, event: String) throws {
    let loop = try Loop()
    let server = try ScriptedServer().start(on: loop)
    server.act = { if $0.answer != nil { $0.stream?.write(Array(answer.utf8)) } }
    let log = EventLog()
    weak var client: WebSocketConnection?
    let start = loop.now
    client = try connect(to: server.address, on: loop, log, within: .milliseconds(200))
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(log.lines == [event, "closed 1006"])
    #expect(loop.now - start < .seconds(2))
    #expect(client == nil)
  }

  @Test(
    "F34: a reset in any state ends the connection once, and leaves nothing behind",
    arguments: ["at once", "after the request", "amid the answer", "after the answer", "amid a frame", "amid closing"])
  func reset(moment: String) throws {
    let loop = try Loop()
    let server = try ScriptedServer().start(on: loop)
    let log = EventLog()
    if moment == "amid closing" { log.on = { if case .opened = $1 { try? $0.close(.empty) } } }
    server.act = { server in
      guard let stream = server.stream else { return }
      switch (moment, server.answer) {
      case ("at once", _), ("after the request", _?): return stream.abort()
      case ("amid the answer", let answer?): stream.writeNow(Array(answer.prefix(20)))
      case ("amid a frame", let answer?): stream.writeNow(answer + [0x81, 5, 0x61])
      // The Close frame comes after the request, with the next octets.
      case ("amid closing", let answer?) where server.received.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A]: return stream.writeNow(answer)
      case ("after the answer", let answer?): stream.writeNow(answer)
      case (_, nil): return
      default: break
      }
      stream.abort()
    }
    weak var client: WebSocketConnection?
    client = try connect(to: server.address, on: loop, log)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(log.closures.first?.code.rawValue == 1006)
    #expect(log.lines.count <= 2)
    #expect(client == nil)
    #expect(try !loop.turn(waitAtMost: .zero))
  }

  @Test("F35: a server that keeps the stream after the closing handshake is left by our clock")
  func keptOpen() throws {
    let loop = try Loop()
    let server = try ScriptedServer().start(on: loop)
    server.act = { server in
      guard let answer = server.answer else { return }
      if server.received.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] { server.stream?.write(answer + [0x88, 0]) }
    }
    var limits = WSLimits()
    limits.closeHandshakeTimeout = .milliseconds(200)
    let log = EventLog()
    weak var client: WebSocketConnection?
    client = try connect(to: server.address, on: loop, log, limits: limits)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce })
    #expect(log.lines == ["opened", "close 1005", "closed 1005"])
    #expect(log.closures.first?.transport == .localClose)
    #expect(client == nil)
  }

  enum Act: String, CaseIterable { case close, abort, send, ping, hold }

  @Test("H23: every event may close, abort and send", arguments: Act.allCases, [1, Int.max])
  func actInEveryEvent(act: Act, pieces: Int) throws {
    // Opened, text, ping, close, closed; or opened, text, ping, failed, closed.
    for ending: [UInt8] in [[0x88, 0], [0x83, 0]] {
      for position in 0..<5 {
        let loop = try Loop()
        let (near, far) = InMemoryStream.pair()
        let log = EventLog()
        var client: WebSocketConnection? = try WebSocketConnection(
          client: near, on: loop, offer: plainOffer, entropy: FixedEntropy([7]), handler: log.handler)
        log.on = { connection, _ in
          guard log.lines.count == position + 1 else { return }
          switch act {
          case .close: try? connection.close(ClosePayload(code: .normal))
          case .abort: connection.abort()
          case .send: for _ in 0..<3 { try? connection.send(text("x")) }
          case .ping: try? connection.ping()
          case .hold: connection.isHeldBack = true
          }
        }
        weak let weakClient = client
        client = nil
        let collector = Collector()
        far.delegate = collector
        far.write(Array(WebSocketClientSessionTests.switching().utf8) + [0x81, 1, 0x61, 0x89, 0] + ending)
        far.closeGracefully(within: .zero)
        exchange(near, far, inPiecesOf: pieces)
        if act == .hold, !log.endedOnce {
          weakClient?.isHeldBack = false
          exchange(near, far, inPiecesOf: pieces)
        }
        #expect(log.endedOnce, "\(act) in event \(position): \(log.lines)")
        if act == .abort { #expect(log.lines.count <= position + 2, "\(log.lines)") }
        #expect(weakClient == nil)
      }
    }
  }

  final class Collector: ByteStreamDelegate {
    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
    func receivedEndOfFile(from stream: any ByteStream) {}
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  @Test("without random numbers no request is sent, and the end says why")
  func noEntropy() throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    let log = EventLog()
    let client = try WebSocketConnection(client: near, on: loop, offer: plainOffer, entropy: FixedEntropy(), handler: log.handler)
    #expect(!client.isOpen)
    exchange(near, far)
    #expect(near.writtenBytes == 0 && log.lines == ["closed 1006"])
    #expect(log.closures.first?.transport.error?.operation == .entropy)
  }

  @Test("compression is neither offered nor accepted: nobody could inflate a message")
  func noCompression() throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    let (log, serverLog) = (EventLog(), EventLog())
    var policy = HandshakePolicy()
    policy.compression = PerMessageDeflatePolicy()
    let server = WebSocketConnection(server: far, on: loop, policy: policy, handler: serverLog.handler)
    // What an offer says as plain text is its author's.
    let offer = changedOffer {
      $0.extensions = ["permessage-deflate"]
      $0.compression = [PerMessageDeflateOffer()]
    }
    let client = try WebSocketConnection(client: near, on: loop, offer: offer, handler: log.handler)
    serverLog.on = {
      guard case .opened(let agreement, let request) = $1 else { return }
      #expect(agreement.compression == nil && request?.fields.lines(named: "Sec-WebSocket-Extensions").map(\.value.count) == [18])
    }
    exchange(near, far)
    #expect(client.isOpen && server.isOpen)
  }

  @Test("what the handler holds is let go of after the last event, also by a connection that is kept")
  func handlerLifetime() throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    weak var weakLog: EventLog?
    let client = try {
      let log = EventLog()
      weakLog = log
      return try WebSocketConnection(client: near, on: loop, offer: plainOffer, handler: log.handler)
    }()
    #expect(weakLog != nil)
    client.abort()
    exchange(near, far)
    #expect(weakLog == nil)
    #expect(throws: WSError(.notOpen, offset: 0)) { try client.send(text("late")) }
  }

  @Test("a client whose offer cannot be sent leaves the stream as it was")
  func badOffer() throws {
    let loop = try Loop()
    let (near, _) = InMemoryStream.pair()
    #expect(throws: HandshakeError.self) {
      _ = try WebSocketConnection(client: near, on: loop, offer: changedOffer { $0.target = " " }) { _, _ in }
    }
    #expect(near.delegate == nil && near.writtenBytes == 0 && !near.isClosed)
  }
}
