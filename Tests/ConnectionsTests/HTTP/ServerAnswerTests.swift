import Connections
import HTTPParse
import ProtocolTesting
import Testing

@Suite("HTTP server session: answers")
struct ServerAnswerTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: String
    let status: Int
    let length: Int?
    let content: String
    /// The answer behind its status line, but for CRLFs written as `|`.
    let answer: String
    let ends: Bool

    init(_ name: String, _ request: String, _ status: Int, _ length: Int?, _ content: String, _ answer: String, ends: Bool = false) {
      testDescription = name
      self.request = request
      self.status = status
      self.length = length
      self.content = content
      self.answer = answer
      self.ends = ends
    }
  }

  static let rows = [
    Row("a length", "GET / HTTP/1.1", 200, 5, "hello", "Content-Length: 5||hello"),
    Row("no length: chunks", "GET / HTTP/1.1", 200, nil, "hello", "Transfer-Encoding: chunked||5|hello|0||"),
    Row("no content", "GET / HTTP/1.1", 200, 0, "", "Content-Length: 0||"),
    Row("no content, no length", "GET / HTTP/1.1", 200, nil, "", "Transfer-Encoding: chunked||0||"),
    Row("HEAD with a length", "HEAD / HTTP/1.1", 200, 5, "hello", "Content-Length: 5||"),
    Row("HEAD without", "HEAD / HTTP/1.1", 200, nil, "hello", "Transfer-Encoding: chunked||"),
    Row("204", "GET / HTTP/1.1", 204, nil, "", "|"),
    Row("204 with a length of 0", "GET / HTTP/1.1", 204, 0, "", "|"),
    Row("205", "POST / HTTP/1.1", 205, nil, "", "Content-Length: 0||"),
    Row("304 with a length", "GET / HTTP/1.1", 304, 5, "hello", "Content-Length: 5||"),
    Row("304 without", "GET / HTTP/1.1", 304, nil, "hello", "|"),
    Row("HTTP/1.0", "GET / HTTP/1.0", 200, 5, "hello", "Connection: close|Content-Length: 5||hello", ends: true),
    Row(
      "HTTP/1.0, kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive", 200, 5, "hello",
      "Connection: keep-alive|Content-Length: 5||hello"),
    Row(
      "HTTP/1.0, kept alive, no length", "GET / HTTP/1.0\r\nConnection: keep-alive", 200, nil, "hello", "Connection: close||hello",
      ends: true),
    Row("HEAD of HTTP/1.0, no length", "HEAD / HTTP/1.0\r\nConnection: keep-alive", 200, nil, "x", "Connection: keep-alive||"),
    Row("the client closes", "GET / HTTP/1.1\r\nConnection: close", 200, 0, "", "Connection: close|Content-Length: 0||", ends: true),
    Row("a refused tunnel", "CONNECT a:1 HTTP/1.1", 405, 0, "", "Connection: close|Content-Length: 0||", ends: true),
  ]

  @Test("the connection frames an answer by its request, its status and what is known of its length", arguments: rows)
  func framing(row: Row) {
    let driver = ServerDriver()
    driver.on = { driver, event in
      guard case .end = event else { return }
      try driver.session.sendHead(status: row.status, length: row.length, now: .zero)
      try driver.session.write(Array(row.content.utf8))
      try driver.session.end(now: .zero)
    }
    driver.feed(row.request + "\r\nHost: a\r\n\r\n")
    #expect(driver.text == "HTTP/1.1 \(row.status) \r\n" + row.answer.replacing("|", with: "\r\n"))
    #expect(driver.ending == (row.ends ? .close : nil))
    #expect(driver.refusals == [])
  }

  @Test(
    "what an answer must not be is refused, and another one can be given",
    arguments: [
      ("a length given as a field", 200, "Content-Length", "5", 0, HTTPConnectionError.Code.ownedField),
      ("a coding", 200, "transfer-encoding", "chunked", 0, .ownedField), ("an option", 200, "Connection", "close", 0, .ownedField),
      ("a field of old", 200, "Keep-Alive", "timeout=5", 0, .ownedField),
      ("content of 204", 204, "X", "y", 5, .contentNotAllowed), ("content of 205", 205, "X", "y", 5, .contentNotAllowed),
      ("an interim status", 100, "X", "y", 0, .status), ("101", 101, "X", "y", 0, .status), ("no status", 99, "X", "y", 0, .status),
      ("a status of four digits", 1000, "X", "y", 0, .status), ("a length below 0", 200, "X", "y", -1, .unsendable),
    ])
  func refused(name: String, status: Int, field: String, value: String, length: Int, code: HTTPConnectionError.Code) throws {
    let driver = ServerDriver()
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    let fields = section([(field, value)])
    #expect(refusal { try driver.session.sendHead(status: status, fields: fields, length: length, now: .zero) } == code)
    driver.collect()
    #expect(driver.text == "")
    try driver.answer(200, "ok")
    #expect(driver.text.hasSuffix("Content-Length: 2\r\n\r\nok"))
  }

  @Test("control octets get into no part of a head (P38)", arguments: ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "a\u{7F}", "\u{1}"])
  func splitting(text: String) {
    let driver = ServerDriver()
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(refusal { try driver.session.sendHead(status: 200, reasonPhrase: text, length: 0, now: .zero) } == .unsendable)
    #expect(throws: HTTPParseError.self) { try FieldLine(name: "X", value: text) }
    #expect(throws: HTTPParseError.self) { try FieldLine(name: text, value: "x") }
    driver.session.date = text
    #expect(refusal { try driver.answer() } == .unsendable)
    driver.collect()
    #expect(driver.text == "")
  }

  @Test("content that does not fit its length is refused, and the answer can be completed")
  func lengths() throws {
    let driver = ServerDriver()
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    try driver.session.sendHead(status: 200, length: 5, now: .zero)
    try driver.session.write(Array("hel".utf8))
    #expect(throws: HTTPConnectionError(.contentTooLong, limit: 5, actual: 6)) { try driver.session.write(Array("lo!".utf8)) }
    #expect(throws: HTTPConnectionError(.contentTooShort, limit: 5, actual: 3)) { try driver.session.end(now: .zero) }
    try driver.session.write(Array("lo".utf8))
    #expect(refusal { try driver.session.end(trailers: section([("X", "y")]), now: .zero) } == .contentNotAllowed)
    try driver.session.end(now: .zero)
    driver.collect()
    #expect(driver.text.hasSuffix("\r\n\r\nhello"))
  }

  @Test("every call has its time")
  func order() throws {
    let driver = ServerDriver()
    let session: () throws -> Void = { try driver.session.write([1]) }
    #expect(refusal(session) == .notNow)
    #expect(refusal { try driver.answer() } == .notNow)
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(refusal(session) == .notNow)
    #expect(refusal { try driver.session.end(now: .zero) } == .notNow)
    try driver.session.sendHead(status: 200, length: nil, now: .zero)
    #expect(refusal { try driver.answer() } == .notNow)
    #expect(refusal { try driver.session.sendInterim(103) } == .notNow)
    #expect(refusal { _ = try driver.session.switchProtocols(to: "x") } == .notNow)
    try driver.session.end(now: .zero)
    #expect(refusal(session) == .notNow)
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    try driver.answer()
    #expect(refusal { try driver.answer() } == .notOpen)
    #expect(driver.ending == .close)
  }

  @Test("trailers go behind chunks, but for those that must not")
  func trailers() throws {
    let driver = ServerDriver()
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    try driver.session.sendHead(status: 200, length: nil, now: .zero)
    #expect(refusal { try driver.session.end(trailers: section([("Content-Length", "5")]), now: .zero) } == .unsendable)
    try driver.session.end(trailers: section([("X-Sum", "5")]), now: .zero)
    driver.collect()
    #expect(driver.text.hasSuffix("\r\n\r\n0\r\nX-Sum: 5\r\n\r\n"))
  }

  @Test("a Date is added where one is known and none is given")
  func date() throws {
    let driver = ServerDriver()
    driver.session.date = HTTPDate.text(secondsSince1970: 784_111_777)
    driver.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n")
    try driver.answer()
    driver.turn()
    try driver.answer(fields: [("Date", "mine")])
    driver.turn()
    let dates = driver.text.split(separator: "\r\n").filter { $0.hasPrefix("Date") }
    #expect(dates == ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Date: mine", "Date: Sun, 06 Nov 1994 08:49:37 GMT"])
  }

  @Test(
    "times are written as RFC 9110 §5.6.7 has them",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"), (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
      (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
      (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
      (Int.min, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
  func dates(seconds: Int, text: String) {
    #expect(HTTPDate.text(secondsSince1970: seconds) == text)
  }
}
