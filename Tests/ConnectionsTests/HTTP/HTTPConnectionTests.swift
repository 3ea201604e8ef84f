import Connections
import HTTPParse
import Testing
import Transport

@Suite("HTTP connections over sockets", .timeLimit(.minutes(10)))
struct HTTPConnectionTests {
  private func request(_ method: String = "GET", _ target: String = "/") -> HTTPClientRequest {
    HTTPClientRequest(method: method, target: target, fields: section([("Host", "a")]))
  }

  @Test("one connection carries one exchange after the other", arguments: [false, true])
  func exchanges(tls: Bool) throws {
    let loopback = try HTTPLoopback(tls: tls)
    let client = try loopback.connect()
    for number in 1...3 {
      let exchange = Exchange()
      try client.send(request("POST"), content: Array("hello \(number)".utf8), handler: exchange.take)
      #expect(!client.isReusable)
      #expect(try loopback.run { exchange.isOver })
      #expect(exchange.isComplete && exchange.head?.status == 200 && exchange.text == "hello \(number)")
      #expect(client.isReusable && client.exchangeCount == number)
    }
    #expect(loopback.server?.connectionCount == 1)
    client.close()
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("the next exchange can be begun where the last one ends", arguments: [false, true])
  func nextFromEnd(tls: Bool) throws {
    let loopback = try HTTPLoopback(tls: tls)
    let client = try loopback.connect()
    let first = Exchange()
    let second = Exchange()
    first.on = { client, event in if case .end = event { try? client.send(self.request(), handler: second.take) } }
    try client.send(request(), handler: first.take)
    #expect(try loopback.run { second.isComplete })
  }

  @Test("answers come in the order of requests that were sent at once, whoever is slow (P37)")
  func pipelining() throws {
    let loopback = try HTTPLoopback()
    var waiting: [HTTPResponder] = []
    loopback.onServer = { connection, event in
      guard case .end = event, let responder = connection.responder else { return }
      waiting.append(responder)
    }
    let requests = (1...3).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array(requests.utf8))
    for number in 1...3 {
      #expect(try loopback.run { waiting.count == number })
      if number > 1 {
        #expect(!waiting[number - 2].isDue)
        #expect(refusal { try waiting[number - 2].respond(status: 500) } == .notNow)
      }
      // Nobody is asked about a request before the last one is answered.
      try loopback.loop.turn(waitAtMost: .milliseconds(20))
      #expect(waiting.count == number && waiting[number - 1].isDue)
      try waiting[number - 1].respond(status: 200 + number)
      #expect(!waiting[number - 1].isDue)
      #expect(throws: HTTPConnectionError.self) { try waiting[number - 1].respond(status: 500) }
    }
    #expect(try loopback.run { client.text.contains(" 203 ") })
    #expect(client.text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP") } == ["HTTP/1.1 201 ", "HTTP/1.1 202 ", "HTTP/1.1 203 "])
  }

  @Test("a large body goes both ways at once, and neither side piles it up", arguments: [false, true], [false, true])
  func backpressure(chunked: Bool, tls: Bool) throws {
    let loopback = try HTTPLoopback(tls: tls)
    let total = 64 << 20
    let piece = [UInt8](repeating: 7, count: 60_000)
    loopback.onServer = { connection, event in
      try HTTPLoopback.echo(connection, event)
      connection.onWritable = { connection.resumeReading() }
      if case .content = event, !connection.isWritable { connection.pauseReading() }
    }
    let client = try loopback.connect()
    var upload = request("POST")
    upload.content = chunked ? .chunked : .length(total)
    var sent = 0
    func fill() {
      while sent < total, client.isWritable {
        let count = min(piece.count, total - sent)
        sent += count
        try? client.write(Array(piece.prefix(count)))
      }
      if sent == total, client.isContentWanted { try? client.end() }
    }
    var received = 0
    var isPaused = false
    var isComplete = false
    client.onWritable = fill
    try client.send(upload) { client, event in
      switch event {
      case .content(let octets):
        received += octets.count
        if received > 1 << 20, !isPaused {
          isPaused = true
          client.pauseReading()
        }
      case .end: isComplete = true
      case .interim, .head, .trailers, .switched, .failed: break
      }
    }
    fill()
    #expect(try loopback.run { isPaused })
    // A client that does not read brings everything to rest, with all buffers bounded.
    while try loopback.loop.turn(waitAtMost: .milliseconds(100)) {}
    #expect(sent < 40 << 20, "\(sent)")
    client.resumeReading()
    #expect(try loopback.run { isComplete })
    #expect(received == total)
    #expect(client.isReusable)
  }

