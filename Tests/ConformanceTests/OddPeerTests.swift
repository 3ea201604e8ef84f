import Conformance
import ConformancePeers
import HTTPParse
import Testing
import WSHandshake

/// An echo server that sends some octets of its own beside its answers.
private struct ChattyMachine: PeerMachine {
  enum Moment { case withHandshake, afterEveryInput, always, afterClose }

  var inner = FaultyEchoMachine(faults: [])
  let octets: [UInt8]
  let moment: Moment
  /// Whether the octets take the place of every answer.
  var isMute = false
  private var isOpen = false
  private var hasClosed = false
  private var isDue = false

  init(_ octets: [UInt8], _ moment: Moment, isMute: Bool = false) {
    self.octets = octets
    self.moment = moment
    self.isMute = isMute
  }

  var ending: PeerEnding? { moment == .afterClose ? nil : inner.ending }

  mutating func receive(_ input: Span<UInt8>, now: Duration) {
    if isOpen, moment == .afterEveryInput { isDue = inner.ending == nil }
    inner.receive(input, now: now)
  }

  mutating func takeOutput() -> [[UInt8]] {
    var output = inner.takeOutput()
    if !isOpen {
      guard let response = output.first else { return [] }
      isOpen = true
      if moment == .withHandshake { output[0] = response + octets }
    } else if isMute {
      output = []
    }
    if moment == .afterClose, output.contains(where: { $0.first == 0x88 }) { hasClosed = true }
    if isDue || (moment == .always && isOpen) || hasClosed { output.append(octets) }
    isDue = false
    return output
  }
}

/// An echo server that answers Pings only behind the next message.
private struct LatePongMachine: PeerMachine {
  var inner = FaultyEchoMachine(faults: [])
  private var pongs: [[UInt8]] = []
  var ending: PeerEnding? { inner.ending }

  mutating func receive(_ octets: Span<UInt8>, now: Duration) { inner.receive(octets, now: now) }

  mutating func takeOutput() -> [[UInt8]] {
    let output = inner.takeOutput()
    pongs += output.filter { $0.first == 0x8A }
    let others = output.filter { $0.first != 0x8A }
    guard !others.isEmpty else { return [] }
    defer { pongs = [] }
    return others + pongs
  }
}

/// Answers the first frame with a Close frame.
private struct ClosingMachine: PeerMachine {
  var inner = FaultyEchoMachine(faults: [])
  let payload: [UInt8]
  private var isOpen = false
  private(set) var ending: PeerEnding?
  init(_ payload: [UInt8]) { self.payload = payload }

  mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    if isOpen { ending = .endOfFile } else { inner.receive(octets, now: now) }
  }

  mutating func takeOutput() -> [[UInt8]] {
    if ending != nil { return [[0x88, UInt8(payload.count)] + payload] }
    let output = inner.takeOutput()
    isOpen = isOpen || !output.isEmpty
    return output
  }
}

/// Sends many Pings at once and counts the octets that come back.
private final class PingBurstMachine: PeerMachine {
  private var inner = FaultyEchoMachine(faults: [])
  private var isOpen = false
  private(set) var receivedOctets = 0
  var ending: PeerEnding? { inner.ending }

  func receive(_ octets: Span<UInt8>, now: Duration) {
    if isOpen { receivedOctets += octets.count }
    inner.receive(octets, now: now)
  }

  func takeOutput() -> [[UInt8]] {
    var output = inner.takeOutput()
    guard !isOpen, !output.isEmpty else { return output }
    isOpen = true
    output.append(repeatElement([0x89, 0x00], count: 30_000).flatMap { $0 })
    return output
  }
}

@Suite("Unusual peers that conform, and what is said of those that do not")
struct OddPeerTests {
  private static let ping: [UInt8] = [0x89, 0x02, 0x68, 0x62]
  private static let emptyPong: [UInt8] = [0x8A, 0x00]

  private static func isFine(_ result: CaseResult) -> Bool {
    if case .recorded = result.conformanceCase.expectation.ending { return result.verdict == .informational }
    return result.verdict == .pass && result.close.verdict == .ok
  }

  @Test("Pings of the peer at any time change no verdict", arguments: quickCases)
  func pings(conformanceCase: ConformanceCase) {
    for moment in [ChattyMachine.Moment.withHandshake, .afterEveryInput] {
      let result = Simulator.run(conformanceCase, against: ChattyMachine(Self.ping, moment))
      #expect(Self.isFine(result), "\(result.verdict) \(result.why); \(result.close.why)")
    }
  }

