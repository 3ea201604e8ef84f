/// A run of octets of one frame: its beginning, some of its payload, its end, or all three at once.
///
/// It holds no octets, only where they stand in the buffer of the caller.
public struct FramePiece: Sendable, Hashable {
  /// The index in the buffer of the first payload octet of this piece.
  public let start: Int
  /// The number of payload octets of this piece; 0 where a frame is empty, or no payload came with its header.
  public let count: Int
  /// The declared length of the frame's whole payload, in octets.
  public let payloadLength: UInt64
  /// The number of payload octets of the frame that came before this piece.
  public let offsetInFrame: UInt64
  /// The number of payload octets of the message that came before this piece; for a control frame that of the frame.
  public let offsetInMessage: UInt64

  /// What else is known of the frame, in one word because pieces are handed over by the hundred million.
  private let bits: UInt64

  /// Where the payload octets of this piece stand in the buffer.
  public var range: Range<Int> { start..<(start &+ count) }

  /// Whether this is the frame's first piece: its header was just read.
  public var beginsFrame: Bool { bits & Bits.beginsFrame != 0 }

  /// Whether this is the frame's last piece.
  public var endsFrame: Bool { bits & Bits.endsFrame != 0 }

  /// Whether this is the first piece of a data message.
  public var beginsMessage: Bool { beginsFrame && !opcode.isControl && opcode != .continuation }

  /// Whether this is the last piece of a data message.
  public var endsMessage: Bool { endsFrame && isFinal && !opcode.isControl }

  /// FIN: whether the frame is the last of its message; always set for a control frame.
  public var isFinal: Bool { bits & 0x80 != 0 }

  /// The frame's opcode.
  public var opcode: Opcode { Opcode(rawValue: first) }

  /// The kind of the data message the frame belongs to, also for continuations, or `nil` for a control frame.
  public var messageKind: Message.Kind? { opcode.isControl ? nil : Opcode(rawValue: firstOfMessage) == .text ? .text : .binary }

  /// Whether the first frame of the data message has RSV1 set: its payload is compressed (RFC 7692 §6).
  public var isCompressed: Bool { firstOfMessage & 0x40 != 0 }

  /// The frame's header.
  public var header: FrameHeader {
    FrameHeader(
      opcode: opcode, payloadLength: payloadLength, isFinal: isFinal, reservedBits: ReservedBits(rawValue: first &>> 4),
      maskingKey: isMasked ? key : nil)
  }
}

extension FramePiece {
  /// The layout of a piece's bits: that of a header with a masking key and a length of seven bits, of which the length is left out, and above
  /// it what a header does not say.
  private enum Bits {
    static var isMasked: UInt64 { 0x8000 }
    static var header: UInt64 { 0xFFFF_FFFF_80FF }
    static var beginsFrame: UInt64 { 1 &<< 56 }
    static var endsFrame: UInt64 { 1 &<< 57 }
  }

  /// The only piece of a frame that is no continuation.
  ///
  /// - Parameter header: The first two octets of the frame, and behind them the masking key or zeros.
  @inline(__always)
  init(whole header: UInt64, start: Int, count: Int) {
    self.start = start
    self.count = count
    payloadLength = UInt64(bitPattern: Int64(count))
    offsetInFrame = 0
    offsetInMessage = 0
    bits = header & Bits.header | Bits.beginsFrame | Bits.endsFrame
  }

  /// The first piece of a frame, `available` octets of which are there at most.
  init(_ header: FrameHeader, firstOfMessage: UInt8, offsetInMessage: UInt64, start: Int, available: Int) {
    let isWhole = header.payloadLength <= UInt64(available)
    self.start = start
    count = isWhole ? Int(truncatingIfNeeded: header.payloadLength) : available
    payloadLength = header.payloadLength
    offsetInFrame = 0
    self.offsetInMessage = offsetInMessage
    let key = header.maskingKey.map { UInt64($0.littleEndian) &<< 16 | Bits.isMasked } ?? 0
    bits =
      UInt64(header.firstOctet) | key | UInt64(firstOfMessage ^ header.firstOctet) &<< 48 | Bits.beginsFrame
      | (isWhole ? Bits.endsFrame : 0)
  }

  /// The piece behind `last`, `available` octets of which are there at most.
  init(after last: FramePiece, start: Int, available: Int) {
    let taken = last.offsetInFrame &+ UInt64(last.count)
    let missing = last.payloadLength &- taken
    let isWhole = missing <= UInt64(available)
    self.start = start
    count = isWhole ? Int(truncatingIfNeeded: missing) : available
    payloadLength = last.payloadLength
    offsetInFrame = taken
    offsetInMessage = last.offsetInMessage &+ UInt64(last.count)
    bits = last.bits & ~Bits.beginsFrame | (isWhole ? Bits.endsFrame : 0)
  }

  private var first: UInt8 { UInt8(truncatingIfNeeded: bits) }

  /// The first octet of the message's first frame; for a control frame its own.
  private var firstOfMessage: UInt8 { UInt8(truncatingIfNeeded: bits ^ bits &>> 48) }

  var isMasked: Bool { bits & Bits.isMasked != 0 }

  /// Whether the payload is that of a text message, as it stands.
  var isUncompressedText: Bool { firstOfMessage & 0x4F == 0x01 }

  private var key: MaskingKey { MaskingKey(littleEndian: UInt32(truncatingIfNeeded: bits &>> 16)) }

  /// The key that is combined with the octets of this piece.
  var turnedKey: MaskingKey { key.advanced(by: Int(truncatingIfNeeded: offsetInFrame)) }
}
