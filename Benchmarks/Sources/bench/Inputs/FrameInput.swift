/// Frames of a client, whole and of equal size.
struct FrameInput {
  private(set) var wire: [UInt8] = []
  private(set) var count = 0
  /// What a decoder makes of them, in the words of the transcript.
  private(set) var transcript: [UInt8] = []

  /// So many text frames with this payload, each masked with another key.
  init(_ payload: [UInt8], count: Int) {
    var generator = Generator(seed: 3)
    for _ in 0..<count { append(payload, key: generator.octets(4)) }
  }

  /// As many as fit in `octets`, at least one.
  init(_ payload: [UInt8], filling octets: Int) {
    let header = payload.count < 126 ? 6 : payload.count < 65_536 ? 8 : 14
    self.init(payload, count: max(1, octets / (payload.count + header)))
  }

  private mutating func append(_ payload: [UInt8], key: [UInt8]) {
    wire += Self.header(0x81, count: payload.count, key: key)
    for (index, octet) in payload.enumerated() { wire.append(octet ^ key[index % 4]) }
    transcript.append(0x81)
    for shift in 0..<8 { transcript.append(UInt8(truncatingIfNeeded: payload.count >> (shift * 8))) }
    transcript += payload
    count += 1
  }

  /// What stands before a payload (RFC 6455 §5.2).
  static func header(_ first: UInt8, count: Int, key: [UInt8]) -> [UInt8] {
    let mask: UInt8 = key.isEmpty ? 0 : 0x80
    switch count {
    case ..<126: return [first, mask | UInt8(count)] + key
    case ..<65_536: return [first, mask | 126, UInt8(count >> 8), UInt8(count & 0xFF)] + key
    default: return [first, mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - $0 * 8)) } + key
    }
  }

  /// A text message in fragments of equal size.
  static func fragments(of size: Int, count: Int) -> [UInt8] {
    var generator = Generator(seed: 4)
    var wire: [UInt8] = []
    wire.reserveCapacity(count * (size + 8))
    for index in 0..<count {
      let first: UInt8 = (index == 0 ? 1 : 0) | (index == count - 1 ? 0x80 : 0)
      let key = generator.octets(4)
      wire += header(first, count: size, key: key)
      for position in 0..<size { wire.append(0x61 ^ key[position % 4]) }
    }
    return wire
  }
}
