import Foundation
import ProtocolTesting
import Testing
import WSHandshake
import WSProtocol

@Suite("Example: WebSocket echo over any stream of octets")
struct WebSocketEchoTests {
  /// A client's octets, cut into pieces, and what was written in answer.
  private struct Script: OctetStream {
    var pieces: [[UInt8]]
    var written: [UInt8] = []
    let now = Duration.zero

    mutating func read() -> [UInt8] { pieces.isEmpty ? [] : pieces.removeFirst() }
    mutating func write(_ octets: [UInt8]) { written += octets }
  }

  private struct Keys: MaskingKeySource {
    var generator = SeededGenerator(seed: 1)
    mutating func nextMaskingKey() -> MaskingKey { MaskingKey(littleEndian: UInt32(truncatingIfNeeded: generator.next())) }
  }

  @Test("a client gets its messages back and a clean end, however its octets are cut")
  func echo() throws {
    let nonce = Array("the sample nonce".utf8)
    let offer = ClientOffer(host: "h.test", target: "/")
    var keys = Keys()
    var client = Endpoint(role: .client, now: .zero)
    let sent = [Message(.text, Array("Hallo, Wörld".utf8)), Message(.binary, Array(repeating: 7, count: 70_000))]
    var octets = try ClientHandshake(offer, nonce: nonce).requestOctets
    for message in sent { try client.send(message, keys: &keys) }
    try client.close(ClosePayload(code: .normal), now: .zero, keys: &keys)
    octets += client.takeOutput(keys: &keys).joined()

    for delivery in [Delivery.whole, .chunks(of: 1000), .bytewise] {
      var stream = Script(pieces: delivery.pieces(of: octets))
      ExampleTests.echo(over: &stream)

      var handshake = try ClientHandshake(offer, nonce: nonce)
      guard case .established(_, let consumed) = try handshake.receive(stream.written.span) else {
        Issue.record("the handshake was not answered")
        return
      }
      var receiver = Endpoint(role: .client, now: .zero)
      var index = consumed
      var events: [Endpoint.Event] = []
      while let event = receiver.receive(stream.written.span, at: &index, now: .zero, keys: &keys) { events.append(event) }
      let expected = sent.map { Endpoint.Event.message($0) } + [.closeReceived(try ClosePayload(code: .normal))]
      #expect(events == expected, "\(delivery)")
    }
  }

  @Test("what is no handshake is refused with a reason")
  func refusal() {
    var stream = Script(pieces: [Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)])
    ExampleTests.echo(over: &stream)
    #expect(String(decoding: stream.written, as: UTF8.self).hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
  }

  @Test("the page about WSHandshake shows the example as it is")
  func article() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let example = try String(contentsOf: folder.appending(path: "WebSocketEcho.swift"), encoding: .utf8)
    let page = folder.appending(path: "../Sources/WSHandshake/WSHandshake.docc/EchoOverAnyStream.md").standardized
    #expect(try String(contentsOf: page, encoding: .utf8).contains("```swift\n\(example)```"))
  }
}
