import ProtocolTesting
import Testing
import WSProtocol

@Suite("UTF-8 validation")
struct UTF8ValidatorTests {
  @Test("agrees with the RFC's table and the standard library on all sequences of one and two octets")
  func short() {
    expectAgreement((UInt8.min ... .max).map { [$0] })
    for first in UInt8.min ... .max { expectAgreement((UInt8.min ... .max).map { [first, $0] }) }
  }

  static let leads: [UInt8] = [
    0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  /// The octets next to an edge of some row of the table.
  static let edges: [UInt8] = [
    0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x91, 0x9F, 0xA0, 0xA1, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF,
  ]

  @Test("agrees on sequences of three octets behind every interesting lead", arguments: leads)
  func three(lead: UInt8) {
    for second in UInt8.min ... .max { expectAgreement(Self.edges.map { [lead, second, $0] }) }
    for second in Self.edges { expectAgreement((UInt8.min ... .max).map { [lead, second, $0] }) }
  }

  @Test("agrees on sequences of four octets at the edges of the table", arguments: [UInt8](0xEF...0xF6))
  func four(lead: UInt8) {
    for second in UInt8(0x7F)...0xC0 {
      for third in [UInt8](arrayLiteral: 0x7F, 0x80, 0xBF, 0xC0) {
        expectAgreement([0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF].map { [lead, second, third, $0] })
      }
    }
  }

  static let sample = Array(
    "Grüße, κόσμε! 日本語 \u{10FFFF}\u{10000}\u{D7FF}\u{E000}\u{FFFF} 🎉 ascii and more ascii, long enough for blocks of sixty-four octets ✓"
      .utf8)

  @Test("agrees on mutations of a text", arguments: UInt64(0)..<40)
  func mutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let samples = (0..<25).map { _ in
      var octets = Self.sample
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<octets.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: octets[index] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: octets[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: octets.remove(at: index)
        default: octets.removeSubrange(index...)
        }
        if octets.isEmpty { octets = Self.sample }
      }
      return octets
    }
    expectAgreement(samples)
  }

  @Test(
    "finds the same octet wherever the text is cut",
    arguments: [
      ("valid", sample), ("F27: overlong", hex("41 C0 80")), ("F27: surrogate", hex("41 42 ED A0 80")),
      ("F27: beyond the last code point", hex("F4 90 80 80")), ("F27: lead of five", hex("41 F5")), ("F27: lone continuation", hex("80")),
      ("lead after lead", hex("E2 82 C3")), ("unfinished", hex("41 F0 9F 8E")), ("late", sample + hex("F0 9F 8E 41")),
    ])
  func cut(name: String, octets: [UInt8]) {
    let expected = SlowUTF8.judge(octets)
    for cut in 0...octets.count { #expect(verdict([Array(octets[..<cut]), Array(octets[cut...])]) == expected, "cut at \(cut)") }
    #expect(verdict(octets.map { [$0] }) == expected)
  }

  @Test("finds a bad octet at every place of an ASCII text", arguments: [UInt8]([0x80, 0xC0, 0xFF]))
  func fastPath(bad: UInt8) {
    var wrong: [Int] = []
    for position in 0...130 {
      for tail in [0, 1, 70] {
        let octets = [UInt8](repeating: 0x61, count: position) + [bad] + [UInt8](repeating: 0x7F, count: tail)
        if verdict([octets]) != SlowUTF8.Verdict(firstInvalid: position, isComplete: false) { wrong.append(position) }
      }
    }
    #expect(wrong == [])
  }

  @Test("finds what follows a character within a block", arguments: 0..<70)
  func characterInBlock(position: Int) {
    let ascii = [UInt8](repeating: 0x61, count: position)
    expectAgreement([ascii + hex("C3 A4") + ascii, ascii + hex("C3") + ascii + [0x61], ascii + hex("E2 82 AC FF") + ascii])
  }

  private func expectAgreement(_ samples: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation) {
    var disagreements: [String] = []
    for octets in samples {
      let expected = SlowUTF8.judge(octets)
      let isValid = String(validating: octets, as: UTF8.self) != nil
      if verdict([octets]) != expected || expected.isComplete != isValid { disagreements.append("\(octets)") }
    }
    #expect(disagreements == [], sourceLocation: sourceLocation)
  }
}

/// What the validator says of a text in pieces.
func verdict(_ pieces: [[UInt8]]) -> SlowUTF8.Verdict {
  var validator = UTF8Validator()
  var offset = 0
  for piece in pieces {
    if let bad = validator.firstInvalid(in: piece.span) { return SlowUTF8.Verdict(firstInvalid: offset + bad, isComplete: false) }
    offset += piece.count
  }
  return SlowUTF8.Verdict(firstInvalid: nil, isComplete: validator.isComplete)
}
