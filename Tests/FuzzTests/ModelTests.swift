import FuzzModels
import Testing

/// The slow models are checked against cases that were worked out by hand from the documents, not against the code they judge.
@Suite("Reference models")
struct ModelTests {
  @Test(
    "UTF-8, RFC 3629",
    arguments: [
      ([], .complete), ([0x41, 0xC3, 0xA4], .complete), ([0xF4, 0x8F, 0xBF, 0xBF], .complete), ([0xE2, 0x82], .unfinished),
      ([0xC0, 0x80], .invalid(at: 0)), ([0xED, 0xA0, 0x80], .invalid(at: 1)), ([0x41, 0xF4, 0x90], .invalid(at: 2)),
      ([0xE2, 0x82, 0x41], .invalid(at: 2)), ([0x80], .invalid(at: 0)), ([0xF0, 0x8F], .invalid(at: 1)),
    ] as [([UInt8], UTF8Model.Verdict)])
  func utf8(octets: [UInt8], verdict: UTF8Model.Verdict) { #expect(UTF8Model.judge(octets) == verdict) }

  @Test("masking, the example of RFC 6455 §5.7")
  func masking() {
    #expect(MaskingModel.apply([0x37, 0xFA, 0x21, 0x3D], to: Array("Hello".utf8)) == [0x7F, 0x9F, 0x4D, 0x51, 0x58])
  }

  @Test(
    "frame headers, RFC 6455 §5.2",
    arguments: [
      ([0x81, 0x05], 0x1, 5, 2, false), ([0x02, 0x7E, 0x00, 0x7E], 0x2, 126, 4, false), ([0x02, 0x7E, 0x00, 0x7D], 0x2, 125, 4, true),
      ([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], 0x2, 65536, 10, false), ([0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0x2, 65535, 10, true),
      ([0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0], 0x2, 1 << 63, 10, true), ([0x89, 0x80, 1, 2, 3, 4], 0x9, 0, 6, false),
    ] as [([UInt8], UInt8, UInt64, Int, Bool)])
  func frame(octets: [UInt8], opcode: UInt8, length: UInt64, headerBytes: Int, isWrong: Bool) throws {
    let frame = try #require(FrameModel.read(octets, at: 0))
    #expect(frame.opcode == opcode)
    #expect(frame.length == length)
    #expect(frame.headerBytes == headerBytes)
    #expect(frame.lengthIsWrong == isWrong)
    #expect(FrameModel.read(Array(octets.dropLast()), at: 0) == nil)
  }

  @Test(
    "messages and close codes, RFC 6455 §5 to §8",
    arguments: [
      ([0x81, 0x02, 0x48, 0x69], [.text([0x48, 0x69])], .waiting),
      ([0x01, 0x01, 0x48, 0x89, 0x00, 0x80, 0x01, 0x69], [.ping([]), .text([0x48, 0x69])], .waiting),
      ([0x88, 0x02, 0x03, 0xE8, 0x89, 0x00], [.close(code: 1000, reason: [])], .closed),
      ([0x88, 0x01, 0x03], [], .failed(codes: [1002], offset: 2)), ([0x88, 0x02, 0x03, 0xED], [], .failed(codes: [1002], offset: 2)),
      ([0x80, 0x00], [], .failed(codes: [1002], offset: 0)), ([0x82, 0x00, 0xC1], [.binary([])], .failed(codes: [1002], offset: 2)),
      ([0x81, 0x03, 0x41, 0xC0], [], .failed(codes: [1007], offset: 3)), ([0x81, 0x01, 0xC3], [], .failed(codes: [1007], offset: nil)),
      ([0x82, 0x7F, 0, 0, 0, 0, 0x10, 0, 0, 0], [], .failed(codes: [1009], offset: 0)),
      ([0x81, 0x85], [], .failed(codes: [1002], offset: 0)),
      ([0x81, 0x05, 0x48], [], .waiting),
    ] as [([UInt8], [WebSocketModel.Event], WebSocketModel.End)])
  func messages(octets: [UInt8], events: [WebSocketModel.Event], end: WebSocketModel.End) {
    let seen = WebSocketModel.read(octets, fromClient: false, limits: WebSocketModel.Limits())
    #expect(seen.events == events)
    #expect(seen.end == end)
  }

  @Test("digests: FIPS 180-4's example, RFC 4648 §10, RFC 6455 §1.3")
  func digests() {
    #expect(DigestModel.sha1(Array("abc".utf8)).prefix(4) == [0xA9, 0x99, 0x3E, 0x36])
    #expect(DigestModel.sha1(Array(repeating: 0x61, count: 64)).prefix(4) == [0x00, 0x98, 0xBA, 0x82])
    for (plain, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      #expect(DigestModel.base64(Array(plain.utf8)) == Array(text.utf8))
    }
    let key = Array("dGhlIHNhbXBsZSBub25jZQ==".utf8)
    #expect(DigestModel.accept(key: key) == Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8))
    #expect(DigestModel.nonce(ofKey: key) == Array("the sample nonce".utf8))
    #expect(DigestModel.nonce(ofKey: Array("dGhlIHNhbXBsZSBub25jZQ=".utf8)) == nil)
  }

  @Test(
    "URLs, RFC 3986",
    arguments: [
      ("ws://h", true), ("WS://H:00080/a?b#c", true), ("ws://[1:2:3:4:5:6:7::]", true), ("ws://[::1.2.3.4]:1", true), ("ws://u:p@h", true),
      ("ws://", false), ("ws:/h", false), ("ws://h:0", false), ("ws://h:65536", false), ("ws://[1::2::3]", false),
      ("ws://[1:2:3:4:5:6:7:8::]", false),
      ("ws://[::01.2.3.4]", false), ("ws://[1.2.3.4::]", false), ("ws://a@b@c", false), ("ws://h/%4", false), ("ws://h/ ", false),
      ("ws://h#a#b", false),
      ("ws://h\\x", false), ("1ws://h", false),
    ])
  func urls(text: String, isValid: Bool) { #expect((URLModel.read(Array(text.utf8)) != nil) == isValid) }

  @Test(
    "extension lists, RFC 6455 §9.1",
    arguments: [
      (["foo, bar; baz=2"], 2), (["foo", "bar; baz=2"], 2), ([",a,, b ,"], 2), (["a;b=\"c\""], 1), (["a;b=\"\\c\""], 1), ([], 0),
      ([""], nil), ([", ,"], nil), (["a;b=\"\""], nil), (["a;b=\"c d\""], nil), (["a;b=\"c"], nil), (["a;"], nil), (["a b"], nil),
      (["a=b"], nil),
    ] as [([String], Int?)])
  func extensions(values: [String], count: Int?) { #expect(ExtensionModel.list(values.map { Array($0.utf8) })?.count == count) }

  @Test("parameters of permessage-deflate, RFC 7692 §7.1")
  func deflateParameters() {
    func read(_ text: String) -> DeflateParametersModel? {
      ExtensionModel.list([Array(text.utf8)])?.first.flatMap { DeflateParametersModel($0.parameters) }
    }
    #expect(read("x; server_max_window_bits=8; client_max_window_bits")?.serverMaxWindowBits == 8)
    for bad in ["server_max_window_bits", "server_max_window_bits=08", "server_max_window_bits=16", "y", "client_no_context_takeover=1"] {
      #expect(read("x; " + bad) == nil)
    }
    #expect(read("x; client_max_window_bits=9; client_max_window_bits=9") == nil)
    let offer = read("x; client_max_window_bits=10; server_no_context_takeover")
    #expect(offer.map { read("x; server_no_context_takeover; client_max_window_bits=10")?.answers($0) } == true)
    #expect(offer.map { read("x; server_no_context_takeover; client_max_window_bits=11")?.answers($0) } == false)
    #expect(offer.map { read("x")?.answers($0) } == false)
  }
}
