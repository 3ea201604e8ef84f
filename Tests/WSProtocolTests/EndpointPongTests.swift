import Testing
import WSProtocol

@Suite("Pongs")
struct EndpointPongTests {
  @Test("answer Pings in order with their payload")
  func order() {
    let endpoint = TestedEndpoint(.server)
    endpoint.receive((frame(0x89, "one") + frame(0x89) + frame(0x89, "three")))
    #expect(endpoint.takeOutput() == hex("8A 03 6F6E65 8A 00 8A 05 7468726565"))
  }

  @Test("F29: collapse into the latest beyond the limit of frames, and start anew once written")
  func frames() {
    var limits = WSLimits()
    limits.maximumQueuedPongs = 3
    let endpoint = TestedEndpoint(.server, limits: limits)
    for round in 0..<3 {
      let pings = (0..<20).flatMap { frame(0x89, [UInt8($0)]) }
      #expect(endpoint.receive(pings).count == 20)
      #expect(endpoint.takeFrames().map(\.payload) == [[0], [1], [2], [19]], "round \(round)")
    }
  }

  @Test("F29: collapse beyond the limit of octets")
  func octets() {
    var limits = WSLimits()
    limits.maximumQueuedPongBytes = 250
    let endpoint = TestedEndpoint(.server, limits: limits)
    let pings = (0..<9).flatMap { frame(0x89, [UInt8](repeating: $0, count: 125)) }
    endpoint.receive(pings)
    #expect(endpoint.takeFrames().map { $0.payload.first } == [0, 1, 8])
  }

  @Test("F29: stay within 128 frames and 16 KiB by default, however many Pings come unread")
  func flood() {
    var limits = WSLimits()
    limits.controlFrameBurst = .max
    let endpoint = TestedEndpoint(.server, limits: limits)
    for _ in 0..<50 {
      let pings = (0..<20).flatMap { _ in frame(0x89, [UInt8](repeating: 0x61, count: 125)) }
      #expect(endpoint.receive(pings).count == 20)
    }
    let written = endpoint.takeFrames()
    #expect(written.count == 129)
    #expect(written.dropLast().map(\.payload.count).reduce(0, +) <= 16 << 10)
  }

  @Test("are owed between our Close frame and the peer's, and not after it")
  func closing() throws {
    let endpoint = TestedEndpoint(.server)
    try endpoint.close(.empty)
    #expect(endpoint.receive(frame(0x89, "a")) == [.ping([0x61])])
    #expect(endpoint.takeOutput() == hex("88 00 8A 01 61"))
    #expect(endpoint.receive(frame(0x88) + frame(0x89, "b")) == [.closeReceived(.empty)])
    #expect(endpoint.takeOutput() == [])
  }

  struct Deferred: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var closesFirst = false
    let input: [UInt8]
    let output: String
  }

  /// Two Pings, of which the second finds no room.
  @Test(
    "that wait for room are sent unless the peer closed",
    arguments: [
      Deferred(testDescription: "open", input: [], output: "8A 01 61 8A 01 62"),
      Deferred(testDescription: "behind our Close frame", closesFirst: true, input: [], output: "88 00 8A 01 61 8A 01 62"),
      Deferred(testDescription: "the peer closed", input: frame(0x88), output: "8A 01 61 88 00"),
    ])
  func deferred(row: Deferred) throws {
    var limits = WSLimits()
    limits.maximumQueuedPongs = 1
    let endpoint = TestedEndpoint(.server, limits: limits)
    if row.closesFirst { try endpoint.close(.empty) }
    endpoint.receive(frame(0x89, "a") + frame(0x89, "b") + row.input)
    #expect(endpoint.takeOutput() == hex(row.output))
  }

  @Test("that wait for room are dropped when the peer failed")
  func failed() {
    var limits = WSLimits()
    limits.maximumQueuedPongs = 1
    let endpoint = TestedEndpoint(.server, limits: limits)
    endpoint.receive(frame(0x89, "a") + frame(0x89, "b") + frame(0x83))
    #expect(endpoint.takeFrames().map(\.first) == [0x8A, 0x88])
  }
}
