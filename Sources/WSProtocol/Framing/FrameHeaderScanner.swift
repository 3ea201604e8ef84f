/// Reads frame headers from a stream cut anywhere; total and free of policy.
///
/// Theory of operation: up to fourteen octets are gathered; the first two say how many there are. Payload octets are not the
/// scanner's business: the caller skips ``FrameHeader/payloadLength`` octets before it scans again.
public struct FrameHeaderScanner: Sendable {
  private var gathered = InlineArray<14, UInt8>(repeating: 0)
  private var gatheredCount = 0

  /// Creates a scanner that expects the first octet of a header.
  public init() {}

  /// The number of header octets received so far: 0…13; 0 between frames.
  public var pendingOctets: Int { gatheredCount }

  /// The first octet of a header that is not complete yet, for rules that can judge early.
  public var firstOctet: UInt8? { gatheredCount > 0 ? gathered[0] : nil }

  /// The second octet of a header that is not complete yet, for rules that can judge early.
  public var secondOctet: UInt8? { gatheredCount > 1 ? gathered[1] : nil }

  /// Takes header octets from `octets` at `index` and advances `index` past them.
  ///
  /// - Returns: The header once its last octet was taken, or `nil` when the span is used up before.
  public mutating func scan(_ octets: Span<UInt8>, at index: inout Int) -> FrameHeader? {
    while index < octets.count {
      gathered[gatheredCount] = octets[index]
      gatheredCount &+= 1
      index &+= 1
      if gatheredCount >= 2, gatheredCount == headerLength {
        gatheredCount = 0
        return header
      }
    }
    return nil
  }

  private var lengthForm: LengthForm {
    switch gathered[1] & 0x7F {
    case 126: .sixteenBits
    case 127: .sixtyFourBits
    default: .sevenBits
    }
  }

  private var isMasked: Bool { gathered[1] & 0x80 != 0 }

  private var headerLength: Int { 2 &+ lengthForm.extraOctets &+ (isMasked ? 4 : 0) }

  private var header: FrameHeader {
    let form = lengthForm
    var length = UInt64(gathered[1] & 0x7F)
    if form != .sevenBits {
      length = 0
      for position in 2..<(2 &+ form.extraOctets) { length = length &<< 8 | UInt64(gathered[position]) }
    }
    var key: MaskingKey?
    if isMasked {
      let start = 2 &+ form.extraOctets
      key = MaskingKey(gathered[start], gathered[start &+ 1], gathered[start &+ 2], gathered[start &+ 3])
    }
    return FrameHeader(
      opcode: Opcode(rawValue: gathered[0]), payloadLength: length, isFinal: gathered[0] & 0x80 != 0,
      reservedBits: ReservedBits(rawValue: gathered[0] &>> 4), maskingKey: key, lengthForm: form)
  }
}
