import Testing
import WireBytes

@Suite("Escaped text")
struct EscapedTextTests {
  @Test(
    "octets become printable ASCII",
    arguments: [
      ("plain", "abc", "abc"), ("escape sequence", "\u{1B}[31m", "\\x1B[31m"), ("line end", "a\r\nb", "a\\r\\nb"),
      ("backslash", "\\x41", "\\\\x41"), ("not ASCII", "é", "\\xC3\\xA9"), ("NUL and DEL", "\0\u{7F}", "\\x00\\x7F"),
    ])
  func ascii(name: String, input: String, expected: String) {
    #expect(EscapedText.ascii(Array(input.utf8)) == expected)
  }

  @Test(
    "valid UTF-8 stays readable without its controls",
    arguments: [
      ("letters", "Hällo κόσμε", "Hällo κόσμε"), ("bell and escape", "\u{7}\u{1B}", "\\u{7}\\u{1B}"),
      ("right-to-left override", "a\u{202E}b", "a\\u{202E}b"), ("zero width joiner", "a\u{200D}b", "a\\u{200D}b"),
      ("line separator", "a\u{2028}b", "a\\u{2028}b"), ("no-break space", "a\u{A0}b", "a\\u{A0}b"),
      ("C1 control", "\u{9B}31m", "\\u{9B}31m"), ("byte order mark", "\u{FEFF}", "\\u{FEFF}"),
    ])
  func utf8(name: String, input: String, expected: String) {
    #expect(EscapedText.utf8(Array(input.utf8)) == expected)
  }

  @Test("octets that are not UTF-8 fall back to ASCII")
  func invalid() {
    #expect(EscapedText.utf8([0x61, 0xFF, 0x80]) == "a\\xFF\\x80")
  }

  @Test("what the limit cuts off is counted")
  func limit() {
    #expect(EscapedText.ascii(Array("abcdef".utf8), limit: 4) == "abcd … (2 more octets)")
  }
}

@Suite("Hexdump")
struct HexDumpTests {
  @Test("a line holds sixteen octets, the last one is padded")
  func lines() {
    let lines = HexDump.lines(Array("GET / HTTP/1.1\r\nHo".utf8), offset: 16)
    #expect(
      lines == [
        "000010  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..",
        "000020  48 6f                                             Ho",
      ])
  }
}

@Suite("Byte class")
struct ByteClassTests {
  @Test("exactly the named octets belong to a class")
  func membership() {
    let digitsAndFF = ByteClass([0x30...0x39, 0xFF...0xFF], characters: "@\u{7F}")
    let members = (UInt8.min...UInt8.max).filter(digitsAndFF.contains)
    #expect(members == Array(0x30...0x39) + [0x40, 0x7F, 0xFF])
    #expect(ByteClass([0x30...0x39]).union(ByteClass([0xFF...0xFF], characters: "@\u{7F}")) == digitsAndFF)
  }
}
