import Deflate
import DeflateAudit
import Testing
import WSProtocol

@Suite("Compressing and decompressing")
struct StreamTests {
  static let messages: [[UInt8]] = [
    Array("Hello".utf8), [], Array("Hello".utf8), [UInt8](repeating: 0x61, count: 200_000), noise(40_000), noise(40_000), [0],
    repeated(noise(700), 60),
  ]

  @Test("D08: every message comes back, within the window, at every window size and takeover", arguments: Array(8...15), [false, true])
  func roundTrip(bits: Int, takeover: Bool) throws {
    let compressor = DeflateCompressor(windowBits: bits, hasContextTakeover: takeover)
    let decompressor = DeflateDecompressor(windowBits: bits, hasContextTakeover: takeover)
    var reader = DeflateReader(framing: .message, windowBytes: 1 << bits)
    var largestDistance = 0
    for message in Self.messages {
      let payload = try #require(compressor.compress(message))
      var output: [UInt8] = []
      try decompressor.decompress(payload.span, into: &output, limit: 1 << 20)
      try decompressor.finishMessage(into: &output, limit: 1 << 20)
      #expect(output == message)
      let report = reader.read(payload)
      #expect(report.failure == nil)
      #expect(report.output == message)
      #expect(takeover || !report.reachesIntoHistory)
      largestDistance = max(largestDistance, report.largestDistance)
      if !takeover { reader.forgetHistory() }
    }
    // zlib has no window for 8 bits: then there is no match at all.
    #expect((largestDistance == 0) == (bits == 8))
    #expect(compressor.holdsState == takeover)
    #expect(decompressor.holdsState == takeover)
  }

  @Test("a payload that just fills the buffer between zlib and the array comes back")
  func fullBuffer() throws {
    let compressor = DeflateCompressor(windowBits: 15, hasContextTakeover: true)
    let decompressor = DeflateDecompressor(windowBits: 15, hasContextTakeover: true)
    var lengths: Set<Int> = []
    for count in 16_350...16_400 {
      let message = noise(count, seed: UInt64(count))
      let payload = try #require(compressor.compress(message))
      lengths.insert(payload.count + 4)
      var output: [UInt8] = []
      try decompressor.decompress(payload.span, into: &output, limit: count)
      try decompressor.finishMessage(into: &output, limit: count)
      #expect(output == message)
    }
    #expect(lengths.contains { $0 <= 16_384 } && lengths.contains { $0 > 16_384 })
  }

  @Test("the level is passed on, and kept within 1 and 9")
  func level() throws {
    let octets = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 97) }
    func payload(_ level: Int) -> [UInt8]? {
      DeflateCompressor(windowBits: 15, hasContextTakeover: false, level: level).compress(octets)
    }
    #expect(try #require(payload(1)).count > #require(payload(9)).count)
    #expect(payload(0) == payload(1))
    #expect(payload(10) == payload(9))
  }

  @Test("reads the examples of RFC 7692 §7.2.3 in single octets")
  func examples() throws {
    let payloads = [
      "f2 48 cd c9 c9 07 00", "f2 00 11 00 00", "00 05 00 fa ff 48 65 6c 6c 6f 00", "f3 48 cd c9 c9 07 00 00",
      "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
    ]
    let decompressor = DeflateDecompressor(windowBits: 15, hasContextTakeover: true)
    for payload in payloads {
      var output: [UInt8] = []
      for octet in hex(payload) { try decompressor.decompress([octet].span, into: &output, limit: 5) }
      try decompressor.finishMessage(into: &output, limit: 5)
      #expect(output == Array("Hello".utf8))
    }
  }

  @Test("a failure is final and leaves no zlib state behind")
  func failure() {
    let decompressor = DeflateDecompressor(windowBits: 15, hasContextTakeover: true)
    var output: [UInt8] = []
    let bad: [UInt8] = [0x07]
    let good = hex("f2 48 cd c9 c9 07 00")
    let invalid = DecompressionError.malformed("invalid block type")
    #expect(throws: invalid) { try decompressor.decompress(bad.span, into: &output, limit: 100) }
    #expect(!decompressor.holdsState)
    #expect(throws: invalid) { try decompressor.decompress(good.span, into: &output, limit: 100) }
    #expect(throws: invalid) { try decompressor.finishMessage(into: &output, limit: 100) }
    let nothing: [UInt8] = []
    #expect(throws: invalid) { try decompressor.decompress(nothing.span, into: &output, limit: 100) }
    #expect(output.isEmpty)
  }
}
