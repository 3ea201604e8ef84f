import WSProtocol

/// RFC 6455 §5.2: payload lengths around the bounds of the three length encodings.
enum FramingCases {
  static let all: [ConformanceCase] =
    cases(group: 1, opcode: .text, filler: 0x2A) + cases(group: 2, opcode: .binary, filler: 0xFE)

  private static let lengths: [(Int, Delivery)] =
    [0, 125, 126, 127, 128, 65_535, 65_536].map { ($0, .together) } + [(65_536, .pieces(of: 997))]

  private static func cases(group: Int, opcode: Opcode, filler: UInt8) -> [ConformanceCase] {
    lengths.enumerated().map { position, entry in
      let (length, delivery) = entry
      let payload: Payload = length == 0 ? .empty : .repeated([filler], count: length)
      let suffix = Sample.suffix(delivery)
      return ConformanceCase(
        id: "ws/framing/\(opcode)/length-\(length)\(suffix.id)", autobahnID: "1.\(group).\(position + 1)",
        title: "\(opcode == .text ? "Text" : "Binary") message of \(length) octets\(suffix.title)",
        purpose: "A \(opcode) message of \(length) octets in one frame comes back with the same type and content.",
        requirement: Requirement(section: "5.2"),
        program: Program([.frame(opcode, payload, delivery: delivery)]),
        expectation: Sample.events([.message(opcode == .text ? .text : .binary, payload)]))
    }
  }
}
