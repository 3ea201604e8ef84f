import ProtocolTesting
import Testing
import WSProtocol

/// Fast code against the definitions, octet for octet: equal counts prove nothing about tails.
@Suite("Kernels equal their definitions")
struct KernelTests {
  /// The definition as four streams: octet j of stream r is that of the plain octets, combined with octet (j + r) mod 4 of the key.
  private static let plain: [UInt8] = {
    var generator = SeededGenerator(seed: 11)
    return generator.octets(16 + 400 + 16)
  }()

  @Test("masking at all lengths 0…400, all offsets 0…16 and all turns of the key; nothing beside it changes", arguments: 0..<4)
  func masking(turn: Int) {
    let streams = (0..<4).map { r in Self.plain.indices.map { Self.plain[$0] ^ exampleKey[($0 + r) % 4] } }
    let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D).advanced(by: turn)
    var wrong: [String] = []
    for length in 0...400 {
      for start in 0...16 {
        var octets = Self.plain
        unsafe octets.withUnsafeMutableBufferPointer { buffer in
          var part = unsafe MutableSpan(_unsafeElements: buffer.extracting(start..<(start + length)))
          Masking.apply(key, to: &part)
        }
        var expected = Self.plain
        expected.replaceSubrange(start..<(start + length), with: streams[(turn + 32 - start) % 4][start..<(start + length)])
        if octets != expected { wrong.append("\(length) octets at \(start)") }
      }
    }
    #expect(wrong == [])
  }

  @Test("masking of long payloads at all offsets 0…16, lengths around 4,096 sampled", arguments: [4095, 4096, 4097, 4111, 4160, 5003])
  func longMasking(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let plain = generator.octets(16 + length + 16)
    var wrong: [Int] = []
    for start in 0...16 {
      var octets = plain
      unsafe octets.withUnsafeMutableBufferPointer { buffer in
        var part = unsafe MutableSpan(_unsafeElements: buffer.extracting(start..<(start + length)))
        Masking.apply(MaskingKey(0x37, 0xFA, 0x21, 0x3D), to: &part)
      }
      var expected = plain
      for index in 0..<length { expected[start + index] ^= exampleKey[index & 3] }
      if octets != expected { wrong.append(start) }
    }
    #expect(wrong == [])
  }

  static let scripts: [Script] = [
    Script("ASCII", "The quick brown fox jumps over the lazy dog. \n\u{7F}\u{0}"),
    Script("Latin", "Fünf Ärzte aßen Müsli in Łódź, ÿ\u{80}"),
    Script("Devanagari and Hangul, second octets with bounds", "नमस्ते \u{800}한국어\u{D7FF}\u{E000}"), Script("CJK", "日本語漢字假名\u{FFFF}"),
    Script("four octets, first and last", "🎉🚀\u{10000}\u{10FFFF}\u{3FFFF}\u{40000}"), Script("all kinds mixed", "aé日🎉b\u{7FF}\u{FFFF}"),
  ]

  struct Script: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let octets: [UInt8]

    init(_ name: String, _ text: String) {
      testDescription = name
      octets = Array(repeatElement(Array(text.utf8), count: 500 / text.utf8.count + 2).joined())
    }

    /// A part of the text of that length, and two damaged ones: an octet replaced, and one left out.
    func samples(_ length: Int, using generator: inout SeededGenerator) -> [[UInt8]] {
      var start = Int.random(in: 0..<40, using: &generator)
      while octets[start] & 0xC0 == 0x80 { start += 1 }
      let valid = Array(octets[start..<(start + length)])
      guard length > 0 else { return [valid] }
      var replaced = valid
      let place = Int.random(in: 0..<length, using: &generator)
      replaced[place] = UInt8.random(in: 0x80 ... .max, using: &generator)
      var shortened = Array(octets[start...(start + length)])
      shortened.remove(at: Int.random(in: 0..<length, using: &generator))
      return [valid, replaced, shortened]
    }
  }

  /// Three texts for each script, length and two of the seventeen offsets: 2,406 a script.
  @Test("UTF-8 of every script, whole and damaged, at all lengths 0…400, each at two of the offsets 0…16", arguments: scripts)
  func utf8(script: Script) {
    var generator = SeededGenerator(seed: 12)
    var wrong: [String] = []
    for length in 0...400 {
      for text in script.samples(length, using: &generator) {
        let expected = SlowUTF8.judge(text)
        for offset in [length % 17, (length * 5 + 8) % 17] {
          let padded = [UInt8](repeating: 0xFF, count: offset) + text + [UInt8](repeating: 0xFF, count: 16)
          var validator = UTF8Validator()
          let bad = validator.firstInvalid(in: padded.span.extracting(offset..<(offset + length)))
          let isRight = bad == expected.firstInvalid && (bad != nil || validator.isComplete == expected.isComplete)
          if !isRight { wrong.append("\(text) at \(offset): \(String(describing: bad)) instead of \(expected)") }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("UTF-8 in two pieces, cut everywhere, for sampled lengths around the widths of blocks", arguments: scripts)
  func utf8Pieces(script: Script) {
    var generator = SeededGenerator(seed: 13)
    var wrong: [String] = []
    for length in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 19, 31, 32, 33, 35, 48, 63, 64, 65, 79, 80, 83, 96, 129, 160] {
      for text in script.samples(length, using: &generator) {
        let expected = SlowUTF8.judge(text)
        for cut in 0...length where verdict([Array(text[..<cut]), Array(text[cut...])]) != expected {
          wrong.append("\(text) cut at \(cut)")
        }
      }
    }
    #expect(wrong == [])
  }

  /// Every lane of every kind of block, once as the first fault and once behind a fault that is not noticed.
  @Test("UTF-8 with a lead in place of every octet of a text of 200", arguments: scripts)
  func utf8Lanes(script: Script) {
    var wrong: [Int] = []
    for place in 0..<200 {
      var text = Array(script.octets[..<200])
      text[place] = 0xF8
      if verdict([text]).firstInvalid != place { wrong.append(place) }
    }
    #expect(wrong == [])
  }
}
