import Testing
import WSProtocol

/// The octets written in hexadecimal, blanks ignored.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// The key of the RFC's own example (RFC 6455 §5.7).
let exampleKey: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

/// Combines octet by octet, as RFC 6455 §5.3 puts it.
func masked(_ octets: [UInt8], _ key: [UInt8] = exampleKey) -> [UInt8] {
  octets.indices.map { octets[$0] ^ key[$0 % 4] }
}

/// A frame written without the module under test: the first octet as given, the length in its shortest form.
func frame(_ first: UInt8, _ payload: [UInt8] = [], from sender: Role = .client) -> [UInt8] {
  let maskBit: UInt8 = sender == .client ? 0x80 : 0
  var octets = [first]
  switch payload.count {
  case ...125: octets += [maskBit | UInt8(payload.count)]
  case ...0xFFFF: octets += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
  default: octets += [maskBit | 127] + stride(from: 56, through: 0, by: -8).map { UInt8(payload.count >> $0 & 0xFF) }
  }
  return octets + (sender == .client ? exampleKey + masked(payload) : payload)
}

func frame(_ first: UInt8, _ text: String, from sender: Role = .client) -> [UInt8] { frame(first, Array(text.utf8), from: sender) }

/// The payload of a Close frame.
func closing(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] + reason }

/// A frame an endpoint wrote, unmasked.
struct WrittenFrame: Equatable {
  var first: UInt8
  var payload: [UInt8]
  var key: [UInt8]?

  var closeCode: UInt16? { first == 0x88 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }
}

/// Reads whole frames without the module under test; octets that are no whole frame are an issue.
func writtenFrames(_ octets: [UInt8]) -> [WrittenFrame] {
  var frames: [WrittenFrame] = []
  var rest = octets[...]
  while rest.count >= 2 {
    let first = rest.removeFirst()
    let second = rest.removeFirst()
    var length = Int(second & 0x7F)
    if length > 125 {
      let count = length == 126 ? 2 : 8
      length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(count)
    }
    let key = second & 0x80 == 0 ? nil : Array(rest.prefix(4))
    rest = rest.dropFirst(key == nil ? 0 : 4)
    let payload = Array(rest.prefix(length))
    guard payload.count == length else { break }
    rest = rest.dropFirst(length)
    frames.append(WrittenFrame(first: first, payload: key.map { masked(payload, $0) } ?? payload, key: key))
  }
  if !rest.isEmpty { Issue.record("\(rest.count) octets that are no whole frame") }
  return frames
}

/// Keys that never repeat and are counted.
struct CountedKeys: MaskingKeySource {
  private(set) var given = 0

  mutating func nextMaskingKey() -> MaskingKey {
    given += 1
    return Self.key(given)
  }

  /// The key of the frame with that number, counted from 1.
  static func key(_ number: Int) -> MaskingKey { MaskingKey(littleEndian: 0xA5A5_0000 &+ UInt32(number) &* 0x0101) }
}
