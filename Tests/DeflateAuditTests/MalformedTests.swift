import CZlib
import DeflateAudit
import Testing

@Suite("Malformed DEFLATE data")
struct MalformedTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let octets: [UInt8]
    let code: DeflateFailure.Code
    let bit: Int

    init(_ name: String, _ code: DeflateFailure.Code, at bit: Int, _ write: (inout BitWriter) -> Void) {
      self.init(name, written(write), code, at: bit)
    }

    init(_ name: String, _ octets: [UInt8], _ code: DeflateFailure.Code, at bit: Int) {
      testDescription = name
      self.octets = octets
      self.code = code
      self.bit = bit
    }
  }

  static let rows: [Row] = [
    Row("D10 BTYPE 11", hex("07 00"), .reservedBlockType, at: 1),
    Row("D10 NLEN is no complement", hex("01 0500 FBFF 48656C6C6F"), .storedLengthMismatch, at: 8),
    Row("D10 287 literal codes", .tooManyLiteralCodes, at: 3) { $0.writeDynamicHead(literals: 287, distances: 1, codeLengths: [:]) },
    Row("D10 31 distance codes", .tooManyDistanceCodes, at: 8) { $0.writeDynamicHead(literals: 257, distances: 31, codeLengths: [:]) },
    Row("D10 over-subscribed code lengths", .oversubscribed(.codeLengths), at: 17) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 1: 1, 2: 1])
    },
    Row("D10 under-subscribed code lengths", .incomplete(.codeLengths), at: 17) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 2, 1: 2])
    },
    Row("D10 a single code length", .incomplete(.codeLengths), at: 17) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1])
    },
    Row("D10 repetition of nothing", .repeatWithoutLength, at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 16: 1])
      $0.write(code: "1")
      $0.write(0, bits: 2)
    },
    Row("D10 repetition beyond the end", .repeatPastEnd, at: 74 + 8) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [1: 1, 18: 1])
      for _ in 0..<2 {
        $0.write(code: "1")
        $0.write(127, bits: 7)
      }
    },
    Row("D10 no code for the end of the block", .noEndOfBlock, at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 1: 1])
      $0.write(code: "11")
      $0.write(code: String(repeating: "0", count: 256))
    },
    Row("D10 over-subscribed literals", .oversubscribed(.literals), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 1: 1])
      $0.write(code: "11" + String(repeating: "0", count: 254) + "10")
    },
    Row("D10 under-subscribed literals", .incomplete(.literals), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 2: 1])
      $0.write(code: "11" + String(repeating: "0", count: 254) + "10")
    },
    Row("D10 over-subscribed distances", .oversubscribed(.distances), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 3, codeLengths: [0: 1, 1: 1])
      $0.write(code: "1" + String(repeating: "0", count: 255) + "1111")
    },
    Row("D10 under-subscribed distances", .incomplete(.distances), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 2, codeLengths: [0: 1, 1: 2, 2: 2])
      $0.write(code: "10" + String(repeating: "0", count: 255) + "10" + "1111")
    },
    Row("D10 a single distance code of two bits", .incomplete(.distances), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 1: 2, 2: 2])
      $0.write(code: "10" + String(repeating: "0", count: 255) + "10" + "11")
    },
    Row("D10 a single literal code of two bits", .incomplete(.literals), at: 74) {
      $0.writeDynamicHead(literals: 257, distances: 1, codeLengths: [0: 1, 1: 2, 2: 2])
      $0.write(code: String(repeating: "0", count: 256) + "11" + "10")
    },
    Row("D10 a distance where there is no distance code", .unassignedCode, at: 74 + 262 + 3) { noDistance(&$0, code: "0" + "11" + "0") },
    Row("D10 length symbol 286", .reservedLengthSymbol(286), at: 3) { fixed(&$0, code: "11000110") },
    Row("D10 length symbol 287", .reservedLengthSymbol(287), at: 3) { fixed(&$0, code: "11000111") },
    Row("D10 distance symbol 30", .reservedDistanceSymbol(30), at: 18) { fixed(&$0, code: "00110000" + "0000001" + "11110") },
    Row("D10 distance symbol 31", .reservedDistanceSymbol(31), at: 18) { fixed(&$0, code: "00110000" + "0000001" + "11111") },
    Row("D10 distance of two behind one octet", .distanceBeforeStart, at: 11) {
      fixed(&$0, code: "00110000" + "0000001" + "00001" + "0000000")
    },
    Row("D10 the unused bit of a single distance code", .unassignedCode, at: 74 + 263 + 3) { singleDistance(&$0, distance: "1") },
    Row("D10 nothing at all", [], .truncated, at: 0),
    Row("D10 ends within the block type", .truncated, at: 8) { fixed(&$0, code: "") },
    Row("D10 ends within stored octets", hex("01 0500 FAFF 4865"), .truncated, at: 56),
    Row("D11 no final block", hex("00 0000 FFFF"), .truncated, at: 40),
    Row("D11 not a block behind one that is not final", hex("00 0000 FFFF FF"), .reservedBlockType, at: 41),
  ]

  @Test("is refused where it goes wrong, and by zlib as well", arguments: rows)
  func table(row: Row) {
    var reader = DeflateReader(framing: .stream)
    let failure = reader.read(row.octets).failure
    #expect(failure?.code == row.code)
    #expect(failure?.bitOffset == row.bit)
    #expect(Zlib.inflate(row.octets, atMost: 4096) == nil)
  }

  @Test("what reads a single distance code of one bit is sound")
  func single() {
    let octets = written { singleDistance(&$0, distance: "0") }
    var reader = DeflateReader(framing: .stream)
    let report = reader.read(octets)
    #expect(report.failure == nil)
    #expect(report.output == Zlib.inflate(octets, atMost: 4096))
  }

  @Test("a block that has no distance code and needs none is sound")
  func noDistances() {
    let octets = written { noDistance(&$0, code: "0" + "0" + "10") }
    var reader = DeflateReader(framing: .stream)
    let report = reader.read(octets)
    #expect(report.failure == nil)
    #expect(report.output == [0, 0])
    #expect(report.output == Zlib.inflate(octets, atMost: 4096))
  }

  @Test(
    "a failure names the section that forbids it",
    arguments: [
      ("07 00", "RFC 1951 §3.2.3"), ("01 0500 FBFF 48656C6C6F", "RFC 1951 §3.2.4"), ("1B 03 00", "RFC 1951 §3.2.6"),
      ("F5 00 00", "RFC 1951 §3.2.7"), ("05 E0 FF FF FF FF FF FF FF FF", "RFC 1951 §3.2.2"), ("f2 00 11 00 00", "RFC 1951 §3.2.3"),
      ("", "RFC 1951 §3.2.3"),
    ])
  func sections(input: String, section: String) {
    var reader = DeflateReader(framing: .stream)
    #expect(reader.read(hex(input)).failure?.section == section)
    var narrow = DeflateReader(framing: .stream, windowBytes: 4, history: Array("Hello".utf8))
    #expect(narrow.read(hex("f2 00 11 00 00")).failure?.section == "RFC 7692 §7.1.2")
  }

  @Test("D08: a distance beyond the window is refused, one that fills it is not", arguments: [(256, true), (257, false)])
  func window(distance: Int, isSound: Bool) {
    let octets = written {
      $0.write(3, bits: 3)
      for _ in 0..<300 { $0.write(code: "00110000") }
      $0.write(code: "0000001" + "10000")
      $0.write(0, bits: 7)
      $0.write(code: "0000000")
    }
    // Distance symbol 16 with seven extra bits stands for 257 and more, symbol 15 with 63 for 256.
    let fitting = written {
      $0.write(3, bits: 3)
      for _ in 0..<300 { $0.write(code: "00110000") }
      $0.write(code: "0000001" + "01111")
      $0.write(63, bits: 6)
      $0.write(code: "0000000")
    }
    var reader = DeflateReader(framing: .stream, windowBytes: 256)
    let report = reader.read(isSound ? fitting : octets)
    #expect(report.largestDistance == distance)
    #expect(report.failure?.code == (isSound ? nil : .distanceBeyondWindow))
  }

  private static func fixed(_ writer: inout BitWriter, code: String) {
    writer.write(3, bits: 3)
    writer.write(code: code)
  }
}

/// A dynamic block with the literal 0, the end and the length 3, and one distance code of one bit.
private func singleDistance(_ writer: inout BitWriter, distance: String) {
  writer.writeDynamicHead(literals: 258, distances: 1, codeLengths: [0: 1, 1: 2, 2: 2])
  // Lengths: 1 for literal 0, 2 for 256 and 257, 1 for the distance.
  writer.write(code: "10" + String(repeating: "0", count: 255) + "11" + "11" + "10")
  writer.write(code: "0" + "11" + distance + "10")
}

/// A dynamic block with the literal 0, the end and the length 3, and no distance code.
private func noDistance(_ writer: inout BitWriter, code: String) {
  writer.writeDynamicHead(literals: 258, distances: 1, codeLengths: [0: 1, 1: 2, 2: 2])
  // Lengths: 1 for literal 0, 2 for 256 and 257, 0 for the distance.
  writer.write(code: "10" + String(repeating: "0", count: 255) + "11" + "11" + "0")
  writer.write(code: code)
}
