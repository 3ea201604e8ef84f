import FuzzModels
package import WSProtocol

extension FrameProperty {
  /// Runs a `FrameDecoder` and joins its pieces into messages; stops at a Close frame, as who uses it would.
  package static func decoder(_ pieces: [[UInt8]], role: Role, limits: WSLimits) -> Trace<MessageProperty.Event> {
    var trace = Trace<MessageProperty.Event>()
    var decoder = FrameDecoder(role: role, limits: limits)
    var joined = JoinedPieces()
    var base = 0
    for piece in pieces {
      var buffer = piece
      var index = 0
      while true {
        let before = index
        do throws(WSError) {
          var span = buffer.mutableSpan
          guard let found = try decoder.next(in: &span, at: &index) else { break }
          trace.boundaries.append(base + index)
          if index == before || found.range.upperBound > index || found.range.lowerBound < before {
            trace.note(.progress, "a piece at \(found.range) of octets \(before)..<\(index)")
            return trace
          }
          if let breach = joined.take(found, Array(buffer[found.range])) { trace.note(.agreement, breach) }
          guard let event = try joined.event(of: found, offset: UInt64(base + index) - UInt64(joined.controlBytes)) else { continue }
          trace.events.append(.received(event))
          if case .close = event { return trace }
        } catch {
          trace.events.append(.failed(closeCode: error.closeCode?.rawValue, offset: Int(exactly: error.offset) ?? .max))
          checkStickiness(&decoder, error, &trace)
          return trace
        }
        if trace.breach != nil { return trace }
      }
      if index != piece.count { trace.note(.progress, "it waits with \(piece.count - index) octets not taken") }
      base += piece.count
      if decoder.streamOffset != UInt64(base) { trace.note(.agreement, "it says octet \(decoder.streamOffset), and took \(base)") }
    }
    return trace
  }

  /// After a failure of its own there is the same again, and nothing is taken. (A Close payload is judged by who uses the decoder.)
  private static func checkStickiness(_ decoder: inout FrameDecoder, _ error: WSError, _ trace: inout Trace<MessageProperty.Event>) {
    switch error.code {
    case .truncatedCloseCode, .forbiddenCloseCode: return
    default: break
    }
    var more: [UInt8] = [0x81, 0x00]
    var index = 0
    do throws(WSError) {
      var span = more.mutableSpan
      _ = try decoder.next(in: &span, at: &index)
      // What was thrown may have been the reason of a Close frame, too.
      if error.code != .invalidUTF8 { trace.note(.stickyError, "no failure after \(error.code)") }
    } catch let second {
      if error.code != .invalidUTF8, second != error || index != 0 { trace.note(.stickyError, "\(second.code) after \(error.code)") }
    }
  }

  /// Decoder, endpoint and R1 see the same messages and the same end.
  static func checkDecoder(
    _ stream: [UInt8], fromClient: Bool, limits: WSLimits, seed: UInt16,
    subject: (_ pieces: [[UInt8]], Role, WSLimits) -> Trace<MessageProperty.Event>
  ) throws(OracleFailure) {
    let role: Role = fromClient ? .server : .client
    let seen = try traceInEveryDelivery("T01", stream, seed: seed) { subject($0, role, limits) }
    var modelLimits = WebSocketModel.Limits(limits)
    modelLimits.controlFrames = .max
    let (received, end) = WebSocketModel.read(stream, fromClient: fromClient, limits: modelLimits)
    var due = Trace<MessageProperty.Event>()
    due.events = received.map(MessageProperty.Event.received)
    var isRight = true
    switch (end, seen.events.last) {
    case (.failed(let codes, let offset), .failed(let code?, let place)?):
      due.events.append(seen.events[seen.events.count - 1])
      isRight = codes.contains(code) && (offset ?? place) == place
    case (.failed, _): isRight = false
    case (.waiting, _), (.closed, _): break
    }
    guard isRight, seen == due else { throw OracleFailure("T01", .model, "the decoder: \(difference(seen, due)), at the end \(end)") }

    var endpoint = MessageProperty.endpoint([stream], MessageProperty.Setting(role: role, limits: limits))
    endpoint.events.removeLast()
    // Only an endpoint counts control frames.
    if case .failed(closeCode: 1008, _)? = endpoint.events.last, endpoint != seen { return }
    guard endpoint == seen else { throw OracleFailure("T01", .agreement, "decoder and endpoint: \(difference(seen, endpoint))") }
  }
}

/// The pieces of a message, and of a control frame that may come between them.
private struct JoinedPieces {
  private var message: [UInt8] = []
  private var control: [UInt8] = []

  /// The payload octets of the control frame being read.
  var controlBytes: Int { control.count }

  /// Takes a piece with its octets; returns what is wrong with the places it names.
  mutating func take(_ piece: FramePiece, _ octets: [UInt8]) -> String? {
    if piece.opcode.isControl {
      if piece.beginsFrame { control = [] }
      if piece.offsetInFrame != UInt64(control.count) {
        return "a piece of a control frame at \(piece.offsetInFrame), not \(control.count)"
      }
      control += octets
    } else {
      if piece.beginsMessage { message = [] }
      if piece.offsetInMessage != UInt64(message.count) { return "a piece of a message at \(piece.offsetInMessage), not \(message.count)" }
      message += octets
      control = []
    }
    return nil
  }

  /// What a piece ends, if it ends something; `offset` is that of a control frame's payload.
  func event(of piece: FramePiece, offset: UInt64) throws(WSError) -> WebSocketModel.Event? {
    if piece.endsMessage { return piece.messageKind == .text ? .text(message) : .binary(message) }
    guard piece.endsFrame else { return nil }
    switch piece.opcode {
    case .ping: return .ping(control)
    case .pong: return .pong(control)
    case .close:
      let payload = try ClosePayload(parsing: control, offset: offset)
      return .close(code: payload.code?.rawValue, reason: payload.reason)
    default: return nil
    }
  }
}
