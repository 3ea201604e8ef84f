import HTTPParse
import Testing

@Suite("Request line")
struct RequestLineTests {
  private static let host = "Host: h1.test\r\n\r\n"

  @Test(
    "is a method, a target and a version, one space between, CRLF after",
    arguments: [
      HeadRow("H1.1.1 plain", "GET / HTTP/1.1\r\n\(host)‸GET /sentinel", fields: "Host=h1.test"),
      HeadRow("H1.1.2 one empty line before", "\r\nGET / HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.13.10 two empty lines before", "\r\n‸\r\nGET / HTTP/1.1\r\n\(host)", "request-line"),
      HeadRow("H1.1.3 bare LF before", "‸\nGET / HTTP/1.1\r\n\(host)", "bare-lf"),
      HeadRow("CR before", "‸\rGET / HTTP/1.1\r\n\(host)", "bare-cr"),
      HeadRow("H1.1.4 space before the method", "‸ GET / HTTP/1.1\r\n\(host)", "method"),
      HeadRow("H1.1.5 NUL before the method", "‸\\x00GET / HTTP/1.1\r\n\(host)", "method"),
      HeadRow("H1.1.6 two spaces after the method", "GET ‸ / HTTP/1.1\r\n\(host)", "request-line"),
      HeadRow("H1.1.7 tab after the method", "GET‸\t/\tHTTP/1.1\r\n\(host)", "request-line"),
      HeadRow("tab after the target", "GET /‸\tHTTP/1.1\r\n\(host)", "request-line"),
      HeadRow("H1.1.8 space after the version", "GET / HTTP/1.1‸ \r\n\(host)", "request-line"),
      HeadRow("H1.1.9 fourth word", "GET / HTTP/1.1‸ x\r\n\(host)", "request-line"),
      HeadRow("H1.1.10 bare LF", "GET / HTTP/1.1‸\n\(host)", "bare-lf"),
      HeadRow("H1.1.11 bare CR", "GET / HTTP/1.1‸\r\(host)", "bare-cr"),
      HeadRow("H1.1.12 CR CR LF", "GET / HTTP/1.1‸\r\r\n\(host)", "bare-cr"),
      HeadRow("H1.1.13 LF as separator", "GET /‸\nHTTP/1.1\r\n\(host)", "bare-lf"),
      HeadRow("H1.1.14 HTTP/0.9", "GET /‸\r\n", "request-line"),
      HeadRow("H1.1.15 no version, fields follow", "GET /‸\r\n\(host)", "request-line"),
      HeadRow("H1.1.16 no target", "GET HTTP/1.1‸\r\n\(host)", "request-line"),
      HeadRow("method alone", "GET‸\r\n\(host)", "request-line"),
      HeadRow("nothing after the second space", "GET / ‸\r\n\(host)", "request-line"),
      HeadRow("H1.1.24 NUL in the method", "G‸\\x00T / HTTP/1.1\r\n\(host)", "method"),
      HeadRow("H1.1.25 separator in the method", "GE‸(T / HTTP/1.1\r\n\(host)", "method"),
      HeadRow("H1.1.26 all token characters", "A1!#$%&'*+-.^_`|~ / HTTP/1.1\r\n\(host)‸"),
      HeadRow("a percent sign before one digit", "GET /a%4‸g HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.13.21 TLS on the plain port", "‸\\x16\\x03\\x01\\x00\\x2F", "method"),
    ])
  func shape(row: HeadRow) { check(row) { traceRequest($0) } }

