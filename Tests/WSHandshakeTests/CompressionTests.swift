import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake
import WSProtocol

@Suite("Negotiation of permessage-deflate")
struct CompressionTests {
  /// The server's answer under a policy, or `nil` if it answers without the extension.
  private func answer(_ offers: String, _ change: (inout PerMessageDeflatePolicy) -> Void = { _ in }) throws -> String? {
    var policy = HandshakePolicy()
    var compression = PerMessageDeflatePolicy()
    compression.serverNoContextTakeover = false
    compression.clientNoContextTakeover = false
    change(&compression)
    policy.compression = compression
    var server = ServerHandshake(policy: policy)
    guard case .accepted(_, let response, let agreement, _) = server.receive(Array(request(offers).utf8).span) else { return "rejected" }
    let field = agreement.response.fields.lines(named: "Sec-WebSocket-Extensions").first.map { String(decoding: $0.value, as: UTF8.self) }
    #expect((agreement.compression == nil) == (field == nil))
    #expect(field.map { String(decoding: response, as: UTF8.self).contains($0) } ?? true)
    return field
  }

  private func request(_ offers: String) -> String {
    "GET / HTTP/1.1\r\nHost: h.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: \(offers)\r\n\r\n"
  }

  @Test(
    "D15: a server answers the first offer it can accept, and declines the others",
    arguments: [
      ("permessage-deflate", "permessage-deflate"),
      ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
      ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
      ("permessage-deflate; client_max_window_bits=\"10\"", "permessage-deflate; client_max_window_bits=10"),
      ("permessage-deflate ; server_max_window_bits = 9", "permessage-deflate; server_max_window_bits=9"),
      ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
      ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
      ("permessage-deflate; server_max_window_bits=8", nil),
      ("permessage-deflate; server_max_window_bits=8, permessage-deflate", "permessage-deflate"),
      ("permessage-deflate; server_max_window_bits", nil), ("permessage-deflate; server_max_window_bits=7", nil),
      ("permessage-deflate; server_max_window_bits=16", nil), ("permessage-deflate; server_max_window_bits=08", nil),
      ("permessage-deflate; server_max_window_bits=+9", nil), ("permessage-deflate; client_max_window_bits=99999999999999999999", nil),
      ("permessage-deflate; server_no_context_takeover=1", nil), ("permessage-deflate; client_no_context_takeover=true", nil),
      ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", nil),
      ("permessage-deflate; client_max_window_bits; client_max_window_bits=9", nil), ("permessage-deflate; mux=1", nil),
      ("permessage-deflate; mux, x, permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"),
      ("x-webkit-deflate-frame", nil), ("Permessage-Deflate", nil),
    ] as [(String, String?)])
  func offers(offers: String, expected: String?) throws {
    #expect(try answer(offers) == expected)
  }

