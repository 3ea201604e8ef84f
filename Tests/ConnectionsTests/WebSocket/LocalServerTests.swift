import Connections
import HTTPParse
import Testing
import Transport
import WSHandshake
import WSProtocol

/// Raw requests to a server as LuaNet has it: loopback pages only, heads of 16 KiB, no subprotocol.
@Suite("A server for this machine", .timeLimit(.minutes(10)))
struct LocalServerTests {
  private func start(_ address: SocketAddress, on loop: Loop, _ log: EventLog) throws -> WebSocketServer {
    var limits = HandshakeLimits()
    limits.http.maximumHeadBytes = 16 << 10
    limits.http.maximumFieldSectionBytes = 16 << 10
    return try WebSocketServer(
      address, on: loop,
      policy: { address in
        var policy = HandshakePolicy()
        policy.hosts = .loopback(port: address.port)
        policy.origins = .loopback()
        policy.originAdvice = "list it in origins"
        policy.answersAnyVersionWith426 = true
        return policy
      }, handshakeLimits: limits, handler: log.handler)
  }

  private static let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
  private static let version = "Sec-WebSocket-Version: 13\r\n"

  @Test(
    "LN-94, LN-95, LN-100: raw requests get the status that is due, and a text in one line if they are refused",
    arguments: [
      ("LN-94 any path", "GET /any?path HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)", 101, ""),
      ("LN-100 offers", "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)Sec-WebSocket-Protocol: chat\r\n", 101, ""),
      ("LN-94 plain HTTP", "GET / HTTP/1.1\r\nHost: HOST\r\n", 426, "upgrade-required: "),
      ("LN-94 no version", "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)", 426, "version-unsupported: "),
      ("LN-94 version 8", "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)Sec-WebSocket-Version: 8\r\n", 426, "version-unsupported: "),
      ("LN-94 POST", "POST / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)", 405, "method: "),
      ("LN-94 HTTP/1.0", "GET / HTTP/1.0\r\nHost: HOST\r\n\(upgrade)\(version)", 400, "http-version: "),
      ("LN-94 no key", "GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(version)", 400, "key: "),
      (
        "LN-94 over-long head",
        "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)"
          + String(repeating: "A: \(String(repeating: "b", count: 1000))\r\n", count: 17), 431, ""
      ), ("LN-95 local page", "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)Origin: http://localhost:3000\r\n", 101, ""),
      (
        "LN-95 foreign page", "GET / HTTP/1.1\r\nHost: HOST\r\n\(upgrade)\(version)Origin: https://evil.example\r\n", 403,
        "origin: the Origin \"https://evil.example\" is not one this server trusts (list it in origins)"
      ),
      ("LN-95 rebound", "GET / HTTP/1.1\r\nHost: evil.example:8080\r\n\(upgrade)\(version)", 403, "host: the Host \"evil.example:8080\""),
    ])
  func requests(name: String, head: String, status: Int, words: String) throws {
    let loop = try Loop()
    let log = EventLog()
    let server = try start(.loopbackIPv4(port: 0), on: loop, log)
    let request = head.replacing("HOST", with: "\(server.localAddress)") + "\r\n"
    let client = RawClient(to: server.localAddress, on: loop, sending: Array(request.utf8))
    #expect(try loop.run(within: .seconds(5)) { status == 101 ? client.text.hasSuffix("\r\n\r\n") : client.reason != nil })
    #expect(client.text.hasPrefix("HTTP/1.1 \(status) "), "\(client.text)")
    #expect(!client.text.contains("Sec-WebSocket-Protocol"))
    #expect(client.text.contains("\r\nSec-WebSocket-Version: 13\r\n") == (status == 426))
    if status != 101 {
      let content = client.text.split(separator: "\r\n\r\n").last ?? ""
      #expect(content.hasPrefix(words) && content.hasSuffix("\n") && content.count { $0.isNewline } == 1, "\(content)")
    }
    client.stream?.abort()
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test("LN-99: a TLS hello is answered by closing, and the server lives on")
  func tlsHello() throws {
    let loop = try Loop()
    let log = EventLog()
    let server = try start(.loopbackIPv4(port: 0), on: loop, log)
    let hello: [UInt8] = [0x16, 3, 1, 0, 0x7A, 1, 0, 0, 0x76, 3, 3] + (0..<116).map { $0 &* 37 }
    let client = RawClient(to: server.localAddress, on: loop, sending: hello)
    #expect(try loop.run(within: .seconds(5)) { client.reason != nil && server.connectionCount == 0 })
    #expect(log.lines == ["refused http", "closed 1006"])
    let next = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)"))
    #expect(try loop.run(within: .seconds(5)) { next.text.hasPrefix("HTTP/1.1 101") })
    next.stream?.abort()
  }

  @Test("LN-92: a port that was closed is listened on again at once, while the clients of before are still connected")
  func listenAgain() throws {
    let loop = try Loop()
    var address = SocketAddress.loopbackIPv4(port: 0)
    var earlier: [RawClient] = []
    for _ in 0..<50 {
      let server = try start(address, on: loop, EventLog())
      address = server.localAddress
      let client = RawClient(to: address, on: loop, sending: upgradeRequest(host: "\(address)"), keepsOpen: true)
      #expect(try loop.run(within: .seconds(5)) { client.text.hasPrefix("HTTP/1.1 101") })
      earlier.append(client)
      server.close()
    }
    #expect(earlier.allSatisfy { $0.reason == nil })
    for client in earlier { client.stream?.abort() }
  }
}
