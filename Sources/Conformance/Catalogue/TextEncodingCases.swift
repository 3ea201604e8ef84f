import WSProtocol

/// RFC 6455 §5.6 and §8.1: text is UTF-8, wherever it is cut, and a connection fails over text that is not.
enum TextEncodingCases {
  static let all: [ConformanceCase] = emptyFragments + split + early + TextSamples.all.flatMap(cases)

  /// The text `Hello-µ@ßöäüàá-UTF-8!!`.
  private static let mixed = Payload.text("Hello-\u{B5}@\u{DF}\u{F6}\u{E4}\u{FC}\u{E0}\u{E1}-UTF-8!!")
  /// "κόσμε" with a precomposed omicron.
  static let kosme: [UInt8] = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5]
  private static let edited = Array("edited".utf8)
  private static let tooLarge: [UInt8] = [0xF4, 0x90, 0x80, 0x80]

  private static let invalid = Expectation([.init([])], ending: .failureByPeer(codes: [1007]))

  // MARK: Fragments

  private static let emptyFragments: [ConformanceCase] = [
    valid("6.1.1", "empty", "Empty text", .empty, [.frame(.text)]),
    valid(
      "6.1.2", "three-empty-fragments", "Three empty fragments", .empty,
      [.frame(.text, isFinal: false), .frame(.continuation, isFinal: false), .frame(.continuation)]),
    valid(
      "6.1.3", "content-between-empty-fragments", "Content between two empty fragments", .text("middle frame payload"),
      [
        .frame(.text, isFinal: false), .frame(.continuation, .text("middle frame payload"), isFinal: false),
        .frame(.continuation),
      ]),
  ]

  private static let split: [ConformanceCase] = [
    valid("6.2.1", "one-frame", "Valid text in one frame", mixed, [.message(.text, mixed, fragmentLength: .max)]),
    valid(
      "6.2.2", "cut-between-characters", "Valid text cut between two characters", mixed,
      [
        .frame(.text, Payload.slice(of: mixed, 0..<15), isFinal: false),
        .frame(.continuation, Payload.slice(of: mixed, 15..<mixed.count)),
      ]),
    valid(
      "6.2.3", "one-octet-fragments", "Valid text in fragments of one octet", mixed,
      [.message(.text, mixed, fragmentLength: 1)]),
    valid(
      "6.2.4", "greek-in-one-octet-fragments", "Greek text in fragments of one octet", .octets(kosme),
      [.message(.text, .octets(kosme), fragmentLength: 1)]),
    invalidText("6.3.1", "surrogate-in-one-frame", "Text with a surrogate in one frame", fragmentLength: .max),
    invalidText("6.3.2", "surrogate-in-one-octet-fragments", "Text with a surrogate in fragments of one octet", fragmentLength: 1),
  ]

  private static func valid(
    _ autobahnID: String, _ name: String, _ title: String, _ content: Payload, _ steps: [Step]
  ) -> ConformanceCase {
    ConformanceCase(
      id: "ws/utf8/split/\(name)", autobahnID: autobahnID, title: title,
      purpose: "Valid text comes back unchanged, wherever it is cut.", requirement: Requirement(section: "5.6"),
      program: Program(steps), expectation: Sample.events([.message(.text, content)]))
  }

  private static func invalidText(
    _ autobahnID: String, _ name: String, _ title: String, fragmentLength: Int
  ) -> ConformanceCase {
    ConformanceCase(
      id: "ws/utf8/split/\(name)", autobahnID: autobahnID, title: title,
      purpose: "Text that holds an encoded surrogate fails the connection, wherever it is cut.",
      requirement: Requirement(section: "8.1"),
      program: Program([.message(.text, .octets(kosme + [0xED, 0xA0, 0x80] + edited), fragmentLength: fragmentLength)]),
      expectation: invalid)
  }

  // MARK: How early invalid text is noticed

  private static let early: [ConformanceCase] = [
    fragments("6.4.1", "fragments", "the second of three fragments", [kosme, tooLarge, edited]),
    fragments(
      "6.4.2", "fragments-within-character", "the second of three fragments, within a character",
      [kosme + [0xF4], [0x90], [0x80, 0x80] + edited]),
    parts("6.4.3", "writes", "the second of three writes of one frame", [kosme, tooLarge, edited]),
    parts(
      "6.4.4", "writes-within-character", "the second of three writes of one frame, within a character",
      [kosme + [0xF4], [0x90], [0x80, 0x80] + edited]),
  ]

  private static let afterValid = "after valid text"
  private static let afterInvalid = "after invalid text"

  private static func earliness(
    _ autobahnID: String, _ name: String, _ place: String, steps: [Step]
  ) -> ConformanceCase {
    ConformanceCase(
      id: "ws/utf8/early/\(name)", autobahnID: autobahnID, title: "Invalid text noticed in \(place)",
      purpose: "Invalid text fails the connection; how early that happens is recorded, as soon as it is certain being best.",
      requirement: Requirement(section: "8.1"), program: Program(steps),
      expectation: Expectation(
        [
          .init([.checkpoint(afterValid)]),
          .init(
            [.checkpoint(afterValid), .checkpoint(afterInvalid)], .passWithNote,
            note: "the peer noticed the invalid text only after more of it had come; the RFC does not say when it must"),
        ],
        ending: .failureByPeer(codes: [1007])))
  }

  private static func fragments(
    _ autobahnID: String, _ name: String, _ place: String, _ parts: [[UInt8]]
  ) -> ConformanceCase {
    earliness(
      autobahnID, name, place,
      steps: [
        .frame(.text, .octets(parts[0]), isFinal: false), .pause(.seconds(1)), .checkpoint(afterValid),
        .frame(.continuation, .octets(parts[1]), isFinal: false), .pause(.seconds(1)), .checkpoint(afterInvalid),
        .frame(.continuation, .octets(parts[2])),
      ])
  }

  private static func parts(
    _ autobahnID: String, _ name: String, _ place: String, _ parts: [[UInt8]]
  ) -> ConformanceCase {
    earliness(
      autobahnID, name, place,
      steps: [
        .frameHeader(.text, isFinal: false, declaredLength: parts.joined().count), .payloadPart(.octets(parts[0])),
        .pause(.seconds(1)), .checkpoint(afterValid), .payloadPart(.octets(parts[1])), .pause(.seconds(1)), .checkpoint(afterInvalid),
        .payloadPart(.octets(parts[2])), .frame(.continuation),
      ])
  }

  // MARK: Samples

  private static func cases(_ group: TextSamples.Group) -> [ConformanceCase] {
    group.samples.enumerated().map { position, sample in
      ConformanceCase(
        id: "ws/utf8/\(group.name)/\(sample.name)", autobahnID: "6.\(group.number).\(position + 1)",
        title: "\(group.title): \(sample.name)",
        purpose: sample.isValid
          ? "These octets are valid UTF-8 and come back unchanged." : "These octets are not UTF-8 and fail the connection.",
        requirement: Requirement(section: sample.isValid ? "5.6" : "8.1"),
        program: Program([.message(.text, .octets(sample.octets), fragmentLength: .max)]),
        expectation: sample.isValid ? Sample.events([.message(.text, .octets(sample.octets))]) : invalid)
    }
  }
}
