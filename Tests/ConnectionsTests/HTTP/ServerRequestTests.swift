import Connections
import HTTPParse
import ProtocolTesting
import Testing

@Suite("HTTP server session: requests")
struct ServerRequestTests {
  private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

  static let inputs: [(String, String)] = [
    ("two requests", get + get),
    ("content and trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n" + get),
    ("a length, then rubbish", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\u{1}\u{2}"),
    ("a refused head", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get),
    ("length and coding", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + get),
    ("a bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX" + get),
    ("an upgrade that is declined", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + get),
    ("the last request", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get),
    ("a tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" + get),
    ("a content cut short", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello"),
    ("early answers", "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get),
  ]

  @Test("what comes of the octets does not depend on how they are cut", arguments: inputs)
  func cuts(name: String, input: String) {
    let mismatches = splitEverywhere(name, Array(input.utf8)) { pieces in
      let driver = ServerDriver()
      var isEarly = false
      driver.on = { driver, event in
        if case .head(let head, _) = event { isEarly = head.target.text == "/early" }
        if case .head = event, isEarly { try driver.answer(200, "early") }
        if case .end = event { try driver.answer(200, "late") }
      }
      for piece in pieces { driver.feed(piece) }
      driver.endInput()
      return ParseTrace(events: driver.log + [driver.text, "\(driver.ending.map { "\($0)" } ?? "open")"])
    }
    #expect(mismatches.isEmpty, "\(mismatches.first?.description ?? "")")
  }

  @Test(
    "a request that is wrong is refused with its status, and nothing behind it is served (P27)",
    arguments: [
      ("GET / HTTP/1.1\r\n\r\n", 400, "host-missing"), ("GET  / HTTP/1.1\r\n", 400, "request-line"),
      ("GET / HTTP/2.0\r\n", 505, "version-unsupported"),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "transfer-coding-unsupported"),
      ("GET /" + String(repeating: "a", count: 17_000), 414, "limit-request-line"),
      ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 17_000), 431, "limit-field"),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n", 413, "limit-content"),
    ])
  func refused(request: String, status: Int, code: String) {
    var limits = HTTPConnectionLimits()
    limits.messages.maximumContentBytes = 98
    let driver = ServerDriver(limits)
    driver.feed(request)
    driver.feed(Self.get)
    #expect(driver.statuses == [status])
    #expect(driver.text.contains("Connection: close\r\nContent-Length: 0\r\n\r\n"))
    #expect(driver.log == ["failed \(code)"])
    #expect(driver.ending == .close)
  }

