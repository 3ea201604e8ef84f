import HTTPParse
import Testing

@Suite("Host field")
struct HostFieldTests {
  private static let line = "GET / HTTP/1.1\r\n"

  @Test(
    "is present once and valid",
    arguments: [
      HeadRow("H1.3.1 absent", line + "X-T: v\r\n\r\n‸rest", "host-missing"),
      HeadRow("H1.2.17 absent with absolute-form", "GET http://h1.test/x HTTP/1.1\r\n\r\n‸", "host-missing"),
      HeadRow("H1.3.2 two values", line + "Host: a.test\r\n‸Host: b.test\r\n\r\n", "host-duplicate"),
      HeadRow("H1.3.3 two equal values, other case", line + "Host: a.test\r\n‸hOST: a.test\r\n\r\n", "host-duplicate"),
      HeadRow("H1.3.5 empty", line + "Host:\r\n\r\n‸", fields: "Host="),
      HeadRow("H1.3.6 userinfo", line + "Host: user‸@h1.test\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.7 path", line + "Host: h1.test‸/x\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.8 list", line + "Host: h1.test,‸ other.test\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.9 inner space", line + "Host: a.test‸ b.test\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.10 port with letter", line + "Host: a.test:8‸x\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.11 empty port", line + "Host: a.test:\r\n\r\n‸"),
      HeadRow("H1.3.12 port 70000", line + "Host: a.test:‸70000\r\n\r\n", "host-invalid"),
      HeadRow("port 0", line + "Host: a.test:‸0\r\n\r\n", "host-invalid"),
      HeadRow("port of thirty digits", line + "Host: a.test:‸\(String(repeating: "9", count: 30))\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.13 IPv6 with port", line + "Host: [::1]:8080\r\n\r\n‸"),
      HeadRow("H1.3.14 IPv6 without brackets", line + "Host: ‸::1\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.15 NUL", line + "Host: h1.test‸\\x00.other.test\r\n\r\n", "field-value"),
      HeadRow("H1.3.16 raw UTF-8", line + "Host: caf‸\\xC3\\xA9.test\r\n\r\n", "host-invalid"),
      HeadRow("H1.3.17 HTTP/1.0 without", "GET / HTTP/1.0\r\n\r\n‸", fields: ""),
      HeadRow("H1.3.18 HTTP/1.0 with two", "GET / HTTP/1.0\r\nHost: a\r\n‸Host: b\r\n\r\n", "host-duplicate"),
      HeadRow("H1.3.19 hidden behind a tab", line + "Host: a\r\n‸\tHost: b\r\n\r\n", "obs-fold"),
      HeadRow("syntax goes before Host", line + "Host: a\r\nHost: b\r\nX‸\\x00: c\r\n\r\n", "field-name"),
    ])
  func rows(row: HeadRow) { check(row) { traceRequest($0) } }

  @Test("after a Host fault the end of the head is known, and the connection may go on")
  func headEnd() {
    var parser = RequestHeadParser()
    let head = Array("GET / HTTP/1.1\r\n\r\n".utf8)
    #expect(throws: HTTPParseError(.hostMissing, at: 18, headEnd: 18)) { try parser.receive((head + [0x47]).span) }
    #expect(!HTTPParseError(.hostMissing, at: 18, headEnd: 18).mustClose)
    #expect(HTTPParseError(.bareLF, at: 0).mustClose)
  }

  @Test("the target's authority goes before the Host field")
  func authority() throws {
    var parser = RequestHeadParser()
    let input = Array("GET http://a.test:81/ HTTP/1.1\r\nHost: b.test\r\n\r\n".utf8)
    guard case .complete(let head, _) = try parser.receive(input.span) else {
      Issue.record("the head is complete")
      return
    }
    #expect(head.authority == Authority(host: .registeredName("a.test"), port: 81))
    #expect(head.hostFieldAuthority == Authority(host: .registeredName("b.test"), port: nil))
  }
}
