/// Reads frames for one role and unmasks their payload where it stands: strict, without copies and without memory of its own.
///
///     var octets = buffer.mutableSpan
///     var index = 0
///     while let piece = try decoder.next(in: &octets, at: &index) { use(octets.span.extracting(piece.range)) }
///
/// For callers that handle payloads piece by piece; ``Endpoint`` joins them into messages, answers Pings and closes. Laws:
/// 1. Every rule of ``FrameRules``, the order of fragments (RFC 6455 §5.4), the limits of ``WSLimits`` on frames, messages and fragments,
///    and the UTF-8 of text (§8.1) are checked. The payload of a Close frame is left to ``ClosePayload/init(parsing:offset:)``.
/// 2. The errors and their offsets are those of ``Endpoint``, however the stream is cut.
/// 3. A failure is final: the same error again, and no further octet is taken.
/// 4. The memory it needs does not depend on what is received.
public struct FrameDecoder: ~Copyable {
  private var reader: FrameReader
  private let checksUTF8: Bool
  private var text = UTF8Validator()

  /// Creates a decoder that expects the first octet after the opening handshake.
  ///
  /// - Parameters:
  ///   - role: The side that receives; frames are those of its peer.
  ///   - limits: What is accepted at most; ages and what concerns sending do not count.
  ///   - definedBits: The reserved bits that an extension gives a meaning. Default: none.
  ///   - checksUTF8: Whether text messages without RSV1 have to be UTF-8. Default true; false only where the caller checks it, as
  ///     otherwise octets that are no text get to users of text (RFC 6455 §8.1).
  public init(role: Role, limits: WSLimits = WSLimits(), definedBits: ReservedBits = [], checksUTF8: Bool = true) {
    reader = FrameReader(role: role, limits: limits, definedBits: definedBits)
    self.checksUTF8 = checksUTF8
  }

  /// The number of octets taken so far; after a failure it has no meaning.
  public var streamOffset: UInt64 { reader.streamOffset }

  /// Whether the stream may end here without cutting a frame.
  public var isBetweenFrames: Bool { !reader.isInFrame }

  /// Takes octets from `index` on and advances `index` past them: a header, and as much of its payload as is there, which is unmasked.
  ///
  /// - Parameters:
  ///   - buffer: The octets received; the payload octets of the piece are changed, no others.
  ///   - index: Where to begin, from 0 up to the buffer's count; 0 for a new buffer. After a failure it has no meaning.
  /// - Returns: The next piece, or `nil` once `index` is at the end of the buffer.
  /// - Throws: The first violation or excess, again on every later call.
  public mutating func next(in buffer: inout MutableSpan<UInt8>, at index: inout Int) throws(WSError) -> FramePiece? {
    guard let piece = reader.nextWhole(buffer.span, at: &index) else { return try nextPiece(in: &buffer, at: &index) }
    return try finish(piece, in: &buffer)
  }

  @inline(never)
  private mutating func nextPiece(in buffer: inout MutableSpan<UInt8>, at index: inout Int) throws(WSError) -> FramePiece? {
    guard let piece = try reader.next(buffer.span, at: &index) else { return nil }
    return try finish(piece, in: &buffer)
  }

  /// Unmasks and checks the payload; between texts, and within them between characters, ASCII needs no further look.
  @inline(__always)
  private mutating func finish(_ piece: FramePiece, in buffer: inout MutableSpan<UInt8>) throws(WSError) -> FramePiece {
    let union = piece.isMasked ? Masking.apply(piece.turnedKey, to: &buffer, from: piece.start, count: piece.count) : .max
    if checksUTF8, piece.isUncompressedText, !text.isComplete || !UTF8Block.isASCII(union) {
      try check(&buffer, from: piece.start, count: piece.count, endsText: piece.endsMessage)
    }
    return piece
  }

  @inline(never)
  private mutating func check(_ buffer: inout MutableSpan<UInt8>, from start: Int, count: Int, endsText: Bool) throws(WSError) {
    let bad = text.firstInvalid(in: buffer.span, from: start, count: count)
    guard bad == nil, !endsText || text.isComplete else {
      let end = start &+ count
      throw reader.fail(WSError(.invalidUTF8, offset: reader.streamOffset &- UInt64(end &- (bad ?? end))))
    }
  }
}
