import Testing
import WSProtocol

@Suite("Close payloads")
struct ClosePayloadTests {
  @Test("F23: may hold 1000–1003, 1007–1014 and 3000–4999, and no other code")
  func sendableCodes() {
    let expected = Array(1000...1003) + Array(1007...1014) + Array(3000...4999)
    #expect((UInt16.min ... .max).filter { CloseCode(rawValue: $0).isSendable }.map(Int.init) == expected)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let octets: [UInt8]
    let code: WSError.Code
    let offset: UInt64
    let answer: CloseCode

    init(_ name: String, _ octets: [UInt8], _ code: WSError.Code, at offset: UInt64, answer: CloseCode) {
      testDescription = name
      self.octets = octets
      self.code = code
      self.offset = offset
      self.answer = answer
    }
  }

  static let refused: [Row] =
    [Row("F23: one octet", [0x03], .truncatedCloseCode, at: 50, answer: .protocolError)]
    + [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map { (number: UInt16) in
      Row("F23: code \(number)", closing(number), .forbiddenCloseCode(CloseCode(rawValue: number)), at: 50, answer: .protocolError)
    } + [
      Row("F24: reason with a bad octet", closing(1000, hex("41 FF 42")), .invalidUTF8, at: 53, answer: .invalidPayload),
      Row("F24: reason cut inside a character", closing(1000, hex("41 E2 82")), .invalidUTF8, at: 55, answer: .invalidPayload),
      Row("F24: overlong reason", closing(3000, hex("C0 80")), .invalidUTF8, at: 52, answer: .invalidPayload),
      Row(
        "the code goes before the reason", closing(1005, hex("FF")), .forbiddenCloseCode(CloseCode(rawValue: 1005)), at: 50,
        answer: .protocolError),
    ]

  @Test("are refused with the octet to blame", arguments: refused)
  func refusals(row: Row) {
    #expect {
      _ = try ClosePayload(parsing: row.octets, offset: 50)
    } throws: { error in
      let error = error as? WSError
      return error?.code == row.code && error?.offset == row.offset && error?.closeCode == row.answer
    }
  }

  @Test("survive parsing and composing", arguments: [UInt16(1000), 1003, 1007, 1014, 3000, 4999])
  func roundTrip(number: UInt16) throws {
    let octets = closing(number, Array("adiós".utf8))
    let payload = try ClosePayload(parsing: octets, offset: 0)
    #expect(payload.code == CloseCode(rawValue: number))
    #expect(payload.reason == Array("adiós".utf8))
    #expect(payload.octets == octets)
    #expect(try ClosePayload(code: CloseCode(rawValue: number), reason: "adiós") == payload)
  }

  @Test("without octets have neither code nor reason")
  func empty() throws {
    #expect(try ClosePayload(parsing: [], offset: 0) == .empty)
    #expect(ClosePayload.empty.octets == [])
    #expect(ClosePayload.empty.code == nil)
  }

  @Test(
    "F24: cut a long reason at the end of a scalar, at most 123 octets",
    arguments: [
      ("exactly 123", String(repeating: "a", count: 123), 123), ("124", String(repeating: "a", count: 124), 123),
      ("two octets across the edge", String(repeating: "a", count: 122) + "é", 122),
      ("two octets before the edge", String(repeating: "a", count: 121) + "éb", 123),
      ("three octets across the edge", String(repeating: "€", count: 60), 123),
      ("four octets across the edge", "a" + String(repeating: "🎉", count: 60), 121),
      ("nothing shorter after the cut", String(repeating: "a", count: 121) + "🎉b", 121),
    ])
  func trimmed(name: String, reason: String, count: Int) throws {
    let payload = try ClosePayload(code: .normal, reason: reason)
    #expect(payload.reason == Array(reason.utf8.prefix(count)))
    #expect(String(validating: payload.reason, as: UTF8.self) != nil)
    #expect(payload.octets.count == count + 2)
  }

  @Test("are not composed with a code that must not be sent", arguments: [UInt16(0), 1004, 1005, 1006, 1015, 2999, 5000])
  func unsendable(number: UInt16) {
    #expect(throws: WSError(.unsendable, offset: 0)) { try ClosePayload(code: CloseCode(rawValue: number)) }
  }
}
