import ProtocolTesting
import Testing
import WSProtocol

/// Rows that are about memory and work rather than about one error.
@Suite("Hostile frames cost little")
struct HostileFrameTests {
  @Test("F04: every call takes octets or says that there are none, on 256 connections of random octets", arguments: [Role.client, .server])
  func progress(role: Role) throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<256 {
      var buffer = generator.octets(64)
      // Mostly allowed first octets, so that some frames get through.
      buffer[0] = [0x81, 0x82, 0x01, 0x89][Int.random(in: 0..<4, using: &generator)]
      var decoder = FrameDecoder(role: role, checksUTF8: false)
      var octets = buffer.mutableSpan
      var index = 0
      var calls = 0
      var isDone = false
      while !isDone {
        let start = index
        calls += 1
        do {
          if try decoder.next(in: &octets, at: &index) == nil { isDone = true } else { #expect(index > start) }
        } catch {
          isDone = true
        }
      }
      #expect(calls <= 33, "a frame has two octets at least")
    }
  }

  @Test("F05, F28: a decoder has nowhere to keep what it was sent: its size is fixed and below 512 octets")
  func fixedSize() { #expect(MemoryLayout<FrameDecoder>.size < 512) }

  @Test("F08: fragments of 64 KiB without end are refused when their sum passes 16 MiB, and no more was held")
  func endlessFragments() throws {
    let endpoint = TestedEndpoint(.client)
    let part = [UInt8](repeating: 7, count: 1 << 16)
    let first = frame(0x02, part, from: .server)
    let next = frame(0x00, part, from: .server)
    #expect(endpoint.receive(first) == [])
    for _ in 1..<256 { #expect(endpoint.receive(next) == []) }
    #expect(endpoint.heldOctets == 16 << 20)
    #expect(endpoint.receive(Array(next.prefix(10))) == [.failed(WSError(.messageTooLong, offset: 0))])
    let error = try #require(endpoint.failure)
    #expect(error.offset == UInt64(first.count * 256))
    #expect(error.limit == 16 << 20)
    #expect(error.actual == (16 << 20) + (1 << 16))
  }

  @Test("F30: a thousand unsolicited Pongs leave nothing behind")
  func pongs() {
    let endpoint = TestedEndpoint(.server)
    for second in 0..<10 {
      let pongs = (0..<100).flatMap { _ in frame(0x8A, [UInt8](repeating: 0x61, count: 125)) }
      #expect(endpoint.receive(pongs, at: .seconds(second * 2)).count == 100)
    }
    #expect(endpoint.heldOctets == 0)
    #expect(endpoint.takeOutput() == [])
  }

  @Test("F38: no octets make a header of more than fourteen, length octets with the top bit set no more than others")
  func boundedHeaders() {
    for fill in [UInt8](arrayLiteral: 0x80, 0xFF) {
      for second in UInt8.min ... .max {
        var scanner = FrameHeaderScanner()
        let octets = [0x82, second] + [UInt8](repeating: fill, count: 100)
        var index = 0
        let header = scanner.scan(octets.span, at: &index)
        #expect(header != nil && index <= 14)
      }
    }
  }
}
