import WSProtocol

/// RFC 6455 §5.5.2 and §5.5.3: Pings are answered with their payload, unsolicited Pongs are ignored.
enum PingPongCases {
  static let all: [ConformanceCase] =
    [
      ping("2.1", "empty", "Ping without payload", .empty),
      ping("2.2", "text", "Ping with text", Sample.greeting),
      ping("2.3", "binary", "Ping with octets that are not text", Sample.binary),
      ping("2.4", "length-125", "Ping of the largest length, 125 octets", .repeated([0xFE], count: 125)),
      ConformanceCase(
        id: "ws/ping/length-126", autobahnID: "2.5", title: "Ping of 126 octets",
        purpose: "A control frame of more than 125 octets fails the connection.", requirement: Requirement(section: "5.5"),
        program: Program([.frame(.ping, .repeated([0xFE], count: 126))]), expectation: Sample.protocolError),
      ping("2.6", "length-125", "Ping of 125 octets", .repeated([0xFE], count: 125), .pieces(of: 1)),
      unsolicited("2.7", "empty", .empty),
      unsolicited("2.8", "with-payload", .text("unsolicited pong payload")),
      ConformanceCase(
        id: "ws/pong/unsolicited-before-ping", autobahnID: "2.9", title: "Unsolicited Pong, then a Ping",
        purpose: "An unsolicited Pong is ignored and the Ping after it is answered.", requirement: Requirement(section: "5.5.3"),
        program: Program([
          .frame(.pong, .text("unsolicited pong payload")), .frame(.ping, .text("ping payload")),
        ]),
        expectation: Sample.events([.pong(.text("ping payload"))])),
    ] + [Delivery.together, .pieces(of: 1)].enumerated().map { tenPings("2.\(10 + $0)", $1) }

  private static func ping(
    _ autobahnID: String, _ name: String, _ title: String, _ payload: Payload, _ delivery: Delivery = .together
  ) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/ping/\(name)\(suffix.id)", autobahnID: autobahnID, title: title + suffix.title,
      purpose: "A Ping is answered with a Pong that bears the same payload.", requirement: Requirement(section: "5.5.2"),
      program: Program([.frame(.ping, payload, delivery: delivery)]), expectation: Sample.events([.pong(payload)]))
  }

  private static func unsolicited(_ autobahnID: String, _ name: String, _ payload: Payload) -> ConformanceCase {
    ConformanceCase(
      id: "ws/pong/unsolicited-\(name)", autobahnID: autobahnID,
      title: "Unsolicited Pong \(payload == .empty ? "without" : "with") payload",
      purpose: "An unsolicited Pong is ignored; the connection goes on to an ordinary close.",
      requirement: Requirement(section: "5.5.3"),
      program: Program([.frame(.pong, payload), .startClose(.octets([0x03, 0xE8]))]),
      expectation: Expectation([.init([])], ending: .handshakeByProgram(codes: [1000], refusal: .fail)))
  }

  private static func tenPings(_ autobahnID: String, _ delivery: Delivery) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    let payloads = (0..<10).map { Payload.text("payload-\($0)") }
    return ConformanceCase(
      id: "ws/ping/ten-in-a-row\(suffix.id)", autobahnID: autobahnID, title: "Ten Pings in a row\(suffix.title)",
      purpose: "Each of ten Pings is answered, in order; answering only the latest is allowed.",
      requirement: Requirement(section: "5.5.3"),
      program: Program(payloads.map { .frame(.ping, $0, delivery: delivery) }),
      expectation: Sample.events(payloads.map { .pong($0) }))
  }
}
