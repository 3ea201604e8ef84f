import Connections
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("A server's connection", .timeLimit(.minutes(10)))
struct ServerConnectionTests {
  /// A server that keeps its connections, as a program does that speaks when it wants to.
  final class Keeper {
    var connections: [WebSocketConnection] = []
    var events: [WebSocketSession.Event] = []
    var on: (WebSocketConnection, WebSocketSession.Event) -> Void = { _, _ in }

    func start(on loop: Loop, limits: WSLimits = WSLimits(), heldBytes: Int = 256 << 20) throws -> WebSocketServer {
      try WebSocketServer(.loopbackIPv4(port: 0), on: loop, limits: limits, maximumHeldBytes: heldBytes) { [unowned self] in
        if case .opened = $1 { connections.append($0) }
        events.append($1)
        on($0, $1)
      }
    }
  }

  private func open(_ keeper: Keeper, _ server: WebSocketServer, on loop: Loop, then octets: [UInt8] = []) throws -> RawClient {
    let client = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)") + octets)
    #expect(try loop.run(within: .seconds(5)) { !keeper.connections.isEmpty && client.text.contains("\r\n\r\n") })
    client.received = []
    return client
  }

  @Test("a message sent outside of a callback goes out in the next turn")
  func sendFromOutside() throws {
    let loop = try Loop()
    let keeper = Keeper()
    let server = try keeper.start(on: loop)
    let client = try open(keeper, server, on: loop)
    try keeper.connections[0].send(Message(.text, Array("tick".utf8)))
    #expect(try loop.run(within: .seconds(2)) { client.received == [0x81, 4] + Array("tick".utf8) })
  }

  @Test("messages for a client that does not read are refused before memory runs full (F32)")
  func outputCap() throws {
    let loop = try Loop()
    let keeper = Keeper()
    let server = try keeper.start(on: loop)
    let client = try open(keeper, server, on: loop)
    client.stream?.pauseReading()
    let message = Message(.binary, [UInt8](repeating: 7, count: 1 << 20))
    var sent = 0
    #expect(throws: WSError.self) {
      while sent < 100 {
        try keeper.connections[0].send(message)
        sent += 1
        try loop.turn(waitAtMost: .milliseconds(1))
      }
    }
    #expect(sent > 16)
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test("a message of the greatest length and one behind it are echoed")
  func longEcho() throws {
    let loop = try Loop()
    let keeper = Keeper()
    keeper.on = { if case .endpoint(.message(let message)) = $1 { try? $0.send(message) } }
    let server = try keeper.start(on: loop)
    let client = try open(keeper, server, on: loop)
    let length = 16 << 20
    client.stream?.write([0x82, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: length))
    client.stream?.write([0x81, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0])
    #expect(try loop.run(within: .seconds(30)) { client.received.count == length + 10 + 4 })
  }

  @Test("nothing can be sent once the connection is gone")
  func sendAfterClosed() throws {
    let loop = try Loop()
    let keeper = Keeper()
    let server = try keeper.start(on: loop)
    let client = try open(keeper, server, on: loop)
    client.stream?.abort()
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
    #expect(throws: WSError(.notOpen, offset: 0)) { try keeper.connections[0].send(Message(.text, [0x61])) }
    #expect(throws: WSError(.notOpen, offset: 0)) { try keeper.connections[0].close(.empty) }
  }

  @Test("a handler that closes a refused connection adds nothing to the refusal (H23)")
  func closeInRejected() throws {
    let loop = try Loop()
    let keeper = Keeper()
    var errors: [WSError.Code] = []
    keeper.on = { connection, _ in
      do throws(WSError) { try connection.close(.empty) } catch { errors.append(error.code) }
      do throws(WSError) { try connection.send(Message(.text, [0x61])) } catch { errors.append(error.code) }
    }
    let server = try keeper.start(on: loop)
    let client = RawClient(to: server.localAddress, on: loop, sending: Array("PUT / HTTP/1.1\r\nHost: \(server.localAddress)\r\n\r\n".utf8))
    #expect(try loop.run(within: .seconds(5)) { client.reason != nil })
    #expect(errors == [.notOpen, .notOpen])
    #expect(client.text.hasPrefix("HTTP/1.1 405") && client.text.hasSuffix("\n"), "\(client.text)")
  }

  @Test("every event may close the connection, also with the server let go of (H23)", arguments: [false, true])
  func closeInEveryEvent(dropsServer: Bool) throws {
    let loop = try Loop()
    let keeper = Keeper()
    var server: WebSocketServer? = try keeper.start(on: loop)
    let address = try #require(server).localAddress
    for position in 0..<4 {
      var seen = 0
      keeper.on = { connection, _ in
        seen += 1
        guard seen == position + 1 else { return }
        if dropsServer { server = nil }
        try? connection.send(Message(.text, [0x61]))
        try? connection.close(.empty)
      }
      let frames: [UInt8] = [0x81, 0x80, 0, 0, 0, 0, 0x89, 0x80, 0, 0, 0, 0, 0x88, 0x80, 0, 0, 0, 0, 0x83, 0x80]
      let client = RawClient(to: address, on: loop, sending: upgradeRequest(host: "\(address)") + frames)
      #expect(try loop.run(within: .seconds(5)) { client.reason != nil })
      if server == nil { break }
    }
  }

  @Test("a server that is let go of stops listening")
  func dropped() throws {
    let loop = try Loop()
    let keeper = Keeper()
    let address = try keeper.start(on: loop).localAddress
    let client = RawClient(to: address, on: loop, sending: [])
    #expect(try loop.run(within: .seconds(5)) { client.reason != nil })
    guard case .connectRefused = client.reason else {
      Issue.record("\(String(describing: client.reason))")
      return
    }
  }

  @Test("a loop with a server and open connections can be let go of")
  func lifetime() throws {
    weak var weakLoop: Loop?
    do {
      let loop = try Loop()
      weakLoop = loop
      let keeper = Keeper()
      let server = try keeper.start(on: loop)
      let client = try open(keeper, server, on: loop)
      client.stream?.write([0x81])
      try loop.turn(waitAtMost: .milliseconds(20))
      keeper.connections = []
    }
    #expect(weakLoop == nil)
  }

  @Test("what all connections hold is bounded, also after their Close frames (F10)")
  func heldBudget() throws {
    let loop = try Loop()
    let keeper = Keeper()
    let server = try keeper.start(on: loop, heldBytes: 1 << 20)
    let client = try open(keeper, server, on: loop)
    // The begun message is 8 MiB long; 1013 comes after 1 MiB, and the rest is thrown away.
    client.stream?.write([0x02, 0xFF, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0])
    var greatest = 0
    for _ in 0..<8 {
      client.stream?.write([UInt8](repeating: 7, count: 1 << 20))
      try loop.turn(waitAtMost: .milliseconds(20))
      greatest = max(greatest, server.heldBytes)
    }
    #expect(
      try loop.run(within: .seconds(5)) {
        greatest = max(greatest, server.heldBytes); return server.connectionCount == 0
      })
    #expect(client.received.prefix(4) == [0x88, 2, 0x03, 0xF5])
    #expect(greatest <= 2 << 20, "\(greatest)")
    #expect(server.heldBytes == 0)
  }

  @Test("what waits for the client is not lost when a timer fires while the connection lingers")
  func lingering() throws {
    let loop = try Loop()
    let keeper = Keeper()
    var limits = WSLimits()
    limits.keepalivePingInterval = .milliseconds(300)
    let server = try keeper.start(on: loop, limits: limits)
    let client = try open(keeper, server, on: loop)
    client.stream?.pauseReading()
    let length = 12 << 20
    try keeper.connections[0].send(Message(.binary, [UInt8](repeating: 7, count: length)))
    client.stream?.write([0x88, 0x80, 0, 0, 0, 0])
    #expect(try loop.run(within: .seconds(5)) { keeper.events.last == .endpoint(.closeReceived(.empty)) })
    try loop.run(within: .milliseconds(600)) { false }
    client.stream?.resumeReading()
    #expect(try loop.run(within: .seconds(5)) { client.reason != nil })
    #expect(client.received.count == length + 10 + 2)
  }

  @Test("a frame that waits because reading is paused does not grow old")
  func pausedAge() throws {
    // Time passes only where the test lets it, so that a busy machine cannot make the client look as if it took nothing.
    var time = Duration.zero
    let loop = try Loop(clock: { time })
    let keeper = Keeper()
    keeper.on = { if case .endpoint(.message(let message)) = $1 { try? $0.send(message) } }
    var limits = WSLimits()
    limits.partialFrameAge = .milliseconds(300)
    limits.keepalivePingInterval = .milliseconds(300)
    limits.keepalivePongTimeout = .milliseconds(300)
    let server = try keeper.start(on: loop, limits: limits)
    let client = try open(keeper, server, on: loop)
    client.stream?.pauseReading()
    let frame: [UInt8] = [0x82, 0xFF, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 8 << 20)
    for _ in 0..<3 { client.stream?.write(frame) }
    // The client takes 10 MiB a second, so that reading pauses for longer than any age; 3 MiB are more than the system keeps from us.
    let answer = 3 * (frame.count - 4)
    while client.received.count < answer, client.reason == nil {
      let wanted = min(client.received.count + (1 << 20), answer)
      client.stream?.resumeReading()
      try #require(try loop.run(within: .seconds(10)) { client.received.count >= wanted || client.reason != nil })
      client.stream?.pauseReading()
      // Whatever can move without the client does before time goes on.
      while try loop.turn(waitAtMost: .milliseconds(20)) {}
      time += .milliseconds(100)
    }
    #expect(client.received.count >= answer, "\(keeper.events.suffix(1))")
  }

  @Test("before and after the open phase nothing can be sent")
  func phases() throws {
    var session = WebSocketSession(policy: HandshakePolicy(), now: .zero)
    var codes: [WSError.Code] = []
    do throws(WSError) { try session.send(Message(.text, [0x61])) } catch { codes.append(error.code) }
    do throws(WSError) { try session.close(.empty, now: .zero) } catch { codes.append(error.code) }
    _ = session.handleDeadline(now: .seconds(10))
    do throws(WSError) { try session.close(.empty, now: .seconds(10)) } catch { codes.append(error.code) }
    #expect(codes == [.notOpen, .notOpen, .notOpen])
    let output = session.takeOutput().flatMap { $0 }
    #expect(String(decoding: output, as: UTF8.self).hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }
}
