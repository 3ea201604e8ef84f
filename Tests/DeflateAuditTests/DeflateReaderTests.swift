import CZlib
import DeflateAudit
import ProtocolTesting
import Testing

@Suite("DEFLATE reader")
struct DeflateReaderTests {
  /// Data of many kinds, named.
  static let samples: [(name: String, octets: [UInt8])] = {
    var random = SeededGenerator(seed: 7)
    let noise = (0..<12_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let words = ["frame ", "mask ", "opcode ", "payload ", "close ", "ping ", "é"]
    let text = (0..<1_500).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined()
    return [
      ("nothing", []), ("one octet", [0x41]), ("zeros", [UInt8](repeating: 0, count: 20_000)), ("noise", noise),
      ("few symbols", noise.map { $0 & 3 }), ("text", Array(text.utf8)), ("far repetition", noise + noise),
      ("every octet", Array(0...255) + Array(0...255)),
    ]
  }()

  @Test("agrees with zlib on data of every kind at every level and strategy", arguments: 0..<samples.count)
  func agrees(sample: Int) throws {
    let octets = Self.samples[sample].octets
    for level in 0...9 {
      for strategy in Zlib.strategies {
        let compressed = try #require(Zlib.deflate(octets, level: level, strategy: strategy))
        var reader = DeflateReader(framing: .stream)
        let report = reader.read(compressed)
        #expect(report.failure == nil)
        #expect(report.output == octets)
        #expect(report.trailingBitCount < 8)
        #expect(report.blocks.last?.isFinal == true)
        #expect(report.blockCount == report.blocks.count)
        #expect(!report.reachesIntoHistory)
      }
    }
  }

  @Test("D08: finds that zlib keeps within its window", arguments: 9...15)
  func windows(bits: Int) throws {
    let octets = Self.samples[6].octets + Self.samples[5].octets
    let compressed = try #require(Zlib.deflate(octets, level: 9, windowBits: bits, strategy: CZLIB_DEFAULT_STRATEGY))
    var reader = DeflateReader(framing: .stream, windowBytes: 1 << bits)
    let report = reader.read(compressed)
    #expect(report.failure == nil)
    #expect(report.output == octets)
    #expect(report.largestDistance > (1 << bits) / 3)
  }

  @Test("agrees with zlib on whether data with one octet changed is sound, and on what it stands for")
  func mutations() throws {
    var random = SeededGenerator(seed: 11)
    var sound = 0
    var broken = 0
    for sample in [1, 4, 5, 7] {
      let octets = Array(Self.samples[sample].octets.prefix(600))
      for strategy in [CZLIB_DEFAULT_STRATEGY, CZLIB_FIXED] {
        let original = try #require(Zlib.deflate(octets, level: 6, strategy: strategy))
        for _ in 0..<400 {
          var compressed = original
          compressed[Int.random(in: 0..<compressed.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
          var reader = DeflateReader(framing: .stream)
          let report = reader.read(compressed)
          if report.failure == nil { sound += 1 } else { broken += 1 }
          #expect(Zlib.inflate(compressed, atMost: 1 << 18) == (report.failure == nil ? report.output : nil))
        }
      }
    }
    #expect(sound > 100 && broken > 100)
  }

  @Test(
    "reads the examples of RFC 7692 §7.2.3",
    arguments: [
      ("f2 48 cd c9 c9 07 00", [DeflateBlock.Kind.fixed, .stored]), ("00 05 00 fa ff 48 65 6c 6c 6f 00", [.stored, .stored]),
      ("f3 48 cd c9 c9 07 00 00", [.fixed, .stored]),
      ("f2 48 05 00 00 00 ff ff ca c9 c9 07 00", [.fixed, .stored, .fixed, .stored]),
    ])
  func examples(payload: String, kinds: [DeflateBlock.Kind]) {
    var reader = DeflateReader(framing: .message)
    let report = reader.read(hex(payload))
    #expect(report.failure == nil)
    #expect(report.output == Array("Hello".utf8))
    #expect(report.blocks.map(\.kind) == kinds)
  }

  @Test("carries history from message to message until it is told to forget")
  func history() {
    var reader = DeflateReader(framing: .message)
    _ = reader.read(hex("f2 48 cd c9 c9 07 00"))
    let second = reader.read(hex("f2 00 11 00 00"))
    #expect(second.output == Array("Hello".utf8))
    #expect(second.reachesIntoHistory)
    reader.forgetHistory()
    #expect(reader.read(hex("f2 00 11 00 00")).failure?.code == .distanceBeforeStart)
  }

  @Test("describes blocks by their bits, output, symbols and distances")
  func blocks() {
    var reader = DeflateReader(framing: .stream)
    let octets = written {
      $0.write(0, bits: 3)
      $0.align()
      $0.write(2, bits: 16)
      $0.write(2 ^ 0xFFFF, bits: 16)
      $0.write(0x4241, bits: 16)
      $0.write(3, bits: 3)
      $0.write(code: "01110011" + "0000011" + "00001" + "0000000")
    }
    let report = reader.read(octets + [0xAA])
    #expect(report.blocks.map(\.bits) == [0..<56, 56..<86])
    #expect(report.blocks.map(\.output) == [0..<2, 2..<8])
    #expect(report.blocks.map(\.literalCount) == [0, 1])
    #expect(report.blocks.map(\.longestLength) == [0, 5])
    #expect(report.blocks.map(\.largestDistance) == [0, 2])
    #expect(report.output == Array("ABCBCBCB".utf8))
    #expect(report.endBit == 86)
    #expect(report.trailingBitCount == 10)
  }

  @Test("D16: keeps no more history than the window holds", arguments: [0, 256, 512, 32_768, 65_536])
  func historyWithinWindow(windowBytes: Int) {
    let octets = [UInt8](repeating: 0x61, count: 40_000)
    var reader = DeflateReader(framing: .message, windowBytes: windowBytes, history: octets)
    let window = min(windowBytes, DeflateReader.maximumDistance)
    #expect(reader.history.count == window)
    _ = reader.read(hex("f2 48 cd c9 c9 07 00"))
    #expect(reader.history == (octets + Array("Hello".utf8)).suffix(window))
    // Length 3, distance 1.
    #expect(reader.read(hex("02 02 00 00")).failure?.code == (windowBytes == 0 ? .distanceBeyondWindow : nil))
  }

  @Test("D10: reports the octets of a stored block as far as they are there", arguments: 0...4)
  func truncatedStored(count: Int) {
    var reader = DeflateReader(framing: .stream)
    let report = reader.read(hex("01 0500 FAFF") + Array("Hello".utf8.prefix(count)))
    #expect(report.failure?.code == .truncated)
    #expect(report.failure?.bitOffset == 40 + 8 * count)
    #expect(report.output == Array("Hello".utf8.prefix(count)))
    #expect(report.blocks.map(\.output) == [0..<count])
    #expect(report.trailingBitCount == 0)
    #expect(reader.history == report.output)
  }

  @Test("the limit on output is the last octet allowed, of every kind of data", arguments: ["stored", "literals", "match"])
  func outputLimit(kind: String) {
    let inputs = [
      "stored": hex("01 0500 FAFF 48656C6C6F"), "literals": hex("f3 48 cd c9 c9 07 00"),
      "match": written {
        $0.write(3, bits: 3)
        $0.write(code: "01110001" + "0000010" + "00000" + "0000000")
      },
    ]
    var limits = DeflateLimits()
    for (limit, code) in [(5, nil), (4, DeflateFailure.Code.outputLimit)] {
      limits.maximumOutputBytes = limit
      var reader = DeflateReader(framing: .stream, limits: limits)
      let report = reader.read(inputs[kind] ?? [])
      #expect(report.failure?.code == code)
      #expect(report.failure?.limit == (code == nil ? nil : 4))
      #expect(report.failure?.actual == (code == nil ? nil : 5))
      #expect(report.output.count <= limit)
    }
  }

  @Test("the farthest and the longest match of a block stand in it, whichever came first")
  func farthest() {
    let octets = written {
      $0.write(3, bits: 3)
      $0.write(code: "01110001" + "01110010" + "01110011")  // ABC
      $0.write(code: "0000010" + "00010")  // four octets from three before
      $0.write(code: "0000001" + "00000")  // three octets from one before
      $0.write(code: "0000000")
    }
    var reader = DeflateReader(framing: .stream, history: Array("xyz".utf8))
    let report = reader.read(octets)
    #expect(report.output == Array("ABCABCAAAA".utf8))
    #expect(report.blocks.map(\.longestLength) == [4])
    #expect(report.blocks.map(\.largestDistance) == [3])
    #expect(report.blocks.map(\.matchCount) == [2])
    #expect(report.largestDistance == 3)
    // The distance of three ends at the first octet of the output itself.
    #expect(!report.reachesIntoHistory)
  }

  @Test("stops at its limits on output and blocks, and records no more blocks than it may")
  func limits() throws {
    var limits = DeflateLimits()
    limits.maximumOutputBytes = 1000
    let bomb = try #require(Zlib.deflate([UInt8](repeating: 0, count: 1 << 20), level: 9, strategy: CZLIB_DEFAULT_STRATEGY))
    var capped = DeflateReader(framing: .stream, limits: limits)
    let report = capped.read(bomb)
    #expect(report.failure?.code == .outputLimit)
    #expect(report.output.count <= 1000)
    limits.maximumBlocks = 10
    limits.maximumRecordedBlocks = 3
    var blocks = DeflateReader(framing: .message, limits: limits)
    let empty = (0..<11).flatMap { _ in hex("00 0000 FFFF") }
    let many = blocks.read(empty)
    #expect(many.failure?.code == .blockLimit)
    #expect(many.failure?.isLimit == true)
    #expect(many.blockCount == 10)
    #expect(many.blocks.count == 3)
  }

  @Test("D11: a final block may be followed by blocks in a message, not by anything else")
  func afterFinal() {
    var reader = DeflateReader(framing: .message)
    let hello = "f3 48 cd c9 c9 07 00"
    #expect(reader.read(hex(hello + hello + "00")).output == Array("HelloHello".utf8))
    #expect(reader.read(hex(hello + "07 00")).failure?.code == .reservedBlockType)
    #expect(reader.read(hex(hello)).failure?.code == .truncated)
  }
}
