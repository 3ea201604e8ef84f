import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake

@Suite("Server handshake")
struct ServerHandshakeTests {
  @Test(
    "requests are accepted or refused by the rules of RFC 6455 §4.2.1",
    arguments: [
      HandshakeRow("plain", requestText() + "‸"), HandshakeRow("H19 frame in the same segment", requestText() + "‸\u{1}\u{2}"),
      .request("H11 list of connection options", "Connection: keep-alive, UPGRADE\r\n", without: ["Connection"]),
      .request("several protocols", "Upgrade: h2c/1, WebSocket\r\n", without: ["Upgrade"]),
      HandshakeRow("H11 absolute-form", requestText().replacingPrefix("GET /chat", "GET http://h.test:81/chat")),
      HandshakeRow("H11 POST", "‸" + requestText().replacingPrefix("GET", "POST"), "method", status: 405),
      HandshakeRow("H11 HTTP/1.0", "‸" + requestText().replacingPrefix("GET /chat HTTP/1.1", "GET /chat HTTP/1.0"), "http-version"),
      HandshakeRow(
        "HTTP/2.0", requestText().replacingPrefix("GET /chat HTTP/1.1", "GET /chat HTTP/2.0"), "http/version-unsupported", status: 505),
      .request("H11 no Host", "", without: ["Host"], "http/host-missing"),
      .request("H11 two Hosts", "‸Host: h.test:81\r\n", "http/host-duplicate"),
      .request("empty Host", "Host:‸\r\n", without: ["Host"], "http/host-invalid"),
      .request("H07 other protocol", "Upgrade: ‸xyz\r\n", without: ["Upgrade"], "upgrade-required", status: 426),
      .request("H07 no Upgrade", "", without: ["Upgrade"], "upgrade-required", status: 426),
      .request("H07 empty Upgrade", "Upgrade:\r\n", without: ["Upgrade"], "upgrade-required", status: 426),
      .request("H07 Upgrade twice", "Upgrade: ‸websocket\r\n", "upgrade"),
      .request("malformed Upgrade", "Upgrade: websocket, ‸(x)\r\n", without: ["Upgrade"], "upgrade"),
      .request("no Connection", "", without: ["Connection"], "connection"),
      .request("Connection without Upgrade", "Connection: ‸close, upgraded\r\n", without: ["Connection"], "connection"),
      .request("Connection in quotes", "Connection: \"a, Upgrade, b\"\r\n", without: ["Connection"], "connection"),
      .request("H17 Content-Length", "Content-Length: ‸31\r\n", "content"), .request("H17 Content-Length 0", "Content-Length: 0\r\n"),
      .request("H17 two lengths of 0", "Content-Length: 0\r\nContent-Length: 0\r\n", "content"),
      .request("H17 length that is no number", "Content-Length: ‸+0\r\n", "content"),
      .request("H17 chunked", "‸Transfer-Encoding: chunked\r\n", "content"),
      .request("H17 empty Transfer-Encoding", "‸Transfer-Encoding:\r\n", "content"),
      .request("H05 extension named as a property", "Sec-WebSocket-Extensions: constructor, __proto__\r\n"),
    ])
  func requests(row: HandshakeRow) { checkServer(row) }

  @Test(
    "H10: the version is 13",
    arguments: [
      ("missing", nil, 400), ("0", "0", 426), ("12", "12", 426), ("255", "255", 426), ("256", "256", 400), ("013", "013", 400),
      ("13, 8", "13, 8", 400),
      ("13x", "13x", 400), ("-13", "-13", 400), ("empty", "", 400), ("thirty digits", String(repeating: "1", count: 30), 400),
      ("14", "14", 426),
    ] as [(String, String?, Int)])
  func version(name: String, value: String?, status: Int) {
    let line = value.map { "Sec-WebSocket-Version: \($0)\r\n" } ?? ""
    let row = HandshakeRow.request(
      "H10 \(name)", line, without: ["Sec-WebSocket-Version"], status == 426 ? "version-unsupported" : "version", status: status)
    checkServer(row)
    #expect(traceServer([row.octets]).failure?.contains("\r\nSec-WebSocket-Version: 13\r\n") == true)
  }