  @Test("a server's own wishes narrow the answer, and bind the client only as far as it offered")
  func wishes() throws {
    func narrow(_ policy: inout PerMessageDeflatePolicy) {
      policy = PerMessageDeflatePolicy()
      policy.serverMaxWindowBits = 10
      policy.clientMaxWindowBits = 11
    }
    let flags = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits="
    #expect(try answer("permessage-deflate", narrow) == flags + "10")
    #expect(try answer("permessage-deflate; client_max_window_bits", narrow) == flags + "10; client_max_window_bits=11")
    #expect(
      try answer("permessage-deflate; client_max_window_bits=9; server_max_window_bits=9", narrow)
        == flags + "9; client_max_window_bits=9")
  }

  @Test("D17: compression is declined and not offered unless asked for")
  func off() throws {
    var server = ServerHandshake()
    guard case .accepted(_, _, let agreement, _) = server.receive(Array(request("permessage-deflate").utf8).span) else {
      Issue.record("not accepted")
      return
    }
    #expect(agreement.compression == nil)
    #expect(agreement.extensions == [])
    let client = try ClientHandshake(ClientOffer(host: "h.test", target: "/"), nonce: exampleNonce)
    #expect(!String(decoding: client.requestOctets, as: UTF8.self).contains("Extensions"))
  }

  /// An offer made of parameters as they are written.
  static func offer(_ pairs: (String, String?)...) -> PerMessageDeflateOffer {
    PerMessageDeflateOffer((try? PerMessageDeflateParameters(pairs.map { (name: $0.0, value: $0.1) })) ?? PerMessageDeflateParameters())
  }

  @Test(
    "D15: a client accepts an answer that fits an offer",
    arguments: [
      ("permessage-deflate", offer(), PerMessageDeflate()),
      ("permessage-deflate; server_no_context_takeover", offer(), PerMessageDeflate(serverNoContextTakeover: true)),
      ("permessage-deflate; client_no_context_takeover", offer(), PerMessageDeflate(clientNoContextTakeover: true)),
      ("permessage-deflate; server_max_window_bits=8", offer(), PerMessageDeflate(serverMaxWindowBits: 8)),
      ("permessage-deflate; client_max_window_bits=\"8\"", PerMessageDeflateOffer(), PerMessageDeflate(clientMaxWindowBits: 8)),
      ("permessage-deflate", offer(("client_max_window_bits", "10")), PerMessageDeflate(clientMaxWindowBits: 10)),
      ("permessage-deflate", offer(("client_no_context_takeover", nil)), PerMessageDeflate(clientNoContextTakeover: true)),
    ])
  func accepted(answer: String, offer: PerMessageDeflateOffer, expected: PerMessageDeflate) throws {
    #expect(try establish(answer, [offer]).compression == expected)
  }

  @Test(
    "D15: a client refuses an answer that breaks a rule or fits no offer",
    arguments: [
      ("permessage-deflate; client_max_window_bits=10", offer()), ("permessage-deflate; client_max_window_bits", PerMessageDeflateOffer()),
      ("permessage-deflate; client_max_window_bits=11", offer(("client_max_window_bits", "10"))),
      ("permessage-deflate; server_max_window_bits=7", offer()), ("permessage-deflate; server_max_window_bits", offer()),
      ("permessage-deflate", offer(("server_max_window_bits", "10"))),
      ("permessage-deflate; server_max_window_bits=11", offer(("server_max_window_bits", "10"))),
      ("permessage-deflate", offer(("server_no_context_takeover", nil))), ("permessage-deflate; x", offer()),
      ("permessage-deflate; server_no_context_takeover=\"1\"", offer()),
      ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", offer()),
      ("permessage-deflate, permessage-deflate", offer()),
    ])
  func refused(answer: String, offer: PerMessageDeflateOffer) {
    let error = #expect(throws: HandshakeError.self) { try establish(answer, [offer]) }
    #expect(error?.code == .compression)
    #expect(error?.section == "RFC 7692 §7.1")
  }

  @Test(
    "D15: an error is the rule that is broken, the last offer's where several do not fit",
    arguments: [
      ([("x", "8")], [offer()], .unknownParameter),
      ([("server_max_window_bits", "9"), ("server_max_window_bits", "9")], [offer()], .repeatedParameter(.serverMaxWindowBits)),
      ([("client_no_context_takeover", "")], [offer()], .unexpectedValue(.clientNoContextTakeover)),
      ([("client_max_window_bits", nil)], [PerMessageDeflateOffer()], .missingValue(.clientMaxWindowBits)),
      ([("server_max_window_bits", nil)], [offer()], .missingValue(.serverMaxWindowBits)),
      ([("client_max_window_bits", "08")], [PerMessageDeflateOffer()], .invalidValue(.clientMaxWindowBits)),
      ([], [offer(("server_no_context_takeover", nil))], .notAnswered(.serverNoContextTakeover)),
      ([], [offer(("server_max_window_bits", "9"))], .notAnswered(.serverMaxWindowBits)),
      ([("server_max_window_bits", "10")], [offer(("server_max_window_bits", "9"))], .windowTooLarge(.serverMaxWindowBits)),
      ([("client_max_window_bits", "10")], [offer(("client_max_window_bits", "9"))], .windowTooLarge(.clientMaxWindowBits)),
      ([("client_max_window_bits", "10")], [offer()], .notOffered(.clientMaxWindowBits)), ([], [], .notOffered(nil)),
      (
        [("client_max_window_bits", "10")], [offer(), offer(("client_max_window_bits", "9"))], .windowTooLarge(.clientMaxWindowBits)
      ),
    ] as [([(String, String?)], [PerMessageDeflateOffer], PerMessageDeflateError)])
  func errors(answer: [(String, String?)], offers: [PerMessageDeflateOffer], expected: PerMessageDeflateError) {
    #expect(throws: expected) { try PerMessageDeflate(answer: answer.map { (name: $0.0, value: $0.1) }, to: offers) }
  }

  @Test("an extension offered as text is not judged by the rules of compression, and stands before the offers of it")
  func asText() throws {
    var handshake = try ClientHandshake(exampleOffer { $0.extensions = ["permessage-deflate; x"] }, nonce: exampleNonce)
    guard
      case .established(let agreement, _) = try handshake.receive(
        Array(responseText("Sec-WebSocket-Extensions: permessage-deflate; x; x\r\n").utf8).span)
    else {
      Issue.record("the answer is complete")
      return
    }
    #expect(agreement.compression == nil)
    #expect(agreement.extensions.map(\.name) == ["permessage-deflate"])
    let both = exampleOffer {
      $0.extensions = ["x; y", "z"]
      $0.compression = [PerMessageDeflateOffer(), Self.offer()]
    }
    let request = String(decoding: try ClientHandshake(both, nonce: exampleNonce).requestOctets, as: UTF8.self)
    #expect(
      request.contains(
        "\r\nSec-WebSocket-Extensions: x; y, z, permessage-deflate; client_max_window_bits, permessage-deflate\r\n"))
  }

  @Test("D15: an answer may fit any of several offers, and may be none")
  func several() throws {
    let offers = [Self.offer(("server_max_window_bits", "10")), Self.offer()]
    #expect(try establish("permessage-deflate", offers).compression == PerMessageDeflate())
    #expect(try establish(nil, offers).compression == nil)
  }

  private func establish(_ answer: String?, _ offers: [PerMessageDeflateOffer]) throws -> Agreement {
    var handshake = try ClientHandshake(exampleOffer { $0.compression = offers }, nonce: exampleNonce)
    let field = answer.map { "Sec-WebSocket-Extensions: \($0)\r\n" } ?? ""
    guard case .established(let agreement, _) = try handshake.receive(Array(responseText(field).utf8).span) else {
      throw HandshakeTestError.incomplete
    }
    return agreement
  }

  private enum HandshakeTestError: Error { case incomplete }
}