  @Test("an answer of any length is delivered before its connection ends, to a slow client too")
  func longLastAnswer() throws {
    var limits = HTTPConnectionLimits()
    limits.lingerDeadline = .milliseconds(50)
    let loopback = try HTTPLoopback(limits: limits)
    let length = 12 << 20
    loopback.onServer = { connection, event in
      if case .end = event { try connection.responder?.respond(status: 200, content: [UInt8](repeating: 7, count: length)) }
    }
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array("GET / HTTP/1.0\r\n\r\n".utf8))
    #expect(try loopback.run { client.received.count > 0 })
    client.stream?.pauseReading()
    try loopback.loop.run(within: .milliseconds(300)) { false }
    client.stream?.resumeReading()
    #expect(try loopback.run { client.reason != nil })
    #expect(client.received.count > length && client.reason == .peerFinished, "\(client.received.count)")
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test(
    "a client that sends on against a refusal gets to see it, and no reset, even if nothing was read before (RFC 9112 §9.6)",
    arguments: [false, true], [false, true])
  func refusalIsSeen(tls: Bool, paused: Bool) throws {
    var limits = HTTPConnectionLimits()
    // Longer than the test: that the client is gone is seen by reading, not by waiting.
    limits.lingerDeadline = .seconds(100)
    let loopback = try HTTPLoopback(limits: limits, tls: tls)
    var responder: HTTPResponder?
    loopback.onServer = { connection, event in
      guard case .head = event else { return }
      responder = connection.responder
      if paused { connection.pauseReading() } else { try responder?.respond(status: 413) }
    }
    let client = try loopback.connect()
    var upload = request("PUT")
    upload.content = .length(100 << 20)
    let exchange = Exchange()
    try client.send(upload, handler: exchange.take)
    for _ in 0..<8 { try client.write([UInt8](repeating: 7, count: 1 << 20)) }
    if paused {
      #expect(try loopback.run { responder != nil })
      while try loopback.loop.turn(waitAtMost: .milliseconds(20)) {}
      try responder?.respond(status: 413)
    }
    #expect(try loopback.run { exchange.isOver })
    #expect(exchange.head?.status == 413 && exchange.isComplete)
    #expect(!client.isReusable)
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("no request is served while the answers to those before it pile up")
  func pipelinedFlood() throws {
    let loopback = try HTTPLoopback()
    var served = 0
    loopback.onServer = { connection, event in
      guard case .end = event else { return }
      served += 1
      try connection.responder?.respond(status: 200, content: [UInt8](repeating: 7, count: 1 << 20))
    }
    let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    let total = 200
    let client = RawClient(
      to: loopback.address, on: loopback.loop, sending: Array([[UInt8]](repeating: request, count: total).joined()))
    client.stream?.pauseReading()
    #expect(try loopback.run { served > 0 })
    while try loopback.loop.turn(waitAtMost: .milliseconds(50)) {}
    #expect(served < 20, "\(served)")
    client.stream?.resumeReading()
    #expect(try loopback.run { served == total })
  }

  @Test("content waits for 100 (Continue), which comes when the server wants to read", arguments: [false, true])
  func continues(tls: Bool) throws {
    let loopback = try HTTPLoopback(tls: tls)
    var connection: HTTPServerConnection?
    loopback.onServer = { server, event in
      if case .head = event {
        connection = server
        server.pauseReading()
      }
      if case .end = event { try server.responder?.respond(status: 200) }
    }
    let client = try loopback.connect()
    var upload = request("PUT")
    upload.expectsContinue = true
    let exchange = Exchange()
    try client.send(upload, content: Array("hello".utf8), handler: exchange.take)
    #expect(try loopback.run { connection != nil })
    while try loopback.loop.turn(waitAtMost: .milliseconds(20)) {}
    #expect(exchange.interims == [])
    connection?.resumeReading()
    #expect(try loopback.run { exchange.isOver })
    #expect(exchange.interims == [100] && exchange.isComplete && client.isReusable)
  }

  @Test("content that was held back is asked for when 100 (Continue) comes")
  func writableAfterContinue() throws {
    let loopback = try HTTPLoopback()
    let client = try loopback.connect()
    var upload = request("PUT")
    upload.content = .chunked
    upload.expectsContinue = true
    let exchange = Exchange()
    try client.send(upload, handler: exchange.take)
    loopback.onServer = { connection, event in if case .end = event { try connection.responder?.respond(status: 200) } }
    #expect(!client.isWritable)
    var asked = 0
    client.onWritable = {
      asked += 1
      try? client.write(Array("hello".utf8))
      try? client.end()
    }
    #expect(try loopback.run { exchange.isOver })
    #expect(exchange.interims == [100] && exchange.isComplete && asked == 1)
  }

  @Test("an exchange whose answer came first ends with its content, without another octet of the server")
  func contentEndsLast() throws {
    let loopback = try HTTPLoopback()
    loopback.onServer = { connection, event in if case .head = event { try connection.responder?.respond(status: 200, content: [7]) } }
    let client = try loopback.connect()
    var upload = request("PUT")
    upload.content = .length(5)
    let exchange = Exchange()
    try client.send(upload, handler: exchange.take)
    #expect(try loopback.run { exchange.content == [7] })
    #expect(!exchange.isOver && client.isContentWanted)
    try client.write(Array("hello".utf8))
    try client.end()
    #expect(!exchange.isOver, "no event comes from inside of a call")
    #expect(try loopback.run(within: .seconds(5)) { exchange.isOver })
    #expect(exchange.isComplete && client.isReusable)
  }

  @Test("an upgrade gives both streams away, with what came behind")
  func upgrade() throws {
    let loopback = try HTTPLoopback()
    var stream: (any ByteStream)?
    loopback.onServer = { connection, event in
      guard case .end = event, let taken = try connection.responder?.switchProtocols(to: "x") else { return }
      stream = taken.stream
      #expect(taken.leftover == [9])
      #expect(connection.responder == nil)
      taken.stream.write([1, 2, 3])
    }
    var offer = request()
    offer.upgrade = ["x"]
    let exchange = Exchange()
    let receiver = Receiver()
    exchange.on = { client, event in
      guard case .switched(let leftover) = event else { return }
      receiver.octets = leftover
      let stream = client.takeStream()
      stream?.delegate = receiver
      #expect(client.takeStream() == nil)
    }
    // What is behind a request must not be sent by a client of HTTP; this one knows that the server agrees.
    let raw = RawClient(
      to: loopback.address, on: loopback.loop,
      sending: Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n".utf8) + [9])
    #expect(try loopback.run { raw.received.suffix(3) == [1, 2, 3] })
    #expect(loopback.server?.connectionCount == 0)
    stream?.abort()
    loopback.onServer = { connection, event in
      if case .end = event { try connection.responder?.switchProtocols(to: "x").stream.write([1, 2, 3]) }
    }
    try loopback.connect().send(offer, handler: exchange.take)
    #expect(try loopback.run { receiver.octets == [1, 2, 3] })
  }

  @Test("a stream given away outside of a callback can be read")
  func upgradeLater() throws {
    let loopback = try HTTPLoopback()
    var responder: HTTPResponder?
    loopback.onServer = { connection, event in if case .end = event { responder = connection.responder } }
    let client = RawClient(
      to: loopback.address, on: loopback.loop,
      sending: Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n".utf8))
    #expect(try loopback.run { responder != nil })
    let receiver = Receiver()
    try responder?.switchProtocols(to: "x").stream.delegate = receiver
    client.stream?.write([1, 2, 3])
    #expect(try loopback.run { receiver.octets == [1, 2, 3] })
    client.stream?.abort()
  }

  final class Receiver: ByteStreamDelegate {
    var octets: [UInt8] = []
    func received(_ octets: Span<UInt8>, from stream: any ByteStream) { for index in octets.indices { self.octets.append(octets[index]) } }
    func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  @Test("a client notices that the server ends an idle connection", arguments: [false, true])
  func idle(tls: Bool) throws {
    var limits = HTTPConnectionLimits()
    limits.idleDeadline = .milliseconds(50)
    let loopback = try HTTPLoopback(limits: limits, tls: tls)
    let client = try loopback.connect()
    var reasons: [CloseReason] = []
    client.onClosed = { reasons.append($0) }
    let exchange = Exchange()
    try client.send(request(), handler: exchange.take)
    #expect(try loopback.run { exchange.isComplete && client.isReusable })
    #expect(try loopback.run { !reasons.isEmpty })
    #expect(!client.isReusable && reasons.count == 1)
    #expect(throws: HTTPConnectionError.self) { try client.send(request(), handler: exchange.take) }
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("a request that crosses the end of an idle connection is safe to send again", arguments: [false, true])
  func crossing(tls: Bool) throws {
    let loopback = try HTTPLoopback(tls: tls)
    let client = try loopback.connect()
    let first = Exchange()
    try client.send(request(), handler: first.take)
    #expect(try loopback.run { first.isComplete })
    loopback.onServer = { connection, _ in connection.abort() }
    let second = Exchange()
    try client.send(request(), handler: second.take)
    #expect(try loopback.run { second.isOver })
    #expect(second.failure?.isSafeToRetry == true, "\(String(describing: second.failure))")
    #expect(second.failure?.error.code == .noAnswer)
  }

  @Test(
    "on a loop too, deadlines end what does not move", arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"])
  func deadlines(text: String) throws {
    var limits = HTTPConnectionLimits()
    limits.headDeadline = .milliseconds(100)
    limits.contentGrace = .milliseconds(100)
    let loopback = try HTTPLoopback(limits: limits) { _, _ in }
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array(text.utf8))
    #expect(try loopback.run { client.reason != nil })
    #expect(client.text.hasPrefix("HTTP/1.1 408 "), "\(client.text)")
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("a client that takes nothing is cut off")
  func stalledClient() throws {
    var limits = HTTPConnectionLimits()
    limits.outputGrace = .milliseconds(100)
    let loopback = try HTTPLoopback(limits: limits)
    loopback.onServer = { connection, event in
      if case .end = event { try connection.responder?.respond(status: 200, content: [UInt8](repeating: 7, count: 15 << 20)) }
    }
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    client.stream?.pauseReading()
    #expect(try loopback.run { loopback.log.count == 2 })
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("a slow client is not cut off while its system takes octets, although ours has no room")
  func slowClient() throws {
    let loop = try Loop()
    let (near, far) = InMemoryStream.pair()
    var limits = HTTPConnectionLimits()
    (limits.outputGrace, limits.minimumBytesPerSecond) = (.milliseconds(50), 1)
    var failures: [HTTPConnectionError.Code] = []
    let server = HTTPServerConnection(far, on: loop, limits: limits) { connection, event in
      if case .end = event { try? connection.responder?.respond(status: 200, content: [UInt8](repeating: 7, count: 2 << 20)) }
      if case .failed(let error) = event { failures.append(error.code) }
    }
    near.delegate = NoDelegate()
    near.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    far.isTaken = false
    far.heldBySystem = 1 << 20
    exchange(near, far)
    let start = loop.now
    while loop.now - start < .milliseconds(500) {
      far.heldBySystem -= 1
      try loop.turn(waitAtMost: .milliseconds(5))
    }
    #expect(failures.isEmpty && !far.isClosed && !server.isWritable)
    #expect(try loop.run(within: .seconds(5)) { far.isClosed })
    #expect(failures == [.outputStalled])
  }

  @Test("an answer in one piece may be longer than what may wait, whole or behind its head", arguments: [false, true])
  func longPiece(isWhole: Bool) throws {
    let content = [UInt8](repeating: 7, count: 20 << 20)
    let loopback = try HTTPLoopback()
    loopback.onServer = { connection, event in
      guard case .end = event, let responder = connection.responder else { return }
      if isWhole { return try responder.respond(status: 200, content: content) }
      try responder.sendHead(status: 200, length: nil)
      try responder.write(content)
      try responder.end()
    }
    let exchange = Exchange()
    try loopback.connect().send(request(), handler: exchange.take)
    #expect(try loopback.run { exchange.isOver })
    #expect(exchange.isComplete && exchange.content.count == content.count)
  }

  @Test("who writes against all backpressure is stopped before memory runs full")
  func outputCap() throws {
    let loopback = try HTTPLoopback()
    var responder: HTTPResponder?
    loopback.onServer = { connection, event in
      guard case .end = event else { return }
      responder = connection.responder
      try responder?.sendHead(status: 200, length: nil)
    }
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    client.stream?.pauseReading()
    #expect(try loopback.run { responder != nil })
    var code: HTTPConnectionError.Code?
    var sent = 0
    while code == nil, sent < 100 {
      code = refusal { try responder?.write([UInt8](repeating: 7, count: 1 << 20)) }
      sent += 1
      try loopback.loop.turn(waitAtMost: .zero)
    }
    #expect(code == .outputStalled && (16..<40).contains(sent), "\(sent)")
    #expect(try loopback.runUntilServerIsEmpty())
    #expect(refusal { try responder?.write([1]) } == .notOpen)
  }
}
