import Connections
import HTTPParse
import ProtocolTesting
import Testing
import Transport

@Suite("HTTP client session")
struct ClientSessionTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
  private static let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let method: String
    let answer: String
    let ends: Bool
    let log: [String]
    let isReusable: Bool

    init(_ name: String, _ answer: String, _ log: [String], reusable: Bool = false, method: String = "GET", ends: Bool = false) {
      testDescription = name
      self.method = method
      self.answer = answer
      self.ends = ends
      self.log = log
      isReusable = reusable
    }
  }

  static let rows = [
    Row("a length", ok, ["200", "+hello", "end"], reusable: true),
    Row("chunks and trailers", chunks, ["200", "+hello", "trailers X", "end"], reusable: true),
    Row("204", "HTTP/1.1 204 No\r\n\r\n", ["204", "end"], reusable: true),
    Row("304 with a length", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n", ["304", "end"], reusable: true),
    Row("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ["200", "end"], reusable: true, method: "HEAD"),
    Row(
      "interim answers", "HTTP/1.1 103 Hi\r\n\r\nHTTP/1.1 100 Go\r\n\r\n" + ok, ["interim 103", "interim 100", "200", "+hello", "end"],
      reusable: true),
    Row("until the connection ends", "HTTP/1.1 200 OK\r\n\r\nhello", ["200", "+hello", "end"], ends: true),
    Row("until the connection ends, which it has not", "HTTP/1.1 200 OK\r\n\r\nhello", ["200", "+hello"]),
    Row("the server closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", ["200", "end"]),
    Row("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ["200", "end"]),
    Row(
      "HTTP/1.0, kept alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", ["200", "end"], reusable: true),
    Row("length and coding", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ["200", "end"]),
    Row("octets behind the answer (P41)", ok + "H", ["200", "+hello", "end"]),
    Row("a second answer (P41)", ok + ok, ["200", "+hello", "end"]),
    Row("content of 204 (P40)", "HTTP/1.1 204 No\r\n\r\nhello", ["204", "end"]),
    Row("content in answer to HEAD (P40)", ok, ["200", "end"], method: "HEAD"),
    Row("the server ends the connection behind the answer", ok, ["200", "+hello", "end"], ends: true),
    Row(
      "a length not reached (P26)", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", ["200", "+hello", "failed incomplete"], ends: true),
    Row(
      "chunks without an end (P26)", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      ["200", "+hello", "failed incomplete"], ends: true),
    Row("a head cut short", "HTTP/1.1 200 OK\r\nX", ["failed incomplete"], ends: true),
    Row("no answer", "", ["failed no-answer"], ends: true),
    Row("only an interim answer", "HTTP/1.1 100 Go\r\n\r\n", ["interim 100", "failed incomplete"], ends: true),
    Row("no HTTP (C11)", "SSH-2.0-x\r\n", ["failed not-http"]),
    Row("a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", ["200", "failed chunk-size"]),
    Row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", ["failed content-length-conflict"]),
    Row("101 that nobody asked for", "HTTP/1.1 101 No\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", ["failed unexpected-upgrade"]),
    Row(
      "17 interim answers (H21)", String(repeating: "HTTP/1.1 103 Hi\r\n\r\n", count: 17),
      Array(repeating: "interim 103", count: 16) + ["failed limit-interim"]),
    Row("a field line without end (C11)", "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 17_000), ["failed limit-field"]),
  ]

  @Test("an answer is framed by its request, and says whether the connection can go on, however it is cut", arguments: rows)
  func answers(row: Row) {
    let mismatches = splitEverywhere(row.testDescription, Array(row.answer.utf8)) { pieces in
      let driver = ClientDriver()
      try? driver.send(ClientDriver.request(row.method))
      for piece in pieces { driver.feed(piece) }
      if row.ends { driver.endInput() }
      return ParseTrace(events: driver.log + [driver.isReusable ? "reusable" : "not reusable"])
    }
    #expect(mismatches.isEmpty, "\(mismatches.first?.description ?? "")")
    let driver = ClientDriver()
    #expect(throws: Never.self) { try driver.send(ClientDriver.request(row.method)) }
    driver.feed(row.answer)
    if row.ends { driver.endInput() }
    #expect(driver.log == row.log)
    #expect(driver.isReusable == row.isReusable)
    #expect(!driver.isReusable || driver.ending == nil)
    if !row.ends, row.log.last == "end" { #expect(driver.wasReusableAtEnd == row.isReusable) }
  }

  @Test("an incomplete answer says how much is missing")
  func missing() throws {
    let driver = ClientDriver()
    try driver.send()
    driver.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
    driver.lose(.resetByPeer(TransportError(.receive, .system(errorNumber: 104))))
    let error = try #require(driver.failure?.error)
    #expect(error.code == .incomplete && error.limit == 9 && error.actual == 5 && error.section == "RFC 9112 §8")
    #expect(
      "\(error)".hasPrefix("incomplete: the message was cut short, 5 of 9: cannot receive from: connection reset by peer"), "\(error)")
    #expect(driver.failure?.isSafeToRetry == false)
  }

  @Test("content that ends with the connection is not complete if the connection was lost (LN-63)")
  func lost() throws {
    let driver = ClientDriver()
    try driver.send()
    driver.feed("HTTP/1.1 200 OK\r\n\r\nhello")
    driver.lose()
    #expect(driver.log == ["200", "+hello", "failed incomplete"])
  }

  static let heads: [(name: String, request: HTTPClientRequest, head: String)] = {
    var upgrade = ClientDriver.request()
    upgrade.upgrade = ["x", "y/1"]
    var expecting = ClientDriver.request("PUT", content: .length(5))
    expecting.expectsContinue = true
    var last = ClientDriver.request()
    last.isLast = true
    return [
      ("GET", ClientDriver.request(), "GET / HTTP/1.1|Host: a||"),
      ("POST", ClientDriver.request("POST"), "POST / HTTP/1.1|Host: a|Content-Length: 0||"),
      ("a length", ClientDriver.request("GET", content: .length(5)), "GET / HTTP/1.1|Host: a|Content-Length: 5||"),
      ("chunks", ClientDriver.request("POST", content: .chunked), "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||"),
      ("the last one", last, "GET / HTTP/1.1|Host: a|Connection: close||"),
      ("an upgrade", upgrade, "GET / HTTP/1.1|Host: a|Connection: upgrade|Upgrade: x, y/1||"),
      ("an expectation", expecting, "PUT / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 5||"),
    ]
  }()

  @Test("the connection writes what frames the request", arguments: heads)
  func head(name: String, request: HTTPClientRequest, head: String) throws {
    let driver = ClientDriver()
    try driver.send(request)
    #expect(driver.text == head.replacing("|", with: "\r\n"))
  }

  @Test(
    "fields that the connection owns are refused, and nothing is sent (C16, LN-41)",
    arguments: ["Content-Length", "transfer-encoding", "Connection", "UPGRADE", "Keep-Alive", "Proxy-Connection", "TE", "Expect"])
  func owned(field: String) throws {
    let driver = ClientDriver()
    #expect(refusal { try driver.send(ClientDriver.request(fields: [(field, "1")])) } == .ownedField)
    #expect(driver.text == "" && driver.isReusable)
    try driver.send()
  }

  @Test("a request that could be read as another one is refused (P39)")
  func unsendable() {
    var expecting = ClientDriver.request()
    expecting.expectsContinue = true
    var requests: [(HTTPClientRequest, HTTPConnectionError.Code)] = [
      (ClientDriver.request("CONNECT"), .method), (ClientDriver.request("TRACE", content: .length(1)), .contentNotAllowed),
      (expecting, .contentNotAllowed), (ClientDriver.request("G T"), .unsendable), (ClientDriver.request("GET\r\n"), .unsendable),
      (ClientDriver.request(fields: [("Host", "b")]), .unsendable), (ClientDriver.request("PUT", content: .length(-1)), .unsendable),
      (HTTPClientRequest(target: "/", fields: FieldSection()), .unsendable),
    ]
    for target in ["/ x", "/\r\nX: y", "", "/\u{1}", "x", "/#y"] {
      requests.append((HTTPClientRequest(target: target, fields: section([("Host", "a")])), .unsendable))
    }
    var injecting = ClientDriver.request()
    injecting.upgrade = ["x\r\nX: y"]
    requests.append((injecting, .unsendable))
    for (request, code) in requests {
      let driver = ClientDriver()
      #expect(refusal { try driver.send(request) } == code, "\(request)")
      #expect(driver.text == "")
    }
  }

  @Test("one exchange at a time")
  func order() throws {
    let driver = ClientDriver()
    #expect(refusal { try driver.write("x") } == .notNow)
    try driver.send(ClientDriver.request("PUT", content: .length(2)))
    #expect(refusal { try driver.send() } == .notNow)
    #expect(refusal { try driver.end() } == .contentTooShort)
    #expect(refusal { try driver.write("abc") } == .contentTooLong)
    try driver.write("ab")
    try driver.end()
    #expect(refusal { try driver.write("x") } == .notNow)
    #expect(refusal { try driver.end() } == .notNow)
    driver.feed(Self.ok)
    #expect(driver.exchangeCount == 1)
    try driver.send()
    driver.feed(Self.chunks)
    #expect(driver.log.filter { $0 == "end" }.count == 2)
    driver.endInput()
    #expect(refusal { try driver.send() } == .notOpen)
  }

  @Test("a connection whose end is known is not reusable, even before it was acted upon")
  func endKnown() throws {
    let driver = ClientDriver()
    try driver.send()
    driver.session.pauseReading()
    driver.feed(Self.ok)
    driver.endInput()
    driver.session.resumeReading()
    driver.turn()
    #expect(driver.log.last == "end" && driver.wasReusableAtEnd == false)
  }

  @Test("nothing follows a request that said so, whatever the server says (RFC 9112 §9.6)")
  func last() throws {
    let driver = ClientDriver()
    var request = ClientDriver.request()
    request.isLast = true
    try driver.send(request)
    driver.feed(Self.ok)
    #expect(driver.log.last == "end" && driver.ending == .close)
    #expect(refusal { try driver.send() } == .notOpen)
  }

  @Test("octets before any request end the connection")
  func unsolicited() {
    let driver = ClientDriver()
    driver.feed(Self.ok)
    #expect(driver.log == [] && driver.ending == .abort && !driver.isReusable)
  }

  @Test("chunked content goes out in pieces")
  func pieces() throws {
    let driver = ClientDriver()
    try driver.send(ClientDriver.request("POST", content: .chunked))
    try driver.write("hello")
    try driver.write("")
    try driver.write("hi")
    try driver.end()
    #expect(driver.text.hasSuffix("\r\n\r\n5\r\nhello\r\n2\r\nhi\r\n0\r\n\r\n"))
  }

  static let retries: [(name: String, method: String, used: Bool, answer: String, isSafe: Bool)] = [
    ("a used connection", "GET", true, "", true), ("a new one", "GET", false, "", false),
    ("a request that changes something", "POST", true, "", false),
    ("an octet of an answer", "GET", true, "H", false), ("an idempotent one that changes something", "PUT", true, "", true),
  ]

  @Test("a request is safe to send again only if a used connection ended without an answer (RFC 9112 §9.3.1)", arguments: retries)
  func retry(name: String, method: String, used: Bool, answer: String, isSafe: Bool) throws {
    for isReset in [false, true] {
      let driver = ClientDriver()
      if used {
        try driver.send()
        driver.feed(Self.ok)
      }
      try driver.send(ClientDriver.request(method))
      driver.feed(answer)
      if isReset { driver.lose() } else { driver.endInput() }
      #expect(driver.failure?.isSafeToRetry == isSafe)
      #expect(driver.failure?.error.code == (answer.isEmpty ? .noAnswer : .incomplete))
    }
  }

  @Test("the exchange has a deadline in total, whatever comes meanwhile (LN-47)")
  func deadline() throws {
    let driver = ClientDriver()
    try driver.send(within: .seconds(5))
    driver.feed("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _ in 0..<4 {
      driver.pass(to: driver.now + .seconds(1))
      driver.feed("x")
    }
    driver.session.pauseReading()
    #expect(!driver.wantsInput)
    driver.pass(to: .milliseconds(4999))
    #expect(driver.failure == nil)
    driver.pass(to: .seconds(5))
    #expect(driver.log.last == "failed exchange-deadline" && driver.ending == .abort)
    #expect(driver.failure?.isSafeToRetry == false)
    #expect(driver.deadline == nil)
  }

  @Test("an idle connection has no deadline, and is over when the server ends it")
  func idle() throws {
    let driver = ClientDriver()
    try driver.send()
    #expect(driver.deadline == .seconds(60))
    driver.feed(Self.ok)
    #expect(driver.deadline == nil && driver.isReusable)
    driver.endInput()
    #expect(!driver.isReusable && driver.ending == .close && driver.log.last == "end")
  }

  private func expecting() throws -> ClientDriver {
    let driver = ClientDriver()
    var request = ClientDriver.request("PUT", content: .length(5))
    request.expectsContinue = true
    try driver.send(request)
    try driver.write("hello")
    try driver.end()
    #expect(driver.isAwaitingContinue && driver.text.hasSuffix("\r\n\r\n"))
    return driver
  }

  @Test("content is held back until 100 (Continue)")
  func continues() throws {
    let driver = try expecting()
    driver.feed("HTTP/1.1 103 Hi\r\n\r\n")
    #expect(driver.isAwaitingContinue)
    driver.feed("HTTP/1.1 100 Go\r\n\r\n")
    #expect(!driver.isAwaitingContinue && driver.text.hasSuffix("\r\n\r\nhello"))
    driver.feed(Self.ok)
    #expect(driver.isReusable)
  }

  @Test("content is not held back for ever (RFC 9110 §10.1.1)")
  func continueWait() throws {
    let driver = try expecting()
    driver.pass(to: .milliseconds(999))
    #expect(driver.isAwaitingContinue)
    driver.pass(to: .seconds(1))
    #expect(driver.text.hasSuffix("\r\n\r\nhello"))
    #expect(driver.deadline == .seconds(60))
  }

  @Test("content that was refused is not sent, and the connection not used again")
  func refusedExpectation() throws {
    let driver = try expecting()
    driver.feed("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
    #expect(driver.log == ["417", "end"])
    #expect(driver.text.hasSuffix("\r\n\r\n") && !driver.isReusable && driver.ending == .abort)
  }

  @Test("content that is held back when the answer begins is never sent")
  func answeredExpectation() throws {
    let driver = try expecting()
    driver.feed("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\n")
    driver.pass(to: .seconds(2))
    driver.feed("no")
    #expect(driver.text.hasSuffix("\r\n\r\n") && driver.log.last == "end")
  }

  static let earlyAnswers: [(name: String, head: String, isWanted: Bool)] = [
    ("the server closes", "200 OK\r\nConnection: close", false), ("the server refuses", "413 No", false),
    ("the server reads on", "200 OK", true),
  ]

  @Test("an answer may come before the content is sent; whether the rest is sent depends on it (RFC 9112 §9.5)", arguments: earlyAnswers)
  func early(name: String, head: String, isWanted: Bool) throws {
    let driver = ClientDriver()
    try driver.send(ClientDriver.request("PUT", content: .length(5)))
    try driver.write("he")
    driver.feed("HTTP/1.1 \(head)\r\nContent-Length: 2\r\n\r\n")
    #expect(driver.isContentWanted == isWanted)
    try driver.write("l")
    #expect(driver.text.hasSuffix("hel") == isWanted)
    driver.feed("ok")
    #expect(driver.log.last == (isWanted ? "+ok" : "end"))
    #expect(driver.ending == (isWanted ? nil : .abort))
    guard isWanted else { return }
    try driver.write("lo")
    try driver.end()
    #expect(driver.log.last == "end" && driver.isReusable)
  }

  @Test("a complete answer counts even if the server is gone before the content was sent")
  func goneAfterEarlyAnswer() throws {
    for isReset in [false, true] {
      let driver = ClientDriver()
      try driver.send(ClientDriver.request("PUT", content: .length(5)))
      driver.feed(Self.ok)
      if isReset { driver.lose() } else { driver.endInput() }
      #expect(driver.log == ["200", "+hello", "end"] && !driver.isReusable)
    }
  }

  @Test("a switch to a protocol that was offered hands over what is behind it")
  func upgrade() throws {
    let driver = ClientDriver()
    var request = ClientDriver.request()
    request.upgrade = ["x"]
    try driver.send(request)
    driver.feed(Array("HTTP/1.1 101 Ok\r\nConnection: upgrade\r\nUpgrade: X\r\n\r\n".utf8) + [1, 2])
    #expect(driver.log == ["101", "switched"] && driver.leftover == [1, 2] && driver.ending == .handOver)
    let other = ClientDriver()
    try other.send(request)
    other.feed("HTTP/1.1 101 Ok\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n")
    #expect(other.log == ["failed unexpected-upgrade"])
    let declined = ClientDriver()
    try declined.send(request)
    declined.feed(Self.ok)
    #expect(declined.isReusable)
  }

  @Test("a paused answer delivers nothing until it is resumed")
  func pause() throws {
    let driver = ClientDriver()
    try driver.send()
    driver.session.pauseReading()
    driver.feed(Self.ok)
    #expect(driver.log == [] && !driver.wantsInput)
    driver.session.resumeReading()
    driver.turn()
    #expect(driver.log == ["200", "+hello", "end"])
  }

  @Test("every code has words and a section, and says whose doing it is")
  func errors() {
    for code in HTTPConnectionError.Code.allCases {
      let error = HTTPConnectionError(code, limit: 5, actual: 3)
      #expect(error.section.hasPrefix("RFC 91"))
      #expect(
        "\(error)".hasPrefix("\(code.rawValue): ") && "\(error)".contains("3 of 5") && "\(error)".hasSuffix(error.section), "\(error)")
    }
    #expect(HTTPConnectionError(.incomplete).blame == .peerViolation && HTTPConnectionError(.ownedField).blame == .callerMistake)
    #expect(HTTPConnectionError(.headDeadline).blame == .peerExceededLimit)
  }
}