  @Test(
    "H09: the key is one Base64 of 16 octets",
    arguments: [
      ("empty", ""), ("15 octets", "AQIDBAUGBwgJCgsMDQ4P"), ("17 octets", "AQIDBAUGBwgJCgsMDQ4PEBE="),
      ("no padding", "dGhlIHNhbXBsZSBub25jZQ"),
      ("not Base64", "dGhlIHNhbXBsZSBub25jZ!=="), ("two in one field", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="),
    ])
  func key(name: String, value: String) {
    checkServer(.request("H09 \(name)", "Sec-WebSocket-Key: ‸\(value)\r\n", without: ["Sec-WebSocket-Key"], "key"))
  }

  @Test(
    "H09: an absent or repeated key or version is refused",
    arguments: [
      HandshakeRow.request("no key", "", without: ["Sec-WebSocket-Key"], "key"),
      .request("two keys", "‸Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "key"),
      .request("two versions", "‸Sec-WebSocket-Version: 13\r\n", "version"),
    ])
  func repeated(row: HandshakeRow) { checkServer(row) }

  @Test(
    "lists are read strictly, in one pass",
    arguments: [
      HandshakeRow.request("empty subprotocol list", "Sec-WebSocket-Protocol: ‸, ,\r\n", "subprotocol"),
      .request("subprotocol twice", "Sec-WebSocket-Protocol: ‸a, b\r\nSec-WebSocket-Protocol: a\r\n", "subprotocol"),
      .request("65 subprotocols", "Sec-WebSocket-Protocol: ‸\((0..<65).map { "p\($0)" }.joined(separator: ","))\r\n", "limit-list"),
      .request("64 subprotocols", "Sec-WebSocket-Protocol: \((0..<64).map { "p\($0)" }.joined(separator: ","))\r\n"),
      .request("extensions with parameters", "Sec-WebSocket-Extensions: , a; b = \"c\\d\" ;e,\tf\r\n"),
      .request("backslash at the end", "Sec-WebSocket-Extensions: a;b=\"c\\‸\r\n", "extension"),
      .request("quoted value that is no token", "Sec-WebSocket-Extensions: a;b=\"c‸ d\"\r\n", "extension"),
      .request("empty quoted value", "Sec-WebSocket-Extensions: a;b=\"\"‸\r\n", "extension"),
      .request("empty value", "Sec-WebSocket-Extensions: a;b=‸;c\r\n", "extension"),
      .request("empty parameter", "Sec-WebSocket-Extensions: a;‸\r\n", "extension"),
      .request("two words", "Sec-WebSocket-Extensions: a ‸b\r\n", "extension"),
      .request("parameter without extension", "Sec-WebSocket-Extensions: ‸;b\r\n", "extension"),
      .request("no extension", "Sec-WebSocket-Extensions: ‸,\r\n", "extension"),
      .request("17 extensions", "Sec-WebSocket-Extensions: \(String(repeating: "a,", count: 16))‸a\r\n", "limit-list"),
      .request("17 parameters", "Sec-WebSocket-Extensions: a\(String(repeating: ";b", count: 16));‸b\r\n", "limit-list"),
      .request("16 of 16", "Sec-WebSocket-Extensions: \(String(repeating: "a\(String(repeating: ";b", count: 16)),", count: 16))\r\n"),
    ])
  func lists(row: HandshakeRow) { checkServer(row) }

  @Test(
    "H01 to H04: long requests are refused with the status of their limit, whole and one octet at a time",
    arguments: [
      HandshakeRow.request("H02 3,000 spaces", "Sec-WebSocket-Protocol: ‸b\(String(repeating: " ", count: 3000))x\r\n", "subprotocol"),
      .request(
        "H02 30,000 spaces", "Sec-WebSocket-Protocol: b\(String(repeating: " ", count: 30000))x\r\n", "http/limit-field", status: 431),
      .request("H03 unclosed quotes", "Sec-WebSocket-Extensions: a;b=\"\(String(repeating: "\\c", count: 2000))‸\r\n", "extension"),
      .request("subprotocols of 4 KiB and more", "Sec-WebSocket-Protocol: ‸\(String(repeating: "a", count: 4097))\r\n", "limit-list"),
      .request("extensions of 4 KiB and more", "Sec-WebSocket-Extensions: ‸\(String(repeating: "a", count: 4097))\r\n", "limit-list"),
      .request(
        "H01 too many fields", String(repeating: "A: b\r\n", count: 251) + "‸Upgrade: websocket\r\n", "http/limit-fields", status: 431),
      .request(
        "H04 megabytes of fields", String(repeating: "A: \(String(repeating: "b", count: 16000))\r\n", count: 64), "http/limit-section",
        status: 431),
      HandshakeRow("long target", "GET /\(String(repeating: "a", count: 16380))", "http/limit-request-line", status: 414),
    ])
  func long(row: HandshakeRow) {
    for delivery in [Delivery.whole, .bytewise] {
      let trace = traceServer(delivery.pieces(of: row.octets))
      checkOutcome(row, of: trace)
      #expect(trace.failure?.contains(" HTTP/1.1 \(row.status) ") == true)
    }
  }

  @Test(
    "the parser's refusals keep their class",
    arguments: [
      HandshakeRow.request("H06 names of properties", "__proto__: x\r\n__gc: y\r\n"),
      .request("CR in a value", "X: a‸\rb\r\n", "http/bare-cr"),
    ])
  func parser(row: HandshakeRow) { checkServer(row) }

  @Test("the answer to the example of RFC 6455 §1.3 has its accept value and the client's preferred common subprotocol")
  func response() {
    var policy = HandshakePolicy()
    policy.subprotocols = ["superchat", "chat"]
    let request = requestText("Sec-WebSocket-Protocol: none, chat\r\nSec-WebSocket-Protocol: superchat\r\nSec-WebSocket-Extensions: x\r\n")
    let trace = traceServer([Array(request.utf8)], policy: policy)
    let expected =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
    #expect(trace.events == ["open chat to \(request.utf8.count) \(expected)"])
  }

  @Test("H18: a refusal is a whole response that ends the connection and names fault and section; it is final")
  func refusal() {
    var handshake = ServerHandshake()
    let request = requestText("Sec-WebSocket-Version: 777\r\n", without: ["Sec-WebSocket-Version"]) + requestText()
    guard case .rejected(let octets, let error) = handshake.receive(Array(request.utf8).span) else {
      Issue.record("the version is refused")
      return
    }
    let offset = requestText("", without: ["Sec-WebSocket-Version"]).utf8.count - 2 + "Sec-WebSocket-Version: ".utf8.count
    let body = "version: Sec-WebSocket-Version is not a number from 0 to 255, at octet \(offset), RFC 6455 §4.4\n"
    #expect(
      String(decoding: octets, as: UTF8.self)
        == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let sticky = ServerHandshakeProgress.rejected(responseOctets: octets, error: error)
    #expect(handshake.receive(Array(requestText().utf8).span) == sticky)
    #expect(handshake.endOfInput() == sticky)
  }

  @Test(
    "a refusal has the fields its status asks for",
    arguments: [
      (requestText().replacingPrefix("GET", "PUT"), ["HTTP/1.1 405 Method Not Allowed", "Allow: GET"]),
      (requestText(without: ["Upgrade"]), ["HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade"]),
      (requestText("Origin: http://evil.test\r\n"), ["HTTP/1.1 403 Forbidden"]),
      ("GET / HTTP/2.0\r\n", ["HTTP/1.1 505 HTTP Version Not Supported"]),
    ])
  func refusalFields(request: String, lines: [String]) {
    let text = traceServer([Array(request.utf8)]).failure ?? ""
    for line in lines + ["Connection: close"] { #expect(text.contains(line + "\r\n")) }
  }

  @Test("a request that is late is answered with 408, unless it was answered before")
  func timeOut() {
    var late = ServerHandshake()
    #expect(late.receive(Array("GET /".utf8).span) == .needsMore)
    guard case .rejected(let octets, let error) = late.timeOut() else {
      Issue.record("the request was not complete")
      return
    }
    #expect(String(decoding: octets, as: UTF8.self).hasPrefix("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"))
    #expect(words(error) == "timeout at -1")
    #expect(late.receive(Array(" HTTP/1.1\r\n".utf8).span) == .rejected(responseOctets: octets, error: error))
    var done = ServerHandshake()
    let answer = done.receive(Array(requestText().utf8).span)
    guard case .accepted(_, let response, _, _) = answer, case .accepted(_, response, _, consumed: 0) = done.timeOut() else {
      Issue.record("the handshake was accepted")
      return
    }
  }

  @Test("the end of the input is a fault once a request has begun, not before and not after")
  func endOfInput() {
    var silent = ServerHandshake()
    #expect(silent.endOfInput() == .needsMore)
    var begun = ServerHandshake()
    #expect(begun.receive(Array("GET /".utf8).span) == .needsMore)
    guard case .rejected(_, let error) = begun.endOfInput() else {
      Issue.record("a request had begun")
      return
    }
    #expect(words(error) == "http/unexpected-eof at 5")
    var done = ServerHandshake()
    _ = done.receive(Array(requestText().utf8).span)
    guard case .accepted(_, _, _, consumed: 0) = done.endOfInput() else {
      Issue.record("the handshake was accepted")
      return
    }
  }

  private func checkServer(_ row: HandshakeRow) {
    check(row) { traceServer($0) }
    guard row.outcome != "open" else { return }
    #expect(traceServer([row.octets]).failure?.contains(" HTTP/1.1 \(row.status) ") == true)
  }
}

extension String {
  /// The text with `prefix` at its beginning replaced.
  func replacingPrefix(_ prefix: String, _ replacement: String) -> String {
    hasPrefix(prefix) ? replacement + String(dropFirst(prefix.count)) : self
  }
}
