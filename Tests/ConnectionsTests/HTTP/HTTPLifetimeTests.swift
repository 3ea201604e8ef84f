import Connections
import HTTPParse
import Testing
import Transport

/// What happens when connections end at the worst time.
@Suite("HTTP connections that end", .timeLimit(.minutes(10)))
struct HTTPLifetimeTests {
  private static let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"

  private func upload() -> HTTPClientRequest {
    var request = HTTPClientRequest(method: "POST", target: "/", fields: section([("Host", "a")]))
    request.content = .chunked
    return request
  }

  enum End: String, CaseIterable, Sendable { case close, abort, dropServer, respond }

  @Test("every event at the server may end the connection, and everything is let go of (H23)", arguments: End.allCases)
  func endAtServer(end: End) throws {
    for position in 0..<5 {
      var seen = 0
      weak var connection: HTTPServerConnection?
      weak var loopback: HTTPLoopback?
      do {
        let strong = try HTTPLoopback { server, event in
          connection = server
          seen += 1
          if seen != position + 1 { return try HTTPLoopback.echo(server, event) }
          switch end {
          case .close: server.close()
          case .abort: server.abort()
          case .dropServer:
            loopback?.dropServer()
            server.abort()
          case .respond:
            try? server.responder?.respond(status: 200, closing: true)
            server.close()
          }
          server.pauseReading()
          server.resumeReading()
        }
        loopback = strong
        let client = RawClient(to: strong.address, on: strong.loop, sending: Array((Self.post + "bad\r\n\r\n").utf8))
        #expect(try strong.run { client.reason != nil }, "event \(position)")
        #expect(try strong.run { connection == nil }, "event \(position)")
        #expect(seen >= min(position, 4), "\(seen)")
      }
      #expect(loopback == nil)
    }
  }

