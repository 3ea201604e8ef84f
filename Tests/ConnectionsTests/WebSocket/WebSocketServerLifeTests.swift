import Connections
import HTTPParse
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("The connections of a WebSocket server", .timeLimit(.minutes(10)))
struct WebSocketServerLifeTests {
  /// A server, what it reports about each connection, and clients.
  private final class House {
    let loop: Loop
    private(set) var server: WebSocketServer?
    private(set) var events: [Int: [String]] = [:]
    private(set) var clients: [EventLog] = []
    private(set) var connections: [WebSocketConnection] = []

    init(
      policy: ((SocketAddress) -> HandshakePolicy)? = nil, handshakeLimits: HandshakeLimits = HandshakeLimits(),
      openingTimeout: Duration = .seconds(10), maximumConnections: Int = 100
    ) throws {
      loop = try Loop()
      server = try WebSocketServer(
        .loopbackIPv4(port: 0), on: loop, policy: policy, handshakeLimits: handshakeLimits, openingTimeout: openingTimeout,
        maximumConnections: maximumConnections
      ) { [unowned self] connection, event in events[connection.id, default: []].append(words(for: event)) }
    }

    var address: SocketAddress { server?.localAddress ?? .loopbackIPv4(port: 1) }
    var count: Int { server?.connectionCount ?? 0 }

    func connect(_ change: (inout ClientOffer) -> Void = { _ in }) throws {
      var offer = ClientOffer(host: "\(address)", target: "/")
      change(&offer)
      let log = EventLog()
      let stream = TCPStream.connect(to: address, on: loop, delegate: NoDelegate())
      connections.append(try WebSocketConnection(client: stream, on: loop, offer: offer, handler: log.handler))
      clients.append(log)
    }

    func run(until condition: () -> Bool) throws -> Bool { try loop.run(within: .seconds(5), until: condition) }

    func drop() { server = nil }
  }

  @Test("numbers count from one and are not given again; each connection has one end, the last of its events")
  func numbers() throws {
    let house = try House()
    for number in 1...3 {
      try house.connect()
      #expect(try house.run { house.connections.last?.isOpen == true && house.server?[number]?.isOpen == true })
      try house.server?[number]?.close(ClosePayload(code: .normal, reason: "next"))
      #expect(try house.run { house.clients.last?.endedOnce == true && house.count == 0 })
      #expect(house.server?[number] == nil)
    }
    for number in 1...3 { #expect(house.events[number] == ["opened /", "close 1000", "closed 1000"]) }
    #expect(house.clients.allSatisfy { $0.lines.last == "closed 1000 next" })
  }

  @Test("a connection that never opened has its end reported too")
  func refusedAndReset() throws {
    let house = try House()
    let refused = RawClient(to: house.address, on: house.loop, sending: Array("PUT / HTTP/1.1\r\nHost: \(house.address)\r\n\r\n".utf8))
    #expect(try house.run { refused.reason != nil && house.count == 0 })
    let silent = RawClient(to: house.address, on: house.loop, sending: Array("GET".utf8))
    #expect(try house.run { house.count == 1 })
    silent.stream?.abort()
    #expect(try house.run { house.count == 0 })
    let ended = RawClient(to: house.address, on: house.loop, sending: Array("GET".utf8))
    #expect(try house.run { house.count == 1 })
    ended.stream?.shutdownWrite()
    #expect(try house.run { ended.reason != nil && house.count == 0 })
    #expect(ended.text.hasPrefix("HTTP/1.1 400"))
    #expect(house.events == [1: ["refused method", "closed 1006"], 2: ["closed 1006"], 3: ["refused http", "closed 1006"]])
  }

  @Test(
    "F34: a client that resets in any state is gone at once, once",
    arguments: [
      ("before its request", 0, [], ["closed 1006"]), ("amid its request", 40, [], ["closed 1006"]),
      ("after the opening", 1000, [], ["opened /", "closed 1006"]), ("amid a frame", 1000, [0x81, 0x85, 1], ["opened /", "closed 1006"]),
      ("amid closing", 1000, [0x88], ["opened /", "closed 1006"]),
    ] as [(String, Int, [UInt8], [String])])
  func reset(moment: String, length: Int, frames: [UInt8], lines: [String]) throws {
    let house = try House()
    let request = Array(upgradeRequest(host: "\(house.address)").prefix(length))
    let client = RawClient(to: house.address, on: house.loop, sending: request + frames)
    #expect(try house.run { house.count == 1 && client.received.isEmpty == (length < 1000) })
    weak let connection = house.server?[1]
    try house.loop.turn(waitAtMost: .milliseconds(20))
    if moment == "amid closing" { try connection?.close(.empty) }
    client.stream?.abort()
    #expect(try house.run { house.count == 0 && client.reason != nil })
    #expect(house.events == [1: lines])
    #expect(connection == nil)
  }

  @Test("the agreement comes with the opening")
  func agreement() throws {
    let house = try House { _ in
      var policy = HandshakePolicy()
      policy.subprotocols = ["chat"]
      return policy
    }
    try house.connect { $0.subprotocols = ["other", "chat"] }
    #expect(try house.run { house.connections[0].isOpen })
    #expect(house.events[1] == ["opened chat /"])
    #expect(house.clients[0].lines == ["opened chat"])
  }

  @Test("limits of the opening handshake can be set")
  func handshakeLimits() throws {
    var limits = HandshakeLimits()
    limits.http.maximumFieldSectionBytes = 300
    let house = try House(handshakeLimits: limits)
    let request = upgradeRequest(host: "\(house.address)", extra: "X: \(String(repeating: "x", count: 300))\r\n")
    let client = RawClient(to: house.address, on: house.loop, sending: request)
    #expect(try house.run { client.reason != nil })
    #expect(client.text.hasPrefix("HTTP/1.1 431"))
  }

  @Test("H22: clients that stay silent or send little by little are told so and dropped", arguments: [false, true])
  func silentClients(drips: Bool) throws {
    let house = try House(openingTimeout: .milliseconds(300))
    let client = RawClient(to: house.address, on: house.loop, sending: Array("G".utf8))
    let start = house.loop.now
    let rest = Array("ET / HTTP/1.1\r\nHost: \(house.address)\r\n".utf8)
    var sent = 0
    #expect(
      try house.run {
        if drips, sent < rest.count {
          client.stream?.writeNow([rest[sent]])
          sent += 1
        }
        _ = try? house.loop.run(within: .milliseconds(10)) { client.reason != nil }
        return client.reason != nil
      })
    #expect(client.text.hasPrefix("HTTP/1.1 408"))
    #expect(house.loop.now - start >= .milliseconds(300))
    #expect(try house.run { house.count == 0 })
    #expect(house.events == [1: ["refused timeout", "closed 1006"]])
  }

