import WSProtocol

/// RFC 6455 §5.4: fragments of a message, control frames between them, and what is out of order.
enum FragmentationCases {
  static let all: [ConformanceCase] =
    [controlFragmented("5.1", .ping), controlFragmented("5.2", .pong)]
    + deliveries.enumerated().map { twoFragments("5.\(3 + $0)", $1) }
    + deliveries.enumerated().map { pingBetween("5.\(6 + $0)", $1) }
    + deliveries.enumerated().map { strayContinuation("5.\(9 + $0)", isFinal: true, $1) }
    + deliveries.enumerated().map { strayContinuation("5.\(12 + $0)", isFinal: false, $1) }
    + [strayAfterMessage, strayTwice("5.16", isFinal: false), strayTwice("5.17", isFinal: true), interrupted]
    + [Delivery.together, .alone].enumerated().map { fiveFragments("5.\(19 + $0)", $1) }
    + [automatic]

  private static let deliveries: [Delivery] = [.together, .alone, .pieces(of: 1)]

  private static func fragment(_ number: Int) -> Payload { .text("fragment\(number)") }

  private static let bothFragments = ExpectedEvent.message(.text, .text("fragment1fragment2"))

  private static func controlFragmented(_ autobahnID: String, _ opcode: Opcode) -> ConformanceCase {
    ConformanceCase(
      id: "ws/fragmentation/fragmented-\(opcode)", autobahnID: autobahnID, title: "Fragmented \(opcode)",
      purpose: "A control frame with FIN clear fails the connection.", requirement: Requirement(section: "5.5"),
      program: Program([.frame(opcode, fragment(1), isFinal: false), .frame(.continuation, fragment(2))]),
      expectation: Sample.protocolError)
  }

  private static func twoFragments(_ autobahnID: String, _ delivery: Delivery) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/fragmentation/two-fragments\(suffix.id)", autobahnID: autobahnID, title: "Text in two fragments\(suffix.title)",
      purpose: "Two fragments come back as one message.", requirement: Requirement(section: "5.4"),
      program: Program([
        .frame(.text, fragment(1), isFinal: false, delivery: delivery),
        .frame(.continuation, fragment(2), delivery: delivery),
      ]),
      expectation: Sample.events([bothFragments]))
  }

  private static func pingBetween(_ autobahnID: String, _ delivery: Delivery) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/fragmentation/ping-between\(suffix.id)", autobahnID: autobahnID,
      title: "Ping between two fragments\(suffix.title)",
      purpose: "A Ping between fragments is answered at once and the message is still joined.",
      requirement: Requirement(section: "5.4"),
      program: Program([
        .frame(.text, fragment(1), isFinal: false, delivery: delivery),
        .frame(.ping, .text("ping payload"), delivery: delivery),
        .frame(.continuation, fragment(2), delivery: delivery),
      ]),
      expectation: Sample.events([.pong(.text("ping payload")), bothFragments]))
  }

  private static func strayContinuation(_ autobahnID: String, isFinal: Bool, _ delivery: Delivery) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/fragmentation/stray-continuation-\(isFinal ? "final" : "not-final")\(suffix.id)", autobahnID: autobahnID,
      title: "Continuation with nothing to continue, FIN \(isFinal ? "set" : "clear")\(suffix.title)",
      purpose: "A continuation frame at the start of a connection fails it.", requirement: Requirement(section: "5.4"),
      program: Program([
        .frame(.continuation, .text("non-continuation payload"), isFinal: isFinal, delivery: delivery),
        .frame(.text, Sample.greeting, delivery: delivery),
      ]),
      expectation: Sample.protocolError)
  }

  private static let strayAfterMessage = ConformanceCase(
    id: "ws/fragmentation/stray-continuation-after-message", autobahnID: "5.15",
    title: "Continuation after a message has ended",
    purpose: "A continuation frame after a whole fragmented message fails the connection; that message may be echoed before.",
    requirement: Requirement(section: "5.4"),
    program: Program([
      .frame(.text, fragment(1), isFinal: false), .frame(.continuation, fragment(2)),
      .frame(.continuation, fragment(3), isFinal: false), .frame(.text, fragment(4)),
    ]),
    expectation: Sample.protocolError(after: bothFragments))

  private static func strayTwice(_ autobahnID: String, isFinal: Bool) -> ConformanceCase {
    let round: [Step] = [
      .frame(.continuation, fragment(1), isFinal: isFinal), .frame(.text, fragment(2), isFinal: false),
      .frame(.continuation, fragment(3)),
    ]
    return ConformanceCase(
      id: "ws/fragmentation/stray-continuation-\(isFinal ? "final" : "not-final")-before-fragments", autobahnID: autobahnID,
      title: "Continuation with FIN \(isFinal ? "set" : "clear") before a fragmented message, twice",
      purpose: "A continuation frame fails the connection although a correct fragmented message follows.",
      requirement: Requirement(section: "5.4"), program: Program(round + round), expectation: Sample.protocolError)
  }

  private static let interrupted = ConformanceCase(
    id: "ws/fragmentation/interrupted-by-text", autobahnID: "5.18", title: "Text frame within a fragmented message",
    purpose: "A new message before the last one has ended fails the connection.", requirement: Requirement(section: "5.4"),
    program: Program([.frame(.text, fragment(1), isFinal: false), .frame(.text, fragment(2))]),
    expectation: Sample.protocolError)

  private static func fiveFragments(_ autobahnID: String, _ delivery: Delivery) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    let pings = [Payload.text("pongme 1!"), .text("pongme 2!")]
    return ConformanceCase(
      id: "ws/fragmentation/five-fragments-two-pings\(suffix.id)", autobahnID: autobahnID,
      title: "Five fragments, two Pings and a pause between\(suffix.title)",
      purpose: "Pings between fragments are answered at once, also across a pause, and the message is joined.",
      requirement: Requirement(section: "5.4"),
      program: Program([
        .frame(.text, fragment(1), isFinal: false, delivery: delivery),
        .frame(.continuation, fragment(2), isFinal: false, delivery: delivery),
        .frame(.ping, pings[0], delivery: delivery),
        .pause(.seconds(1)),
        .frame(.continuation, fragment(3), isFinal: false, delivery: delivery),
        .frame(.continuation, fragment(4), isFinal: false, delivery: delivery),
        .frame(.ping, pings[1], delivery: delivery),
        .frame(.continuation, fragment(5), delivery: delivery),
      ]),
      expectation: Sample.events([
        .pong(pings[0]), .pong(pings[1]), .message(.text, .text("fragment1fragment2fragment3fragment4fragment5")),
      ]))
  }

  private static let automatic: ConformanceCase = {
    let payload = Payload.repeated([0x2A], count: 65_536)
    return ConformanceCase(
      id: "ws/fragmentation/51-fragments", autobahnID: "10.1.1", title: "Text of 65536 octets in fragments of 1300",
      purpose: "A long message in 51 fragments comes back unchanged.", requirement: Requirement(section: "5.4"),
      program: Program([.message(.text, payload, fragmentLength: 1300)]), expectation: Sample.events([.message(.text, payload)]))
  }()
}