  @Test("every event at the client may end the connection, and everything is let go of (H23)", arguments: [false, true], [false, true])
  func endAtClient(aborts: Bool, tls: Bool) throws {
    for position in 0..<5 {
      weak var weakClient: HTTPClientConnection?
      let loopback = try HTTPLoopback(tls: tls)
      var last: String?
      do {
        let client = try loopback.connect()
        weakClient = client
        var seen = 0
        try client.send(upload()) { client, event in
          if case .end = event { last = "end" }
          if case .failed = event { last = "failed" }
          seen += 1
          guard seen == position + 1 else { return }
          if aborts { client.abort() } else { client.close() }
          client.pauseReading()
          client.resumeReading()
        }
        try client.write(Array("hello".utf8))
        try client.end()
        if position > 3 { client.onClosed = { _ in } }
      }
      if position < 3 { #expect(try loopback.run { weakClient == nil }, "event \(position)") }
      #expect(try loopback.run { last != nil }, "event \(position)")
      #expect(last == (position < 2 ? "failed" : "end"), "event \(position)")
      weakClient?.close()
      #expect(try loopback.run { weakClient == nil })
      #expect(try loopback.runUntilServerIsEmpty())
    }
  }

  @Test("a reset or an end at any octet of a request leaves nothing behind", arguments: [false, true])
  func clientGoesAway(resets: Bool) throws {
    let loopback = try HTTPLoopback()
    let octets = Array(Self.post.utf8)
    for length in 0...octets.count {
      let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array(octets.prefix(length)))
      #expect(try loopback.run { loopback.server?.connectionCount == 1 && client.stream?.pendingOutputBytes == 0 })
      if resets { client.stream?.abort() } else { client.stream?.shutdownWrite() }
      #expect(try loopback.runUntilServerIsEmpty(), "\(length) octets")
      #expect(try loopback.run { client.reason != nil })
      if !resets, length > 0, length < octets.count - 20 { #expect(client.text.contains("HTTP/1.1")) }
    }
  }

  @Test("a reset or an end at any octet of an answer is one failure, or the end of what is complete", arguments: [false, true])
  func serverGoesAway(resets: Bool) throws {
    let loop = try Loop()
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8)
    for length in 0...answer.count {
      var peers: [OneShot] = []
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        peers.append(OneShot(stream, Array(answer.prefix(length)), resets: resets))
      }
      let carrier = OneShot.Idle()
      let client = HTTPClientConnection(TCPStream.connect(to: listener.localAddress, on: loop, delegate: carrier), on: loop)
      var outcomes: [String] = []
      var closes = 0
      client.onClosed = { _ in closes += 1 }
      try client.send(HTTPClientRequest(target: "/", fields: section([("Host", "a")]))) { _, event in
        if case .end = event { outcomes.append("end") }
        if case .failed(let failure) = event { outcomes.append(failure.error.code.rawValue) }
      }
      #expect(try loop.run(within: .seconds(5)) { closes == 1 })
      // What a reset leaves of octets that were sent just before is the system's choice.
      let expected = length == 0 ? "no-answer" : length == answer.count ? "end" : "incomplete"
      #expect(outcomes == [expected] || (resets && outcomes == ["no-answer"]), "\(length): \(outcomes)")
      listener.close()
    }
  }

  /// A peer that sends given octets when it is asked, and is gone.
  private final class OneShot: ByteStreamDelegate {
    final class Idle: ByteStreamDelegate {
      func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
      func receivedEndOfFile(from stream: any ByteStream) {}
      func closed(_ stream: any ByteStream, reason: CloseReason) {}
    }

    private let octets: [UInt8]
    private let resets: Bool

    init(_ stream: TCPStream, _ octets: [UInt8], resets: Bool) {
      self.octets = octets
      self.resets = resets
      stream.delegate = self
    }

    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
      stream.writeNow(self.octets)
      if resets { stream.abort() } else { stream.closeGracefully(within: .seconds(1)) }
    }
    func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  @Test("an answer under way is not completed by the end of the connection")
  func closeMidAnswer() throws {
    let loopback = try HTTPLoopback()
    loopback.onServer = { connection, event in
      guard case .end = event else { return }
      try connection.responder?.sendHead(status: 200, length: nil)
      try connection.responder?.write([1, 2, 3])
    }
    var connection: HTTPServerConnection?
    let inner = loopback.onServer
    loopback.onServer = {
      connection = $0
      try inner($0, $1)
    }
    // HTTP/1.0: the content lasts until the connection ends, so only a reset tells that it is not complete.
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array("GET / HTTP/1.0\r\n\r\n".utf8))
    #expect(try loopback.run { client.received.suffix(3) == [1, 2, 3] })
    connection?.close()
    #expect(try loopback.run { client.reason != nil })
    guard case .resetByPeer = client.reason else {
      Issue.record("\(String(describing: client.reason))")
      return
    }
  }

  @Test("a server that is told of a lost client is told once")
  func lostClient() throws {
    let loopback = try HTTPLoopback { _, _ in }
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    #expect(try loopback.run { loopback.log == ["GET /", "end"] })
    client.stream?.abort()
    #expect(try loopback.runUntilServerIsEmpty())
    #expect(loopback.log == ["GET /", "end", "failed connection-lost"])
  }

  private final class Held {}

  @Test("what the handlers hold is let go of when the connection is gone, also by one that is kept", arguments: [false, true])
  func handlerLifetime(ofClient: Bool) throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    weak var weakHeld: Held?
    var kept: [AnyObject] = []
    do {
      let held = Held()
      weakHeld = held
      if ofClient {
        let client = HTTPClientConnection(near, on: loop)
        client.onClosed = { _ in _ = held }
        client.onWritable = { _ = held }
        try client.send(HTTPClientRequest(target: "/", fields: section([("Host", "a")]))) { _, _ in _ = held }
        kept.append(client)
      } else {
        let server = HTTPServerConnection(near, on: loop) { _, _ in _ = held }
        server.onClosed = { _ in _ = held }
        server.onWritable = { _ = held }
        kept.append(server)
      }
    }
    #expect(weakHeld != nil)
    near.abort()
    exchange(near, far)
    #expect(weakHeld == nil && kept.count == 1)
  }

  @Test("a loop with a server and open connections can be let go of")
  func lifetime() throws {
    weak var weakLoop: Loop?
    weak var weakClient: HTTPClientConnection?
    do {
      let loopback = try HTTPLoopback { _, _ in }
      weakLoop = loopback.loop
      let client = try loopback.connect()
      weakClient = client
      try client.send(upload()) { _, _ in }
      #expect(try loopback.run { loopback.log == ["POST /"] })
    }
    #expect(weakLoop == nil && weakClient == nil)
  }
}