  @Test(
    "names a version of HTTP/1",
    arguments: [
      HeadRow("H1.1.17 lower case", "GET / ‸http/1.1\r\n\(host)", "version"),
      HeadRow("H1.1.18 two-digit minor", "GET / HTTP/1.1‸0\r\n\(host)", "version"),
      HeadRow("H1.1.19 no minor", "GET / HTTP/1‸\r\n\(host)", "version"),
      HeadRow("H1.1.20 wraps in 32 bits", "GET / HTTP/4‸294967297.1\r\n\(host)", "version"),
      HeadRow("H1.1.21 higher minor", "GET / HTTP/1.2\r\n\(host)‸"),
      HeadRow("H1.1.22 major 2", "GET / HTTP/‸2.0\r\n\(host)", "version-unsupported"),
      HeadRow("major 0", "GET / HTTP/‸0.9\r\n\(host)", "version-unsupported"),
      HeadRow("H1.1.23 other protocol", "GET / ‸RTSP/1.0\r\n\(host)", "version"),
      HeadRow("NUL after a digit", "GET / HTTP/1.1‸\\x00\r\n\(host)", "version"),
      HeadRow("wrong before a bare LF", "GET / ‸http/1.1\n\(host)", "version"),
    ])
  func version(row: HeadRow) { check(row) { traceRequest($0) } }

  @Test(
    "has a target of one of four forms",
    arguments: [
      HeadRow("H1.2.1 origin-form with query", "GET /a/b?x=1&y=2 HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.2 two slashes", "GET //other.test/x HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.3 every pchar", "GET /-._~!$&'()*+,;=:@%41/ HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.4 fragment", "GET /p‸#frag HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.5 space", "GET /a b‸ HTTP/1.1\r\n\(host)", "request-line"),
      HeadRow("H1.2.6 NUL", "GET /a‸\\x00b HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.7 DEL", "GET /a‸\\x7Fb HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.8 bare CR", "GET /a‸\rb HTTP/1.1\r\n\(host)", "bare-cr"),
      HeadRow("H1.2.9 raw UTF-8", "GET /caf‸\\xC3\\xA9 HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.10 overlong slash", "GET /..‸\\xC0\\xAF HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.11 encoded CRLF", "GET /x%0d%0aX-Injected:%20yes HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.12 bad percent-encoding", "GET /%‸zz HTTP/1.1\r\n\(host)", "target"),
      HeadRow("percent-encoding cut short", "GET /%4‸ HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.13 never in a URI", "GET /q?a=‸<b> HTTP/1.1\r\n\(host)", "target"),
      HeadRow("backslash", "GET /a‸\\x5Cb HTTP/1.1\r\n\(host)", "target"),
      HeadRow("brackets in the path", "GET /a‸[b] HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.14 no slash", "GET index.html‸ HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.15 absolute-form", "GET http://h1.test/x HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.16 absolute-form, other Host", "GET http://h1.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n‸"),
      HeadRow("H1.2.18 absolute-form with userinfo", "GET http://‸u:p@h1.test/x HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.19 absolute-form, empty host", "GET http://‸/x HTTP/1.1\r\nHost:\r\n\r\n", "target"),
      HeadRow("H1.2.20 upper-case scheme, no path", "GET HTTP://h1.test HTTP/1.1\r\n\(host)‸"),
      HeadRow("absolute-form, fault before a control octet", "GET ht‸!tp://h\\x01 HTTP/1.1\r\n\(host)", "target"),
      HeadRow("absolute-form with fragment", "GET http://h/x‸#f HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.21 OPTIONS *", "OPTIONS * HTTP/1.1\r\n\(host)‸"),
      HeadRow("H1.2.22 GET *", "GET ‸* HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.23 CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n‸tunnel bytes"),
      HeadRow("H1.2.24 CONNECT without port", "CONNECT a.test‸ HTTP/1.1\r\nHost: a.test\r\n\r\n", "target"),
      HeadRow("H1.2.25 CONNECT, port 65536", "CONNECT a.test:‸65536 HTTP/1.1\r\nHost: a.test\r\n\r\n", "target"),
      HeadRow("H1.2.26 CONNECT, origin-form", "CONNECT ‸/x HTTP/1.1\r\n\(host)", "target"),
      HeadRow("H1.2.27 GET, authority-form", "GET a.test:‸80 HTTP/1.1\r\n\(host)", "target"),
    ])
  func target(row: HeadRow) { check(row) { traceRequest($0) } }
}