  @Test("connections too many are answered 503 before their request, and make room for nobody")
  func tooMany() throws {
    let house = try House(maximumConnections: 2)
    for _ in 0..<3 { try house.connect() }
    #expect(try house.run { house.clients.contains { $0.endedOnce } && house.connections.count { $0.isOpen } == 2 })
    let lines = house.clients.map(\.lines).sorted { $0.count < $1.count }
    #expect(lines == [["opened"], ["opened"], ["refused refused 503", "closed 1006"]])
    #expect(house.count == 2)
    let raw = RawClient(to: house.address, on: house.loop, sending: [])
    #expect(try house.run { raw.text.hasSuffix("\r\n\r\n") })
    #expect(raw.text.contains("\r\nRetry-After: 10\r\n"))
    raw.stream?.abort()
    house.connections.first { $0.isOpen }?.abort()
    #expect(try house.run { house.count == 1 })
    try house.connect()
    #expect(try house.run { house.connections.last?.isOpen == true })
    #expect(house.events.count == 3)
  }

  @Test("of connections too many, those that stay are dropped after a second, and beyond 64 at once")
  func turnedAway() throws {
    let house = try House(maximumConnections: 0)
    let clients = (0..<70).map { _ in RawClient(to: house.address, on: house.loop, sending: [], keepsOpen: true) }
    #expect(try house.run { clients.count { $0.reason != nil } == 6 && clients.count { $0.text.hasPrefix("HTTP/1.1 503") } == 64 })
    for client in clients { client.stream?.abort() }
    #expect(try house.run { clients.allSatisfy { $0.reason != nil } })
    let later = RawClient(to: house.address, on: house.loop, sending: [])
    #expect(try house.run { later.reason != nil })
    #expect(later.text.hasPrefix("HTTP/1.1 503") && house.events.isEmpty)
  }

