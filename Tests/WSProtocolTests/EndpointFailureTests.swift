import ProtocolTesting
import Testing
import WSProtocol

@Suite("An endpoint fails")
struct EndpointFailureTests {
  static let framingRows: [EndpointRow] =
    [
      EndpointRow("F02: sign bit", hex("82 FF 8000000000000000 00000000"), .frame(.lengthSignBit(1 << 63)), failsAfter: 14),
      EndpointRow("F02: all ones", hex("82 FF FFFFFFFFFFFFFFFF 00000000"), .frame(.lengthSignBit(.max)), failsAfter: 14),
      EndpointRow(
        "F03: all ones from the server", hex("82 7F FFFFFFFFFFFFFFFF"), to: .client, .frame(.lengthSignBit(.max)), failsAfter: 10),
      EndpointRow(
        "F04: a bad length again and again", hex("82 FF 8000000000000000 00000000 82 FF 8000000000000000 00000000"),
        .frame(.lengthSignBit(1 << 63)), failsAfter: 14),
      EndpointRow(
        "F07: a reserved opcode before 40 MiB", hex("83 FF 0000000002800000 37FA213D 00"), .frame(.reservedOpcode(Opcode(rawValue: 3))),
        failsAfter: 1),
      EndpointRow("F14: RSV1 on the first fragment", hex("41 81 37FA213D 00"), .frame(.reservedBits(.rsv1)), failsAfter: 1),
      EndpointRow("F15: ping of 126 octets", hex("89 FE 007E 37FA213D"), .frame(.controlFrameTooLong(.ping)), failsAfter: 2),
      EndpointRow("F15: fragmented ping", hex("09 80 37FA213D"), .frame(.fragmentedControlFrame(.ping)), failsAfter: 1),
      EndpointRow("F15: close of 128 octets", hex("88 FE 0080 37FA213D"), .frame(.controlFrameTooLong(.close)), failsAfter: 2),
      EndpointRow("F15: pong of 64 bits", hex("8A 7F 0000000000000001"), to: .client, .frame(.controlFrameTooLong(.pong)), failsAfter: 2),
      EndpointRow("F16: five in sixteen bits", hex("82 FE 0005 37FA213D 00"), .frame(.nonMinimalLength(5)), failsAfter: 8),
      EndpointRow(
        "F16: 125 in sixty-four bits", hex("82 7F 000000000000007D"), to: .client, .frame(.nonMinimalLength(125)), failsAfter: 10),
      EndpointRow("F17: RSV2", frame(0xA1, "Hi"), .frame(.reservedBits(.rsv2)), failsAfter: 1),
      EndpointRow("F17: RSV3 on a ping", frame(0x99), .frame(.reservedBits(.rsv3)), failsAfter: 1),
      EndpointRow(
        "F18: RSV1 never negotiated", frame(0xC1, "Hello", from: .server), to: .client, .frame(.reservedBits(.rsv1)), failsAfter: 1),
      EndpointRow("F19: unmasked client frame", hex("81 05 48656C6C6F"), .frame(.unmaskedFrameFromClient), failsAfter: 2),
      EndpointRow("F19: masked server frame", frame(0x81, "Hello"), to: .client, .frame(.maskedFrameFromServer), failsAfter: 2),
      EndpointRow(
        "F19: in the second frame", frame(0x81, "Hi") + hex("82 00"), after: [EndpointMessageTests.text("Hi")],
        .frame(.unmaskedFrameFromClient), at: 8, failsAfter: 10),
      EndpointRow("F22: continuation first", frame(0x80, "x"), .frame(.unexpectedContinuation), failsAfter: 1),
      EndpointRow(
        "F22: text within a message", frame(0x01, "a") + frame(0x81, "b"), .frame(.interruptedMessage(.text)), at: 7, failsAfter: 8),
      EndpointRow(
        "F22: binary within a message, after a ping", frame(0x01, "a") + frame(0x89) + frame(0x02, "b"), after: [.ping([])],
        .frame(.interruptedMessage(.binary)), at: 13, failsAfter: 14),
      EndpointRow(
        "F22: continuation after the last fragment", frame(0x01) + frame(0x80) + frame(0x00), after: [EndpointMessageTests.text("")],
        .frame(.unexpectedContinuation), at: 12, failsAfter: 13),
    ]
    + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap { (value: UInt8) in
      [value, value | 0x80].flatMap { first in
        [
          EndpointRow(
            "F17: \(hexadecimal(first)) from the client", frame(first), .frame(.reservedOpcode(Opcode(rawValue: value))), failsAfter: 1),
          EndpointRow(
            "F17: \(hexadecimal(first)) from the server", frame(first, from: .server), to: .client,
            .frame(.reservedOpcode(Opcode(rawValue: value))), failsAfter: 1),
        ]
      }
    }

  @Test("with 1002 at the frame that breaks a rule, as soon as it is certain", arguments: framingRows)
  func framing(row: EndpointRow) { check(row) }

