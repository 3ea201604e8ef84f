package import FuzzModels
package import WSProtocol

/// T02: an endpoint that receives: messages, control frames, close codes and its answers, against R1.
package enum MessageProperty {
  /// What an endpoint reports, and at last what it wants written.
  package enum Event: Equatable, Sendable {
    case received(WebSocketModel.Event)
    case failed(closeCode: UInt16?, offset: Int)
    case output([UInt8])
  }

  /// Role, limits, and whether the closing handshake was begun by us before anything came.
  package struct Setting: Sendable {
    package var role = Role.server
    package var limits = WSLimits()
    package var closesFirst = false
  }

  /// Control octets: one of choices, one for the limits, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], Setting) -> Trace<Event> = endpoint
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let limits = limits(input.octet())
    let seed = input.word()
    let setting = Setting(role: choices.next() ? .client : .server, limits: limits, closesFirst: choices.next())
    let stream = input.payload
    var seen = try traceInEveryDelivery("T02", stream, seed: seed) { subject($0, setting) }
    guard case .output(let written)? = seen.events.popLast() else { throw OracleFailure("T02", .model, "there is no output to judge") }

    let (received, end) = WebSocketModel.read(stream, fromClient: setting.role == .server, limits: WebSocketModel.Limits(limits))
    // After our Close frame, messages are read and judged and not reported any more.
    let due = received.filter { event in
      switch event {
      case .text, .binary: !setting.closesFirst
      case .ping, .pong, .close: true
      }
    }
    var failure: (code: UInt16?, offset: Int)?
    if case .failed(let code, let offset)? = seen.events.last {
      failure = (code, offset)
      seen.events.removeLast()
    }
    guard seen.events == due.map(Event.received) else {
      var expected = Trace<Event>()
      expected.events = due.map(Event.received)
      throw OracleFailure("T02", .model, difference(seen, expected) + ", at the end \(end)")
    }
    switch (end, failure) {
    case (.waiting, nil), (.closed, nil): break
    case (.failed(let codes, let offset), let (code, place)?):
      guard let code, codes.contains(code) else {
        throw OracleFailure("T02", .model, "it fails with \(code.map(String.init) ?? "no code"), not \(codes)")
      }
      if let offset, offset != place { throw OracleFailure("T02", .model, "it fails with \(code) at octet \(place), not \(offset)") }
    case (.waiting, .some), (.closed, .some), (.failed, nil):
      throw OracleFailure("T02", .model, "\(failure.map { "it fails with \($0)" } ?? "it does not fail"), not \(end)")
    }
    try checkOutput(written, setting: setting, received: received, end: end, failureCode: failure?.code)
  }

  static func limits(_ choice: UInt8) -> WSLimits {
    var limits = WSLimits()
    switch choice % 4 {
    case 1:
      limits.maximumFramePayloadBytes = 200
      limits.maximumMessageBytes = 300
    case 2:
      limits.maximumFragments = 8
      limits.maximumEmptyFragmentsInARow = 2
    case 3:
      limits.fragmentsBeforeMeanRule = 4
      limits.minimumMeanFragmentBytes = 4
      limits.controlFrameBurst = 5
    default: break
    }
    return limits
  }

  /// The answers: a Pong for each Ping as long as they are few, then at most one Close frame with the code that is due; our own first.
  private static func checkOutput(
    _ written: [UInt8], setting: Setting, received: [WebSocketModel.Event], end: WebSocketModel.End, failureCode: UInt16?
  ) throws(OracleFailure) {
    let (events, outputEnd) = WebSocketModel.read(
      written, fromClient: setting.role == .client, limits: WebSocketModel.Limits(unlimited: ()))
    let closes = events.filter { if case .close = $0 { true } else { false } }
    let isWhole =
      switch outputEnd {
      case .waiting: true
      case .closed: FrameModel.readAll(written).filter { $0.opcode == 8 }.count == 1 || setting.closesFirst
      case .failed: false
      }
    guard isWhole else { throw OracleFailure("T02", .wireForm, "the answers are not valid frames: \(outputEnd)") }
    if setting.closesFirst {
      // Ours went out first; the model stops reading there, so what follows is looked at frame by frame.
      let opcodes = FrameModel.readAll(written).map(\.opcode)
      guard opcodes.filter({ $0 == 8 }).count == 1, opcodes.allSatisfy({ $0 == 8 || $0 == 10 }) else {
        throw OracleFailure("T02", .silenceAfterEnd, "after our Close frame there is more than Pongs: opcodes \(opcodes)")
      }
      return
    }
    var pings: [[UInt8]] = []
    for case .ping(let payload) in received { pings.append(payload) }
    var pongs: [[UInt8]] = []
    for case .pong(let payload) in events { pongs.append(payload) }
    if pings.count <= setting.limits.maximumQueuedPongs {
      guard pongs == pings else { throw OracleFailure("T02", .model, "\(pings.count) Pings were answered by \(pongs.count) Pongs") }
    } else {
      guard pongs.count <= setting.limits.maximumQueuedPongs + 1 else {
        throw OracleFailure("T02", .boundedMemory, "\(pongs.count) Pongs wait to be written")
      }
    }
    let dueClose: WebSocketModel.Event? =
      switch end {
      case .waiting: nil
      case .closed:
        if case .close(let code, _)? = received.last { .close(code: code, reason: []) } else { nil }
      case .failed: .close(code: failureCode, reason: [])
      }
    var seenClose: WebSocketModel.Event?
    if case .close(let code, _)? = closes.first { seenClose = .close(code: code, reason: []) }
    guard seenClose == dueClose else {
      throw OracleFailure(
        "T02", .model, "the Close frame sent is \(seenClose.map { "\($0)" } ?? "none"), not \(dueClose.map { "\($0)" } ?? "none")")
    }
  }
}

extension WebSocketModel.Limits {
  /// The same limits in the words of the model.
  init(_ limits: WSLimits) {
    self.init()
    frame = limits.maximumFramePayloadBytes
    message = limits.maximumMessageBytes
    fragments = limits.maximumFragments
    fragmentsBeforeMean = limits.fragmentsBeforeMeanRule
    mean = limits.minimumMeanFragmentBytes
    emptyFragments = limits.maximumEmptyFragmentsInARow
    controlFrames = limits.controlFrameBurst
  }

  init(unlimited: Void) {
    self.init()
    controlFrames = .max
    emptyFragments = .max
    fragmentsBeforeMean = .max
    fragments = .max
  }
}
