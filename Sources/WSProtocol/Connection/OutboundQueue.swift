/// Octets to be written, in order, in segments; a message's content moves through it without being copied.
struct OutboundQueue: Sendable {
  private(set) var segments: [[UInt8]] = []

  /// Frames below this length are gathered into one segment.
  private static let coalescingLimitBytes = 4096

  /// Appends one frame; a long `payload` becomes a segment of its own, masked where it is.
  mutating func append(opcode: Opcode, reservedBits: ReservedBits = [], payload: consuming [UInt8], maskingKey: MaskingKey?) {
    let header = FrameHeader(opcode: opcode, payloadLength: UInt64(payload.count), reservedBits: reservedBits, maskingKey: maskingKey)
    if segments.isEmpty || (segments.last?.count ?? 0) > Self.coalescingLimitBytes { segments.append([]) }
    guard payload.count > Self.coalescingLimitBytes else {
      header.encode(payload: payload.span, into: &segments[segments.count - 1])
      return
    }
    header.encode(into: &segments[segments.count - 1])
    var payload = payload
    if let maskingKey { Masking.apply(maskingKey, to: &payload, from: 0) }
    segments.append(payload)
  }

  /// Takes everything out.
  mutating func takeAll() -> [[UInt8]] {
    defer { segments = [] }
    return segments
  }
}
