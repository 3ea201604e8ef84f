import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake
import WSProtocol

@Suite("Hostile input, opening handshake")
struct HostileHandshakeTests {
  @Test(
    "H13: an answer with a parameter that is not valid or was not offered ends the handshake with an error",
    arguments: [
      "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=0", "server_max_window_bits=08",
      "server_max_window_bits=abc", "server_max_window_bits=-9", "server_max_window_bits=9.0", "server_max_window_bits=0x9",
      "server_max_window_bits=99999999999999999999", "server_max_window_bits", "server_max_window_bits=9; server_max_window_bits=9",
      "server_no_context_takeover=true", "client_no_context_takeover; client_no_context_takeover", "client_max_window_bits",
      "client_max_window_bits=16", "client_max_window_bits=12", "unknown", "SERVER_NO_CONTEXT_TAKEOVER",
    ])
  func parameters(text: String) {
    let offer = exampleOffer { $0.compression = [PerMessageDeflateOffer(PerMessageDeflateParameters())] }
    check(.response("H13 \(text)", "Sec-WebSocket-Extensions: permessage-deflate; \(text)\r\n", "compression")) {
      traceClient($0, offer: offer)
    }
  }

  @Test("H13: so does an answer that is no list of extensions", arguments: ["=‸", "=\"\"‸", ";‸", " ‸9", "=\"9‸"])
  func grammar(text: String) {
    let offer = exampleOffer { $0.compression = [PerMessageDeflateOffer()] }
    let line = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits\(text)\r\n"
    check(.response("H13 \(text)", line, "extension")) { traceClient($0, offer: offer) }
  }

  @Test("H13: an error about an extension holds no text of the server's")
  func extensionReason() {
    let error = #expect(throws: HandshakeError.self) {
      var handshake = try ClientHandshake(exampleOffer(), nonce: exampleNonce)
      _ = try handshake.receive(Array(responseText("Sec-WebSocket-Extensions: evil-name\r\n").utf8).span)
    }
    #expect(error?.code == .extension)
    #expect(error?.offset != nil)
    #expect(error.map { "\($0)".contains("evil") } == false)
  }

  @Test(
    "H14: a further field with a control character cannot be made",
    arguments: [
      ("Authorization", "a\r\nX: y"), ("Authorization", "a\nX: y"), ("Cookie", "a\u{0}"), ("X\r\nY", "z"), ("X: y\r\nZ", "z"), ("", "z"),
    ])
  func fields(name: String, value: String) {
    #expect(throws: HTTPParseError.self) { try FieldLine(name: name, value: value) }
  }

  @Test("H14: an encoded line end in a URL stays encoded in the request")
  func encodedLineEnd() throws {
    let offer = try ClientOffer(url: WireURL("ws://h.test/a%0d%0aX:%20y?b%0D%0AZ:%20w"))
    let request = String(decoding: try ClientHandshake(offer, nonce: exampleNonce).requestOctets, as: UTF8.self)
    #expect(request.hasPrefix("GET /a%0d%0aX:%20y?b%0D%0AZ:%20w HTTP/1.1\r\nHost: h.test\r\n"))
    #expect(!request.contains("\r\nX:") && !request.contains("\r\nZ:"))
    #expect(try ClientOffer(url: WireURL("ws://h.test%0d%0ax/")).host == "h.test%0d%0ax")
  }

  @Test(
    "H17: the content of a refused request is not read as another one",
    arguments: [
      "Content-Length: \(requestText().utf8.count)\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
    ])
  func smuggling(field: String) {
    var handshake = ServerHandshake()
    let refusal = handshake.receive(Array((requestText(field) + requestText()).utf8).span)
    guard case .rejected(let response, let error) = refusal else {
      Issue.record("the request announces content")
      return
    }
    #expect(error.status == 400)
    #expect(String(decoding: response, as: UTF8.self).contains("\r\nConnection: close\r\n"))
    #expect(handshake.receive(Array(requestText().utf8).span) == refusal)
  }

  @Test(
    "H27: a URL that is no place for a WebSocket makes no offer",
    arguments: [
      "ws://h/#frag", "ws://h/#", "ws://h:0/", "ws://h:65536/", "ws://[::1%25eth0]/", "ws://h\\@evil/", "ws:///x", "//h/", "wss:h",
      "http://h/",
    ])
  func urls(url: String) {
    #expect(throws: (any Error).self) { try ClientOffer(url: WireURL(url)) }
  }

  @Test("H27: user information in a URL is never sent")
  func userInformation() throws {
    let offer = try ClientOffer(url: WireURL("ws://name:secret@h.test:8080/path"))
    let request = String(decoding: try ClientHandshake(offer, nonce: exampleNonce).requestOctets, as: UTF8.self)
    #expect(request.hasPrefix("GET /path HTTP/1.1\r\nHost: h.test:8080\r\n"))
    #expect(!request.contains("secret") && !request.contains("name") && !request.contains("Authorization"))
  }

  @Test("a client that is late is not told to raise a limit")
  func lateAdvice() {
    var handshake = ServerHandshake()
    guard case .rejected(_, let error) = handshake.timeOut() else {
      Issue.record("the request was not complete")
      return
    }
    #expect("\(error)" == "timeout: the request was not complete in time, RFC 9110 §15.5.9; drop the connection")
  }
}
