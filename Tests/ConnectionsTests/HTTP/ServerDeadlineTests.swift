import Connections
import HTTPParse
import Testing

/// All in virtual time.
@Suite("HTTP server session: deadlines")
struct ServerDeadlineTests {
  private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("a client that says nothing is dropped without an answer (H22)")
  func silence() {
    let driver = ServerDriver()
    driver.pass(to: .milliseconds(9999))
    #expect(driver.ending == nil)
    driver.pass(to: .seconds(10))
    #expect(driver.ending == .close && driver.text == "" && driver.log == [])
  }

  @Test("a head that drips is refused after 10 s in total, however often an octet comes (P44)")
  func slowHead() {
    let driver = ServerDriver()
    for octet in "GET / HTTP/1.1\r\nHost: a\r\nX: aaaaaaaaaaaaaaaa".utf8 {
      guard driver.ending == nil else { break }
      driver.feed([octet])
      driver.pass(to: driver.now + .seconds(1))
    }
    #expect(driver.now == .seconds(10))
    #expect(driver.statuses == [408] && driver.ending == .close)
    #expect(driver.log == ["failed head-deadline"])
  }

  @Test("the time of a head begins with its first octet, on an idle connection too")
  func idleThenHead() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .end = event { try driver.answer() } }
    driver.feed(Self.get)
    driver.pass(to: .seconds(59))
    driver.feed("G")
    #expect(driver.deadline == .seconds(69))
    driver.pass(to: .seconds(69))
    #expect(driver.statuses == [200, 408])
  }

  @Test("an idle connection ends after 60 s without an answer; an empty line is not the beginning of a request", arguments: ["", "\r\n"])
  func idle(line: String) throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .end = event { try driver.answer() } }
    driver.pass(to: .seconds(5))
    driver.feed(Self.get + line)
    driver.pass(to: .seconds(line.isEmpty ? 65 : 15) - .milliseconds(1))
    #expect(driver.ending == nil)
    driver.pass(to: .seconds(65))
    #expect(driver.ending == .close && driver.statuses == [200])
    #expect(driver.log == ["GET /a", "end"])
  }

  @Test("content slower than 256 octets a second is refused after 10 s of grace (P44)", arguments: [(0, 10), (100, 17), (255, 2305)])
  func slowContent(bytesPerSecond: Int, givenUpAfter: Int) {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
    while driver.ending == nil, driver.now < .seconds(5000) {
      driver.pass(to: driver.now + .seconds(1))
      if driver.ending == nil { driver.feed([UInt8](repeating: 0x41, count: bytesPerSecond)) }
    }
    #expect(driver.log.last == "failed content-too-slow")
    #expect(driver.statuses == [408] && driver.ending == .close)
    #expect(abs(driver.now.components.seconds - Int64(givenUpAfter)) <= 1, "\(driver.now)")
  }

  @Test("content of 256 octets a second is not too slow")
  func steadyContent() {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
    for _ in 0..<3000 {
      driver.pass(to: driver.now + .seconds(1))
      driver.feed([UInt8](repeating: 0x41, count: 256))
    }
    #expect(driver.ending == nil && driver.text == "")
  }

  @Test("much content does not buy a long silence")
  func fastThenSilent() {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
    driver.feed([UInt8](repeating: 0x41, count: 5_000_000))
    #expect(driver.deadline == .seconds(10))
    driver.pass(to: .seconds(10))
    #expect(driver.statuses == [408])
  }

  @Test("slow content behind the head of an answer cuts the answer off")
  func slowContentDuringAnswer() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
    try driver.session.sendHead(status: 200, length: nil, now: .zero)
    driver.pass(to: .seconds(10))
    #expect(driver.ending == .abort)
  }

  @Test("an application may take its time")
  func slowApplication() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    #expect(driver.deadline == nil)
    driver.pass(to: .seconds(100_000))
    try driver.answer()
    #expect(driver.statuses == [200] && driver.deadline == .seconds(100_060))
  }

  @Test("content that nobody wants is waited for 5 s")
  func drain() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
    driver.pass(to: .seconds(2))
    try driver.answer(403)
    driver.feed([UInt8](repeating: 0x41, count: 999))
    driver.pass(to: .milliseconds(6999))
    #expect(driver.ending == nil)
    driver.pass(to: .seconds(7))
    #expect(driver.ending == .close && driver.statuses == [403])
  }

  @Test("a client that takes nothing for 30 s is cut off; one that takes a little is not")
  func output() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.session.sendHead(status: 200, length: 100_000, now: .zero)
    try driver.session.write([UInt8](repeating: 0x41, count: 100_000))
    driver.collect()
    driver.session.outputPending(100_000, now: .zero)
    #expect(driver.deadline == .seconds(30))
    driver.session.outputPending(100_000 - 256 * 20, now: .seconds(20))
    #expect(driver.deadline == .seconds(50))
    driver.session.outputPending(100_000 - 256 * 20 - 1, now: .seconds(49))
    driver.pass(to: .seconds(51))
    #expect(driver.ending == .abort)
    #expect(driver.log.last == "failed output-stalled")
  }

  @Test("the pace of a client is that of its system, not of the room in ours")
  func outputAcknowledged() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.session.sendHead(status: 200, length: 100_000, now: .zero)
    try driver.session.write([UInt8](repeating: 0x41, count: 100_000))
    driver.collect()
    driver.session.outputPending(50_000, unacknowledged: 90_000, now: .zero)
    driver.session.outputPending(50_000, unacknowledged: 90_000 - 256 * 20, now: .seconds(20))
    #expect(driver.deadline == .seconds(50))
    driver.pass(to: .seconds(51))
    #expect(driver.log.last == "failed output-stalled")
  }

  @Test("what is sent meanwhile does not hide that a client takes some")
  func outputGrows() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.session.sendHead(status: 200, length: 200_000, now: .zero)
    for (pending, seconds) in [(100_000, 0), (200_000 - 256 * 20, 20)] {
      try driver.session.write([UInt8](repeating: 0x41, count: 100_000))
      driver.collect()
      driver.session.outputPending(pending, now: .seconds(seconds))
    }
    #expect(driver.deadline == .seconds(50))
  }

  @Test("an answer that must not have content takes none, also when it has begun", arguments: [204, 205])
  func forbiddenContent(status: Int) throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.session.sendHead(status: status, length: nil, now: .zero)
    #expect(throws: HTTPConnectionError.self) { try driver.session.write([1]) }
    try driver.session.end(now: .zero)
    #expect(driver.ending == nil)
  }

  @Test("a client that has taken everything is not late")
  func outputTaken() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.answer(200, "hello")
    driver.session.outputPending(5, now: .seconds(1))
    driver.session.outputPending(0, now: .seconds(2))
    #expect(driver.deadline == .seconds(60))
  }

  @Test("every limit has its default")
  func defaults() {
    let limits = HTTPConnectionLimits()
    #expect(limits.headDeadline == .seconds(10) && limits.idleDeadline == .seconds(60) && limits.drainDeadline == .seconds(5))
    #expect(limits.minimumBytesPerSecond == 256 && limits.contentGrace == .seconds(10) && limits.outputGrace == .seconds(30))
    #expect(limits.maximumHeldBytes == 65_536 && limits.maximumDrainedBytes == 262_144 && limits.maximumPendingOutputBytes == 16 << 20)
    #expect(limits.messages == HTTPLimits() && limits.messages.maximumInterimResponses == 16)
  }
}
