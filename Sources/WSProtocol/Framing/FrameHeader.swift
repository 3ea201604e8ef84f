/// The three reserved bits of a frame's first octet (RFC 6455 §5.2).
public struct ReservedBits: OptionSet, Sendable, Hashable, CustomStringConvertible {
  /// The bits, RSV1 highest: 0…7.
  public let rawValue: UInt8

  /// Creates a set from the low three bits of `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7 }

  /// RSV1, which permessage-deflate gives a meaning (RFC 7692 §6).
  public static let rsv1 = ReservedBits(rawValue: 4)
  /// RSV2.
  public static let rsv2 = ReservedBits(rawValue: 2)
  /// RSV3.
  public static let rsv3 = ReservedBits(rawValue: 1)

  /// The names of the bits that are set.
  public var description: String {
    let names = [(ReservedBits.rsv1, "RSV1"), (.rsv2, "RSV2"), (.rsv3, "RSV3")].filter { contains($0.0) }.map(\.1)
    return names.isEmpty ? "none" : names.joined(separator: "+")
  }
}

/// Which of the three encodings a frame uses for its payload length (RFC 6455 §5.2).
public enum LengthForm: Sendable, Hashable {
  /// Seven bits in the second octet: 0…125.
  case sevenBits
  /// 126 in the second octet, then two octets.
  case sixteenBits
  /// 127 in the second octet, then eight octets.
  case sixtyFourBits

  /// The shortest form that holds `length` octets; the only one the RFC allows.
  public static func minimal(for length: UInt64) -> LengthForm {
    switch length {
    case ...125: .sevenBits
    case ...0xFFFF: .sixteenBits
    default: .sixtyFourBits
    }
  }

  /// The number of octets after the second one: 0, 2 or 8.
  public var extraOctets: Int {
    switch self {
    case .sevenBits: 0
    case .sixteenBits: 2
    case .sixtyFourBits: 8
    }
  }
}

/// What stands before a frame's payload (RFC 6455 §5.2): a description of any octets, allowed or not.
///
/// What is wrong with a header is the business of ``FrameRules``.
public struct FrameHeader: Sendable, Hashable {
  /// FIN: whether the frame is the last of its message.
  public var isFinal: Bool
  /// RSV1, RSV2 and RSV3.
  public var reservedBits: ReservedBits
  /// The opcode.
  public var opcode: Opcode
  /// The masking key, or `nil` for an unmasked frame.
  public var maskingKey: MaskingKey?
  /// The declared payload length in octets; 64 bits as received, so that the forbidden sign bit stays visible.
  public var payloadLength: UInt64
  /// The encoding of the length on the wire.
  public var lengthForm: LengthForm

  /// Creates a header.
  ///
  /// - Parameters:
  ///   - opcode: The opcode.
  ///   - payloadLength: The payload length to declare, in octets.
  ///   - isFinal: FIN. Default true, as for a message in one frame.
  ///   - reservedBits: RSV1 to RSV3. Default none.
  ///   - maskingKey: The key, or `nil`, the default, for an unmasked frame.
  ///   - lengthForm: Default: the shortest form for `payloadLength`. A form too small to hold the length truncates it.
  public init(
    opcode: Opcode, payloadLength: UInt64, isFinal: Bool = true, reservedBits: ReservedBits = [],
    maskingKey: MaskingKey? = nil, lengthForm: LengthForm? = nil
  ) {
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.opcode = opcode
    self.maskingKey = maskingKey
    self.payloadLength = payloadLength
    self.lengthForm = lengthForm ?? .minimal(for: payloadLength)
  }

  /// Reads the header at `offset`, of which the caller knows that 14 octets are there, or 8 if the length form is not that of 64 bits.
  @inline(__always)
  init(loading octets: Span<UInt8>, at offset: Int) {
    let word = octets.word(at: offset)
    let first = UInt8(truncatingIfNeeded: word)
    let second = UInt8(truncatingIfNeeded: word &>> 8)
    let key: UInt32
    switch second & 0x7F {
    case 126:
      lengthForm = .sixteenBits
      payloadLength = UInt64(UInt16(truncatingIfNeeded: word &>> 16).byteSwapped)
      key = UInt32(truncatingIfNeeded: word &>> 32)
    case 127:
      lengthForm = .sixtyFourBits
      payloadLength = octets.word(at: offset &+ 2).byteSwapped
      key = UInt32(littleEndian: octets.load(UInt32.self, at: offset &+ 10))
    default:
      lengthForm = .sevenBits
      payloadLength = UInt64(second & 0x7F)
      key = UInt32(truncatingIfNeeded: word &>> 16)
    }
    isFinal = first & 0x80 != 0
    reservedBits = ReservedBits(rawValue: first &>> 4)
    opcode = Opcode(rawValue: first)
    maskingKey = second & 0x80 != 0 ? MaskingKey(littleEndian: key) : nil
  }

