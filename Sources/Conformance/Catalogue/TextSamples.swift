import WireBytes

/// Octet sequences at the edges of UTF-8 (RFC 3629 §3, §4), and whether they are valid; written down, not computed.
enum TextSamples {
  struct Sample {
    let name: String
    let octets: [UInt8]
    let isValid: Bool
  }

  /// Samples of one kind; the number is that of the same kind in Autobahn|Testsuite.
  struct Group {
    let number: Int
    let name: String
    let title: String
    let samples: [Sample]

    init(_ number: Int, _ name: String, _ title: String, _ samples: [Sample]) {
      self.number = number
      self.name = name
      self.title = title
      self.samples = samples
    }
  }

  static let all: [Group] = [
    Group(
      5, "sample", "Characters of every length",
      [
        named("one-octet", Array("hello$world".utf8)), named("two-octets", Array("hello\u{A2}world".utf8)),
        named("three-octets", Array("hello\u{20AC}world".utf8)), named("four-octets", Array("hello\u{24B62}world".utf8)),
        named("greek", TextEncodingCases.kosme),
      ]),
    Group(
      6, "prefix", "Beginning of a Greek word",
      (1...TextEncodingCases.kosme.count).map { length in
        // Characters end after octets 2, 5, 7, 9 and 11.
        Sample(
          name: "\(length)-octets", octets: Array(TextEncodingCases.kosme.prefix(length)),
          isValid: [2, 5, 7, 9, 11].contains(length))
      }),
    Group(7, "lowest", "Lowest code point of its length", valid([[0x00], [0xC2, 0x80], [0xE0, 0xA0, 0x80], [0xF0, 0x90, 0x80, 0x80]])),
    Group(
      8, "lowest-too-long", "Lowest form of five and six octets",
      invalid([[0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]])),
    Group(
      9, "highest", "Highest code point of its length", valid([[0x7F], [0xDF, 0xBF], [0xEF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF]])),
    Group(
      10, "highest-too-long", "Highest form of four, five and six octets",
      invalid([[0xF7, 0xBF, 0xBF, 0xBF], [0xFB, 0xBF, 0xBF, 0xBF, 0xBF], [0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF]])),
    Group(
      11, "boundary", "Next to a forbidden range",
      valid([[0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBD], [0xF4, 0x8F, 0xBF, 0xBF]])
        + invalid([[0xF4, 0x90, 0x80, 0x80]])),
    Group(
      12, "stray-continuation", "Continuation octets without a lead octet",
      invalid([
        [0x80], [0xBF], [0x80, 0xBF], [0x80, 0xBF, 0x80], [0x80, 0xBF, 0x80, 0xBF], [0x80, 0xBF, 0x80, 0xBF, 0x80],
        [0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF],
      ]) + [named("all", Array(0x80...0xBE), isValid: false)]),
    Group(
      13, "lonely-lead", "Lead octets followed by a space",
      [("two", 0xC0...0xDE), ("three", 0xE0...0xEE), ("four", 0xF0...0xF6), ("five", 0xF8...0xFA), ("six", 0xFC...0xFC)].map {
        (name: String, leads: ClosedRange<UInt8>) in
        named("\(name)-octet-leads", leads.flatMap { [$0, 0x20] }, isValid: false)
      }),
    Group(14, "unfinished", "Character without its last octet", invalid(unfinished)),
    Group(15, "unfinished-joined", "Characters without their last octets", [named("all", Array(unfinished.joined()), isValid: false)]),
    Group(16, "impossible", "Octets that never occur", invalid([[0xFE], [0xFF], [0xFE, 0xFE, 0xFF, 0xFF]])),
    Group(
      17, "overlong-slash", "Overlong slash",
      invalid([
        [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xF8, 0x80, 0x80, 0x80, 0xAF],
        [0xFC, 0x80, 0x80, 0x80, 0x80, 0xAF],
      ])),
    Group(
      18, "largest-overlong", "Largest overlong form",
      invalid([
        [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x87, 0xBF, 0xBF, 0xBF],
        [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF],
      ])),
    Group(
      19, "overlong-nul", "Overlong NUL",
      invalid([
        [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF8, 0x80, 0x80, 0x80, 0x80],
        [0xFC, 0x80, 0x80, 0x80, 0x80, 0x80],
      ])),
    Group(
      20, "surrogate", "Single surrogate",
      invalid([0xA080, 0xADBF, 0xAE80, 0xAFBF, 0xB080, 0xBE80, 0xBFBF].map(surrogate))),
    Group(
      21, "surrogate-pair", "Surrogate pair",
      invalid([0xA080, 0xADBF, 0xAE80, 0xAFBF].flatMap { high in [0xB080, 0xBFBF].map { surrogate(high) + surrogate($0) } })),
    Group(
      22, "noncharacter", "Noncharacter",
      valid(
        (0...16).flatMap { plane in [0xFFFE, 0xFFFF].map { UInt32(plane) << 16 | $0 } }
          .compactMap { Unicode.Scalar($0).flatMap { UTF8.encode($0) }.map(Array.init) })),
    Group(23, "special", "Block of specials", valid((0xB9...0xBF).map { [0xEF, 0xBF, $0] })),
  ]

  private static let unfinished: [[UInt8]] = [
    [0xC0], [0xE0, 0x80], [0xF0, 0x80, 0x80], [0xF8, 0x80, 0x80, 0x80], [0xFC, 0x80, 0x80, 0x80, 0x80],
    [0xDF], [0xEF, 0xBF], [0xF7, 0xBF, 0xBF], [0xFB, 0xBF, 0xBF, 0xBF], [0xFD, 0xBF, 0xBF, 0xBF, 0xBF],
  ]

  private static func surrogate(_ lastOctets: UInt16) -> [UInt8] {
    [0xED, UInt8(truncatingIfNeeded: lastOctets >> 8), UInt8(truncatingIfNeeded: lastOctets)]
  }

  private static func named(_ name: String, _ octets: [UInt8], isValid: Bool = true) -> Sample {
    Sample(name: name, octets: octets, isValid: isValid)
  }

  private static func valid(_ samples: [[UInt8]]) -> [Sample] { samples.map { named(hexadecimal($0), $0) } }

  private static func invalid(_ samples: [[UInt8]]) -> [Sample] {
    samples.map { named(hexadecimal($0), $0, isValid: false) }
  }

  private static func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { EscapedText.hexadecimal($0).lowercased() }.joined()
  }
}
