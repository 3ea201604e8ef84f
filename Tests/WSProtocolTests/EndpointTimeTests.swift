import Testing
import WSProtocol

@Suite("The time of an endpoint")
struct EndpointTimeTests {
  /// Without keepalive, so that only ages count.
  static var ages: WSLimits {
    var limits = WSLimits()
    limits.keepalivePingInterval = nil
    return limits
  }

  @Test("F31: a frame has 30 s from its first octet, whatever drips in, and is then dropped without a Close frame", arguments: [1, 5, 7])
  func slowFrame(octetsAtFirst: Int) {
    let endpoint = TestedEndpoint(.server, limits: Self.ages)
    let octets = frame(0x82, "abcdefgh")
    endpoint.receive(Array(octets[..<octetsAtFirst]), at: .seconds(100))
    for second in [109, 118, 127] {
      endpoint.receive([octets[octetsAtFirst + (second - 109) / 9]], at: .seconds(second))
      endpoint.handleDeadline(at: .seconds(second))
    }
    #expect(endpoint.failure == nil)
    #expect(endpoint.nextDeadline == .seconds(130))
    endpoint.handleDeadline(at: .milliseconds(129_999))
    #expect(endpoint.failure == nil)
    #expect(endpoint.handleDeadline(at: .seconds(130)) == [.failed(WSError(.frameTooOld, offset: 0))])
    #expect(endpoint.takeOutput() == [])
    #expect(endpoint.isFinished)
  }

  @Test("F10: a message has 60 s from its first frame, then it ends with 1008")
  func slowMessage() {
    let endpoint = TestedEndpoint(.server, limits: Self.ages)
    endpoint.receive(frame(0x01, "a"), at: .seconds(10))
    for second in 11..<70 {
      endpoint.receive(frame(0x00, "a"), at: .seconds(second))
      endpoint.handleDeadline(at: .seconds(second))
    }
    #expect(endpoint.failure == nil)
    #expect(endpoint.nextDeadline == .seconds(70))
    #expect(endpoint.handleDeadline(at: .seconds(70)) == [.failed(WSError(.messageTooOld, offset: 0))])
    #expect(endpoint.takeFrames().map(\.closeCode) == [1008])
  }

  @Test("nothing is waited for between messages without keepalive")
  func idle() {
    let endpoint = TestedEndpoint(.server, limits: Self.ages)
    #expect(endpoint.nextDeadline == nil)
    endpoint.receive((frame(0x01, "a") + frame(0x80, "b") + frame(0x89, "c")))
    #expect(endpoint.nextDeadline == nil)
    endpoint.receive(frame(0x01), at: .seconds(5))
    #expect(endpoint.nextDeadline == .seconds(65))
    endpoint.receive([0x89], at: .seconds(40))
    #expect(endpoint.nextDeadline == .seconds(65))
    endpoint.receive(Array(frame(0x89).dropFirst()), at: .seconds(41))
    endpoint.receive(frame(0x80), at: .seconds(42))
    #expect(endpoint.nextDeadline == nil)
  }

  @Test("a silent peer is pinged after 30 s and given up 20 s later, without a Close frame")
  func keepalive() {
    let endpoint = TestedEndpoint(.client, at: .seconds(7))
    #expect(endpoint.nextDeadline == .seconds(37))
    endpoint.handleDeadline(at: .milliseconds(36_999))
    #expect(endpoint.takeOutput() == [])
    endpoint.handleDeadline(at: .seconds(37))
    #expect(endpoint.takeFrames() == [WrittenFrame(first: 0x89, payload: [], key: CountedKeys.key(1).octets)])
    #expect(endpoint.nextDeadline == .seconds(57))
    endpoint.handleDeadline(at: .milliseconds(56_999))
    #expect(endpoint.failure == nil)
    #expect(endpoint.handleDeadline(at: .seconds(57)) == [.failed(WSError(.keepaliveTimeout, offset: 0))])
    #expect(endpoint.takeOutput() == [])
  }

  @Test("time in which nothing was read makes nothing older")
  func pausedReading() {
    let endpoint = TestedEndpoint(.server)
    endpoint.receive(frame(0x01, "a") + [0x00], at: .seconds(1))
    #expect(endpoint.nextDeadline == .seconds(31))
    endpoint.resumedReading(after: .seconds(100), at: .seconds(110))
    #expect(endpoint.nextDeadline == .seconds(131), "the frame's age")
    endpoint.receive(Array(frame(0x00, "a").dropFirst()), at: .seconds(130))
    #expect(endpoint.handleDeadline(at: .milliseconds(160_999)).isEmpty, "the message's age")
    #expect(endpoint.handleDeadline(at: .seconds(161)) == [.failed(WSError(.messageTooOld, offset: 0))])
  }

  @Test("any octets of the peer end the wait for its Pong")
  func heard() {
    let endpoint = TestedEndpoint(.server)
    endpoint.handleDeadline(at: .seconds(30))
    endpoint.receive(frame(0x81, "still here"), at: .seconds(49))
    #expect(endpoint.nextDeadline == .seconds(79))
    endpoint.handleDeadline(at: .seconds(50))
    #expect(endpoint.failure == nil)
    #expect(endpoint.takeFrames().count == 1)
  }
}