  /// The first octet of the encoded header: FIN, reserved bits, opcode.
  var firstOctet: UInt8 { (isFinal ? 0x80 : 0) | reservedBits.rawValue &<< 4 | opcode.rawValue }

  /// The number of octets of the encoded header: 2…14.
  public var encodedLength: Int { 2 + lengthForm.extraOctets + (maskingKey == nil ? 0 : 4) }

  /// Whether the length is encoded in the only form the RFC allows.
  public var usesMinimalLength: Bool { lengthForm == .minimal(for: payloadLength) }

  /// Appends the encoded header to `output`, exactly as described, allowed or not.
  public func encode(into output: inout [UInt8]) {
    let words = encodedWords
    output.append(words: words.0, words.1, count: encodedLength)
  }

  /// Appends a whole frame to `output`: the encoded header, then `payload`, combined with the masking key if there is one.
  ///
  /// Allocates nothing as long as `output` has room for ``encodedLength`` and the payload's octets.
  ///
  /// - Parameters:
  ///   - payload: The payload as the receiver is to see it; ``payloadLength`` is encoded as described, whether it is the payload's or not.
  ///   - output: Octets to be sent, in order.
  public func encode(payload: Span<UInt8>, into output: inout [UInt8]) {
    // Growing an array costs more than writing a short frame, so that it is put together first and appended as a whole.
    if payload.count <= 50 {
      var frame = InlineArray<64, UInt8>(repeating: 0)
      var octets = frame.mutableSpan
      var length = 0
      if encode(payload: payload, into: &octets, at: &length) { output.append(frame.span.extracting(first: length)) }
      return
    }
    encode(into: &output)
    let start = output.count
    output.append(payload)
    if let maskingKey { Masking.apply(maskingKey, to: &output, from: start) }
  }

  /// Writes a whole frame into `buffer`, the encoded header and then `payload`, combined with the masking key if there is one.
  ///
  /// - Parameters:
  ///   - payload: The payload as the receiver is to see it; ``payloadLength`` is encoded as described, whether it is the payload's or not.
  ///   - buffer: Where the frame is to stand.
  ///   - index: Where it begins, from 0 up to the buffer's count; then the index past its last octet.
  /// - Returns: Whether there was room for ``encodedLength`` and the payload's octets; if not, nothing is changed. Up to fourteen octets of
  ///   the buffer behind a short frame may be.
  @inline(__always)
  public func encode(payload: Span<UInt8>, into buffer: inout MutableSpan<UInt8>, at index: inout Int) -> Bool {
    precondition(index >= 0 && index <= buffer.count, "the index is outside the buffer")
    let headerLength = encodedLength
    let room = buffer.count &- index &- headerLength
    guard payload.count <= room else { return false }
    let words = encodedWords
    let start = index &+ headerLength
    buffer.store(words: words.0, words.1, count: headerLength, at: index)
    buffer.store(payload, at: start)
    if let maskingKey { Masking.apply(maskingKey, to: &buffer, from: start, count: payload.count) }
    index = start &+ payload.count
    return true
  }

  /// The encoded header, its first octet in the low eight bits of the first word.
  @inline(__always)
  private var encodedWords: (UInt64, UInt64) {
    let maskBit: UInt64 = maskingKey == nil ? 0 : 0x8000
    let key = maskingKey.map { UInt64($0.littleEndian) } ?? 0
    let first = UInt64(firstOctet) | maskBit
    let length = payloadLength.byteSwapped
    return switch lengthForm {
    case .sevenBits: (first | (payloadLength & 0x7F) &<< 8 | key &<< 16, 0)
    case .sixteenBits: (first | 126 &<< 8 | (length &>> 48) &<< 16 | key &<< 32, 0)
    case .sixtyFourBits: (first | 127 &<< 8 | length &<< 16, length &>> 48 | key &<< 16)
    }
  }
}
