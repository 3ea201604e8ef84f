import Connections
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("Peers that take nothing", .timeLimit(.minutes(10)))
struct StalledPeerTests {
  /// A loop whose time passes only where the test lets it, and a server's connection in memory that waits for its peer.
  private final class Bench {
    private var time = Duration.zero
    private(set) lazy var loop = try? Loop(clock: { [unowned self] in time })
    let streams = InMemoryStream.pair()
    let log = EventLog()
    let clientLog = EventLog()
    private(set) var connection: WebSocketConnection?
    private var client: WebSocketConnection?

    init(stallTimeout: Duration?) throws {
      var limits = WSLimits()
      limits.outputStallTimeout = stallTimeout
      limits.keepalivePingInterval = nil
      let loop = try #require(loop)
      connection = WebSocketConnection(
        server: streams.1, on: loop, policy: HandshakePolicy(), limits: limits, handler: log.handler)
      client = try WebSocketConnection(client: streams.0, on: loop, offer: changedOffer { _ in }, handler: clientLog.handler)
      exchange(streams.0, streams.1)
      streams.1.isTaken = false
    }

    func pass(_ duration: Duration) throws {
      time += duration
      while try loop?.turn(waitAtMost: .zero) == true {}
    }
  }

  @Test("LN-106: a peer that takes nothing for the time allowed is told 1013 and dropped")
  func stalled() throws {
    let bench = try Bench(stallTimeout: .seconds(30))
    try bench.connection?.send(text("first"))
    for _ in 0..<119 { try bench.pass(.milliseconds(250)) }
    #expect(bench.log.lines == ["opened /chat"])
    for _ in 0..<17 { try bench.pass(.milliseconds(250)) }
    #expect(bench.log.lines == ["opened /chat", "failed 1013"])
    #expect(bench.connection?.isOpen == false)
    // The Close frame waits behind the message, for a peer that comes back.
    bench.streams.1.isTaken = true
    exchange(bench.streams.0, bench.streams.1)
    #expect(bench.clientLog.lines.prefix(3) == ["opened", "text first", "close 1013"])
  }

  @Test("a peer that takes an octet now and then is not taken for one that takes nothing, however long it needs")
  func slow() throws {
    let bench = try Bench(stallTimeout: .seconds(30))
    bench.streams.1.heldBySystem = 100
    try bench.connection?.send(text("first"))
    for _ in 0..<20 {
      try bench.pass(.seconds(25))
      bench.streams.1.heldBySystem -= 1
    }
    #expect(bench.log.lines == ["opened /chat"])
    for _ in 0..<152 { try bench.pass(.milliseconds(250)) }
    #expect(bench.log.lines == ["opened /chat", "failed 1013"])
  }

  @Test("what is sent meanwhile does not make a peer look as if it took something")
  func sentMeanwhile() throws {
    let bench = try Bench(stallTimeout: .seconds(30))
    for _ in 0..<136 {
      try? bench.connection?.send(text("more"))
      try bench.pass(.milliseconds(250))
    }
    #expect(bench.log.lines == ["opened /chat", "failed 1013"])
  }

  @Test("nobody is dropped while nothing waits, or without a limit", arguments: [nil, Duration.seconds(30)])
  func idle(limit: Duration?) throws {
    let bench = try Bench(stallTimeout: limit)
    if limit != nil { bench.streams.1.isTaken = true }
    try bench.connection?.send(text("first"))
    exchange(bench.streams.0, bench.streams.1)
    for _ in 0..<200 { try bench.pass(.seconds(1)) }
    #expect(bench.log.lines == ["opened /chat"])
  }

  @Test("LN-106: over a socket a stalled client is dropped, and one that reads is not")
  func overSocket() throws {
    let loop = try Loop()
    let log = EventLog()
    var limits = WSLimits()
    limits.outputStallTimeout = .milliseconds(400)
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop, limits: limits, handler: log.handler)
    let stalled = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)"))
    let reader = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)"))
    #expect(try loop.run(within: .seconds(5)) { !stalled.received.isEmpty && !reader.received.isEmpty })
    stalled.stream?.pauseReading()
    server.broadcast(Message(.binary, [UInt8](repeating: 7, count: 12 << 20)))
    #expect(try loop.run(within: .seconds(30)) { log.closures.count == 1 && server.connectionCount == 1 })
    #expect(log.lines.filter { $0 != "opened /" } == ["failed 1013", "closed 1006"])
    #expect(log.closures.first?.failure == WSError(.outputStalled, offset: 0))
    #expect(try loop.run(within: .seconds(5)) { reader.received.count > 12 << 20 })
    stalled.stream?.abort()
    reader.stream?.abort()
  }
}
