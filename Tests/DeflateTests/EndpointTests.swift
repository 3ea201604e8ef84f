import Deflate
import ProtocolTesting
import Testing
import WSHandshake
import WSProtocol

@Suite("Compression on a connection")
struct EndpointTests {
  static let hello = hex("f2 48 cd c9 c9 07 00")

  @Test("fragments with control frames between them are one compressed message, however the octets are cut")
  func fragments() {
    let octets =
      frame(0x41, Array(Self.hello[..<3])) + frame(0x89, [1]) + frame(0x00) + frame(0x00, Array(Self.hello[3..<4]))
      + frame(0x8A) + frame(0x80, Array(Self.hello[4...])) + frame(0x81, Array("plain".utf8)) + frame(0xC2, hex("f2 00 11 00 00"))
    func run(_ pieces: [[UInt8]]) -> ParseTrace<Endpoint.Event> {
      let peer = Peer(.server)
      return ParseTrace(events: pieces.flatMap { peer.receive($0) }, failure: peer.failure.map { "\($0)" })
    }
    #expect(
      run([octets]).events == [
        .ping([1]), .pong([]), .message(Message(.text, Array("Hello".utf8))), .message(Message(.text, Array("plain".utf8))),
        .message(Message(.binary, Array("Hello".utf8))),
      ])
    #expect(splitEverywhere("compressed fragments", octets, run: run).map(\.description) == [])
    #expect(everyPrefix("compressed fragments", octets, run: run).map(\.description) == [])
  }

  @Test(
    "a failure does not depend on how the octets are cut",
    arguments: [
      ("text then malformed", frame(0xC1, hex("f2 48 cd c9 c9 07 06"))),
      ("bad text then malformed", frame(0xC1, compressed([0xFF]) + [0x06])),
      ("too long", frame(0xC1, compressed([UInt8](repeating: 0x61, count: 41)))),
      ("ends in a block", frame(0x82) + frame(0xC1, hex("f2 48 cd"))),
    ])
  func failures(name: String, octets: [UInt8]) {
    func run(_ pieces: [[UInt8]]) -> ParseTrace<Endpoint.Event> {
      let peer = Peer(.server, limits: WSLimits(messages: 40))
      let events = pieces.flatMap { peer.receive($0) }.filter { if case .failed = $0 { false } else { true } }
      return ParseTrace(events: events, failure: peer.failure.map { "\($0.code) at \($0.offset)" })
    }
    #expect(run([octets]).failure != nil)
    #expect(splitEverywhere(name, octets, run: run).map(\.description) == [])
  }

  @Test("what a handshake agreed on carries messages both ways", arguments: [nil, 8, 9, 12], [false, true])
  func handshake(clientBits: Int?, takeover: Bool) throws {
    var policy = HandshakePolicy()
    var compression = PerMessageDeflatePolicy()
    compression.serverNoContextTakeover = !takeover
    compression.clientNoContextTakeover = !takeover
    compression.clientMaxWindowBits = clientBits ?? 15
    policy.compression = compression
    var offer = ClientOffer(host: "h.test", target: "/")
    offer.compression = [PerMessageDeflateOffer()]
    var client = try ClientHandshake(offer, nonce: Array(0..<16))
    var server = ServerHandshake(policy: policy)
    guard case .accepted(_, let response, let serverAgreement, _) = server.receive(client.requestOctets.span),
      case .established(let clientAgreement, _) = try client.receive(response.span)
    else {
      Issue.record("no agreement")
      return
    }
    let agreed = try #require(serverAgreement.compression)
    #expect(clientAgreement.compression == agreed)
    #expect(serverAgreement.extensions == clientAgreement.extensions)
    #expect(agreed.clientMaxWindowBits == clientBits ?? 15)
    #expect(agreed.serverNoContextTakeover == !takeover)
    let here = Peer(.client, agreed)
    let there = Peer(.server, agreed)
    for message in [
      Message(.text, Array("Hello".utf8)), Message(.binary, noise(5_000)), Message(.binary, noise(5_000)), Message(.text, []),
    ] {
      #expect(there.receive(try here.send(message)) == [.message(message)])
      #expect(here.receive(try there.send(message)) == [.message(message)])
    }
  }

  @Test("each side keeps context and window as agreed for it", arguments: [Role.client, .server], [true, false])
  func directions(sender: Role, isFree: Bool) throws {
    let bound = isFree ? sender.peer : sender
    let agreed =
      bound == .client
      ? PerMessageDeflate(clientNoContextTakeover: true, clientMaxWindowBits: 9)
      : PerMessageDeflate(serverNoContextTakeover: true, serverMaxWindowBits: 9)
    let here = Peer(sender, agreed)
    let there = Peer(sender.peer, agreed)
    let message = Message(.binary, noise(600) + noise(600))
    let first = try here.send(message)
    let second = try here.send(message)
    // Noise repeats only beyond a window of 512 octets, or in the message before.
    #expect(isFree ? first.count < 700 : first.count > 1_200)
    #expect(isFree ? second.count < 100 : second.count == first.count)
    #expect(there.receive(first + second) == [.message(message), .message(message)])
    #expect(there.decompressor.holdsState == isFree)
    #expect(there.decompressor.windowBits == (isFree ? 15 : 9))
  }

  @Test("F18: without an agreement RSV1 is a violation")
  func off() {
    var endpoint = Endpoint(role: .server, now: .zero)
    var keys = SameKey()
    var index = 0
    let event = endpoint.receive(frame(0xC1, Self.hello).span, at: &index, now: .zero, keys: &keys)
    #expect(event == .failed(WSError(.frame(.reservedBits(.rsv1)), offset: 0)))
  }
}
