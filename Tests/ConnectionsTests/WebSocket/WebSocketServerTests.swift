import ConformancePeers
import Connections
import Testing
import Transport
import WSHandshake
import WSProtocol

/// A client that sends given octets and keeps what comes back.
final class RawClient: ByteStreamDelegate {
  var received: [UInt8] = []
  var reason: CloseReason?
  private(set) var stream: TCPStream?
  private let keepsOpen: Bool

  /// - Parameter keepsOpen: Whether it does not close when the server ends its direction.
  init(to address: SocketAddress, on loop: Loop, sending octets: [UInt8], keepsOpen: Bool = false) {
    self.keepsOpen = keepsOpen
    let stream = TCPStream.connect(to: address, on: loop, delegate: self)
    stream.write(octets)
    self.stream = stream
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    unsafe octets.withUnsafeBufferPointer { unsafe received.append(contentsOf: $0) }
  }
  func receivedEndOfFile(from stream: any ByteStream) { if !keepsOpen { stream.close() } }
  func closed(_ stream: any ByteStream, reason: CloseReason) { self.reason = reason }

  var text: String { String(decoding: received, as: UTF8.self) }
}

/// A client's opening handshake.
func upgradeRequest(host: String, extra: String = "") -> [UInt8] {
  Array(
    ("GET / HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(extra)\r\n").utf8)
}

@Suite("WebSocket server", .timeLimit(.minutes(10)))
struct WebSocketServerTests {
  @Test("frames in the same write as the request are answered (H19)")
  func earlyFrames() throws {
    let loop = try Loop()
    let server = try EchoServer.start(.loopbackIPv4(port: 0), on: loop)
    let hello: [UInt8] = [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]
    let close: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]
    let client = RawClient(
      to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)") + hello + close)
    #expect(try loop.run(within: .seconds(5)) { client.reason != nil })
    #expect(client.text.hasPrefix("HTTP/1.1 101"))
    #expect(client.received.suffix(8) == [0x81, 0x02, 0x68, 0x69, 0x88, 0x02, 0x03, 0xE8])
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test(
    "a loopback server keeps out foreign hosts and origins (H15, H16)",
    arguments: [
      ("its address", "HOST", "", "101"), ("its name", "localhost:PORT", "", "101"), ("a rebound name", "attacker.test:PORT", "", "403"),
      ("another port", "localhost:1", "", "403"), ("its own origin", "HOST", "Origin: http://HOST\r\n", "101"),
      ("a foreign origin", "HOST", "Origin: http://attacker.test\r\n", "403"), ("a null origin", "HOST", "Origin: null\r\n", "403"),
    ])
  func policy(name: String, host: String, extra: String, status: String) throws {
    let loop = try Loop()
    let server = try EchoServer.start(.loopbackIPv4(port: 0), on: loop)
    let address = server.localAddress
    func fill(_ text: String) -> String { text.replacing("HOST", with: "\(address)").replacing("PORT", with: "\(address.port)") }
    let client = RawClient(to: address, on: loop, sending: upgradeRequest(host: fill(host), extra: fill(extra)))
    #expect(try loop.run(within: .seconds(5)) { client.received.count > 12 })
    #expect(client.text.hasPrefix("HTTP/1.1 \(status)"), "\(client.text)")
    client.stream?.abort()
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test("reading stops while the client does not take its echoes, and goes on afterwards (F32)")
  func backpressure() throws {
    let loop = try Loop()
    var echoed = 0
    let server = try EchoServer.start(.loopbackIPv4(port: 0), on: loop) { _, event in
      if case .endpoint(.message) = event { echoed += 1 }
    }
    let client = RawClient(to: server.localAddress, on: loop, sending: upgradeRequest(host: "\(server.localAddress)"))
    #expect(try loop.run(within: .seconds(5)) { !client.received.isEmpty })
    let length = 1 << 16
    let frame: [UInt8] = [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Array(repeating: 7, count: length)
    client.stream?.pauseReading()
    let total = 400
    for _ in 0..<total { client.stream?.write(frame) }
    // Without a reader the server takes what fits into buffers and no more: the loop comes to rest well before the end.
    #expect(try loop.run(within: .seconds(10)) { (try? loop.turn(waitAtMost: .milliseconds(50))) == false })
    #expect(echoed < total)
    client.stream?.resumeReading()
    let answer = client.received.count + total * (length + 10)
    #expect(try loop.run(within: .seconds(20)) { client.received.count >= answer })
    #expect(echoed == total)
    client.stream?.abort()
    #expect(try loop.run(within: .seconds(5)) { server.connectionCount == 0 })
  }

  @Test("a client that does not finish its handshake is dropped, in virtual time")
  func handshakeDeadline() {
    var session = WebSocketSession(policy: HandshakePolicy(), now: .zero)
    var index = 0
    let start = Array("GET / HTTP/1.1\r\n".utf8)
    let event = session.receive(start.span, at: &index, now: .seconds(9))
    #expect(event == nil)
    let deadline = session.nextDeadline
    #expect(deadline == .seconds(10))
    let early = session.handleDeadline(now: .seconds(9))
    let late = session.handleDeadline(now: .seconds(10))
    #expect(early == nil)
    guard case .refused(let error, content: []) = late else {
      Issue.record("\(String(describing: late))")
      return
    }
    #expect(error.code == .timeout)
    let isFinished = session.isFinished
    #expect(isFinished)
  }
}
