import HTTPParse
import Testing

@Suite("Response heads")
struct StatusLineTests {
  private static let end = "\r\n\r\n‸rest"

  @Test(
    "begin with a version, a status code and a reason phrase",
    arguments: [
      HeadRow("plain", "HTTP/1.1 200 OK" + end, fields: ""),
      HeadRow("H1.10.32 no reason phrase and no space", "HTTP/1.1 200" + end), HeadRow("H1.10.33 no reason phrase", "HTTP/1.1 200 " + end),
      HeadRow("H1.10.34 octets above 0x7F", "HTTP/1.1 200 \\xD6K" + end),
      HeadRow("H1.10.35 NUL in the reason phrase", "HTTP/1.1 200 O‸\\x00K\r\n\r\n", "status-line"),
      HeadRow("H1.10.36 two digits", "HTTP/1.1 20‸ OK\r\n\r\n", "status-code"),
      HeadRow("the octet behind the digits", "HTTP/1.1 ‸:00 OK\r\n\r\n", "status-code"),
      HeadRow("four digits", "HTTP/1.1 200‸0 OK\r\n\r\n", "status-code"),
      HeadRow("H1.10.37 negative", "HTTP/1.1 ‸-20 OK\r\n\r\n", "status-code"),
      HeadRow("below 100", "HTTP/1.1 ‸099 OK\r\n\r\n", "status-code"), HeadRow("H1.10.38 status 600", "HTTP/1.1 600 Odd" + end),
      HeadRow("H1.10.39 two spaces", "HTTP/1.1 ‸ 200 OK\r\n\r\n", "status-code"),
      HeadRow("H1.10.40 major version 2", "HTTP/‸2.0 200 OK\r\n\r\n", "version-unsupported"),
      HeadRow("two-digit minor version", "HTTP/1.1‸0 200 OK\r\n\r\n", "version"),
      HeadRow("H1.10.41 ICY", "‸ICY 200 OK\r\n\r\n", "not-http"), HeadRow("H1.10.42 HTML", "‸<html>hello</html>", "not-http"),
      HeadRow("H1.10.43 empty line before", "\r\nHTTP/1.1 200 OK" + end),
      HeadRow("ends inside the name", "HTT‸\r\n\r\n", "not-http"), HeadRow("version alone", "HTTP/1.1‸\r\n\r\n", "status-line"),
      HeadRow("ends in the status code", "HTTP/1.1 20‸\r\n\r\n", "status-code"),
      HeadRow("H1.10.44 bare LF", "HTTP/1.1 200 OK‸\n\n", "bare-lf"),
      HeadRow("H1.10.45 bare CR", "HTTP/1.1 200 OK‸\rX: 0\r\n\r\n", "bare-cr"),
    ])
  func statusLine(row: HeadRow) { check(row) { traceResponse($0) } }

  @Test(
    "have field lines as requests do, but unfold them",
    arguments: [
      HeadRow("H1.10.46 bare CR", "HTTP/1.1 200 OK\r\nX-T: a‸\rSet-Cookie: k=v\r\n\r\n", "bare-cr"),
      HeadRow("H1.10.47 NUL", "HTTP/1.1 200 OK\r\nX-T: a‸\\x00b\r\n\r\n", "field-value"),
      HeadRow("H1.10.49 folded", "HTTP/1.1 200 OK\r\nX-T: a\r\n b\r\nX-U: c" + end, fields: "X-T=a b|X-U=c"),
      HeadRow("folded over white space", "HTTP/1.1 200 OK\r\nX-T:\r\n \t\r\n\t b \r\n\tc" + end, fields: "X-T=b c"),
      HeadRow("H1.10.50 space before the colon", "HTTP/1.1 200 OK\r\nX-T‸ : v\r\n\r\n", "space-before-colon"),
      HeadRow("H1.10.51 white space first", "HTTP/1.1 200 OK\r\n‸ X-T: v\r\n\r\n", "leading-whitespace"),
      HeadRow("H1.10.52 no colon", "HTTP/1.1 200 OK\r\nnocolon‸\r\n\r\n", "field-line"),
    ])
  func fields(row: HeadRow) { check(row) { traceResponse($0) } }

  @Test("keep a folded value as it was received beside the unfolded one")
  func folded() throws {
    var parser = ResponseHeadParser()
    let input = Array("HTTP/1.1 200 OK\r\nX-T: a\r\n  b\r\n\r\n".utf8)
    guard case .complete(let head, _) = try parser.receive(input.span), let line = head.fields.lines.first else {
      Issue.record("the head is complete")
      return
    }
    #expect(line.isFolded)
    #expect(line.value == Array("a b".utf8)[...])
    #expect(line.receivedValue == Array("a\r\n  b".utf8)[...])
  }
}
