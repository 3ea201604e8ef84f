package import FuzzModels
package import WSProtocol

/// T01: frame headers and payloads, described and judged, against the figure of RFC 6455 §5.2; the frame decoder against R1.
package enum FrameProperty {
  /// What is seen of a stream: frames, and for each whether it breaks a rule of the receiver's.
  package enum Event: Equatable, Sendable {
    case frame(FrameModel, isViolation: Bool)
    /// The first octets of a header that is not whole, and whether they are certainly wrong.
    case unfinished([UInt8], isViolation: Bool)
  }

  /// The side that sent the stream, and what was agreed on.
  package struct Setting: Sendable {
    package var fromClient = true
    package var definedBits: UInt8 = 0
  }

  /// Control octets: one of choices, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], Setting) -> Trace<Event> = scanner,
    decoder: (_ pieces: [[UInt8]], Role, WSLimits) -> Trace<MessageProperty.Event> = decoder
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let seed = input.word()
    let setting = Setting(fromClient: !choices.next(), definedBits: choices.next() ? 4 : 0)
    let stream = input.payload
    let seen = try traceInEveryDelivery("T01", stream, seed: seed) { subject($0, setting) }
    var due = Trace<Event>()
    due.events = model(stream, setting)
    guard seen == due else { throw OracleFailure("T01", .model, difference(seen, due)) }
    // R1 knows no extension, so with one there is nothing to hold the decoder to.
    guard setting.definedBits == 0 else { return }
    let limits = MessageProperty.limits(UInt8(choices.next() ? 1 : 0) + (choices.next() ? 2 : 0))
    try checkDecoder(stream, fromClient: setting.fromClient, limits: limits, seed: seed, subject: decoder)
  }

  private static func model(_ stream: [UInt8], _ setting: Setting) -> [Event] {
    var events: [Event] = []
    var start = 0
    var inMessage = false
    func isWrong(_ header: [UInt8]) -> Bool {
      if let first = header.first, FrameModel.firstOctetIsWrong(first, definedBits: setting.definedBits, inMessage: inMessage) {
        return true
      }
      return header.count > 1 && FrameModel.secondOctetIsWrong(header[1], first: header[0], fromClient: setting.fromClient)
    }
    for frame in FrameModel.readAll(stream) {
      let end = start + frame.headerBytes
      events.append(.frame(frame, isViolation: isWrong(Array(stream[start..<end])) || frame.lengthIsWrong))
      if frame.opcode < 8 { inMessage = !frame.isFinal }
      start = end + frame.payload.count
      if !frame.isComplete { return events }
    }
    if start < stream.count { events.append(.unfinished(Array(stream[start...].prefix(2)), isViolation: isWrong(Array(stream[start...])))) }
    return events
  }

  /// Scans headers, judges them by the rules and unmasks payloads, as an observer does.
  package static func scanner(_ pieces: [[UInt8]], _ setting: Setting) -> Trace<Event> {
    var trace = Trace<Event>()
    let rules = FrameRules(
      sender: setting.fromClient ? .client : .server, definedBits: ReservedBits(rawValue: setting.definedBits))
    var scanner = FrameHeaderScanner()
    var current: (header: FrameHeader, isViolation: Bool, payload: [UInt8])?
    var inMessage = false
    var offset = 0
    var early: FrameViolation?

    func report() {
      guard let (header, isViolation, octets) = current else { return }
      var payload = octets
      if let key = header.maskingKey { Masking.apply(key, to: &payload, from: 0) }
      let sevenBits: UInt8 =
        switch header.lengthForm {
        case .sevenBits: UInt8(truncatingIfNeeded: header.payloadLength)
        case .sixteenBits: 126
        case .sixtyFourBits: 127
        }
      let frame = FrameModel(
        isFinal: header.isFinal, reserved: header.reservedBits.rawValue, opcode: header.opcode.rawValue, key: header.maskingKey?.octets,
        sevenBits: sevenBits, length: header.payloadLength, headerBytes: header.encodedLength, payload: payload)
      trace.events.append(.frame(frame, isViolation: isViolation))
    }

    for piece in pieces {
      var index = 0
      while index < piece.count {
        if let (header, isViolation, payload) = current {
          let missing = header.payloadLength - UInt64(payload.count)
          let taken = missing < UInt64(piece.count - index) ? Int(missing) : piece.count - index
          current = (header, isViolation, payload + piece[index..<index + taken])
          index += taken
          offset += taken
        } else {
          let before = index
          let header = scanner.scan(piece.span, at: &index)
          offset += index - before
          if index == before { trace.note(.progress, "the scanner took nothing at octet \(offset)") }
          if header == nil && index < piece.count { trace.note(.progress, "the scanner stopped at octet \(offset) without a header") }
          if trace.breach != nil { return trace }
          if header == nil, let first = scanner.firstOctet {
            early = early ?? rules.violation(first: first, second: scanner.secondOctet, messageInProgress: inMessage)
          }
          if let header {
            let violation = rules.violation(of: header, messageInProgress: inMessage)
            if let known = early, violation == nil { trace.note(.agreement, "\(known) was certain, and is gone with the whole header") }
            var encoded: [UInt8] = []
            header.encode(into: &encoded)
            if encoded.count != header.encodedLength { trace.note(.wireForm, "\(encoded) is not of \(header.encodedLength) octets") }
            early = nil
            current = (header, violation != nil, [])
            trace.boundaries.append(offset)
          }
        }
        if let (header, _, payload) = current, header.payloadLength == UInt64(payload.count) {
          report()
          if !header.opcode.isControl { inMessage = !header.isFinal }
          current = nil
          trace.boundaries.append(offset)
        }
      }
    }
    report()
    if scanner.pendingOctets > 0 {
      let first = [scanner.firstOctet, scanner.secondOctet].compactMap { $0 }
      let violation = rules.violation(first: first[0], second: first.count > 1 ? first[1] : nil, messageInProgress: inMessage)
      trace.events.append(.unfinished(first, isViolation: violation != nil))
    }
    return trace
  }
}