  @Test("a broadcast reaches every open connection but those that do not read")
  func broadcast() throws {
    let house = try House()
    for _ in 0..<3 { try house.connect() }
    let opening = RawClient(to: house.address, on: house.loop, sending: [])
    #expect(try house.run { house.events.values.count { $0 == ["opened /"] } == 3 && house.count == 4 })
    #expect(house.server?.broadcast(text("all")) == 3)
    house.connections[0].isHeldBack = true
    let message = Message(.binary, [UInt8](repeating: 7, count: 1 << 20))
    var reached = 3
    for _ in 0..<30 where reached == 3 {
      reached = house.server?.broadcast(message, skippingBacklogOver: 1 << 20) ?? 0
      try house.loop.run(within: .milliseconds(20)) { false }
    }
    #expect(reached == 2)
    #expect(house.count == 4)
    #expect(house.clients.allSatisfy { $0.lines.prefix(2) == ["opened", "text all"] })
    opening.stream?.abort()
  }

  @Test("a shutdown takes leave of every connection, and drops what is left when the time is up", arguments: [false, true])
  func shutdown(letsGo: Bool) throws {
    let house = try House()
    for _ in 0..<2 { try house.connect() }
    let opening = RawClient(to: house.address, on: house.loop, sending: [])
    let stubborn = RawClient(to: house.address, on: house.loop, sending: upgradeRequest(host: "\(house.address)"), keepsOpen: true)
    #expect(try house.run { house.events.count == 3 && house.count == 4 })
    let address = house.address
    #expect(throws: WSError(.unsendable, offset: 0)) { try house.server?.shutdown(code: CloseCode(rawValue: 1005), within: .zero) }
    try house.server?.shutdown(reason: "maintenance", within: .milliseconds(500))
    weak let server = house.server
    if letsGo { house.drop() }
    let start = house.loop.now
    #expect(try house.run { house.clients.allSatisfy(\.endedOnce) && opening.reason != nil })
    #expect(stubborn.reason == nil)
    #expect(house.clients.allSatisfy { $0.lines == ["opened", "close 1001", "closed 1001 maintenance"] })
    #expect(try house.run { stubborn.reason != nil })
    #expect(house.loop.now - start >= .milliseconds(490))
    #expect(stubborn.received.suffix(15) == [0x88, 13, 0x03, 0xE9] + Array("maintenance".utf8))
    #expect(try house.run { house.events.values.allSatisfy { $0.last?.hasPrefix("closed") == true } })
    let late = RawClient(to: address, on: house.loop, sending: [])
    #expect(try house.run { late.reason != nil })
    guard case .connectRefused = late.reason else {
      Issue.record("\(String(describing: late.reason))")
      return
    }
    if letsGo { #expect(server == nil) }
  }

  @Test("closing stops listening, and connections live on")
  func close() throws {
    let house = try House()
    try house.connect()
    #expect(try house.run { house.connections[0].isOpen && house.server?[1]?.isOpen == true })
    house.server?.close()
    try house.server?[1]?.send(text("still here"))
    #expect(try house.run { house.clients[0].lines == ["opened", "text still here"] })
  }

  @Test("a port that was closed with connections can be listened on again at once")
  func listenAgain() throws {
    let loop = try Loop()
    var address = SocketAddress.loopbackIPv4(port: 0)
    for _ in 0..<20 {
      let log = EventLog()
      let server = try WebSocketServer(address, on: loop, handler: log.handler)
      address = server.localAddress
      let client = RawClient(to: address, on: loop, sending: upgradeRequest(host: "\(address)"))
      #expect(try loop.run(within: .seconds(5)) { !client.received.isEmpty })
      try server.shutdown(within: .zero)
      #expect(try loop.run(within: .seconds(5)) { log.endedOnce && client.reason != nil })
    }
  }

  @Test("every event may shut the server down (H23)", arguments: [0, 1, 2, 3])
  func shutdownInEvent(position: Int) throws {
    let loop = try Loop()
    let log = EventLog()
    let server = try WebSocketServer(.loopbackIPv4(port: 0), on: loop, handler: log.handler)
    log.on = { [weak server] _, _ in if log.lines.count == position + 1 { try? server?.shutdown(within: .milliseconds(100)) } }
    let frames: [UInt8] = [0x81, 0x80, 0, 0, 0, 0, 0x88, 0x80, 0, 0, 0, 0]
    let client = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)") + frames)
    #expect(try loop.run(within: .seconds(5)) { log.endedOnce && client.reason != nil })
    #expect(server.connectionCount == 0)
  }
}
