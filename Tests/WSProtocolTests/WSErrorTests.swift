import Testing
import WSProtocol

@Suite("WebSocket errors")
struct WSErrorTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let code: WSError.Code
    let section: String
    let fault: WSError.Fault
    let closeCode: UInt16?
    var testDescription: String { "\(code)" }

    init(_ code: WSError.Code, _ section: String, _ fault: WSError.Fault, _ closeCode: UInt16?) {
      self.code = code
      self.section = section
      self.fault = fault
      self.closeCode = closeCode
    }
  }

  static let rows = [
    Row(.frame(.reservedBits(.rsv1)), "5.2", .peerViolated, 1002),
    Row(.frame(.reservedOpcode(Opcode(rawValue: 3))), "5.2", .peerViolated, 1002),
    Row(.frame(.unmaskedFrameFromClient), "5.1", .peerViolated, 1002),
    Row(.frame(.maskedFrameFromServer), "5.1", .peerViolated, 1002),
    Row(.frame(.fragmentedControlFrame(.ping)), "5.5", .peerViolated, 1002),
    Row(.frame(.controlFrameTooLong(.close)), "5.5", .peerViolated, 1002),
    Row(.frame(.unexpectedContinuation), "5.4", .peerViolated, 1002),
    Row(.frame(.interruptedMessage(.text)), "5.4", .peerViolated, 1002),
    Row(.frame(.nonMinimalLength(5)), "5.2", .peerViolated, 1002),
    Row(.frame(.lengthSignBit(1 << 63)), "5.2", .peerViolated, 1002),
    Row(.invalidUTF8, "8.1", .peerViolated, 1007),
    Row(.truncatedCloseCode, "5.5.1", .peerViolated, 1002),
    Row(.forbiddenCloseCode(CloseCode(rawValue: 1005)), "7.4.1", .peerViolated, 1002),
    Row(.frameTooLong, "10.4", .limitExceeded, 1009),
    Row(.messageTooLong, "10.4", .limitExceeded, 1009),
    Row(.tooManyFragments, "10.4", .limitExceeded, 1008),
    Row(.tooManyEmptyFragments, "10.4", .limitExceeded, 1008),
    Row(.fragmentsTooSmall, "10.4", .limitExceeded, 1008),
    Row(.tooManyControlFrames, "10.4", .limitExceeded, 1008),
    Row(.messageTooOld, "10.4", .limitExceeded, 1008),
    Row(.frameTooOld, "10.4", .limitExceeded, nil),
    Row(.closeHandshakeTimeout, "7.1.1", .limitExceeded, nil),
    Row(.keepaliveTimeout, "5.5.2", .limitExceeded, nil), Row(.outputStalled, "10.4", .limitExceeded, 1013),
    Row(.notOpen, "6.1", .callerMisused, nil),
    Row(.unsendable, "5.5.1", .callerMisused, nil),
  ]

  @Test("have a section, a fault and a close code", arguments: rows)
  func table(row: Row) {
    let error = WSError(row.code, offset: 4711, limit: 12, actual: 345)
    #expect(error.section == row.section)
    #expect(error.fault == row.fault)
    #expect(error.closeCode?.rawValue == row.closeCode)
    #expect(error.closeCode?.isSendable != false)
    for part in ["octet 4711", "RFC 6455 §\(row.section)", "345", "the limit is 12"] { #expect(error.description.contains(part)) }
    #expect(!WSError(row.code, offset: 0).description.contains("limit is"))
  }

  @Test("have texts that differ")
  func texts() { #expect(Set(Self.rows.map { WSError($0.code, offset: 0).description }).count == Self.rows.count) }

  @Test(
    "name the value that broke a rule",
    arguments: [
      (WSError.Code.frame(.reservedBits([.rsv2, .rsv3])), "RSV2+RSV3"), (.frame(.reservedOpcode(Opcode(rawValue: 11))), "opcode 11"),
      (.frame(.fragmentedControlFrame(.pong)), "pong"), (.frame(.controlFrameTooLong(.close)), "close"),
      (.frame(.interruptedMessage(.binary)), "binary"), (.frame(.nonMinimalLength(77)), "77"),
      (.frame(.lengthSignBit(.max)), "18446744073709551615"), (.forbiddenCloseCode(CloseCode(rawValue: 1006)), "1006"),
    ])
  func values(code: WSError.Code, part: String) { #expect(WSError(code, offset: 0).description.contains(part)) }

  @Test("are equal when their codes are")
  func equality() {
    #expect(WSError(.invalidUTF8, offset: 1) == WSError(.invalidUTF8, offset: 2, limit: 3, actual: 4))
    #expect(WSError(.frame(.nonMinimalLength(1)), offset: 1) != WSError(.frame(.nonMinimalLength(2)), offset: 1))
  }
}
