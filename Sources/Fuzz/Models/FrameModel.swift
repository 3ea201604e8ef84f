/// One frame of a stream, taken apart by the figure and the ABNF of RFC 6455 §5.2; allowed or not.
package struct FrameModel: Equatable, Sendable {
  /// FIN.
  package var isFinal: Bool
  /// RSV1 to RSV3, the first in the highest of three bits.
  package var reserved: UInt8
  /// Four bits.
  package var opcode: UInt8
  /// The masking key, or `nil` where the mask bit is 0.
  package var key: [UInt8]?
  /// The seven bits after the mask bit.
  package var sevenBits: UInt8
  /// The declared length of the payload.
  package var length: UInt64
  /// The octets before the payload.
  package var headerBytes: Int
  /// The payload as far as it is there, unmasked.
  package var payload: [UInt8]

  /// Creates a frame of its parts.
  package init(
    isFinal: Bool, reserved: UInt8, opcode: UInt8, key: [UInt8]?, sevenBits: UInt8, length: UInt64, headerBytes: Int, payload: [UInt8]
  ) {
    self.isFinal = isFinal
    self.reserved = reserved
    self.opcode = opcode
    self.key = key
    self.sevenBits = sevenBits
    self.length = length
    self.headerBytes = headerBytes
    self.payload = payload
  }

  /// Whether all of the payload is there.
  package var isComplete: Bool { UInt64(payload.count) == length }

  /// Reads the frame that begins at `start`, or returns `nil` if its header is not whole.
  package static func read(_ octets: [UInt8], at start: Int) -> FrameModel? {
    guard octets.count - start >= 2 else { return nil }
    let sevenBits = octets[start + 1] % 128
    var next = start + 2
    var length = UInt64(sevenBits)
    let extra = sevenBits == 126 ? 2 : sevenBits == 127 ? 8 : 0
    if extra > 0 {
      guard octets.count - next >= extra else { return nil }
      length = 0
      for octet in octets[next..<next + extra] { length = length * 256 + UInt64(octet) }
      next += extra
    }
    var key: [UInt8]?
    if octets[start + 1] >= 128 {
      guard octets.count - next >= 4 else { return nil }
      key = Array(octets[next..<next + 4])
      next += 4
    }
    let there = length < UInt64(octets.count - next) ? Int(length) : octets.count - next
    let payload = Array(octets[next..<next + there])
    return FrameModel(
      isFinal: octets[start] >= 128, reserved: octets[start] / 16 % 8, opcode: octets[start] % 16, key: key, sevenBits: sevenBits,
      length: length, headerBytes: next - start, payload: key.map { MaskingModel.apply($0, to: payload) } ?? payload)
  }

  /// All frames of a stream, the last of which may lack a part of its payload.
  package static func readAll(_ octets: [UInt8]) -> [FrameModel] {
    var frames: [FrameModel] = []
    var start = 0
    while let frame = read(octets, at: start) {
      frames.append(frame)
      guard frame.isComplete else { break }
      start += frame.headerBytes + frame.payload.count
    }
    return frames
  }

  /// Whether the first octet breaks §5.2, §5.4 or §5.5.
  package static func firstOctetIsWrong(_ octet: UInt8, definedBits: UInt8 = 0, inMessage: Bool) -> Bool {
    let opcode = octet % 16
    let reserved = octet / 16 % 8
    let allowedBits = opcode == 1 || opcode == 2 ? definedBits : 0
    if reserved != reserved & allowedBits { return true }
    switch opcode {
    case 0x0: return !inMessage
    case 0x1, 0x2: return inMessage
    case 0x8, 0x9, 0xA: return octet < 128
    default: return true
    }
  }

  /// Whether the second octet breaks §5.1 or §5.5, after that first one.
  package static func secondOctetIsWrong(_ octet: UInt8, first: UInt8, fromClient: Bool) -> Bool {
    if (octet >= 128) != fromClient { return true }
    return first % 16 >= 8 && octet % 128 > 125
  }

  /// Whether the length breaks §5.2: not in the fewest octets, or with its most significant bit set.
  package var lengthIsWrong: Bool {
    switch sevenBits {
    case 126: length < 126
    case 127: length < 65536 || length >= 1 << 63
    default: false
    }
  }
}
