import WSProtocol

/// RFC 6455 §5.5.1 and §7: the closing handshake, what a Close frame may hold, and what follows it.
enum CloseCases {
  static let all: [ConformanceCase] =
    basics + payloads + [reasonNotUTF8] + allowedCodes.enumerated().map { allowed("7.7.\($0 + 1)", $1) }
    + forbiddenCodes.enumerated().map { forbidden("7.9.\($0 + 1)", $1) }
    + [5000, 65_535].enumerated().map { unassigned("7.13.\($0 + 1)", $1) }

  private static let greeting = Payload.text("Hello World!")

  private static func payload(_ code: UInt16, _ reason: [UInt8] = []) -> Payload {
    .octets([UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)] + reason)
  }

  private static let startNormalClose = Step.startClose(payload(1000))

  private static let answered = Expectation([.init([])], ending: .handshakeByProgram(codes: [1000], refusal: .fail))

  /// What follows the Close frame may be taken for a violation by a peer that reads ahead; no rule says that it must not.
  private static let answeredDespiteFrames = Expectation(
    [.init([])], ending: .handshakeByProgram(codes: [1000], refusal: .passWithNote))

  private static func make(
    _ autobahnID: String, _ name: String, _ title: String, _ purpose: String, section: String = "5.5.1", _ steps: [Step],
    _ expectation: Expectation
  ) -> ConformanceCase {
    ConformanceCase(
      id: "ws/close/\(name)", autobahnID: autobahnID, title: title, purpose: purpose, requirement: Requirement(section: section),
      program: Program(steps), expectation: expectation)
  }

  private static let basics: [ConformanceCase] = [
    make(
      "7.1.1", "after-message", "Close after a message", "A message is echoed and the closing handshake that follows is answered.",
      [.frame(.text, greeting)], Sample.events([.message(.text, greeting)])),
    make(
      "7.1.2", "twice", "Two Close frames", "The first Close frame is answered, whatever a second one does.",
      [startNormalClose, .frame(.close)],
      answeredDespiteFrames),
    make(
      "7.1.3", "ping-after-close", "Ping after Close", "A Close frame is answered, whatever a Ping behind it does.", section: "5.5.2",
      [startNormalClose, .frame(.ping)], answeredDespiteFrames),
    make(
      "7.1.4", "text-after-close", "Text after Close", "A message after a Close frame is discarded.",
      [startNormalClose, .frame(.text, greeting)], answeredDespiteFrames),
    make(
      "7.1.5", "continuation-after-close", "Close within a fragmented message",
      "A Close frame between fragments is answered and the rest of the message discarded.", section: "5.4",
      [
        .frame(.text, .text("fragment1"), isFinal: false), startNormalClose,
        .frame(.continuation, .text("fragment2")),
      ], answered),
    make(
      "7.1.6", "after-long-message", "Close right after 256 KiB",
      "Whether messages under way are still echoed before the Close frame is answered.",
      [
        .frame(.text, .repeated(LimitCases.pattern, count: 262_144)), .frame(.text, greeting), startNormalClose, .frame(.ping),
      ], Expectation([.init([])], ending: .recorded)),
  ]

  private static let payloads: [ConformanceCase] = [
    make("7.3.1", "payload/empty", "Close without payload", "A Close frame without a code is answered.", [.startClose(.empty)], answered),
    refused("7.3.2", "payload/one-octet", "Close with a payload of one octet", .octets([0x61])),
    make("7.3.3", "payload/code", "Close with a code", "A Close frame with a code is answered.", [startNormalClose], answered),
    make(
      "7.3.4", "payload/code-and-reason", "Close with a code and a reason", "A Close frame with a reason is answered.",
      [.startClose(payload(1000, Array("Hello World!".utf8)))], answered),
    make(
      "7.3.5", "payload/longest-reason", "Close with the longest reason, 123 octets", "A Close frame of 125 octets is answered.",
      [.startClose(payload(1000, Array(repeating: 0x2A, count: 123)))], answered),
    refused(
      "7.3.6", "payload/reason-too-long", "Close with a reason of 124 octets",
      payload(1000, Array(repeating: 0x2A, count: 124)), section: "5.5"),
  ]

  private static func refused(
    _ autobahnID: String, _ name: String, _ title: String, _ payload: Payload, codes: [UInt16] = [1002], section: String = "5.5.1"
  ) -> ConformanceCase {
    make(
      autobahnID, name, title, "A Close frame that breaks the rules fails the connection.", section: section, [.startClose(payload)],
      Expectation([.init([])], ending: .refusalOfClose(codes: codes)))
  }

  private static let reasonNotUTF8 = refused(
    "7.5.1", "reason-not-utf8", "Close with a reason that is not UTF-8",
    payload(1000, TextEncodingCases.kosme + [0xED, 0xA0, 0x80] + Array("edited".utf8)), codes: [1007, 1002], section: "8.1")

  private static let allowedCodes: [UInt16] = [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
  ]

  private static func allowed(_ autobahnID: String, _ code: UInt16) -> ConformanceCase {
    make(
      autobahnID, "code/allowed-\(code)", "Close with code \(code)", "A Close frame with the allowed code \(code) is answered.",
      section: "7.4", [.startClose(payload(code))],
      Expectation([.init([])], ending: .handshakeByProgram(codes: code == 1000 ? [1000] : [1000, code], refusal: .fail)))
  }

  private static let forbiddenCodes: [UInt16] = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]

  private static func forbidden(_ autobahnID: String, _ code: UInt16) -> ConformanceCase {
    refused(
      autobahnID, "code/forbidden-\(code)", "Close with code \(code)", payload(code),
      section: (1004...1006).contains(code) ? "7.4.1" : "7.4.2")
  }

  private static func unassigned(_ autobahnID: String, _ code: UInt16) -> ConformanceCase {
    make(
      autobahnID, "code/unassigned-\(code)", "Close with code \(code)",
      "How a Close frame with a code above 4999 is answered; the RFC gives these codes no meaning.", section: "7.4.2",
      [.startClose(payload(code))], Expectation([.init([])], ending: .recorded))
  }
}
