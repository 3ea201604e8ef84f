import WSProtocol

/// RFC 6455 §5.2: an unknown opcode fails the connection.
enum OpcodeCases {
  static let all: [ConformanceCase] = cases(group: 1, opcodes: 3...7) + cases(group: 2, opcodes: 11...15)

  private static func cases(group: Int, opcodes: ClosedRange<UInt8>) -> [ConformanceCase] {
    opcodes.enumerated().map { position, value in
      let opcode = Opcode(rawValue: value)
      let autobahnID = "4.\(group).\(position + 1)"
      switch position {
      case 0: return bare(autobahnID, opcode, .empty)
      case 1: return bare(autobahnID, opcode, .text("reserved opcode payload"))
      case 2: return afterMessage(autobahnID, opcode, .empty, .together)
      case 3: return afterMessage(autobahnID, opcode, Sample.greeting, .together)
      default: return afterMessage(autobahnID, opcode, Sample.greeting, .pieces(of: 1))
      }
    }
  }

  private static func kind(_ opcode: Opcode) -> String { opcode.isControl ? "control" : "data" }

  private static func bare(_ autobahnID: String, _ opcode: Opcode, _ payload: Payload) -> ConformanceCase {
    ConformanceCase(
      id: "ws/opcode/reserved-\(opcode.rawValue)", autobahnID: autobahnID,
      title: "Reserved \(kind(opcode)) opcode \(opcode.rawValue)\(payload == .empty ? "" : " with payload")",
      purpose: "A frame with the reserved opcode \(opcode.rawValue) fails the connection.",
      requirement: Requirement(section: "5.2"), program: Program([.frame(opcode, payload)]), expectation: Sample.protocolError)
  }

  private static func afterMessage(
    _ autobahnID: String, _ opcode: Opcode, _ payload: Payload, _ delivery: Delivery
  ) -> ConformanceCase {
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/opcode/reserved-\(opcode.rawValue)-after-message\(suffix.id)", autobahnID: autobahnID,
      title: "Reserved \(kind(opcode)) opcode \(opcode.rawValue) after a valid message\(suffix.title)",
      purpose:
        "The reserved opcode \(opcode.rawValue) fails the connection; the valid message before it may be echoed, the Ping after it not.",
      requirement: Requirement(section: "5.2"),
      program: Program([
        .frame(.text, Sample.greeting, delivery: delivery), .frame(opcode, payload, delivery: delivery),
        .frame(.ping, delivery: delivery),
      ]),
      expectation: Sample.protocolError(after: .message(.text, Sample.greeting)))
  }
}