  static let contentRows: [EndpointRow] = [
    EndpointRow("F27: overlong", frame(0x81, hex("41 C0 80")), .invalidUTF8, at: 7, close: 1007, failsAfter: 8),
    EndpointRow("F27: surrogate", frame(0x81, hex("ED A0 80")), .invalidUTF8, at: 7, close: 1007, failsAfter: 8),
    EndpointRow("F27: beyond the last code point", frame(0x81, hex("F4 90 80 80")), .invalidUTF8, at: 7, close: 1007, failsAfter: 8),
    EndpointRow("F27: F5", frame(0x81, hex("61 62 F5")), .invalidUTF8, at: 8, close: 1007, failsAfter: 9),
    EndpointRow("F27: a lone continuation", frame(0x81, hex("80")), .invalidUTF8, at: 6, close: 1007),
    EndpointRow("F27: a character cut at FIN", frame(0x81, hex("61 E2 82")), .invalidUTF8, at: 9, close: 1007, failsAfter: 9),
    EndpointRow(
      "F27: a character cut at FIN of the last fragment", frame(0x01, hex("E2")) + frame(0x80, hex("82")), .invalidUTF8, at: 14, close: 1007
    ),
    EndpointRow("F27: an empty last fragment in a character", frame(0x01, hex("E2")) + frame(0x80), .invalidUTF8, at: 13, close: 1007),
    EndpointRow(
      "F27: bad in the second fragment", frame(0x01, hex("E2")) + frame(0x00, hex("41 82")), .invalidUTF8, at: 13, close: 1007,
      failsAfter: 14),
    EndpointRow(
      "F27: bad behind a ping", frame(0x01, hex("E2")) + frame(0x89) + frame(0x80, hex("82 41 FF"), from: .client), after: [.ping([])],
      .invalidUTF8, at: 20, close: 1007),
    EndpointRow(
      "F27: from the server", frame(0x81, hex("61 FF 61"), from: .server), to: .client, .invalidUTF8, at: 3, close: 1007, failsAfter: 4),
  ]

  @Test("with 1007 at the first octet that cannot be text", arguments: contentRows)
  func content(row: EndpointRow) { check(row) }

  static let closesRows: [EndpointRow] =
    [
      EndpointRow("F23: one octet", frame(0x88, hex("03")), .truncatedCloseCode, at: 6, failsAfter: 7),
      EndpointRow("F24: a bad reason", frame(0x88, closing(1000, hex("41 FF"))), .invalidUTF8, at: 9, close: 1007),
      EndpointRow("F24: a reason cut inside a character", frame(0x88, closing(1000, hex("E2 82"))), .invalidUTF8, at: 10, close: 1007),
      EndpointRow(
        "F24: a reason of 124 octets", frame(0x88, closing(1000, [UInt8](repeating: 0x61, count: 124))),
        .frame(.controlFrameTooLong(.close)), failsAfter: 2),
    ]
    + [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].flatMap { (number: UInt16) in
      [
        EndpointRow(
          "F23: \(number) from the client", frame(0x88, closing(number)), .forbiddenCloseCode(CloseCode(rawValue: number)), at: 6),
        EndpointRow(
          "F23: \(number) from the server", frame(0x88, closing(number), from: .server), to: .client,
          .forbiddenCloseCode(CloseCode(rawValue: number)), at: 2),
      ]
    }

  @Test("at a Close frame that is a violation itself", arguments: closesRows)
  func closes(row: EndpointRow) { check(row) }

  @Test("for good: later octets, calls and deadlines change nothing", arguments: [Role.server, .client])
  func sticky(role: Role) throws {
    let endpoint = TestedEndpoint(role)
    let expected = WSError(.frame(.unexpectedContinuation), offset: 0)
    #expect(endpoint.receive(frame(0x80, "x", from: role.peer)) == [.failed(expected)])
    #expect(endpoint.failure == expected)
    #expect(endpoint.isFinished)
    #expect(!endpoint.isOpen)
    #expect(endpoint.nextDeadline == nil)
    #expect(endpoint.takeFrames().map(\.closeCode) == [1002])

    #expect(endpoint.receive(frame(0x81, "Hi", from: role.peer) + frame(0x89, from: role.peer)) == [])
    #expect(endpoint.receive(frame(0x88, closing(1000), from: role.peer)) == [])
    #expect(endpoint.handleDeadline(at: .seconds(1000)) == [])
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.send(Message(.text, [])) }
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.ping() }
    #expect(throws: WSError(.notOpen, offset: 0)) { try endpoint.close(.empty) }
    #expect(endpoint.takeOutput() == [])
    #expect(endpoint.failure == expected)
  }

  @Test("behind its own Close frame without a second one")
  func afterOwnClose() throws {
    let endpoint = TestedEndpoint(.server)
    try endpoint.close(payload(1000))
    #expect(endpoint.receive(frame(0x83)) == [.failed(WSError(.frame(.reservedOpcode(Opcode(rawValue: 3))), offset: 0))])
    #expect(endpoint.takeFrames().map(\.closeCode) == [1000])
    #expect(endpoint.isFinished)
  }

  @Test("with the error's text as the reason of its Close frame, cut to 123 octets")
  func reason() throws {
    let endpoint = TestedEndpoint(.server)
    endpoint.receive(hex("82 FF FFFFFFFFFFFFFFFF 00000000"))
    let written = try #require(endpoint.takeFrames().first)
    let text = try #require(endpoint.failure?.description)
    let reason = Array(written.payload[2...])
    #expect(text.utf8.starts(with: reason))
    #expect(reason.count == min(123, text.utf8.count))
    #expect(String(validating: reason, as: UTF8.self) != nil)
  }
}

private func hexadecimal(_ octet: UInt8) -> String { String(octet, radix: 16, uppercase: true) }
