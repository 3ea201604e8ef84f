import WSProtocol

/// RFC 6455 §5.4 and §10.4: large messages, many fragments, small writes and many round trips; how long they take is recorded.
enum LimitCases {
  static let all: [ConformanceCase] =
    sizes(1, .text, pattern) + sizes(2, .binary, binaryPattern)
    + fragments(3, .text, [0x2A]) + fragments(4, .binary, [0xFE])
    + writes(5, .text, pattern) + writes(6, .binary, binaryPattern)
    + roundTrips(7, .text, 0x2A) + roundTrips(8, .binary, 0xFE)

  /// The text `BAsd7&jh23`.
  static let pattern: [UInt8] = Array("BAsd7&jh23".utf8)
  private static let binaryPattern: [UInt8] = [0x00, 0xFE, 0x23, 0xFA, 0xF0]

  private static func make(
    _ autobahnID: String, _ name: String, _ title: String, _ purpose: String, _ step: Step, _ event: ExpectedEvent
  ) -> ConformanceCase {
    ConformanceCase(
      id: "ws/limits/\(name)", autobahnID: autobahnID, title: title, purpose: purpose, requirement: Requirement(section: "5.6"),
      program: Program([step]), expectation: Sample.events([event]), isTimed: true)
  }

  private static func sizes(_ group: Int, _ kind: Message.Kind, _ pattern: [UInt8]) -> [ConformanceCase] {
    [(64, "64-kib"), (256, "256-kib"), (1024, "1-mib"), (4096, "4-mib"), (8192, "8-mib"), (16_384, "16-mib")].enumerated().map {
      position, size in
      let payload = Payload.repeated(pattern, count: size.0 << 10)
      return make(
        "9.\(group).\(position + 1)", "one-frame/\(kind.rawValue)/\(size.1)",
        "\(kind == .text ? "Text" : "Binary") message of \(size.1.replacing("-kib", with: " KiB").replacing("-mib", with: " MiB")) in one frame",
        "A large message in one frame comes back unchanged.", .frame(kind.opcode, payload), .message(kind, payload))
    }
  }

  private static func fragments(_ group: Int, _ kind: Message.Kind, _ filler: [UInt8]) -> [ConformanceCase] {
    [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304].enumerated().map { position, length in
      // The suite these cases come from changes the filler of its binary group after the first case.
      let payload = Payload.repeated(position == 0 ? filler : [0x2A], count: 4 << 20)
      return make(
        "9.\(group).\(position + 1)", "fragments/\(kind.rawValue)/\(length)-octets",
        "\(kind == .text ? "Text" : "Binary") message of 4 MiB in fragments of \(length) octets",
        "A large fragmented message comes back unchanged.",
        .message(kind, payload, fragmentLength: length), .message(kind, payload))
    }
  }

  private static func writes(_ group: Int, _ kind: Message.Kind, _ pattern: [UInt8]) -> [ConformanceCase] {
    [64, 128, 256, 512, 1024, 2048].enumerated().map { position, length in
      let payload = Payload.repeated(pattern, count: 1 << 20)
      return make(
        "9.\(group).\(position + 1)", "writes/\(kind.rawValue)/\(length)-octets",
        "\(kind == .text ? "Text" : "Binary") frame of 1 MiB in writes of \(length) octets",
        "A large frame that arrives in many small writes comes back unchanged.",
        .frame(kind.opcode, payload, delivery: .pieces(of: length)), .message(kind, payload))
    }
  }

  private static func roundTrips(_ group: Int, _ kind: Message.Kind, _ filler: UInt8) -> [ConformanceCase] {
    [0, 16, 64, 256, 1024, 4096].enumerated().map { position, length in
      let payload: Payload = length == 0 ? .empty : .repeated([filler], count: length)
      return make(
        "9.\(group).\(position + 1)", "round-trips/\(kind.rawValue)/\(length)-octets",
        "1000 round trips of a \(kind.rawValue) message of \(length) octets", "Each of 1000 messages is echoed before the next is sent.",
        .roundTrips(count: 1000, FrameStep(kind.opcode, payload)), .echoes(count: 1000))
    }
  }
}
