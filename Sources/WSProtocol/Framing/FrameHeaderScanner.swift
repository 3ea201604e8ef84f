/// Reads frame headers from a stream cut anywhere; total and free of policy.
///
/// Theory of operation: a header is read where it stands if fourteen octets are there. Otherwise up to fourteen are gathered; the first two
/// say how many there are. Payload octets are not the scanner's business: the caller skips ``FrameHeader/payloadLength`` octets before it
/// scans again.
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
    if gatheredCount == 0, index >= 0, octets.count &- index >= 14 {
      let header = FrameHeader(loading: octets, at: index)
      index &+= header.encodedLength
      return header
    }
    while index < octets.count {
      gathered[gatheredCount] = octets[index]
      gatheredCount &+= 1
      index &+= 1
      if gatheredCount >= 2, gatheredCount == headerLength {
        gatheredCount = 0
        return FrameHeader(loading: gathered.span, at: 0)
      }
    }
    return nil
  }

  private var headerLength: Int {
    let second = gathered[1]
    let form: LengthForm =
      switch second & 0x7F {
      case 126: .sixteenBits
      case 127: .sixtyFourBits
      default: .sevenBits
      }
    return 2 &+ form.extraOctets &+ (second & 0x80 == 0 ? 0 : 4)
  }
}
