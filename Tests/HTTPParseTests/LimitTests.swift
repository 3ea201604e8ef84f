import HTTPParse
import ProtocolTesting
import Testing

@Suite("Limits of a head")
struct LimitTests {
  @Test(
    "are passed by one octet or line too many, not before",
    arguments: [
      HeadRow("request line at the limit", "GET /aaaaa HTTP/1.1\r\nHost: a\r\n\r\n‸").limited { $0.maximumRequestLineBytes = 19 },
      HeadRow("request line over the limit", "GET /aaaaa HTTP/1.‸1\r\nHost: a\r\n\r\n", "limit-request-line")
        .limited { $0.maximumRequestLineBytes = 18 },
      HeadRow("a bad version goes before a limit", "GET /aaaaa ‸http/1.1\r\n", "version").limited { $0.maximumRequestLineBytes = 18 },
      .request("field line at the limit", "X-T: vvv\r\n\r\n‸").limited { $0.maximumFieldLineBytes = 13 },
      .request("field line over the limit", "X-T: vvvvvvvv‸v\r\n\r\n", "limit-field").limited { $0.maximumFieldLineBytes = 13 },
      .request("as many fields as allowed", "A:\r\nB:\r\n\r\n‸").limited { $0.maximumFieldLines = 3 },
      .request("H01 Upgrade beyond the last field allowed", "A:\r\nB:\r\n‸Upgrade: websocket\r\n\r\n", "limit-fields")
        .limited { $0.maximumFieldLines = 3 },
      .request("section at the limit", "A: b\r\n\r\n‸").limited { $0.maximumFieldSectionBytes = 19 },
      .request("section over the limit", "A: ‸b\r\n\r\n", "limit-section").limited { $0.maximumFieldSectionBytes = 18 },
      .request("head over the limit", "A: ‸b\r\n\r\n", "limit-section").limited { $0.maximumHeadBytes = 34 },
      HeadRow("head over the limit in its first line", "GET‸ / HTTP/1.1\r\n\r\n", "limit-request-line").limited { $0.maximumHeadBytes = 3 },
    ])
  func requests(row: HeadRow) { check(row) { traceRequest($0, limits: row.limits) } }

  @Test(
    "hold for responses, folded lines included",
    arguments: [
      HeadRow("status line", "HTTP/1.1 200 OK‸!\r\n\r\n", "limit-status-line").limited { $0.maximumStatusLineBytes = 15 },
      HeadRow("folded line at the limit", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n‸").limited { $0.maximumFieldLineBytes = 8 },
      HeadRow("folded line over the limit", "HTTP/1.1 200 OK\r\nA: b\r\n c‸d\r\n\r\n", "limit-field").limited {
        $0.maximumFieldLineBytes = 8
      },
      HeadRow("continuations are not counted as fields", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n d\r\n\r\n‸").limited {
        $0.maximumFieldLines = 1
      },
    ])
  func responses(row: HeadRow) { check(row) { traceResponse($0, limits: row.limits) } }

  @Test(
    "by default are 16 KiB for a line, 64 KiB for a section and 256 fields",
    arguments: [
      HeadRow("H1.13.3 endless method", String(repeating: "M", count: 16384) + "‸MMMM", "limit-request-line"),
      HeadRow("H1.13.4 endless request line", "GET /" + String(repeating: "a", count: 16379) + "‸aaaa", "limit-request-line"),
      .request("H1.13.5 long value", "X-T: " + String(repeating: "v", count: 16379) + "‸v", "limit-field"),
      .request("H1.13.6 long name", String(repeating: "n", count: 16384) + "‸n", "limit-field"),
      .request("H1.13.8 many fields", String(repeating: "X: v\r\n", count: 255) + "‸X: v\r\n", "limit-fields"),
      .request(
        "long section",
        String(repeating: "X: \(String(repeating: "v", count: 4091))\r\n", count: 15) + "X: " + String(repeating: "v", count: 4078) + "‸v",
        "limit-section"),
    ])
  func defaults(row: HeadRow) {
    let input = MarkedOctets(row.text)
    for delivery in [Delivery.whole, .bytewise] {
      #expect(traceRequest(delivery.pieces(of: input.octets)).failure == "\(row.outcome) at \(input.mark)")
    }
  }

  @Test("a limit error tells both numbers and the status to answer with")
  func numbers() {
    var limits = HTTPLimits()
    limits.maximumFieldLines = 1
    var parser = RequestHeadParser(limits: limits)
    let error = HTTPParseError(.limitFields, at: 25, limit: 1, actual: 2)
    #expect(throws: error) { try parser.receive(Array("GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n".utf8).span) }
    #expect(error.status == 431)
    #expect(error.blame == .peerExceededLimit)
  }

  @Test("H04: a head of 64 KiB, one octet at a time, costs a fixed number of looks per octet")
  func linearWork() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X-T: \(String(repeating: "v", count: 249))\r\n", count: 255) + "\r\n"
    let input = Array(head.utf8)
    #expect(input.count > 65000)
    var examined: [Int] = []
    for (delivery, usesFastPaths) in [
      (Delivery.whole, false), (.bytewise, false), (.whole, true), (.bytewise, true), (.split(at: 60_000), true),
    ] {
      var parser = RequestHeadParser()
      parser.usesFastPaths = usesFastPaths
      var isComplete = false
      for piece in delivery.pieces(of: input) {
        if case .complete? = try? parser.receive(piece.span) { isComplete = true }
      }
      #expect(isComplete)
      examined.append(parser.octetsExamined)
    }
    #expect(examined[0] == examined[1])
    #expect(examined[0] <= 2 * input.count)
    #expect(examined[2] == input.count, "a whole head is looked at once")
    #expect(examined[3] == examined[1], "single octets are not tried twice")
    #expect(examined[4] <= 3 * input.count, "a head that came in part is tried once, then read")
  }

  @Test("after a refusal nothing more is looked at")
  func refusedIsFinal() {
    var parser = RequestHeadParser()
    let error = HTTPParseError(.method, at: 0, octet: 0x20)
    #expect(throws: error) { try parser.receive([0x20].span) }
    #expect(throws: error) { try parser.receive(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8).span) }
    #expect(throws: error) { try parser.endOfInput() }
    #expect(parser.octetsExamined == 1)
  }

  @Test(
    "the end of the input is a fault once a head has begun",
    arguments: [
      ("nothing", "", nil), ("an empty line", "\r\n", nil), ("H1.1.29 in the request line", "GET /abc", 8),
      ("H1.4.32 in the fields", "GET / HTTP/1.1\r\nX-T: v\r\n", 24), ("after the last CR", "GET / HTTP/1.1\r\nHost: a\r\n\r", 26),
      ("after a head", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", nil), ("in a second head", "GET / HTTP/1.0\r\n\r\nG", 19),
    ] as [(String, String, Int?)])
  func endOfInput(name: String, text: String, offset: Int?) throws {
    var parser = RequestHeadParser()
    for octet in text.utf8 { _ = try parser.receive([octet].span) }
    if let offset {
      #expect(throws: HTTPParseError(.unexpectedEOF, at: offset)) { try parser.endOfInput() }
    } else {
      try parser.endOfInput()
    }
  }
}
