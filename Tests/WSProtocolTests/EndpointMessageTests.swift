import ProtocolTesting
import Testing
import WSProtocol

@Suite("An endpoint receives")
struct EndpointMessageTests {
  static func text(_ text: String) -> Endpoint.Event { .message(Message(.text, Array(text.utf8))) }

  /// What both roles accept, as frames of `sender`.
  static func rows(from sender: Role) -> [EndpointRow] {
    func row(_ name: String, _ frames: [[UInt8]], _ events: [Endpoint.Event]) -> EndpointRow {
      EndpointRow("\(name), from the \(sender)", frames.flatMap { $0 }, to: sender.peer, events)
    }
    func part(_ first: UInt8, _ content: String = "") -> [UInt8] { frame(first, content, from: sender) }
    let long = (0..<200).map { UInt8($0) }
    return [
      row("F39: text", [part(0x81, "Hi")], [text("Hi")]),
      row("F39: empty text", [part(0x81)], [text("")]),
      row("F39: empty binary", [part(0x82)], [.message(Message(.binary, []))]),
      row("F39: binary of 200 octets", [frame(0x82, long, from: sender)], [.message(Message(.binary, long))]),
      row("F39: two messages", [part(0x81, "a"), part(0x82, "b")], [text("a"), .message(Message(.binary, [0x62]))]),
      row("F39: three fragments", [part(0x01, "Hel"), part(0x00, "lo, "), part(0x80, "you")], [text("Hello, you")]),
      row("F39: an empty last fragment", [part(0x01, "Hi"), part(0x80)], [text("Hi")]),
      row("F39: empty fragments before the last", [part(0x02), part(0x00), part(0x80, "x")], [.message(Message(.binary, [0x78]))]),
      row("F39: only empty fragments", [part(0x01), part(0x00), part(0x80)], [text("")]),
      row(
        "F39: a message, and a tail that is cut in its header", [part(0x81, "Hi"), [0x82, sender == .client ? 0xFE : 0x7E, 0x01]],
        [text("Hi")]),
      row("F39: a message, and a tail that is cut in its payload", [part(0x81, "Hi"), part(0x82, "abcd").dropLast()], [text("Hi")]),
      row("a message after a fragmented one", [part(0x01, "a"), part(0x80, "b"), part(0x81, "c")], [text("ab"), text("c")]),
      row(
        "F14: control frames between fragments", [part(0x01, "a"), part(0x89, "p"), part(0x00, "b"), part(0x8A, "q"), part(0x80, "c")],
        [.ping([0x70]), .pong([0x71]), text("abc")]),
      row("a ping of 125 octets", [frame(0x89, Array(long[..<125]), from: sender)], [.ping(Array(long[..<125]))]),
      row("F30: an unsolicited pong", [part(0x8A)], [.pong([])]),
      row(
        "F27: a character cut between fragments",
        [frame(0x01, hex("41 F0 9F"), from: sender), part(0x00), frame(0x80, hex("8E 89"), from: sender)],
        [text("A🎉")]),
      row(
        "F27: the last code point", [frame(0x81, hex("F4 8F BF BF EF BF BF ED 9F BF EE 80 80"), from: sender)],
        [text("\u{10FFFF}\u{FFFF}\u{D7FF}\u{E000}")]),
      row("binary that is no UTF-8", [frame(0x82, hex("FF C0 80"), from: sender)], [.message(Message(.binary, hex("FF C0 80")))]),
      row("a close without a code", [part(0x88)], [.closeReceived(.empty)]),
      row("a close within a message", [part(0x01, "a"), frame(0x88, closing(1001), from: sender)], [.closeReceived(payload(1001))]),
      row(
        "F26: data, a ping and a second close after a close",
        [frame(0x88, closing(1000, hex("62 79 65")), from: sender), part(0x81, "late"), part(0x89), part(0x88), hex("FF FF FF")],
        [.closeReceived(payload(1000, "bye"))]),
    ]
  }

  /// Behind its first octet the frame looks like another one.
  static let frameInHeader = EndpointRow(
    "F39: a header whose rest looks like a frame", hex("82 82 81000000 E061") + frame(0x82, "xyz"),
    [.message(Message(.binary, Array("aa".utf8))), .message(Message(.binary, Array("xyz".utf8)))])

  @Test("the same events wherever valid octets are cut", arguments: rows(from: .client) + rows(from: .server) + [frameInHeader])
  func accepted(row: EndpointRow) { check(row) }

  /// Delivered in some ways only, as the payloads are long.
  @Test("payloads around every edge of the length forms, in sampled deliveries", arguments: [125, 126, 127, 65535, 65536, 65537])
  func lengths(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let content = generator.octets(count)
    let input = frame(0x82, content) + frame(0x8A, "end")
    let deliveries: [Delivery] =
      [.whole, .chunks(of: 4093)] + [1, 2, 3, 4, 5, 9, 10, 13, 14, 15, count, count + 8].map { .split(at: $0) }
    for delivery in deliveries {
      #expect(trace(delivery.pieces(of: input), to: .server).events == [.message(Message(.binary, content)), .pong(Array("end".utf8))])
    }
  }

  @Test("the same from random conversations cut at random", arguments: UInt64(0)..<40)
  func random(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var input: [UInt8] = []
    for _ in 0..<Int.random(in: 1...6, using: &generator) { input += Self.randomFrame(using: &generator) }
    let whole = trace([input], to: .server)
    for _ in 0..<20 {
      var rest = input[...]
      var pieces: [[UInt8]] = []
      while !rest.isEmpty {
        let count = Int.random(in: 0...9, using: &generator)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(trace(pieces, to: .server) == whole)
    }
  }

  /// Mostly valid frames, some of them damaged.
  private static func randomFrame(using generator: inout SeededGenerator) -> [UInt8] {
    let firsts: [UInt8] = [0x81, 0x82, 0x01, 0x00, 0x80, 0x89, 0x8A, 0x88]
    let first = firsts[Int.random(in: 0..<firsts.count, using: &generator)]
    var octets = frame(first, [UInt8](repeating: 0x61, count: Int.random(in: 0...20, using: &generator)))
    if Int.random(in: 0..<4, using: &generator) == 0 {
      octets[Int.random(in: 0..<octets.count, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator)
    }
    return octets
  }

  @Test("arbitrary octets without harm, and fails at most once", arguments: UInt64(0)..<64)
  func arbitrary(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for role in [Role.client, .server] {
      let input = generator.octets(300)
      let whole = trace([input], to: role)
      #expect(trace(Delivery.bytewise.pieces(of: input), to: role) == whole)
    }
  }
}

/// A received close payload.
func payload(_ code: UInt16, _ reason: String = "") -> ClosePayload {
  guard let payload = try? ClosePayload(code: CloseCode(rawValue: code), reason: reason) else {
    Issue.record("\(code) cannot be sent")
    return .empty
  }
  return payload
}
