import WSProtocol

/// RFC 6455 §5.2: reserved bits must be zero unless an extension gives them a meaning.
enum ReservedBitCases {
  static let all: [ConformanceCase] = [
    bare("3.1", bits: 1, opcode: .text, payload: Sample.greeting),
    afterMessage("3.2", bits: 2, .together),
    afterMessage("3.3", bits: 3, .alone),
    afterMessage("3.4", bits: 4, .pieces(of: 1)),
    bare("3.5", bits: 5, opcode: .binary, payload: Sample.binary),
    bare("3.6", bits: 6, opcode: .binary, payload: Sample.greeting),
    bare("3.7", bits: 7, opcode: .close, payload: .empty),
  ]

  private static func name(_ bits: ReservedBits) -> String { "\(bits)".lowercased().replacing("+", with: "-") }

  private static func bare(_ autobahnID: String, bits: UInt8, opcode: Opcode, payload: Payload) -> ConformanceCase {
    let bits = ReservedBits(rawValue: bits)
    return ConformanceCase(
      id: "ws/reserved-bits/\(name(bits))-on-\(opcode)", autobahnID: autobahnID, title: "\(bits) set on a \(opcode) frame",
      purpose: "A \(opcode) frame with \(bits) set and no extension negotiated fails the connection.",
      requirement: Requirement(section: "5.2"),
      program: Program([.frame(opcode, payload, reservedBits: bits)]), expectation: Sample.protocolError)
  }

  private static func afterMessage(_ autobahnID: String, bits: UInt8, _ delivery: Delivery) -> ConformanceCase {
    let bits = ReservedBits(rawValue: bits)
    let suffix = Sample.suffix(delivery)
    return ConformanceCase(
      id: "ws/reserved-bits/\(name(bits))-after-message\(suffix.id)", autobahnID: autobahnID,
      title: "\(bits) set after a valid message\(suffix.title)",
      purpose: "A text frame with \(bits) set fails the connection; the valid message before it may be echoed, the Ping after it not.",
      requirement: Requirement(section: "5.2"),
      program: Program([
        .frame(.text, Sample.greeting, delivery: delivery),
        .frame(.text, Sample.greeting, reservedBits: bits, delivery: delivery),
        .frame(.ping, delivery: delivery),
      ]),
      expectation: Sample.protocolError(after: .message(.text, Sample.greeting)))
  }
}
