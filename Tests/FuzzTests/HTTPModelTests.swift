import FuzzModels
import Testing

/// A stream and what R4 has to find in it: how many messages end, what their content is, how it stops.
struct HTTPModelRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let octets: [UInt8]
  let ends: Int
  let content: String
  let outcome: HTTPModel.Outcome

  init(_ text: String, _ ends: Int, _ content: String, _ outcome: HTTPModel.Outcome) {
    testDescription = text.debugDescription
    octets = Array(text.utf8)
    self.ends = ends
    self.content = content
    self.outcome = outcome
  }

  func check(_ seen: (events: [HTTPModel.Event], outcome: HTTPModel.Outcome)) {
    var ends = 0
    var content: [UInt8] = []
    for event in seen.events {
      if case .end = event { ends += 1 }
      if case .content(let octets) = event { content += octets }
    }
    #expect(ends == self.ends)
    #expect(String(decoding: content, as: UTF8.self) == self.content)
    #expect(seen.outcome == outcome)
  }
}

@Suite("Reference model of HTTP")
struct HTTPModelTests {
  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"
  private static let due = HTTPModel.Outcome.rejected(isDue: true)

  @Test(
    "requests",
    arguments: [
      HTTPModelRow(get + "\r\n" + get + "\r\n", 2, "", .idle), HTTPModelRow(get, 0, "", .inside),
      HTTPModelRow("\r\n" + get + "\r\n", 1, "", .idle),
      HTTPModelRow(get + "Content-Length: 2\r\n\r\nokG", 1, "ok", .inside),
      HTTPModelRow(get + "Content-Length: 3\r\n\r\nok", 0, "ok", .inside),
      HTTPModelRow(get + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1, "ok", .idle),
      HTTPModelRow(get + "Connection: close\r\n\r\nmore", 1, "", .stopped(at: 46)),
      HTTPModelRow("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nmore", 1, "", .stopped(at: 33)),
      HTTPModelRow("GET / HTTP/1.0\r\n\r\nmore", 1, "", .stopped(at: 18)), HTTPModelRow("GET / HTTP/1.1\r\n\r\n", 0, "", due),
      HTTPModelRow("GET / HTTP/1.1\n", 0, "", due), HTTPModelRow("GET  ", 0, "", .rejected(isDue: false)),
      HTTPModelRow("GET  /\r\n", 0, "", due),
      HTTPModelRow(get + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 0, "", due),
      HTTPModelRow(get + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 0, "", due), HTTPModelRow(get + " b\r\n", 0, "", due),
      HTTPModelRow(get + "X : y\r\n", 0, "", due), HTTPModelRow("GET http://u", 0, "", .unsure),
      HTTPModelRow("GET * HTTP/1.1\r\n", 0, "", due),
    ])
  func requests(row: HTTPModelRow) { row.check(HTTPModel.requests(row.octets)) }

  @Test(
    "responses to HEAD and GET",
    arguments: [
      HTTPModelRow("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 2, "ok", .idle),
      HTTPModelRow("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n", 1, "", .inside),
      HTTPModelRow("HTTP/1.1 200 OK\r\n\r\nHTTP/1.0 200 OK\r\n\r\nrest", 2, "rest", .stopped(at: 42)),
      HTTPModelRow("HTTP/1.1 304 x\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 2, 2\r\n\r\nok", 2, "ok", .idle),
      HTTPModelRow("HTTP/1.1 304 x\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 2, 3\r\n\r\nok", 1, "", due),
      HTTPModelRow("HTTP/1.1 101 x\r\n\r\n", 0, "", due), HTTPModelRow("HTTP/1.1 099 x\r\n", 0, "", due),
      HTTPModelRow("http", 0, "", .rejected(isDue: false)),
    ])
  func responses(row: HTTPModelRow) {
    let sent = [HTTPModel.Sent(method: "HEAD"), HTTPModel.Sent(method: "GET")]
    row.check(HTTPModel.responses(row.octets, sent: sent, inputEnds: true))
  }

  @Test(
    "chunks",
    arguments: [
      HTTPModelRow("2\r\nok\r\n0\r\n\r\nmore", 0, "ok", .stopped(at: 12)),
      HTTPModelRow("2;a=\"b\" ; c\r\nok\r\n0\r\nT: v\r\n\r\n", 0, "ok", .stopped(at: 28)),
      HTTPModelRow("2\r\nokX", 0, "ok", due), HTTPModelRow("2 \r\n", 0, "", due), HTTPModelRow("g", 0, "", .rejected(isDue: false)),
      HTTPModelRow("8000000000000000\r\n", 0, "", due), HTTPModelRow("7fffffffffffffff\r\n", 0, "", .inside),
      HTTPModelRow("2;\r\n", 0, "", due),
      HTTPModelRow("00000000000000002\r\n", 0, "", due), HTTPModelRow("0\r\nT\r\n", 0, "", due), HTTPModelRow("0\r\n", 0, "", .inside),
    ])
  func chunks(row: HTTPModelRow) { row.check(HTTPModel.chunkedBody(row.octets, unfolds: false)) }

  @Test("each quirk is a reader of its own: it finds something else in some input that R4 refuses")
  func quirks() {
    let inputs: [(HTTPModel.Quirk, String)] = [
      (.bareLF, "GET / HTTP/1.1\nHost: a\n\n"), (.lengthFirst, Self.get + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok"),
      (.codingBySuffix, Self.get + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
      (.chunkEndUnchecked, Self.get + "Transfer-Encoding: chunked\r\n\r\n2\r\nokXX0\r\n\r\n"),
      (.extensionsToLF, Self.get + "Transfer-Encoding: chunked\r\n\r\n2;\nok\r\n0\r\n\r\n"),
      (.spaceBeforeColon, Self.get + "X : y\r\n\r\n"),
      (.firstLength, Self.get + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
    ]
    #expect(inputs.map(\.0) == HTTPModel.Quirk.allCases)
    for (quirk, text) in inputs {
      #expect(HTTPModel.requests(Array(text.utf8)).outcome == .rejected(isDue: true), "\(quirk)")
      #expect(HTTPModel.requests(Array(text.utf8), quirk: quirk).outcome == .idle, "\(quirk)")
    }
  }

  @Test("the opening handshake, RFC 6455 §4")
  func handshake() {
    let request =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    let server = HandshakeModel.Server()
    guard case .accepts(_, nil, [], let end) = HandshakeModel.judgeRequest(Array(request.utf8), server: server) else {
      Issue.record("a plain request is refused")
      return
    }
    #expect(end == request.utf8.count)
    for (part, other) in [
      ("13", "12"), ("ZQ==", "ZQ="), ("websocket", "x"), ("Connection: Upgrade", "Connection: x"), ("GET", "POST"), ("1.1", "1.0"),
    ] {
      let changed = request.replacing(part, with: other)
      #expect(HandshakeModel.judgeRequest(Array(changed.utf8), server: server) == .refuses(isDue: true), "\(other)")
    }
    for (origin, isSame) in [("http://a", true), ("http://A:80", true), ("https://a", false), ("http://a.b", false), ("null", false)] {
      let changed = request.replacing("Host: a\r\n", with: "Host: a\r\nOrigin: \(origin)\r\n")
      #expect((HandshakeModel.judgeRequest(Array(changed.utf8), server: server) != .refuses(isDue: true)) == isSame, "\(origin)")
    }
  }
}
