import ProtocolTesting
import Testing
import WSProtocol

@Suite("Frame headers")
struct FrameHeaderTests {
  static let lengths: [UInt64] = [
    0, 1, 125, 126, 127, 128, 0xFF, 0x100, 0xFFFE, 0xFFFF, 0x1_0000, 0x1_0001, 0xFFFF_FFFF, 0x1_0000_0000,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]

  @Test("survive encoding and scanning with every opcode, bit, mask, length and length form", arguments: lengths)
  func roundTrip(length: UInt64) {
    let forms: [LengthForm] = [.sevenBits, .sixteenBits, .sixtyFourBits].filter { form in
      switch form {
      case .sevenBits: length <= 125
      case .sixteenBits: length <= 0xFFFF
      case .sixtyFourBits: true
      }
    }
    var wrong: [String] = []
    for opcode in (UInt8(0)..<16).map(Opcode.init) {
      for bits in (UInt8(0)..<8).map(ReservedBits.init) {
        for isFinal in [false, true] {
          for key in [nil, MaskingKey(0x01, 0x80, 0xFF, 0x7F)] {
            for form in forms {
              let header = FrameHeader(
                opcode: opcode, payloadLength: length, isFinal: isFinal, reservedBits: bits, maskingKey: key, lengthForm: form)
              var octets: [UInt8] = []
              header.encode(into: &octets)
              let isRight =
                octets.count == header.encodedLength && scan([octets]) == [header] && header.usesMinimalLength == (form == forms[0])
              if !isRight { wrong.append("\(header)") }
            }
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test(
    "stand on the wire as in the RFC's examples",
    arguments: [
      ("5.7 unmasked text", FrameHeader(opcode: .text, payloadLength: 5), "81 05"),
      ("5.7 masked text", FrameHeader(opcode: .text, payloadLength: 5, maskingKey: MaskingKey(0x37, 0xFA, 0x21, 0x3D)), "81 85 37FA213D"),
      ("5.7 first fragment", FrameHeader(opcode: .text, payloadLength: 3, isFinal: false), "01 03"),
      ("5.7 last fragment", FrameHeader(opcode: .continuation, payloadLength: 2), "80 02"),
      ("5.7 256 octets", FrameHeader(opcode: .binary, payloadLength: 256), "82 7E 0100"),
      ("5.7 64 KiB", FrameHeader(opcode: .binary, payloadLength: 65536), "82 7F 0000000000010000"),
      ("all reserved bits", FrameHeader(opcode: .pong, payloadLength: 125, reservedBits: [.rsv1, .rsv2, .rsv3]), "FA 7D"),
      ("a form longer than needed", FrameHeader(opcode: .ping, payloadLength: 1, lengthForm: .sixtyFourBits), "89 7F 0000000000000001"),
    ])
  func examples(name: String, header: FrameHeader, wire: String) {
    var octets: [UInt8] = []
    header.encode(into: &octets)
    #expect(octets == hex(wire))
    #expect(scan([hex(wire)]) == [header])
  }

  @Test("F21: are followed by the payload, masked with their key, for every length 0…300 and at the edges of the length forms")
  func wholeFrames() {
    var generator = SeededGenerator(seed: 6)
    var wrong: [Int] = []
    for count in Array(0...300) + [65535, 65536] {
      let payload = generator.octets(count)
      for sender in [Role.client, .server] {
        let key = sender == .client ? MaskingKey(0x37, 0xFA, 0x21, 0x3D) : nil
        var output: [UInt8] = [0xAA]
        FrameHeader(opcode: .binary, payloadLength: UInt64(count), maskingKey: key).encode(payload: payload.span, into: &output)
        if output != [0xAA] + frame(0x82, payload, from: sender) { wrong.append(count) }
      }
    }
    #expect(wrong == [])
  }

  @Test("are followed by the payload in a buffer as in an array, at every offset 0…16, if there is room for all of it and not otherwise")
  func wholeFramesInBuffers() {
    var generator = SeededGenerator(seed: 7)
    var wrong: [String] = []
    for count in Array(0...80) + [125, 126, 300, 65536] {
      let payload = generator.octets(count)
      for key in [nil, MaskingKey(0x37, 0xFA, 0x21, 0x3D)] {
        let header = FrameHeader(opcode: .binary, payloadLength: UInt64(count), maskingKey: key)
        let wire = frame(0x82, payload, from: key == nil ? .server : .client)
        for (offset, room) in (0...16).map({ ($0, wire.count) }) + [(3, wire.count + 40), (3, wire.count - 1)] {
          var buffer = [UInt8](repeating: 0xAA, count: offset + room)
          var octets = buffer.mutableSpan
          var index = offset
          let fits = header.encode(payload: payload.span, into: &octets, at: &index)
          let expected = fits ? Array(buffer[..<offset]) + wire : [UInt8](repeating: 0xAA, count: offset + room)
          let before = [UInt8](repeating: 0xAA, count: offset)
          if fits != (room >= wire.count) || index != (fits ? offset + wire.count : offset) || !buffer.starts(with: expected)
            || !buffer.starts(with: before)
          {
            wrong.append("\(count) octets at \(offset), room for \(room)")
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("of fourteen octets are followed by payloads of every length 0…80")
  func longestHeaders() {
    let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
    for count in 0...80 {
      let payload = [UInt8](repeating: 0x61, count: count)
      let header = FrameHeader(opcode: .binary, payloadLength: UInt64(count), maskingKey: key, lengthForm: .sixtyFourBits)
      var output: [UInt8] = []
      header.encode(payload: payload.span, into: &output)
      if output != hex("82 FF 00000000000000") + [UInt8(count)] + exampleKey + masked(payload) { Issue.record("\(count) octets") }
    }
  }

  @Test("are encoded with their payload without a new allocation where there is room")
  func noAllocation() {
    var output: [UInt8] = []
    output.reserveCapacity(4096)
    let address = unsafe output.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    let payload = [UInt8](repeating: 0x61, count: 300)
    for _ in 0..<10 {
      FrameHeader(opcode: .text, payloadLength: 300, maskingKey: MaskingKey(1, 2, 3, 4)).encode(payload: payload.span, into: &output)
    }
    #expect(output.count == 3080)
    let addressNow = unsafe output.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    #expect(addressNow == address)
  }

  @Test("are the same however the octets are cut")
  func cutEverywhere() {
    let octets = hex("81 05 C1 85 37FA213D 82 7E 0100 09 FE FFFF 01020304 F7 7F 8000000000000000 00 FF FFFFFFFFFFFFFFFF 00000000 8A 00")
    let run = { ParseTrace(events: scan($0)) }
    #expect(run([octets]).events.count == 7)
    #expect(splitEverywhere("seven headers", octets, run: run).map(\.description) == [])
    #expect(everyPrefix("seven headers", octets, run: run).map(\.description) == [])
  }

  @Test("come out of arbitrary octets without a gap, and encode to the same octets", arguments: UInt64(0)..<64)
  func arbitraryOctets(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let octets = generator.octets(512)
    var scanner = FrameHeaderScanner()
    var encoded: [UInt8] = []
    var index = 0
    while let header = scanner.scan(octets.span, at: &index) {
      header.encode(into: &encoded)
      if encoded.count != index { Issue.record("\(header) has \(header.encodedLength) octets, and ends at \(index)") }
    }
    #expect(index == octets.count)
    #expect(encoded.count + scanner.pendingOctets == octets.count)
    #expect(encoded[...] == octets[..<encoded.count])
  }

  @Test("tell the octets that are there before they are complete")
  func pending() {
    var scanner = FrameHeaderScanner()
    var seen: [[Int?]] = []
    for octet in hex("82 FE 0102 0A0B0C0D") {
      var index = 0
      let header = scanner.scan([octet].span, at: &index)
      seen.append([scanner.pendingOctets, scanner.firstOctet.map(Int.init), scanner.secondOctet.map(Int.init), header == nil ? nil : 1])
    }
    #expect(seen == [[1, 0x82, nil, nil]] + (2...7).map { [$0, 0x82, 0xFE, nil] } + [[0, nil, nil, 1]])
  }

  @Test("name reserved bits and opcodes")
  func names() {
    #expect(ReservedBits([.rsv1, .rsv3]).description == "RSV1+RSV3")
    #expect(ReservedBits().description == "none")
    #expect(ReservedBits(rawValue: 0xFF).rawValue == 7)
    let opcodes = (UInt8(0)..<16).map(Opcode.init)
    #expect(opcodes.filter(\.isReserved).map(\.rawValue) == [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    #expect(opcodes.filter(\.isControl).map(\.rawValue) == Array(8...15))
    #expect(
      [0, 1, 2, 8, 9, 10, 3].map { opcodes[$0].description } == ["continuation", "text", "binary", "close", "ping", "pong", "opcode 3"])
    #expect(Opcode(rawValue: 0xF1) == .text)
  }
}

/// The headers in the pieces, without payloads between them.
private func scan(_ pieces: [[UInt8]]) -> [FrameHeader] {
  var scanner = FrameHeaderScanner()
  var headers: [FrameHeader] = []
  for piece in pieces {
    var index = 0
    while let header = scanner.scan(piece.span, at: &index) { headers.append(header) }
  }
  return headers
}
