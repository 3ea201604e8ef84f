import ProtocolTesting
import Testing
import WSProtocol

/// Every row of an endpoint's tables goes through the decoder as well; here is what only a decoder has.
@Suite("A frame decoder")
struct FrameDecoderTests {
  /// Feeds pieces and returns what was reported, and the failure.
  private func decode(
    _ pieces: [[UInt8]], to role: Role = .server, limits: WSLimits = WSLimits(), definedBits: ReservedBits = [], checksUTF8: Bool = true
  ) -> (pieces: [FramePiece], payload: [UInt8], failure: WSError?) {
    var decoder = FrameDecoder(role: role, limits: limits, definedBits: definedBits, checksUTF8: checksUTF8)
    var reported: [FramePiece] = []
    var payload: [UInt8] = []
    for part in pieces {
      var buffer = part
      var octets = buffer.mutableSpan
      var index = 0
      do {
        while let piece = try decoder.next(in: &octets, at: &index) {
          reported.append(piece)
          payload += Array(part: octets.span, piece.range)
        }
      } catch {
        return (reported, payload, error)
      }
    }
    return (reported, payload, nil)
  }

  @Test("reports a whole frame as one piece that begins and ends it")
  func whole() throws {
    let (pieces, payload, failure) = decode([frame(0x81, "Hello")])
    let piece = try #require(pieces.first)
    #expect(failure == nil)
    #expect(pieces.count == 1)
    #expect(payload == Array("Hello".utf8))
    #expect(piece.range == 6..<11)
    #expect(piece.payloadLength == 5)
    #expect(piece.beginsFrame && piece.endsFrame && piece.beginsMessage && piece.endsMessage && piece.isFinal)
    #expect(piece.opcode == .text && piece.messageKind == .text && !piece.isCompressed)
    #expect(
      piece.header
        == FrameHeader(opcode: .text, payloadLength: 5, maskingKey: MaskingKey(exampleKey[0], exampleKey[1], exampleKey[2], exampleKey[3])))
  }

  @Test("reports equal pieces for equal frames, whatever comes behind them", arguments: [Role.client, .server])
  func equalPieces(role: Role) {
    for content in [[], hex("61"), hex("61 62"), [UInt8](repeating: 0x63, count: 126)] {
      let octets = frame(0x82, content, from: role == .client ? .server : .client)
      let first = decode([octets], to: role).pieces.first
      for other in [hex("82 82 00 00 00 00 00 00"), frame(0x82, "more", from: role == .client ? .server : .client)] {
        #expect(decode([octets + other], to: role).pieces.first == first)
      }
    }
  }

  @Test("reports pieces of a frame with their place in frame and message")
  func places() {
    let octets = frame(0x02, "abc") + frame(0x80, "defg")
    let (pieces, payload, failure) = decode([Array(octets[..<8]), Array(octets[8..<15]), Array(octets[15...])])
    #expect(failure == nil)
    #expect(payload == Array("abcdefg".utf8))
    #expect(pieces.map(\.range) == [6..<8, 0..<1, 7..<7, 0..<4])
    #expect(pieces.map(\.offsetInFrame) == [0, 2, 0, 0])
    #expect(pieces.map(\.offsetInMessage) == [0, 2, 3, 3])
    #expect(pieces.map(\.beginsFrame) == [true, false, true, false])
    #expect(pieces.map(\.endsFrame) == [false, true, false, true])
    #expect(pieces.map(\.beginsMessage) == [true, false, false, false])
    #expect(pieces.map(\.endsMessage) == [false, false, false, true])
    #expect(pieces.map(\.messageKind) == [.binary, .binary, .binary, .binary])
  }

  @Test("F14: knows that a message is compressed through a ping and up to its last fragment, and leaves its text alone")
  func compressed() {
    let octets = frame(0x41, hex("FF 01")) + frame(0x89, "p") + frame(0x80, hex("02 FE")) + frame(0xC2) + frame(0x81, "x")
    for pieces in [[octets], octets.map { [$0] }] {
      let result = decode(pieces, definedBits: .rsv1)
      #expect(result.failure == nil)
      let frames = result.pieces.filter(\.endsFrame)
      #expect(frames.map(\.isCompressed) == [true, false, true, true, false])
      #expect(frames.map(\.messageKind) == [.text, nil, .text, .binary, .text])
      #expect(frames.map(\.header.reservedBits) == [.rsv1, [], [], .rsv1, []])
    }
  }

  @Test("grants a compressed message the room that compression adds, and no more")
  func compressedLimit() {
    var limits = WSLimits()
    limits.maximumMessageBytes = 80
    let atLimit = 80 + 80 / 8 + 64
    #expect(decode([frame(0xC2, [UInt8](repeating: 0, count: atLimit))], limits: limits, definedBits: .rsv1).failure == nil)
    let failure = decode([frame(0xC2, [UInt8](repeating: 0, count: atLimit + 1))], limits: limits, definedBits: .rsv1).failure
    #expect(failure?.code == .messageTooLong)
    #expect(failure?.limit == UInt64(atLimit))
  }

  @Test("leaves text unchecked when asked to")
  func unchecked() {
    let octets = frame(0x81, hex("FF C0 80")) + frame(0x01, hex("E2")) + frame(0x80)
    let result = decode([octets], checksUTF8: false)
    #expect(result.failure == nil)
    #expect(result.payload == hex("FF C0 80 E2"))
    #expect(decode([octets]).failure?.code == .invalidUTF8)
  }

  @Test("F27: finds a bad octet at every place of masked texts of 1…130 octets", arguments: [UInt8](arrayLiteral: 0x80, 0xFF))
  func everyPlace(bad: UInt8) {
    var wrong: [String] = []
    for length in 1...130 {
      let octets = frame(0x81, [UInt8](repeating: 0x61, count: length))
      let start = octets.count - length
      for place in 0..<length {
        var damaged = octets
        damaged[start + place] ^= 0x61 ^ bad
        let failure = decode([damaged]).failure
        if failure?.code != .invalidUTF8 || failure?.offset != UInt64(start + place) { wrong.append("\(length) octets, \(place)") }
      }
    }
    #expect(wrong == [])
  }

  /// The first octets of a long payload, up to an address that is a multiple of sixteen, are unmasked by themselves.
  @Test("F27: finds a bad octet at both ends of masked texts of 4,096 octets and more, wherever they begin", arguments: 0..<16)
  func bothEnds(before: Int) {
    var wrong: [String] = []
    for length in [4096, 4111] {
      let octets = frame(0x82, [UInt8](repeating: 0, count: before)) + frame(0x81, [UInt8](repeating: 0x61, count: length))
      let start = octets.count - length
      for place in Array(0..<40) + Array((length - 40)..<length) {
        var damaged = octets
        damaged[start + place] ^= 0x61 ^ 0xFF
        let failure = decode([damaged]).failure
        if failure?.code != .invalidUTF8 || failure?.offset != UInt64(start + place) { wrong.append("\(length) octets, \(place)") }
      }
    }
    #expect(wrong == [])
  }

  /// Octet by octet every header is gathered and judged with care; whole, most frames take the shortcut.
  @Test(
    "F39: judges all first octets with second octets at the edges alike, whole and octet by octet", arguments: [Role.client, .server],
    [[], ReservedBits.rsv1])
  func headers(role: Role, definedBits: ReservedBits) {
    var wrong: [String] = []
    for first in UInt8.min ... .max {
      for length in [UInt8](arrayLiteral: 0, 1, 125, 126, 127) {
        for maskBit in [UInt8](arrayLiteral: 0, 0x80) {
          for extended in length == 126 ? [[0, 125], [0, 126]] : [[0, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]] {
            let octets = [first, length | maskBit] + (length > 125 ? extended : []) + [UInt8](repeating: 0x61, count: 134)
            let whole = decode([octets], to: role, definedBits: definedBits)
            let cut = decode(octets.map { [$0] }, to: role, definedBits: definedBits)
            let areEqual =
              whole.failure?.code == cut.failure?.code && whole.failure?.offset == cut.failure?.offset
              && whole.pieces.filter(\.endsFrame).map(\.header) == cut.pieces.filter(\.endsFrame).map(\.header)
              && cut.payload.starts(with: whole.payload)
            if !areEqual { wrong.append("\(octets[..<4]): \(whole.failure as Any), \(cut.failure as Any)") }
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("unmasks payloads of every length 0…300 where they stand, several in a buffer")
  func inPlace() {
    var generator = SeededGenerator(seed: 5)
    let contents = (0...300).map { generator.octets($0) }
    let octets = contents.flatMap { frame(0x82, $0) }
    let result = decode([octets])
    #expect(result.failure == nil)
    #expect(result.pieces.map(\.count) == Array(0...300))
    #expect(result.payload == contents.flatMap { $0 })
  }

  @Test("says whether a frame is cut, and how far the stream is")
  func position() throws {
    var decoder = FrameDecoder(role: .client)
    var seen: [Bool] = [decoder.isBetweenFrames]
    for (number, octet) in hex("82 02 61 62").enumerated() {
      var buffer = [octet]
      var octets = buffer.mutableSpan
      var index = 0
      while try decoder.next(in: &octets, at: &index) != nil {}
      let offset = decoder.streamOffset
      #expect(offset == UInt64(number + 1))
      seen.append(decoder.isBetweenFrames)
    }
    #expect(seen == [true, false, false, false, true])
  }
}
