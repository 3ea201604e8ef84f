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

  @Test("every message comes back, within the window, at every window size and takeover", arguments: Array(8...15), [false, true])
  func roundTrip(bits: Int, takeover: Bool) throws {
    let compressor = DeflateCompressor(windowBits: bits, hasContextTakeover: takeover)
    let decompressor = DeflateDecompressor(windowBits: bits, hasContextTakeover: takeover)
    var reader = DeflateReader(framing: .message, windowBytes: 1 << bits)
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
      #expect(bits > 8 || report.largestDistance == 0)
      if !takeover { reader.forgetHistory() }
    }
    #expect(compressor.holdsState == takeover)
    #expect(decompressor.holdsState == takeover)
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
