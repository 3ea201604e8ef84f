import Connections
import HTTPParse
import Testing
import Transport

@Suite("Ends and times of HTTP connections in memory", .timeLimit(.minutes(10)))
struct HTTPConnectionEndTests {
  private let loop: Loop
  private let streams = InMemoryStream.pair()
  private let request = HTTPClientRequest(target: "/", fields: section([("Host", "a")]))

  init() throws { loop = try Loop() }

  @Test("a client's deadlines come by themselves: the exchange fails, and before that 100 (Continue) is waited for no longer")
  func clientDeadlines() throws {
    var limits = HTTPConnectionLimits()
    limits.continueWait = .milliseconds(20)
    let client = HTTPClientConnection(streams.0, on: loop, limits: limits)
    var upload = request
    (upload.method, upload.content, upload.expectsContinue) = ("PUT", .length(3), true)
    let result = Exchange()
    var writableTimes = 0
    client.onWritable = { writableTimes += 1 }
    try client.send(upload, within: .milliseconds(200), handler: result.take)
    #expect(try loop.run(within: .seconds(5)) { writableTimes == 1 })
    #expect(!result.isOver)
    #expect(try loop.run(within: .seconds(5)) { result.isOver })
    #expect(result.failure?.error.code == .exchangeDeadline)
  }

  @Test("a client that closes ends an idle connection in order, and one that is busy with a reset", arguments: [false, true])
  func clientClose(isBusy: Bool) throws {
    let client = HTTPClientConnection(streams.0, on: loop)
    var reasons: [CloseReason] = []
    client.onClosed = { reasons.append($0) }
    let result = Exchange()
    if isBusy { try client.send(request, handler: result.take) }
    client.close()
    #expect(!client.isReusable)
    #expect(throws: HTTPConnectionError.self) { try client.send(request) { _, _ in } }
    exchange(streams.0, streams.1)
    #expect(reasons == [isBusy ? .localAbort : .localClose])
    #expect((result.failure != nil) == isBusy)
  }

  @Test("a connection of a server says once that it is gone")
  func serverClosed() throws {
    let server = HTTPServerConnection(streams.1, on: loop) { _, _ in }
    var reasons: [CloseReason] = []
    server.onClosed = { reasons.append($0) }
    server.abort()
    #expect(reasons.isEmpty)
    exchange(streams.0, streams.1)
    #expect(reasons == [.localAbort])
  }

  @Test("a client that does not end its direction is left behind its last answer")
  func linger() throws {
    var limits = HTTPConnectionLimits()
    limits.lingerDeadline = .milliseconds(50)
    let loopback = try HTTPLoopback(limits: limits)
    let raw = Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: raw, keepsOpen: true)
    #expect(try loopback.run { client.text.hasSuffix("0\r\n\r\n") })
    #expect(try loopback.run(within: .seconds(5)) { loopback.server?.connectionCount == 0 })
  }

  @Test("a rate of none counts as one octet a second")
  func noRate() throws {
    var limits = HTTPConnectionLimits()
    limits.minimumBytesPerSecond = 0
    var session = HTTPServerSession(limits: limits, now: .zero)
    session.receive(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc".utf8).span)
    while session.nextEvent(now: .seconds(5)) != nil {}
    #expect(session.nextDeadline == .seconds(15))
  }

  @Test("TRACE may be sent again")
  func idempotent() {
    #expect(HTTPClientRequest(method: "TRACE", target: "/", fields: section([])).isIdempotent)
    #expect(!HTTPClientRequest(method: "POST", target: "/", fields: section([])).isIdempotent)
  }

  @Test("a request whose content would have a meaning says that it has none", arguments: [("POST", true), ("PUT", true), ("GET", false)])
  func absentContent(method: String, isSaid: Bool) throws {
    let client = HTTPClientConnection(streams.0, on: loop)
    let server = HTTPServerConnection(streams.1, on: loop) { _, event in
      guard case .head(let head, _) = event else { return }
      #expect(head.fields.lines(named: "Content-Length").isEmpty != isSaid)
    }
    var request = request
    request.method = method
    try client.send(request) { _, _ in }
    exchange(streams.0, streams.1)
    #expect(server.responder?.requestNumber == 1)
  }
}
