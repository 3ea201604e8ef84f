import HTTPParse
import ProtocolTesting
import Testing

@Suite("Connections")
struct MessageParserTests {
  @Test("octets after an upgrade offer are left, and read as HTTP once it is declined")
  func upgrade() throws {
    let text =
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket, x/1\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n"
    let octets = Array(text.utf8)
    var parser = RequestParser()
    var index = 0
    guard case .head(let head, .none) = try parser.receive(octets.span, at: &index) else {
      Issue.record("a head comes first")
      return
    }
    #expect(head.upgradeOffers == ["websocket", "x/1"])
    #expect(try parser.receive(octets.span, at: &index) == .end(.handsOver(.upgrade)))
    #expect(try parser.receive(octets.span, at: &index) == nil)
    #expect(String(decoding: octets[index...], as: UTF8.self).hasPrefix("GET /b"))
    #expect(parser.offset == index)
    #expect(parser.resume() == .continues)
    guard case .head(let next, .none) = try parser.receive(octets.span, at: &index) else {
      Issue.record("the next head follows")
      return
    }
    #expect(next.target.text == "/b")
  }

  @Test("after a refused tunnel nothing is read")
  func refusedConnect() throws {
    let octets = Array("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var parser = RequestParser()
    var index = 0
    _ = try parser.receive(octets.span, at: &index)
    #expect(try parser.receive(octets.span, at: &index) == .end(.handsOver(.connect)))
    #expect(parser.resume() == .closes(.connectRefused))
    #expect(try parser.receive(octets.span, at: &index) == nil)
    #expect(index == octets.count)
  }

  @Test("an Upgrade field counts only if the Connection field names it and the version is HTTP/1.1")
  func offers() {
    for (version, connection) in [("1.1", "close"), ("1.0", "upgrade, keep-alive")] {
      let octets = Array("GET / HTTP/\(version)\r\nHost: a\r\nConnection: \(connection)\r\nUpgrade: websocket\r\n\r\n".utf8)
      let result = log(RequestParser(), octets, endsInput: true)
      #expect(result.messages.first?.after != .handsOver(.upgrade))
    }
  }

  @Test(
    "a client that waits for 100 is known by the exact expectation",
    arguments: [
      ("1.1", "100-Continue", true), ("1.0", "100-continue", false), ("1.1", "x 100-continue", false), ("1.1", "a, 100-continue", true),
    ])
  func expectation(version: String, value: String, waits: Bool) throws {
    let octets = Array("POST / HTTP/\(version)\r\nHost: a\r\nExpect: \(value)\r\nContent-Length: 1\r\n\r\n".utf8)
    var parser = RequestParser()
    var index = 0
    guard case .head(let head, .length(1)) = try parser.receive(octets.span, at: &index) else {
      Issue.record("the head is complete")
      return
    }
    #expect(head.expectsContinue == waits)
  }

  @Test(
    "a Host fault leaves the connection usable only if the framing is certain",
    arguments: [("Content-Length: 0", false), ("Content-Length: x", true)])
  func hostFault(line: String, mustClose: Bool) {
    let octets = Array("GET / HTTP/1.1\r\n\(line)\r\n\r\n".utf8)
    var parser = RequestParser()
    var index = 0
    #expect {
      try parser.receive(octets.span, at: &index)
    } throws: { error in
      guard let error = error as? HTTPParseError else { return false }
      return error.code == .hostMissing && error.mustClose == mustClose
    }
  }