  @Test("unsolicited Pongs without payload at any time change no verdict", arguments: quickCases)
  func pongs(conformanceCase: ConformanceCase) {
    for moment in [ChattyMachine.Moment.withHandshake, .afterEveryInput] {
      let result = Simulator.run(conformanceCase, against: ChattyMachine(Self.emptyPong, moment))
      #expect(Self.isFine(result), "\(result.verdict) \(result.why); \(result.close.why)")
    }
  }

  @Test("a Pong behind the echo breaks no MUST", arguments: ["5.6", "5.7", "5.19", "5.20"])
  func latePong(id: String) throws {
    let result = Simulator.run(try #require(Catalogue.find(id)), against: LatePongMachine())
    #expect(result.verdict == .passWithNote && result.close.verdict == .ok, "\(result.verdict) \(result.why)")
    #expect(result.why.contains("5.5.2"))
  }

  @Test("close code 1009 excuses large messages only", arguments: [("1.1.1", Verdict.fail), ("2.2", .fail), ("1.1.7", .weak)])
  func tooBig(id: String, verdict: Verdict) throws {
    let result = Simulator.run(try #require(Catalogue.find(id)), against: ClosingMachine([0x03, 0xF1]))
    #expect(result.verdict == verdict, "\(result.why)")
  }

  @Test("a close reason that is not UTF-8 is called that")
  func reason() throws {
    let result = Simulator.run(try #require(Catalogue.find("1.1.2")), against: ClosingMachine([0x03, 0xE8, 0xFF]))
    #expect(result.verdict == .fail && result.why.contains("reason"), "\(result.why)")
  }

  @Test("of many Pings at once only some are answered")
  func pingBurst() throws {
    let peer = PingBurstMachine()
    let result = Simulator.run(try #require(Catalogue.find("1.1.2")), against: peer)
    #expect(result.verdict == .pass, "\(result.why)")
    #expect(peer.receivedOctets < 4096)
  }

  @Test("a Pong that comes again and again is noted once")
  func notes() throws {
    let pong: [UInt8] = [0x8A, 0x0D] + Array("Hello, world!".utf8)
    let result = Simulator.run(
      try #require(Catalogue.find("2.2")), against: ChattyMachine(repeatElement(pong, count: 100).flatMap { $0 }, .afterEveryInput))
    #expect(result.verdict == .passWithNote)
    #expect(result.why.utf8.count < 200, "\(result.why.utf8.count)")
  }

  @Test("a case that ends by its total time says how long that was")
  func totalTime() throws {
    let result = Simulator.run(
      try #require(Catalogue.find("1.1.2")), against: ChattyMachine(Self.ping, .always, isMute: true),
      timing: CaseTiming(idleTimeout: .milliseconds(200)))
    #expect(result.verdict == .fail && result.why.contains("within 2000 ms"), "\(result.why)")
  }

  @Test("a peer that answers the Close frame and then floods did answer it", arguments: ["1.1.2", "3.1", "7.3.3", "7.9.1"])
  func floodAfterClose(id: String) throws {
    let flood = repeatElement([0x89, 0x00] as [UInt8], count: 4096).flatMap { $0 }
    let result = Simulator.run(try #require(Catalogue.find(id)), against: ChattyMachine(flood, .afterClose))
    #expect(result.verdict == .pass && result.close.verdict == .droppedByUs, "\(result.why)")
    #expect(!result.close.why.contains("did not answer"), "\(result.close.why)")
  }

  @Test("a Close frame out of the blue is said to have come before the tester's")
  func closeFirst() throws {
    let result = Simulator.run(
      try #require(Catalogue.find("7.3.3")), against: ChattyMachine([0x88, 0x02, 0x03, 0xE8], .withHandshake))
    #expect(result.verdict == .fail)
    #expect(!result.why.contains("before nothing"), "\(result.why)")
  }

  @Test("an open connection that the network loses is inconclusive, with all that was seen")
  func lost() throws {
    var peer = FaultyEchoMachine(faults: [.noEmptyEcho])
    var run = try CaseRun(
      try #require(Catalogue.find("1.1.1")), offer: ClientOffer(host: "localhost", target: "/"), timing: CaseTiming(), seed: 1, now: .zero)
    run.connected(now: .zero)
    for _ in 0..<3 {
      while let write = run.nextWrite(now: .zero) { peer.receive(write.octets.span, now: .zero) }
      for segment in peer.takeOutput() { run.receive(segment.span, now: .zero) }
    }
    run.notConnected("ETIMEDOUT", now: .zero)
    run.transportEnded(.failed("ETIMEDOUT"), now: .zero)
    let result = try #require(run.result)
    #expect(run.obstacle == nil)
    #expect(result.verdict == .inconclusive && result.why.contains("ETIMEDOUT"), "\(result.verdict) \(result.why)")
    #expect(result.wireLog.count > 3)
  }
}
