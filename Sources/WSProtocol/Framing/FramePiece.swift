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

  let key: MaskingKey
  let first: UInt8
  let flags: Flags

  struct Flags: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let beginsFrame = Flags(rawValue: 1)
    static let endsFrame = Flags(rawValue: 2)
    static let beginsMessage = Flags(rawValue: 4)
    static let isText = Flags(rawValue: 8)
    static let isCompressed = Flags(rawValue: 16)
    static let isMasked = Flags(rawValue: 32)

    /// Whether the payload is text as it stands; never set for control frames.
    var isUncompressedText: Bool { rawValue & (Self.isText.rawValue | Self.isCompressed.rawValue) == Self.isText.rawValue }
  }

  /// Where the payload octets of this piece stand in the buffer.
  public var range: Range<Int> { start..<(start &+ count) }

  /// Whether this is the frame's first piece: its header was just read.
  public var beginsFrame: Bool { flags.contains(.beginsFrame) }

  /// Whether this is the frame's last piece.
  public var endsFrame: Bool { flags.contains(.endsFrame) }

  /// Whether this is the first piece of a data message.
  public var beginsMessage: Bool { flags.isSuperset(of: [.beginsFrame, .beginsMessage]) }

  /// Whether this is the last piece of a data message.
  public var endsMessage: Bool { endsFrame && isFinal && !opcode.isControl }

  /// FIN: whether the frame is the last of its message; always set for a control frame.
  public var isFinal: Bool { first & 0x80 != 0 }

  /// The frame's opcode.
  public var opcode: Opcode { Opcode(rawValue: first) }

  /// The kind of the data message the frame belongs to, also for continuations, or `nil` for a control frame.
  public var messageKind: Message.Kind? { opcode.isControl ? nil : flags.contains(.isText) ? .text : .binary }

  /// Whether the first frame of the data message has RSV1 set: its payload is compressed (RFC 7692 §6).
  public var isCompressed: Bool { flags.contains(.isCompressed) }

  /// The frame's header.
  public var header: FrameHeader {
    FrameHeader(
      opcode: opcode, payloadLength: payloadLength, isFinal: isFinal, reservedBits: ReservedBits(rawValue: first &>> 4),
      maskingKey: flags.contains(.isMasked) ? key : nil)
  }

  /// The key that is combined with the octets of this piece.
  var turnedKey: MaskingKey { key.advanced(by: Int(truncatingIfNeeded: offsetInFrame)) }
}
