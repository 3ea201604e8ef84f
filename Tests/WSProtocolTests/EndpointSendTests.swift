import ProtocolTesting
import Testing
import WSProtocol

@Suite("An endpoint sends")
struct EndpointSendTests {
  @Test("the octets of the RFC's examples as a server")
  func server() throws {
    let endpoint = TestedEndpoint(.server)
    try endpoint.send(Message(.text, Array("Hello".utf8)))
    try endpoint.ping(Array("Hello".utf8))
    try endpoint.send(Message(.binary, []))
    try endpoint.close(payload(1000, "ok"))
    #expect(endpoint.takeOutput() == hex("81 05 48656C6C6F 89 05 48656C6C6F 82 00 88 04 03E8 6F6B"))
    #expect(endpoint.takeOutput() == [])
    #expect(endpoint.keysGiven == 0)
  }

  @Test("F20, F21: every frame masked with a fresh key as a client: data, Ping, Pong and Close")
  func client() throws {
    let endpoint = TestedEndpoint(.client)
    try endpoint.send(Message(.text, Array("Hello".utf8)))
    try endpoint.ping(Array("p".utf8))
    endpoint.receive(hex("89 01 71"))
    try endpoint.send(Message(.binary, []))
    try endpoint.close(payload(1000))
    let expected: [(UInt8, [UInt8])] = [(0x81, Array("Hello".utf8)), (0x89, [0x70]), (0x8A, [0x71]), (0x82, []), (0x88, closing(1000))]
    let octets = expected.enumerated().flatMap { number, frame in
      let key = CountedKeys.key(number + 1).octets
      return [frame.0, 0x80 | UInt8(frame.1.count)] + key + masked(frame.1, key)
    }
    #expect(endpoint.takeOutput() == octets)
    #expect(endpoint.keysGiven == 5)
  }

  @Test("the RFC's masked example with its key")
  func maskedExample() throws {
    struct ExampleKey: MaskingKeySource {
      mutating func nextMaskingKey() -> MaskingKey { MaskingKey(0x37, 0xFA, 0x21, 0x3D) }
    }
    var endpoint = Endpoint(role: .client, now: .zero)
    var keys = ExampleKey()
    try endpoint.send(Message(.text, Array("Hello".utf8)), keys: &keys)
    let output = endpoint.takeOutput(keys: &keys)
    #expect(output == [hex("81 85 37FA213D 7F9F4D5158")])
  }

  @Test("payloads of any length, in order and whole", arguments: [Role.server, .client])
  func lengths(role: Role) throws {
    let endpoint = TestedEndpoint(role)
    var generator = SeededGenerator(seed: 3)
    let contents = [0, 1, 125, 126, 127, 4095, 4096, 4097, 3, 65535, 65536, 2, 5000].map { generator.octets($0) }
    for content in contents { try endpoint.send(Message(.binary, content)) }
    let written = endpoint.takeFrames()
    #expect(written.map(\.payload) == contents)
    #expect(written.allSatisfy { $0.first == 0x82 && ($0.key != nil) == (role == .client) })
  }

  @Test("what the other role understands", arguments: [Role.server, .client])
  func bothEnds(role: Role) throws {
    let sender = TestedEndpoint(role)
    let receiver = TestedEndpoint(role.peer)
    let messages = [Message(.text, Array("Grüße".utf8)), Message(.binary, Array(0...255)), Message(.text, [])]
    for message in messages { try sender.send(message) }
    try sender.ping([1, 2])
    #expect(receiver.receive(sender.takeOutput()) == messages.map { .message($0) } + [.ping([1, 2])])
    #expect(sender.receive(receiver.takeOutput()) == [.pong([1, 2])])
  }

  @Test("no text that is not UTF-8", arguments: [hex("FF"), hex("41 C0 80"), hex("ED A0 80"), hex("41 E2 82")])
  func badText(octets: [UInt8]) throws {
    let endpoint = TestedEndpoint(.server)
    #expect(throws: WSError(.unsendable, offset: 0)) { try endpoint.send(Message(.text, octets)) }
    #expect(endpoint.takeOutput() == [])
    #expect(endpoint.isOpen)
    try endpoint.send(Message(.binary, octets))
    #expect(endpoint.takeFrames().map(\.payload) == [octets])
  }

  @Test("no Ping of more than 125 octets")
  func longPing() throws {
    let endpoint = TestedEndpoint(.server)
    #expect {
      try endpoint.ping([UInt8](repeating: 0, count: 126))
    } throws: { error in
      let error = error as? WSError
      return error?.code == .unsendable && error?.limit == 125 && error?.actual == 126
    }
    try endpoint.ping([UInt8](repeating: 0, count: 125))
    #expect(endpoint.takeFrames().map(\.payload.count) == [125])
  }

  @Test("nothing but Pongs behind a Close frame", arguments: [true, false])
  func afterClose(byPeer: Bool) throws {
    let endpoint = TestedEndpoint(.server)
    if byPeer {
      endpoint.receive(frame(0x88, closing(1000)))
    } else {
      try endpoint.close(payload(1000))
    }
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.send(Message(.text, [])) }
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.ping() }
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.close(.empty) }
    #expect(endpoint.takeFrames().map(\.closeCode) == [1000])
    #expect(endpoint.failure == nil)
  }
}
