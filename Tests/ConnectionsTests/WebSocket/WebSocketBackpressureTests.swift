import Connections
import Testing
import Transport
import WSProtocol

@Suite("Back pressure of WebSocket connections", .timeLimit(.minutes(10)))
struct WebSocketBackpressureTests {
  @Test("F32: reading stops while the server takes nothing, and goes on afterwards")
  func backpressure() throws {
    let pair = try WebSocketPair()
    pair.clientLog.on = { if case .endpoint(.message(let message)) = $1 { try? $0.send(message) } }
    pair.serverLog.on = { _, _ in }
    // A server that stopped reading as well would wait for the client, as the client waits for it.
    pair.streams.1.highWatermark = .max
    pair.run()
    pair.streams.0.isTaken = false
    let message = Message(.binary, [UInt8](repeating: 7, count: 1 << 18))
    for _ in 0..<20 { try pair.server.send(message) }
    pair.run(inPiecesOf: 1 << 16)
    #expect(pair.streams.0.isPaused)
    #expect(pair.clientLog.lines.count < 10)
    pair.streams.0.isTaken = true
    pair.run(inPiecesOf: 1 << 16)
    #expect(pair.clientLog.lines.count == 21 && pair.serverLog.lines.count == 21)
    #expect(!pair.streams.0.isPaused)
  }

  @Test("a caller that wants no more messages holds the server back, and loses none")
  func heldBack() throws {
    let pair = try WebSocketPair()
    pair.run()
    pair.client.isHeldBack = true
    for _ in 0..<3 { try pair.server.send(text("x")) }
    pair.run()
    #expect(pair.clientLog.lines == ["opened"])
    pair.client.isHeldBack = false
    pair.run()
    #expect(pair.clientLog.lines == ["opened", "text x", "text x", "text x"])
    // In the closing handshake nothing is for the caller any more, so it cannot hold it up.
    pair.client.isHeldBack = true
    try pair.client.close(.empty)
    pair.run()
    #expect(pair.clientLog.endedOnce && pair.serverLog.endedOnce)
  }

  @Test("a slow peer is not taken for one that is gone, although the system has no room and more is sent", arguments: [false, true])
  func slowPeer(sendsMeanwhile: Bool) throws {
    var limits = WSLimits()
    (limits.keepalivePingInterval, limits.keepalivePongTimeout) = (.milliseconds(20), .milliseconds(50))
    let pair = try WebSocketPair(limits: limits)
    pair.run()
    pair.streams.0.isTaken = false
    pair.streams.0.heldBySystem = 1 << 20
    try pair.client.send(Message(.binary, [UInt8](repeating: 7, count: 2 << 20)))
    let start = pair.loop.now
    while pair.loop.now - start < .milliseconds(500) {
      pair.streams.0.heldBySystem -= 1
      if sendsMeanwhile { try pair.client.send(text("more")) }
      try pair.loop.turn(waitAtMost: .milliseconds(5))
    }
    #expect(pair.client.isOpen && pair.streams.0.isPaused && pair.clientLog.lines == ["opened"])
    #expect(try pair.loop.run(within: .seconds(5)) { !pair.client.isOpen })
    #expect(pair.clientLog.lines.count == 2)
  }

  @Test("a server that is held back is not taken for one that is gone")
  func heldBackForLong() throws {
    let loop = try Loop()
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop) {
      if case .endpoint(.message(let message)) = $1 { try? $0.send(message) }
    }
    var limits = WSLimits()
    (limits.keepalivePingInterval, limits.keepalivePongTimeout) = (.milliseconds(50), .milliseconds(50))
    let log = EventLog()
    log.on = { if case .opened = $1 { $0.isHeldBack = true } }
    let client = try connect(to: server.localAddress, on: loop, log, limits: limits)
    #expect(try loop.run(within: .seconds(5)) { client.isOpen })
    try client.send(text("echo"))
    try loop.run(within: .milliseconds(500)) { false }
    #expect(log.lines == ["opened"])
    client.isHeldBack = false
    #expect(try loop.run(within: .seconds(5)) { log.lines.last == "text echo" })
    client.abort()
  }

  @Test(
    "messages for a server that reads nothing are refused before memory runs full, also those of one event (F32)",
    arguments: [1 << 20, 10_000], [false, true])
  func outputCap(length: Int, inEvent: Bool) throws {
    let pair = try WebSocketPair()
    pair.run()
    pair.streams.0.isTaken = false
    let message = Message(.binary, [UInt8](repeating: 7, count: length))
    var sent = 0
    let send = {
      #expect(throws: WSError.self) {
        while sent < (100 << 20) / length {
          try pair.client.send(message)
          sent += 1
        }
      }
    }
    if inEvent {
      pair.clientLog.on = { if case .endpoint = $1 { _ = send() } }
      try pair.server.send(text("go"))
      pair.run()
    } else {
      _ = send()
    }
    #expect(sent * length > 16 << 20)
    pair.run()
    #expect(pair.clientLog.lines == (inEvent ? ["opened", "text go", "closed 1006"] : ["opened", "closed 1006"]))
    #expect(pair.clientLog.closures.first?.transport == .localAbort)
  }
}