  @Test("content is ranges of the span given, not copies")
  func ranges() throws {
    let octets = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8)
    var parser = RequestParser()
    var index = 0
    var ranges: [Range<Int>] = []
    while let event = try parser.receive(octets.span, at: &index) {
      if case .content(let range) = event { ranges.append(range) }
    }
    #expect(ranges.map { String(decoding: octets[$0], as: UTF8.self) } == ["abc", "de"])
  }

  @Test(
    "responses that only a leniency reads end with the connection",
    arguments: [
      ("ICY 200 OK\r\nicy-name: x\r\n\r\nmusic", HTTPLeniencies.icy, "music", 1), ("<html>old</html>", .http09, "<html>old</html>", 1),
      ("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nokay", .closeDelimitedOnBadLength, "okay", 1), ("ICE 200 OK\r\n\r\n", .icy, "", 0),
      ("IXXXXXXXXXXXXXXX\r\n\r\n", .icy, "", 0), ("HTXP", .http09, "", 0), ("IC\r\n\r\n", .icy, "", 0),
    ])
  func oldServers(text: String, leniency: HTTPLeniencies, content: String, count: Int) {
    for delivery in [.whole] + Delivery.all(length: text.utf8.count, samples: 32) {
      var strict = ResponseParser()
      strict.requestSent(method: "GET")
      #expect(log(strict, Array(text.utf8), endsInput: true, by: delivery).failure != nil)
      var parser = ResponseParser(leniencies: leniency)
      parser.requestSent(method: "GET")
      let result = log(parser, Array(text.utf8), endsInput: true, by: delivery)
      #expect((result.failure == nil) == (count == 1), "\(result)")
      #expect(result.messages.map(\.content) == Array(repeating: Array(content.utf8), count: count))
      for message in result.messages {
        if case .closes = message.after { continue }
        Issue.record("\(message)")
      }
    }
  }

  @Test("a skipped field takes its folded lines with it and is reported")
  func skippedFields() throws {
    let octets = Array("HTTP/1.1 204 No\r\nX-A: 1\r\nbad line\r\n Content-Length: 9\r\nX-B: 2\r\n\r\n".utf8)
    var parser = ResponseParser(leniencies: .skipBadFields)
    parser.requestSent(method: "GET")
    var index = 0
    guard case .head(let head, _) = try parser.receive(octets.span, at: &index) else {
      Issue.record("the head is complete")
      return
    }
    #expect(words(head.fields) == "X-A=1|X-B=2")
    #expect(head.fields.skippedLineOffsets == [25])
  }

  @Test("the end of the input is the end of a message only where the connection delimits it")
  func endOfInput() throws {
    var idle = RequestParser()
    try idle.endOfInput()
    var unanswered = ResponseParser()
    unanswered.requestSent(method: "GET")
    #expect(throws: HTTPParseError(.unexpectedEOF, at: 0)) { try unanswered.endOfInput() }
    #expect(throws: HTTPParseError(.unexpectedEOF, at: 0)) { try unanswered.endOfInput() }
    var free = ResponseParser()
    #expect(try free.endOfInput() == nil)
  }
}

@Suite("Chunked decoder")
struct ChunkedDecoderTests {
  @Test("decodes alone, and leaves what follows")
  func alone() throws {
    let octets = Array("5;a=\"b;c\"\r\nhello\r\n0\r\nX: y\r\n\r\nrest".utf8)
    var decoder = ChunkedDecoder(offset: 100)
    var index = 0
    #expect(try decoder.receive(octets.span, at: &index) == .content(11..<16))
    guard case .end(let trailers) = try decoder.receive(octets.span, at: &index) else {
      Issue.record("the body ends")
      return
    }
    #expect(words(trailers) == "X=y")
    #expect(octets[index...].elementsEqual("rest".utf8))
    #expect(decoder.offset == 100 + index)
    #expect(try decoder.receive(octets.span, at: &index) == nil)
    try decoder.endOfInput()
  }

  @Test("the end of the input inside a body is a failure, and final")
  func endOfInput() {
    var decoder = ChunkedDecoder()
    var index = 0
    #expect(throws: HTTPParseError(.unexpectedEOF, at: 0)) { try decoder.endOfInput() }
    #expect(throws: HTTPParseError(.unexpectedEOF, at: 0)) { try decoder.receive([0x30].span, at: &index) }
  }
}
