import ProtocolTesting
import Testing
import WSProtocol

/// What a caller of ``FrameDecoder`` sees who joins pieces, in the words of an endpoint, up to the first Close frame.
///
/// Records an issue where a piece contradicts the one before it, where octets change that are no payload, or where a failure is not final.
func decoderTrace(_ pieces: [[UInt8]], to role: Role, limits: WSLimits = WSLimits()) -> ParseTrace<Endpoint.Event> {
  var decoder = FrameDecoder(role: role, limits: limits)
  var joiner = PieceJoiner()
  for part in pieces where !joiner.isDone {
    var buffer = part
    var changed: [Range<Int>] = []
    do {
      var octets = buffer.mutableSpan
      var index = 0
      while !joiner.isDone {
        let start = index
        guard let piece = try decoder.next(in: &octets, at: &index) else { break }
        if index <= start || index != piece.range.upperBound { Issue.record("\(piece) ends at \(index)") }
        changed.append(piece.range)
        joiner.take(piece, Array(part: octets.span, piece.range), streamOffset: decoder.streamOffset)
      }
      if !joiner.isDone, index != part.count { Issue.record("stopped at \(index) of \(part.count)") }
    } catch {
      joiner.fail(error)
      expectFinal(error, of: &decoder)
    }
    for range in changed { buffer.replaceSubrange(range, with: part[range]) }
    if joiner.trace.failure == nil, buffer != part { Issue.record("octets that are no payload were changed") }
  }
  return joiner.trace
}

private func expectFinal(_ error: WSError, of decoder: inout FrameDecoder) {
  var more = frame(0x81, "more")
  var octets = more.mutableSpan
  var index = 0
  do {
    let piece = try decoder.next(in: &octets, at: &index)
    Issue.record("\(String(describing: piece)) after \(error)")
  } catch let again {
    if again.code != error.code || again.offset != error.offset || index != 0 { Issue.record("\(again) after \(error)") }
  }
}

/// Joins pieces and holds each against the one before it.
private struct PieceJoiner {
  var trace = ParseTrace<Endpoint.Event>()
  private var isClosed = false
  private var payload: [UInt8] = []
  private var message: [UInt8] = []
  private var frame: FrameHeader?
  private var octetsInMessage: UInt64 = 0

  var isDone: Bool { isClosed || trace.failure != nil }

  mutating func take(_ piece: FramePiece, _ octets: [UInt8], streamOffset: UInt64) {
    expect(piece.beginsFrame == (frame == nil), "begins", piece)
    expect(frame == nil || frame == piece.header, "header", piece)
    expect(piece.offsetInFrame == UInt64(payload.count), "offset in frame", piece)
    expect(piece.endsFrame == (piece.offsetInFrame + UInt64(piece.count) == piece.payloadLength), "ends", piece)
    expect(piece.endsMessage == (piece.endsFrame && piece.isFinal && !piece.opcode.isControl), "ends message", piece)
    let isData = !piece.opcode.isControl
    expect(piece.offsetInMessage == (isData ? octetsInMessage : piece.offsetInFrame), "offset in message", piece)
    if piece.beginsMessage { expect(message.isEmpty && piece.opcode != .continuation, "begins message", piece) }
    if isData { octetsInMessage += UInt64(piece.count) }
    payload += octets
    frame = piece.endsFrame ? nil : piece.header
    if piece.endsFrame { end(piece, streamOffset: streamOffset) }
  }

  mutating func fail(_ error: WSError) {
    trace.failure = failureWords(error.code, at: error.offset, closes: error.closeCode.map { [$0.rawValue] } ?? [])
  }

  private mutating func end(_ piece: FramePiece, streamOffset: UInt64) {
    let content = payload
    payload = []
    switch piece.opcode {
    case .ping: trace.events.append(.ping(content))
    case .pong: trace.events.append(.pong(content))
    case .close:
      do {
        trace.events.append(.closeReceived(try ClosePayload(parsing: content, offset: streamOffset - piece.payloadLength)))
        isClosed = true
      } catch {
        fail(error)
      }
    default:
      message += content
      guard piece.endsMessage, let kind = piece.messageKind else { return }
      trace.events.append(.message(Message(kind, message)))
      message = []
      octetsInMessage = 0
    }
  }

  private func expect(_ condition: Bool, _ what: String, _ piece: FramePiece) {
    if !condition { Issue.record("\(what): \(piece)") }
  }
}

extension Array where Element == UInt8 {
  /// A copy of some octets of a span.
  init(part octets: Span<UInt8>, _ range: Range<Int>) { self = range.map { octets[$0] } }
}
