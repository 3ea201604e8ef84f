import Connections
import HTTPParse
import Testing
import Transport

@Suite("The limits of an HTTP server", .timeLimit(.minutes(10)))
struct HTTPServerLimitTests {
  private let request = HTTPClientRequest(target: "/", fields: section([("Host", "a")]))

  @Test("connections too many are answered 503, with TLS dropped, and make room", arguments: [false, true])
  func tooMany(tls isTLS: Bool) throws {
    let loopback = try HTTPLoopback(tls: isTLS, maximumConnections: 1)
    let first = try loopback.connect()
    let exchange = Exchange()
    try first.send(request, handler: exchange.take)
    #expect(try loopback.run { exchange.isComplete })
    let second = RawClient(to: loopback.address, on: loopback.loop, sending: [])
    #expect(try loopback.run { second.reason != nil })
    #expect(second.text.hasPrefix("HTTP/1.1 503 ") == !isTLS && second.text.isEmpty == isTLS)
    #expect(loopback.server?.connectionCount == 1 && loopback.log == ["GET /", "end"])
    first.close()
    #expect(try loopback.runUntilServerIsEmpty())
    let third = Exchange()
    try loopback.connect().send(request, handler: third.take)
    #expect(try loopback.run { third.isComplete })
  }

  @Test(
    "the time of the first head includes the TLS handshake, however it drips",
    arguments: [[], [0x16, 0x03, 0x01, 0x02, 0x00]] as [[UInt8]])
  func deadlineOverTLS(octets: [UInt8]) throws {
    var limits = HTTPConnectionLimits()
    (limits.headDeadline, limits.lingerDeadline) = (.milliseconds(200), .seconds(100))
    let loopback = try HTTPLoopback(limits: limits, tls: true)
    let client = RawClient(to: loopback.address, on: loopback.loop, sending: octets)
    var dripped = 0
    #expect(
      try loopback.run(within: .seconds(5)) {
        if !octets.isEmpty, dripped < 500 {
          client.stream?.write([1])
          dripped += 1
        }
        return client.reason != nil
      })
    #expect(loopback.log.isEmpty)
    #expect(try loopback.runUntilServerIsEmpty())
  }

  @Test("a client that says nothing behind the TLS handshake is dropped")
  func silentOverTLS() throws {
    var limits = HTTPConnectionLimits()
    limits.headDeadline = .milliseconds(500)
    let loopback = try HTTPLoopback(limits: limits, tls: true)
    let client = try loopback.connect()
    var reason: CloseReason?
    client.onClosed = { reason = $0 }
    #expect(try loopback.run { reason != nil })
    #expect(loopback.log.isEmpty)
    #expect(try loopback.runUntilServerIsEmpty())
  }
}
