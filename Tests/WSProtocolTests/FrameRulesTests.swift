import Testing
import WSProtocol

@Suite("Frame rules")
struct FrameRulesTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let wire: String
    let violation: FrameViolation?
    var sender = Role.server
    var inProgress = false
    var defined: ReservedBits = []

    init(
      _ name: String, _ wire: String, _ violation: FrameViolation?, from sender: Role = .server, inProgress: Bool = false,
      defined: ReservedBits = []
    ) {
      testDescription = name
      self.wire = wire
      self.violation = violation
      self.sender = sender
      self.inProgress = inProgress
      self.defined = defined
    }
  }

  static let rows: [Row] =
    [
      Row("text", "81 05", nil),
      Row("binary, not final", "02 7D", nil),
      Row("continuation of a message", "80 00", nil, inProgress: true),
      Row("ping within a message", "89 7D", nil, inProgress: true),
      Row("close", "88 02", nil),
      Row("masked by the client", "81 85 00000000", nil, from: .client),
      Row("shortest sixteen bits", "82 7E 007E", nil),
      Row("shortest sixty-four bits", "82 7F 0000000000010000", nil),
      Row("longest length", "82 7F 7FFFFFFFFFFFFFFF", nil),
      Row("F18: RSV1 not negotiated", "C1 05", .reservedBits(.rsv1)),
      Row("F17: RSV2", "A1 05", .reservedBits(.rsv2)),
      Row("F17: RSV3", "91 05", .reservedBits(.rsv3)),
      Row("F17: all reserved bits", "F1 05", .reservedBits([.rsv1, .rsv2, .rsv3])),
      Row("RSV1 defined by an extension", "C1 05", nil, defined: .rsv1),
      Row("RSV1 defined, RSV2 not", "E1 05", .reservedBits(.rsv2), defined: .rsv1),
      Row("D13: RSV1 defined, on a continuation", "C0 05", .reservedBits(.rsv1), inProgress: true, defined: .rsv1),
      Row("D13: RSV1 defined, on a ping", "C9 05", .reservedBits(.rsv1), defined: .rsv1),
      Row("D13: RSV1 defined, on a close", "C8 02", .reservedBits(.rsv1), defined: .rsv1),
      Row("F19: unmasked from the client", "81 05", .unmaskedFrameFromClient, from: .client),
      Row("F19: masked from the server", "81 85 00000000", .maskedFrameFromServer),
      Row("F15: fragmented close", "08 00", .fragmentedControlFrame(.close)),
      Row("F15: fragmented ping", "09 00", .fragmentedControlFrame(.ping)),
      Row("F15: fragmented pong within a message", "0A 00", .fragmentedControlFrame(.pong), inProgress: true),
      Row("F15: ping of 126 octets", "89 7E 007E", .controlFrameTooLong(.ping)),
      Row("F15: close of 64 KiB", "88 7F 0000000000010000", .controlFrameTooLong(.close)),
      Row("F22: continuation without a message", "80 01", .unexpectedContinuation),
      Row("F22: text within a message", "81 01", .interruptedMessage(.text), inProgress: true),
      Row("F22: binary within a message", "02 01", .interruptedMessage(.binary), inProgress: true),
      Row("F16: five in sixteen bits", "82 7E 0005", .nonMinimalLength(5)),
      Row("F16: 125 in sixteen bits", "82 7E 007D", .nonMinimalLength(125)),
      Row("F16: 125 in sixty-four bits", "82 7F 000000000000007D", .nonMinimalLength(125)),
      Row("F16: 65535 in sixty-four bits", "82 7F 000000000000FFFF", .nonMinimalLength(65535)),
      Row("F02: sign bit", "82 7F 8000000000000000", .lengthSignBit(1 << 63)),
      Row("F02: all ones", "82 7F FFFFFFFFFFFFFFFF", .lengthSignBit(.max)),
    ]
    + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap { (value: UInt8) in
      let text = String(value, radix: 16)
      return [
        Row("F17: opcode \(value), final", "8\(text) 00", .reservedOpcode(Opcode(rawValue: value))),
        Row("F17: opcode \(value), not final", "0\(text) 00", .reservedOpcode(Opcode(rawValue: value))),
        Row("F17: opcode \(value) within a message", "8\(text) 00", .reservedOpcode(Opcode(rawValue: value)), inProgress: true),
      ]
    }

  @Test("name the violation of a header", arguments: rows)
  func table(row: Row) throws {
    let rules = FrameRules(sender: row.sender, definedBits: row.defined)
    var scanner = FrameHeaderScanner()
    var index = 0
    let header = try #require(scanner.scan(hex(row.wire).span, at: &index))
    #expect(rules.violation(of: header, messageInProgress: row.inProgress) == row.violation)
  }

  /// Every pair of first octets, both senders, with and without a message in progress, followed by a length the form allows.
  @Test("judge one and two octets as they judge the whole header", arguments: [Role.client, .server], [false, true])
  func early(sender: Role, inProgress: Bool) throws {
    let rules = FrameRules(sender: sender)
    var disagreements: [String] = []
    for first in UInt8.min ... .max {
      for second in UInt8.min ... .max {
        let extra = second & 0x7F == 126 ? [0x01, 0x00] : second & 0x7F == 127 ? [0, 0, 0, 0, 0, 1, 0, 0] : [UInt8]()
        let octets = [first, second] + extra + (second & 0x80 == 0 ? [] : exampleKey)
        var scanner = FrameHeaderScanner()
        var index = 0
        let header = try #require(scanner.scan(octets.span, at: &index))
        let whole = rules.violation(of: header, messageInProgress: inProgress)
        let one = rules.violation(first: first, second: nil, messageInProgress: inProgress)
        let two = rules.violation(first: first, second: second, messageInProgress: inProgress)
        if two != whole || (one != nil && one != whole) { disagreements.append("\(octets)") }
      }
    }
    #expect(disagreements == [])
  }

  @Test("need no more than two octets for all but the length", arguments: rows)
  func earliest(row: Row) {
    let octets = hex(row.wire)
    let two = FrameRules(sender: row.sender, definedBits: row.defined)
      .violation(first: octets[0], second: octets[1], messageInProgress: row.inProgress)
    switch row.violation {
    case .nonMinimalLength, .lengthSignBit, nil: #expect(two == nil)
    case let violation: #expect(two == violation)
    }
  }
}
