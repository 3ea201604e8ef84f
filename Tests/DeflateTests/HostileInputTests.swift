import Deflate
import DeflateAudit
import ProtocolTesting
import Testing
import WSProtocol

@Suite("Hostile input, permessage-deflate")
struct HostileInputTests {
  @Test("D01: a bomb in a small frame stops just above the limit with 1009", arguments: [100_000, 1 << 20])
  func bomb(limit: Int) {
    let payload = compressed([UInt8](repeating: 0, count: 8 << 20))
    #expect(payload.count < 16_384)
    let peer = Peer(.server, limits: WSLimits(messages: limit))
    #expect(peer.receive(frame(0xC2, payload)) == [.failed(WSError(.messageTooLong, offset: 0))])
    #expect(peer.failure?.closeCode == .messageTooBig)
    #expect(peer.failure?.limit == UInt64(limit))
    #expect((peer.failure?.actual ?? .max) <= UInt64(limit + 64 << 10))
    #expect(peer.decompressor.inflateCalls <= limit / (16 << 10) + 3)
    #expect(!peer.decompressor.holdsState)
  }

  @Test("D02: a message of exactly the limit is accepted, one octet more is not", arguments: [1, 1000, 16_384, 100_000])
  func boundary(limit: Int) {
    for content in [[UInt8](repeating: 7, count: limit), noise(limit)] {
      #expect(
        Peer(.server, limits: WSLimits(messages: limit)).receive(frame(0xC2, compressed(content))) == [.message(Message(.binary, content))])
      #expect(
        Peer(.server, limits: WSLimits(messages: limit)).receive(frame(0xC2, compressed(content + [7])))
          == [.failed(WSError(.messageTooLong, offset: 0))])
    }
  }

  @Test(
    "D02: not more than one octet beyond the limit is ever made, however the payload comes",
    arguments: [0, 1, 100, 16_382, 16_383, 16_384, 16_385, 70_000], [1, 7, Int.max])
  func oneOctetMore(limit: Int, pieceLength: Int) {
    let payload = compressed([UInt8](repeating: 7, count: limit + 50_000))
    let decompressor = DeflateDecompressor(windowBits: 15, hasContextTakeover: true)
    var output: [UInt8] = []
    #expect(throws: DecompressionError.outputTooLong) {
      for start in stride(from: 0, to: payload.count, by: min(pieceLength, payload.count)) {
        let piece = Array(payload[start...].prefix(pieceLength))
        try decompressor.decompress(piece.span, into: &output, limit: limit)
      }
    }
    #expect(output.count == limit + 1)
  }

  @Test("D03: the limit is on what a message inflates to, not on its frame")
  func wireSize() {
    let limits = WSLimits(messages: 40)
    let long = compressed([UInt8](repeating: 7, count: 41))
    #expect(long.count < 40)
    #expect(Peer(.server, limits: limits).receive(frame(0xC2, long)) == [.failed(WSError(.messageTooLong, offset: 0))])
    // Eleven empty blocks make a payload of more than forty octets that stands for five.
    let short = repeated(hex("00 00 00 FF FF"), 11) + hex("f2 48 cd c9 c9 07 00")
    #expect(short.count > 40)
    #expect(Peer(.server, limits: limits).receive(frame(0xC2, short)) == [.message(Message(.binary, Array("Hello".utf8)))])
  }

  @Test("D04: a bomb split over a thousand frames counts as one message")
  func fragmentedBomb() {
    let payload = compressed(repeated(noise(5_000), 2_000))
    let piece = payload.count / 1000 + 1
    var octets: [UInt8] = []
    for (number, start) in stride(from: 0, to: payload.count, by: piece).enumerated() {
      let part = Array(payload[start..<min(start + piece, payload.count)])
      let isLast = start + piece >= payload.count
      octets += frame((number == 0 ? 0x42 : 0x00) | (isLast ? 0x80 : 0), part)
    }
    let peer = Peer(.server, limits: WSLimits(messages: 1 << 20))
    #expect(peer.receive(octets) == [.failed(WSError(.messageTooLong, offset: 0))])
    #expect((peer.failure?.actual ?? .max) <= 1 << 20 + 64 << 10)
  }

  @Test("D05: history counts for no message but the one that is inflated")
  func takeover() throws {
    let sender = Peer(.client)
    let receiver = Peer(.server, limits: WSLimits(messages: 30_000))
    let content = noise(30_000)
    #expect(receiver.receive(try sender.send(Message(.binary, content))) == [.message(Message(.binary, content))])
    let second = try sender.send(Message(.binary, content))
    #expect(second.count < 1000)
    #expect(receiver.receive(second) == [.message(Message(.binary, content))])
    #expect(receiver.receive(try sender.send(Message(.binary, content + [1]))) == [.failed(WSError(.messageTooLong, offset: 0))])
  }

  @Test("D06: a million empty blocks cost a call of zlib for each piece and come to nothing")
  func emptyBlocks() {
    let payload = repeated(hex("00 00 00 FF FF"), 1_000_000) + [0x00]
    let peer = Peer(.server)
    #expect(peer.receive(frame(0xC2, payload)) == [.message(Message(.binary, []))])
    #expect(peer.decompressor.inflateCalls <= 4)
  }

  @Test("D06: final blocks without end cost no more than a call of zlib each")
  func finalBlocks() {
    let peer = Peer(.server)
    let payload = hex("f3 48 cd c9 c9 07 00") + repeated(hex("03 00"), 100_000) + [0x00]
    #expect(peer.receive(frame(0xC2, payload)) == [.message(Message(.binary, Array("Hello".utf8)))])
    #expect(peer.decompressor.inflateCalls <= 100_003)
  }

  @Test("D07: large messages of every kind arrive whole", arguments: [65_535, 65_536, 1_000_000])
  func large(count: Int) throws {
    for content in [[UInt8](repeating: 0x20, count: count), noise(count)] {
      let message = Message(.binary, content)
      #expect(Peer(.server).receive(try Peer(.client).send(message)) == [.message(message)])
    }
  }

  @Test("D08: a distance beyond the agreed window is malformed unless leniency was asked for", arguments: [8, 9, 12, 14])
  func beyondWindow(bits: Int) throws {
    let content = repeated(noise(1 << bits + 300), 2)
    let payload = try #require(DeflateCompressor(windowBits: 15, hasContextTakeover: true).compress(content))
    let server = Peer(.server, PerMessageDeflate(clientMaxWindowBits: bits))
    server.receive(frame(0xC2, payload))
    #expect(server.failure?.closeCode == .invalidPayload)
    let lenient = DeflateDecompressor(windowBits: bits, hasContextTakeover: true, windowRule: .lenient)
    var output: [UInt8] = []
    if (try? lenient.decompress(payload.span, into: &output, limit: .max)) != nil { #expect(content.starts(with: output)) }
    let within = Peer(.client, PerMessageDeflate(clientMaxWindowBits: bits))
    let fitting = Peer(.server, PerMessageDeflate(clientMaxWindowBits: bits))
    #expect(fitting.receive(try within.send(Message(.binary, content))) == [.message(Message(.binary, content))])
  }

  @Test("D08: so is a distance that zlib lets pass, with takeover and without", arguments: 8...14, [true, false])
  func beyondWindowUnseenByZlib(bits: Int, takeover: Bool) throws {
    let farthest = 1 << bits + 200
    let content = noise(farthest) + noise(farthest).prefix(80)
    let payload = frame(0xC2, compressed(content))
    for (bits, isSound) in [(bits, false), (bits + 1, true)] {
      let server = Peer(.server, PerMessageDeflate(clientNoContextTakeover: !takeover, clientMaxWindowBits: bits))
      let events = server.receive(payload)
      #expect((events == [.message(Message(.binary, content))]) == isSound)
      #expect(server.failure?.closeCode == (isSound ? nil : .invalidPayload))
    }
    let lenient = DeflateDecompressor(windowBits: bits, hasContextTakeover: takeover, windowRule: .lenient)
    var output: [UInt8] = []
    try lenient.decompress(compressed(content).span, into: &output, limit: content.count)
    #expect(output == content)
  }

  @Test("D08: leniency reaches the decompressor of an agreement")
  func lenientAgreement() {
    let content = repeated(noise(300), 2)
    let payload = compressed(content)
    let agreed = PerMessageDeflate(clientMaxWindowBits: 8)
    for (rule, expected) in [(DeflateDecompressor.WindowRule.lenient, content), (.exact, nil)] {
      let decompressor = MessageCompression(agreed, role: .server, windowRule: rule).decompressor
      var output: [UInt8] = []
      let isAccepted =
        (try? decompressor.decompress(payload.span, into: &output, limit: 1000)) != nil
        && (try? decompressor.finishMessage(into: &output, limit: 1000)) != nil
      #expect((isAccepted ? output : nil) == expected)
    }
  }

  @Test("D09: without context takeover a reference to the first message is malformed")
  func takeoverLie() {
    let hello = frame(0xC1, hex("f2 48 cd c9 c9 07 00"))
    let again = frame(0xC1, hex("f2 00 11 00 00"))
    let message = Endpoint.Event.message(Message(.text, Array("Hello".utf8)))
    #expect(Peer(.server).receive(hello + again) == [message, message])
    let strict = Peer(.server, PerMessageDeflate(clientNoContextTakeover: true))
    #expect(strict.receive(hello + again).count == 2)
    #expect(strict.failure?.code == .malformedCompression("invalid distance too far back"))
    #expect(strict.failure?.offset == UInt64(hello.count))
  }

  @Test(
    "D10: malformed data fails with 1007 and the decompressor is gone",
    arguments: [
      ("BTYPE 11", "07 00"), ("NLEN", "00 0500 FBFF 48656C6C6F 00"), ("HLIT 287", "F5 00"), ("HDIST 31", "05 1E 00"),
      ("over-subscribed", "05 E0 FF FF FF FF FF FF 00"), ("length 286", "1A 03 00"), ("distance too far", "f2 00 11 00 00"),
      ("truncated in a stored block", "00 0A 00 F5 FF 48"), ("truncated in a fixed block", "f2 48 cd"),
      // The end of this block is fourteen ones, so that of the appended 00 00 FF FF two bits are left.
      ("truncated in a block header", "04 c0 01 92 24 49 92 24 49 24 16 35 8f ac 9e bd ff 7f f7 00"),
    ])
  func malformed(name: String, payload: String) {
    let peer = Peer(.server)
    peer.receive(frame(0xC2, hex(payload)))
    guard case .malformedCompression = peer.failure?.code else {
      Issue.record("\(name): \(String(describing: peer.failure))")
      return
    }
    #expect(peer.failure?.closeCode == .invalidPayload)
    #expect(peer.failure?.document == "RFC 7692")
    let answer = peer.takeOutput()
    #expect(answer.first == 0x88)
    #expect(answer.dropFirst(2).prefix(2) == [0x03, 0xEF])
    #expect(!peer.decompressor.holdsState)
  }

  @Test("D11: blocks may follow a final block, with its history; anything else is malformed")
  func afterFinal() {
    let hello = "f3 48 cd c9 c9 07 00"
    #expect(
      Peer(.server).receive(frame(0xC2, hex(hello + hello + "00"))) == [.message(Message(.binary, Array("HelloHello".utf8)))])
    let message = Endpoint.Event.message(Message(.binary, Array("Hello".utf8)))
    #expect(Peer(.server).receive(frame(0xC2, hex(hello + "00")) + frame(0xC2, hex("f2 00 11 00 00"))) == [message, message])
    for tail in ["07 00", "FF", "00 12 34 56 78 00"] {
      let peer = Peer(.server)
      peer.receive(frame(0xC2, hex(hello + tail)))
      #expect(peer.failure?.closeCode == .invalidPayload, "\(tail)")
    }
  }

  @Test(
    "D12: an empty message is empty in every form, and the next one is read",
    arguments: ["", "00", "02 00", "03 00 00", "01", "03 00 01", "00 00 00 FF FF 00"])
  func empty(payload: String) {
    let next = frame(0xC1, hex("f2 48 cd c9 c9 07 00"))
    #expect(
      Peer(.server).receive(frame(0xC1, hex(payload)) + next)
        == [.message(Message(.text, [])), .message(Message(.text, Array("Hello".utf8)))])
    #expect(Peer(.server).receive(next + frame(0xC1, hex(payload))).last == .message(Message(.text, [])))
  }

  @Test("D12: an empty message is sent as a single octet, however many there are")
  func sendEmpty() throws {
    let peer = Peer(.server)
    for _ in 0..<3 { #expect(try peer.send(Message(.text, [])) == hex("C1 01 00")) }
  }

  @Test(
    "D13: RSV1 stands on the first frame of a data message only",
    arguments: [
      ("continuation", frame(0x41, hex("f2 48")) + frame(0xC0, hex("cd c9 c9 07 00"))), ("ping", frame(0xC9)), ("pong", frame(0xCA)),
      ("close", frame(0xC8)), ("RSV2", frame(0xE1, [0])),
    ])
  func misplacedBit(name: String, octets: [UInt8]) {
    let peer = Peer(.server)
    peer.receive(octets)
    #expect(peer.failure?.closeCode == .protocolError)
    guard case .frame(.reservedBits) = peer.failure?.code else {
      Issue.record("\(name): \(String(describing: peer.failure))")
      return
    }
  }

  @Test("D14: text is judged after it is inflated", arguments: [[0xC0, 0xAF], [0x41, 0xE2, 0x82], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func invalidText(content: [UInt8]) {
    #expect(Peer(.server).receive(frame(0xC1, compressed(content))) == [.failed(WSError(.invalidUTF8, offset: 0))])
    #expect(Peer(.server).receive(frame(0xC2, compressed(content))) == [.message(Message(.binary, content))])
  }

  @Test("D16: an idle connection without context takeover holds no zlib state in either direction")
  func idle() throws {
    let agreed = PerMessageDeflate(serverNoContextTakeover: true, clientNoContextTakeover: true)
    let server = Peer(.server, agreed)
    let octets = try Peer(.client, agreed).send(Message(.text, Array("Hello".utf8)))
    server.receive(Array(octets.dropLast()))
    #expect(server.decompressor.holdsState)
    server.receive(octets.suffix(1))
    #expect(!server.decompressor.holdsState)
  }

  @Test("D16: what the check of a window keeps of a message counts as held until the message ends", arguments: [9, 15])
  func heldForTheCheck(windowBits: Int) {
    let peer = Peer(.server, PerMessageDeflate(clientMaxWindowBits: windowBits))
    let emptyBlocks = repeated(hex("00 00 00 FF FF"), 10_000)
    #expect(peer.receive(frame(0x42, emptyBlocks)) == [])
    #expect(peer.heldOctets == (windowBits < 15 ? 50_000 : 0))
    #expect(peer.receive(frame(0x80, [0x00])) == [.message(Message(.binary, []))])
    #expect(peer.heldOctets == 0)
  }

  @Test("D17: a message can be sent without compression, and is received as it is")
  func optOut() throws {
    let message = Message(.text, [UInt8](repeating: 0x61, count: 100))
    let octets = try Peer(.client).send(message, compressed: false)
    #expect(octets.first == 0x81)
    #expect(octets.count == 106)
    #expect(Peer(.server).receive(octets) == [.message(message)])
  }

  @Test("D23: there is no call that inflates without a limit: each keeps the one it is given", arguments: [0, 1, 1000])
  func everyCallIsLimited(limit: Int) {
    let payload = compressed([UInt8](repeating: 0, count: 8 << 20))
    let decompressor: any MessageDecompressor = DeflateDecompressor(windowBits: 15, hasContextTakeover: false)
    var output: [UInt8] = []
    #expect(throws: DecompressionError.self) { try decompressor.decompress(payload.span, into: &output, limit: limit) }
    #expect(throws: DecompressionError.self) { try decompressor.finishMessage(into: &output, limit: limit) }
    #expect(output.count <= limit + 64 << 10)
  }
}