  @Test("a fault behind the head of an answer cuts the answer off, so that it cannot pass for complete")
  func faultAfterHead() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    try driver.session.sendHead(status: 200, length: nil, now: .zero)
    driver.feed("x")
    #expect(driver.log.last == "failed chunk-size")
    #expect(driver.ending == .abort)
  }

  @Test("pipelined requests are served one after the other, in order (P37)")
  func pipelining() throws {
    let driver = ServerDriver()
    driver.feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(driver.log == ["GET /1", "end"])
    #expect(driver.requestNumber == 1)
    try driver.answer(201)
    driver.turn()
    #expect(driver.log == ["GET /1", "end", "GET /2", "end"])
    try driver.answer(202)
    driver.turn()
    try driver.answer(203)
    #expect(driver.statuses == [201, 202, 203])
  }

  @Test("behind a request that is being answered, 64 KiB are held and then reading stops")
  func lookAhead() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    #expect(driver.wantsInput)
    driver.feed([UInt8](repeating: 0x41, count: 65_535))
    #expect(driver.wantsInput)
    driver.feed([0x41])
    #expect(!driver.wantsInput)
    #expect(driver.log == ["GET /a", "end"])
    try driver.answer()
    driver.turn()
    #expect(driver.log.last == "failed limit-request-line")
  }

  @Test("a paused request delivers nothing, and reading stops")
  func pause() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .head = event { driver.session.pauseReading(now: driver.now) } }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
    #expect(driver.log == ["POST /"])
    #expect(!driver.wantsInput && driver.deadline == nil)
    driver.now = .seconds(1000)
    driver.session.resumeReading(now: driver.now)
    #expect(driver.deadline == .seconds(1010))
    driver.turn()
    #expect(driver.log == ["POST /", "+hello", "end"])
    driver.session.pauseReading(now: driver.now)
    try driver.answer()
    #expect(driver.wantsInput)
  }

  @Test("an answer to a paused request ends the pause")
  func answerWhilePaused() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in
      if case .head(let head, .length) = event, head.method == "POST" { driver.session.pauseReading(now: .zero) }
    }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + Self.get)
    try driver.answer()
    driver.turn()
    #expect(driver.log == ["POST /", "GET /a", "end"])
  }

  static let unreadRows: [(name: String, head: String, rest: Int, continues: Bool)] = [
    ("a little is read", "Content-Length: 1000", 1000, true), ("as much as may be is read", "Content-Length: 262144", 262_144, true),
    ("more is known and not read", "Content-Length: 262145", 262_145, false),
  ]

  @Test("content that nobody wants is read up to a limit, and no part of it is taken for a request (P28)", arguments: unreadRows)
  func unread(name: String, head: String, rest: Int, continues: Bool) throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\n\(head)\r\n\r\n")
    try driver.answer(403)
    #expect(driver.text.contains("Connection: close") == !continues)
    #expect(driver.ending == (continues ? nil : .close))
    let smuggled = Array("GET /smug HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var content: [UInt8] = []
    while content.count < rest { content += smuggled }
    driver.feed(Array(content.prefix(rest)) + Array(Self.get.utf8))
    #expect(driver.log == (continues ? ["POST /", "GET /a", "end"] : ["POST /"]))
  }

  @Test("unread chunks close the connection when they become too many")
  func unreadChunks() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    try driver.answer(403)
    #expect(driver.ending == nil)
    let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x41, count: 65_536) + [0x0D, 0x0A]
    for _ in 0..<4 { driver.feed(chunk) }
    #expect(driver.ending == nil)
    driver.feed(chunk)
    #expect(driver.ending == .close)
    #expect(driver.log == ["POST /"])
  }

  @Test("content that nobody wants may be wrong: the connection ends, and nobody is told")
  func unreadFault() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    try driver.answer(403)
    driver.feed("x" + Self.get)
    #expect(driver.log == ["POST /"] && driver.ending == .close && driver.statuses == [403])
  }

  @Test("an answer in pieces that ends long before its request ends the connection")
  func unreadBehindPieces() throws {
    let driver = ServerDriver()
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n")
    try driver.session.sendHead(status: 200, length: nil, now: .zero)
    driver.feed("x")
    #expect(driver.log == ["POST /", "+x"])
    try driver.session.end(now: .zero)
    #expect(driver.ending == nil)
    let other = ServerDriver()
    other.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n")
    try other.session.sendHead(status: 200, length: nil, now: .zero)
    try other.session.end(now: .zero)
    #expect(other.ending == .close)
  }

  @Test("octets behind the end of a connection are not held")
  func behindTheEnd() throws {
    let driver = ServerDriver()
    driver.feed("bad\r\n\r\n")
    driver.feed([UInt8](repeating: 0x41, count: 1 << 20))
    #expect(driver.ending == .close && driver.heldBytes == 0)
  }

  static let expectations: [(name: String, head: String, content: String, interim: Bool)] = [
    ("content is awaited", "HTTP/1.1\r\nContent-Length: 5", "", true),
    ("chunks are awaited", "HTTP/1.1\r\nTransfer-Encoding: chunked", "", true),
    ("content is here", "HTTP/1.1\r\nContent-Length: 5", "he", false), ("no content", "HTTP/1.1", "", false),
    ("content of length 0", "HTTP/1.1\r\nContent-Length: 0", "", false), ("HTTP/1.0", "HTTP/1.0\r\nContent-Length: 5", "", false),
  ]

  @Test("100 (Continue) is sent when content is awaited, and only then (RFC 9110 §10.1.1)", arguments: expectations)
  func expectation(name: String, head: String, content: String, interim: Bool) {
    let driver = ServerDriver()
    driver.feed("POST / \(head)\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n\(content)")
    #expect(driver.text == (interim ? "HTTP/1.1 100 Continue\r\n\r\n" : ""))
    driver.turn()
    driver.feed("1")
    #expect(driver.statuses.count == (interim ? 1 : 0), "once is enough")
  }

  @Test("a request can be refused before its content is sent; the connection ends, since the content may come or not")
  func refusedExpectation() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .head = event { try driver.answer(417) } }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\nExpect: 100-continue\r\n\r\n")
    driver.feed("GET /smug HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(driver.statuses == [417])
    #expect(driver.text.contains("Connection: close") && driver.ending == .close)
    #expect(driver.log == ["POST /"])
  }

  @Test("an expectation without content ends no connection", arguments: ["", "Content-Length: 0\r\n"])
  func vainExpectation(length: String) throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .head = event { try driver.answer() } }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(length)\r\n" + Self.get)
    #expect(driver.statuses == [200, 200] && driver.ending == nil)
  }

  @Test("100 (Continue) from the application is the only one, and the connection goes on")
  func ownContinue() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in
      guard case .head = event else { return }
      try driver.session.sendInterim(100)
      try driver.answer()
    }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(driver.statuses == [100, 200] && driver.ending == nil)
  }

  @Test("a paused request holds 100 (Continue) back")
  func pausedExpectation() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in if case .head = event { driver.session.pauseReading(now: driver.now) } }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    #expect(driver.text == "")
    driver.session.resumeReading(now: driver.now)
    driver.turn()
    #expect(driver.statuses == [100])
  }

  @Test("interim answers come before the answer, and not to HTTP/1.0")
  func interim() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    try driver.session.sendInterim(103, fields: section([("Link", "</x>")]))
    for status in [99, 101, 200] { #expect(refusal { try driver.session.sendInterim(status) } == .status) }
    #expect(refusal { try driver.session.sendInterim(102, fields: section([("Content-Length", "0")])) } == .ownedField)
    try driver.answer()
    #expect(driver.statuses == [103, 200])
    let old = ServerDriver()
    old.feed("GET / HTTP/1.0\r\n\r\n")
    #expect(refusal { try old.session.sendInterim(103) } == .status)
  }

  @Test("an upgrade hands over what is behind a complete request, its content included (H17)")
  func upgrade() throws {
    let driver = ServerDriver()
    let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x, y\r\nContent-Length: 5\r\n\r\n"
    driver.feed(head + "he")
    #expect(refusal { _ = try driver.session.switchProtocols(to: "x") } == .upgradeNotOffered)
    driver.feed("llo\u{1}\u{2}")
    #expect(driver.log == ["POST /", "+hello", "end"])
    #expect(refusal { _ = try driver.session.switchProtocols(to: "z") } == .upgradeNotOffered)
    #expect(refusal { _ = try driver.session.switchProtocols(to: "y", fields: section([("Upgrade", "x")])) } == .ownedField)
    #expect(try driver.session.switchProtocols(to: "y") == [1, 2])
    driver.collect()
    #expect(driver.text == "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n")
    #expect(driver.ending == .handOver)
    driver.feed(Self.get)
    #expect(driver.log.count == 3)
  }

  @Test("no protocol is switched to that was not offered")
  func noUpgrade() throws {
    let driver = ServerDriver()
    driver.feed(Self.get)
    #expect(refusal { _ = try driver.session.switchProtocols(to: "x") } == .upgradeNotOffered)
    try driver.answer(426, fields: [("Upgrade", "x")])
    #expect(driver.text.contains("Connection: upgrade\r\n"))
  }

  @Test("the last request that a connection may carry is answered with close")
  func requestLimit() throws {
    var limits = HTTPConnectionLimits()
    limits.messages.maximumRequestsPerConnection = 2
    let driver = ServerDriver(limits)
    driver.on = { driver, event in if case .end = event { try driver.answer() } }
    driver.feed(Self.get + Self.get + Self.get)
    #expect(driver.statuses == [200, 200])
    #expect(driver.text.hasSuffix("Connection: close\r\nContent-Length: 0\r\n\r\n") && driver.ending == .close)
    #expect(HTTPConnectionLimits().messages.maximumRequestsPerConnection == 10_000)
  }

  @Test("a client that ends its direction is answered, and then the connection ends (RFC 9112 §9.6)")
  func halfClose() throws {
    let driver = ServerDriver()
    driver.feed(Self.get + Self.get)
    driver.endInput()
    #expect(driver.ending == nil)
    try driver.answer()
    driver.turn()
    #expect(driver.ending == nil)
    try driver.answer()
    driver.turn()
    #expect(driver.ending == .close && driver.statuses == [200, 200])
  }

  @Test(
    "a request that is cut short is no request (P26)",
    arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"])
  func cutShort(text: String) {
    let driver = ServerDriver()
    driver.feed(text)
    driver.endInput()
    #expect(driver.statuses == [400] && driver.ending == .close)
    #expect(driver.log.last == "failed unexpected-eof")
  }

  @Test("an early answer may be completed while the request still comes")
  func duplex() throws {
    let driver = ServerDriver()
    driver.on = { driver, event in
      switch event {
      case .head: try driver.session.sendHead(status: 200, length: nil, now: driver.now)
      case .content(let piece): try driver.session.write(piece)
      case .end: try driver.session.end(now: driver.now)
      case .trailers, .failed: break
      }
    }
    driver.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<3 { driver.feed("2\r\nhi\r\n") }
    driver.feed("0\r\n\r\n" + Self.get)
    #expect(driver.text.hasPrefix("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n2\r\nhi\r\n2\r\nhi\r\n0\r\n\r\nHTTP"))
    #expect(driver.refusals == [])
  }
}
