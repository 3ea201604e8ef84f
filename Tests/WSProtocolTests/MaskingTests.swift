import ProtocolTesting
import Testing
import WSProtocol

@Suite("Masking")
struct MaskingTests {
  static let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)

  @Test("keeps the octets of a key in wire order")
  func order() {
    #expect(Self.key.octets == exampleKey)
    #expect((0..<8).map { Self.key.octet(at: $0) } == exampleKey + exampleKey)
    #expect(MaskingKey(littleEndian: 0x3D21_FA37) == Self.key)
  }

  @Test("advances a key by any count", arguments: [0, 1, 2, 3, 4, 5, 127, 65535, 65536, Int.max])
  func advanced(count: Int) {
    let advanced = Self.key.advanced(by: count)
    #expect(advanced.octets == (0..<4).map { exampleKey[(count % 4 + $0) % 4] })
    #expect(advanced.advanced(by: 4 - count % 4) == Self.key)
  }

  @Test("equals the octet-by-octet definition for 0…300 octets at any start and phase")
  func reference() {
    var generator = SeededGenerator(seed: 1)
    var wrong: [String] = []
    for length in 0...300 {
      for phase in [0, 1, 2, 3, 6] {
        let start = length % 7
        let plain = generator.octets(start + length)
        var array = plain
        Masking.apply(Self.key.advanced(by: phase), to: &array, from: start)
        let rotated = (0..<4).map { exampleKey[($0 + phase) % 4] }
        if array != plain[..<start] + masked(Array(plain[start...]), rotated) { wrong.append("\(length) octets, phase \(phase)") }
      }
    }
    #expect(wrong == [])
  }

  @Test("equals the definition for long payloads", arguments: UInt64(0)..<8)
  func long(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let plain = generator.octets(Int.random(in: 1000...9000, using: &generator))
    var octets = plain
    var span = octets.mutableSpan
    Masking.apply(Self.key, to: &span)
    #expect(octets == masked(plain))
  }

  @Test("of two parts equals that of the whole, and twice is the identity", arguments: [0, 1, 15, 16, 17, 63, 64, 65, 99, 100])
  func parts(cut: Int) {
    var generator = SeededGenerator(seed: 7)
    let plain = generator.octets(100)
    var octets = plain
    Masking.apply(Self.key.advanced(by: cut), to: &octets, from: cut)
    var head = Array(octets[..<cut])
    Masking.apply(Self.key, to: &head, from: 0)
    octets.replaceSubrange(..<cut, with: head)
    #expect(octets == masked(plain))
    Masking.apply(Self.key, to: &octets, from: 0)
    #expect(octets == plain)
  }

  @Test("with a key of zero changes nothing")
  func zero() {
    var octets = Array(UInt8(0)...200)
    Masking.apply(MaskingKey(littleEndian: 0), to: &octets, from: 0)
    #expect(octets == Array(0...200))
  }
}
