import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake

@Suite("Client handshake")
struct ClientHandshakeTests {
  @Test("the request has the fields of RFC 6455 §4.1 in a fixed order, and a server accepts it")
  func request() throws {
    let offer = exampleOffer {
      $0.subprotocols = ["chat", "superchat"]
      $0.extensions = ["permessage-deflate; client_max_window_bits", "x"]
      $0.origin = "http://h.test:81"
    }
    var full = offer
    full.fields = [try FieldLine(name: "Authorization", value: "Bearer a")]
    let handshake = try ClientHandshake(full, nonce: exampleNonce)
    #expect(
      String(decoding: handshake.requestOctets, as: UTF8.self)
        == "GET /chat HTTP/1.1\r\nHost: h.test:81\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: http://h.test:81\r\n"
        + "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x\r\n"
        + "Authorization: Bearer a\r\n\r\n")
    #expect(traceServer([handshake.requestOctets]).events.count == 1)
  }

  @Test("H27: an offer for a URL has its host and target, never its user information, and no URL with a fragment is one")
  func url() throws {
    let offer = try ClientOffer(url: WireURL("wss://u:p@[::1]:444?q"))
    #expect(offer == ClientOffer(host: "[::1]:444", target: "/?q"))
    #expect(throws: HandshakeError.self) { try ClientOffer(url: WireURL("ws://h/#frag")) }
    #expect(throws: HandshakeError.self) { try ClientOffer(url: WireURL("http://h/")) }
  }

  @Test(
    "H14: what cannot be sent as it is stops before any octet",
    arguments: [
      ("CRLF in the host", exampleOffer { $0.host = "h\r\nX: y" }), ("empty host", exampleOffer { $0.host = "" }),
      ("space in the host", exampleOffer { $0.host = "h h" }),
      ("userinfo in the host", exampleOffer { $0.host = "u@h" }), ("CRLF in the target", exampleOffer { $0.target = "/\r\nX: y" }),
      ("space in the target", exampleOffer { $0.target = "/a b" }), ("fragment", exampleOffer { $0.target = "/a#b" }),
      ("empty target", exampleOffer { $0.target = "" }),
      ("asterisk", exampleOffer { $0.target = "*" }), ("not ASCII", exampleOffer { $0.target = "/é" }),
      ("CRLF in the origin", exampleOffer { $0.origin = "a\r\nX: y" }),
      ("CRLF in a subprotocol", exampleOffer { $0.subprotocols = ["a\r\nX: y"] }),
      ("comma in a subprotocol", exampleOffer { $0.subprotocols = ["a,b"] }),
      ("empty subprotocol", exampleOffer { $0.subprotocols = [""] }), ("subprotocol twice", exampleOffer { $0.subprotocols = ["a", "a"] }),
      ("CRLF in an extension", exampleOffer { $0.extensions = ["a\r\nX: y"] }),
      ("malformed extension", exampleOffer { $0.extensions = ["a;;b"] }),
      ("empty extension", exampleOffer { $0.extensions = [""] }),
    ])
  func injection(name: String, offer: ClientOffer) {
    #expect {
      try ClientHandshake(offer, nonce: exampleNonce)
    } throws: { error in
      (error as? HandshakeError).map { $0.code == .offer && $0.blame == .callerMistake } ?? false
    }
  }

  @Test(
    "fields the handshake sets itself cannot be given",
    arguments: ["Host", "upgrade", "Connection", "Origin", "Content-Length", "Transfer-Encoding", "SEC-WebSocket-Key", "Sec-WebSocket-Foo"])
  func reserved(name: String) throws {
    let line = try FieldLine(name: name, value: "x")
    #expect(throws: HandshakeError.self) { try ClientHandshake(exampleOffer { $0.fields = [line] }, nonce: exampleNonce) }
  }

  @Test("a nonce that does not have 16 octets is refused")
  func nonce() {
    #expect(throws: HandshakeError.self) { try ClientHandshake(exampleOffer(), nonce: Array(exampleNonce.dropLast())) }
  }

  @Test(
    "answers are accepted or refused by the rules of RFC 6455 §4.1",
    arguments: [
      HandshakeRow("plain", responseText() + "‸"), HandshakeRow("H19 frame in the same segment", responseText() + "‸\u{1}\u{2}"),
      HandshakeRow(
        "H21 interim answers", String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", count: 16) + responseText() + "‸"),
      HandshakeRow(
        "H21 endless interim answers", String(repeating: "HTTP/1.1 100\r\n\r\n", count: 16) + "‸HTTP/1.1 100\r\n\r\n", "limit-interim"),
      .response("upper case", "UPGRADE: WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n", without: ["Upgrade", "Connection"]),
      .response("H20 no Upgrade", "", without: ["Upgrade"], "upgrade"),
      .response("other protocol", "Upgrade: ‸h2c\r\n", without: ["Upgrade"], "upgrade"),
      .response("list of protocols", "Upgrade: ‸websocket, h2c\r\n", without: ["Upgrade"], "upgrade"),
      .response("Upgrade twice", "‸Upgrade: websocket\r\n", "upgrade"),
      .response("no Connection", "", without: ["Connection"], "connection"),
      .response("Connection without Upgrade", "Connection: ‸keep-alive\r\n", without: ["Connection"], "connection"),
      .response("H08 no accept", "", without: ["Sec-WebSocket-Accept"], "accept"),
      .response("H08 two accepts", "‸Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "accept"),
      .response("H08 wrong", "Sec-WebSocket-Accept: ‸s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n", without: ["Sec-WebSocket-Accept"], "accept"),
      .response("H08 lower-cased", "Sec-WebSocket-Accept: ‸s3pplmbitxaq9kygzzhzrbk+xoo=\r\n", without: ["Sec-WebSocket-Accept"], "accept"),
      .response("H08 padded", "Sec-WebSocket-Accept: ‸s3pPLMBiTxaQ9kYGzzhZRbK+xOo==\r\n", without: ["Sec-WebSocket-Accept"], "accept"),
      .response("H08 echoed key", "Sec-WebSocket-Accept: ‸dGhlIHNhbXBsZSBub25jZQ==\r\n", without: ["Sec-WebSocket-Accept"], "accept"),
      .response("H08 empty", "Sec-WebSocket-Accept:‸\r\n", without: ["Sec-WebSocket-Accept"], "accept"),
      .response(
        "H08 white space around", "Sec-WebSocket-Accept: \t s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \t\r\n", without: ["Sec-WebSocket-Accept"]),
      .response("H12 subprotocol not offered", "Sec-WebSocket-Protocol: ‸chat\r\n", "subprotocol"),
      .response("H12 empty subprotocol", "Sec-WebSocket-Protocol:‸\r\n", "subprotocol"),
      .response("H13 extension not offered", "Sec-WebSocket-Extensions: ‸permessage-deflate\r\n", "extension"),
      .response("H13 malformed extension", "Sec-WebSocket-Extensions: a;‸=8\r\n", "extension"),
      .response("folded field", "X: a\r\n b\r\n"), .response("bare CR", "X: a‸\rb\r\n", "http/bare-cr"),
      HandshakeRow("101 in HTTP/1.0", "‸" + responseText().replacingPrefix("HTTP/1.1", "HTTP/1.0"), "http-version"),
      HandshakeRow("not HTTP", "‸SSH-2.0-OpenSSH\r\n", "http/not-http"),
    ])
  func responses(row: HandshakeRow) { check(row) { traceClient($0) } }

  @Test(
    "H12, H13: the answer may use only what was offered",
    arguments: [
      HandshakeRow.response("subprotocol offered", "Sec-WebSocket-Protocol: superchat\r\n"),
      .response("H12 none chosen", ""), .response("H12 other case", "Sec-WebSocket-Protocol: ‸Chat\r\n", "subprotocol"),
      .response("H12 list", "Sec-WebSocket-Protocol: ‸chat, superchat\r\n", "subprotocol"),
      .response("H12 two fields", "Sec-WebSocket-Protocol: chat\r\n‸Sec-WebSocket-Protocol: chat\r\n", "subprotocol"),
      .response("extension offered", "Sec-WebSocket-Extensions: x; y=\"1\"\r\n"),
      .response("H13 unknown beside it", "Sec-WebSocket-Extensions: ‸x, z\r\n", "extension"),
    ])
  func negotiated(row: HandshakeRow) {
    let offer = exampleOffer {
      $0.subprotocols = ["chat", "superchat"]
      $0.extensions = ["x; y"]
    }
    check(row) { traceClient($0, offer: offer) }
  }

  @Test(
    "H20: another status is a refusal that carries the head and where its content begins",
    arguments: [
      ("HTTP/1.1 200 OK", 200), ("HTTP/1.1 204 No Content", 204), ("HTTP/1.1 301 Moved\r\nLocation: ws://h/", 301),
      ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic", 401), ("HTTP/1.0 503 Busy\r\nContent-Length: 1073741824", 503),
      ("HTTP/1.1 426", 426),
    ])
  func refused(head: String, status: Int) throws {
    var handshake = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
    let octets = Array("HTTP/1.1 100\r\n\r\n\(head)\r\n\r\nbody".utf8)
    for _ in 0..<2 {
      #expect {
        _ = try handshake.receive(octets.span)
      } throws: { error in
        guard let error = error as? HandshakeError else { return false }
        return error.code == .refused && error.blame == .peerRefusal && error.response?.status == status
          && error.responseEnd == octets.count - 4
      }
    }
  }

  @Test("the agreement carries the server's head, the subprotocol and the extensions with their parameters")
  func agreement() throws {
    var handshake = try ClientHandshake(exampleOffer { $0.extensions = ["x"] }, nonce: exampleNonce)
    let octets = Array(responseText("Sec-WebSocket-Extensions: x; a; b=\"1\\2\"\r\nServer: s\r\n").utf8)
    guard case .established(let agreement, let consumed) = try handshake.receive(octets.span) else {
      Issue.record("the answer is complete")
      return
    }
    #expect(consumed == octets.count)
    #expect(agreement.response.fields.values(of: "server") == [Array("s".utf8)[...]])
    #expect(agreement.extensions.map(\.name) == ["x"])
    #expect(agreement.extensions.first?.parameters.map(\.name) == ["a", "b"])
    #expect(agreement.extensions.first?.parameters.map(\.value) == [nil, "12"])
    #expect(try handshake.receive(octets.span) == .established(agreement, consumed: 0))
  }

  @Test(
    "the end of the input before the answer is complete is a failure, and final",
    arguments: [
      ("", "unexpected-eof at 0"), ("HTTP/1.1 100\r\n\r\n", "unexpected-eof at 16"), ("HTTP/1.1 101 S\r\nUp", "http/unexpected-eof at 18"),
    ])
  func endOfInput(text: String, failure: String) throws {
    var handshake = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
    _ = try handshake.receive(Array(text.utf8).span)
    for _ in 0..<2 {
      #expect { try handshake.endOfInput() } throws: { ($0 as? HandshakeError).map(words) == failure }
    }
    #expect(throws: HandshakeError.self) { _ = try handshake.receive(Array(responseText().utf8).span) }
  }

  @Test("the end of the input after the handshake is no failure")
  func endAfterwards() throws {
    var handshake = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
    _ = try handshake.receive(Array(responseText().utf8).span)
    try handshake.endOfInput()
  }

  @Test("a server that is late is a failure, and final; not after the handshake", arguments: ["", "HTTP/1.1 101 S\r\nUp"])
  func timeOut(text: String) throws {
    var late = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
    _ = try late.receive(Array(text.utf8).span)
    for _ in 0..<2 {
      #expect { try late.timeOut() } throws: { ($0 as? HandshakeError).map(words) == "timeout at \(text.utf8.count)" }
    }
    #expect { try late.endOfInput() } throws: { ($0 as? HandshakeError)?.code == .timeout }
    #expect(throws: HandshakeError.self) { _ = try late.receive(Array(responseText().utf8).span) }

    var done = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
    _ = try done.receive(Array(responseText().utf8).span)
    try done.timeOut()
  }

  @Test("errors tell rule and fault, and no received text")
  func description() {
    let row = HandshakeRow.response("", "Sec-WebSocket-Protocol: \u{1B}x\r\n")
    #expect(traceClient([row.octets]).failure == "http/field-value at 151")
    var limits = HandshakeLimits()
    limits.http.maximumInterimResponses = 0
    #expect {
      var handshake = try ClientHandshake(exampleOffer(), nonce: exampleNonce, limits: limits)
      _ = try handshake.receive(Array("HTTP/1.1 100\r\n\r\n".utf8).span)
    } throws: { error in
      "\(error)"
        == "limit-interim: there are too many interim responses, at octet 0, limit 0, at least 1 received, RFC 9110 §15.2; "
        + "raise the limit in HandshakeLimits if such handshakes are expected"
    }
  }
}
