/// What an endpoint reports for a stream that lies before it as a whole (RFC 6455 §5 to §8), and with which code it fails.
package struct WebSocketModel {
  /// What is reported.
  package enum Event: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(code: UInt16?, reason: [UInt8])
  }

  /// Why nothing more is read.
  package enum End: Equatable, Sendable {
    /// All was read; more may come.
    case waiting
    /// The peer's Close frame was read; what follows is not looked at.
    case closed
    /// The connection failed; one of `codes` answers, and the fault lies at `offset`, where the RFC and the documentation leave no doubt.
    case failed(codes: [UInt16], offset: Int?)
  }

  /// The limits that are kept, as `WSLimits` documents them.
  package struct Limits {
    package var frame = 16 << 20
    package var message = 16 << 20
    package var fragments = 131_072
    package var fragmentsBeforeMean = 1024
    package var mean = 16
    package var emptyFragments = 64
    package var controlFrames = 200

    package init() {}
  }

  private let octets: [UInt8]
  private let fromClient: Bool
  private let limits: Limits

  private var events: [Event] = []
  private var message: Partial?
  private var controlFrames = 0

  private struct Partial {
    let isText: Bool
    var octets: [UInt8] = []
    /// The offsets in the stream of `octets`.
    var offsets: [Int] = []
    var fragments = 0
    var emptyInARow = 0
  }

  /// Reads `octets`, which a client or a server sent.
  package static func read(_ octets: [UInt8], fromClient: Bool, limits: Limits) -> (events: [Event], end: End) {
    var model = WebSocketModel(octets: octets, fromClient: fromClient, limits: limits)
    let end = model.readFrames()
    return (model.events, end)
  }

  private mutating func readFrames() -> End {
    var start = 0
    while start < octets.count {
      if FrameModel.firstOctetIsWrong(octets[start], inMessage: message != nil) { return .failed(codes: [1002], offset: start) }
      guard start + 1 < octets.count else { return .waiting }
      if FrameModel.secondOctetIsWrong(octets[start + 1], first: octets[start], fromClient: fromClient) {
        return .failed(codes: [1002], offset: start)
      }
      guard let frame = FrameModel.read(octets, at: start) else { return .waiting }
      if frame.lengthIsWrong { return .failed(codes: [1002], offset: start) }
      let end = frame.opcode >= 8 ? readControl(frame, start: start) : readData(frame, start: start)
      if let end { return end }
      guard frame.isComplete else { return .waiting }
      start += frame.headerBytes + frame.payload.count
    }
    return .waiting
  }

  private mutating func readControl(_ frame: FrameModel, start: Int) -> End? {
    guard frame.isComplete else { return nil }
    controlFrames += 1
    let isOneTooMany = controlFrames > limits.controlFrames
    if isOneTooMany { return .failed(codes: [1008], offset: nil) }
    switch frame.opcode {
    case 0x9: events.append(.ping(frame.payload))
    case 0xA: events.append(.pong(frame.payload))
    default:
      let payloadOffset = start + frame.headerBytes
      if frame.payload.count == 1 { return .failed(codes: [1002], offset: payloadOffset) }
      guard frame.payload.count >= 2 else {
        events.append(.close(code: nil, reason: []))
        return .closed
      }
      let code = UInt16(frame.payload[0]) * 256 + UInt16(frame.payload[1])
      if !Self.mayBeSent(code) { return .failed(codes: [1002], offset: payloadOffset) }
      let reason = Array(frame.payload[2...])
      if UTF8Model.judge(reason) != .complete { return .failed(codes: [1007], offset: nil) }
      events.append(.close(code: code, reason: reason))
      return .closed
    }
    return nil
  }

  /// §7.4: 1000 to 1015 but those that are reserved or must not be sent, with what IANA has registered since; 3000 to 4999.
  package static func mayBeSent(_ code: UInt16) -> Bool {
    switch code {
    case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014: true
    case 3000...3999, 4000...4999: true
    default: false
    }
  }

  private mutating func readData(_ frame: FrameModel, start: Int) -> End? {
    var partial = message ?? Partial(isText: frame.opcode == 1)
    partial.fragments += 1
    partial.emptyInARow = frame.length == 0 && !frame.isFinal ? partial.emptyInARow + 1 : 0
    let sum = UInt64(partial.octets.count).addingReportingOverflow(frame.length)
    var codes: [UInt16] = []
    if frame.length > UInt64(limits.frame) || sum.overflow || sum.partialValue > UInt64(limits.message) { codes.append(1009) }
    let isTooFine =
      partial.fragments > limits.fragmentsBeforeMean && sum.partialValue / UInt64(partial.fragments) < UInt64(limits.mean)
    if partial.fragments > limits.fragments || partial.emptyInARow > limits.emptyFragments || isTooFine { codes.append(1008) }
    if !codes.isEmpty { return .failed(codes: codes, offset: start) }

    let payloadOffset = start + frame.headerBytes
    partial.octets += frame.payload
    partial.offsets += payloadOffset..<payloadOffset + frame.payload.count
    if partial.isText, case .invalid(let index) = UTF8Model.judge(partial.octets) {
      return .failed(codes: [1007], offset: partial.offsets[index])
    }
    message = partial
    guard frame.isComplete, frame.isFinal else { return nil }
    if partial.isText, UTF8Model.judge(partial.octets) != .complete { return .failed(codes: [1007], offset: nil) }
    events.append(partial.isText ? .text(partial.octets) : .binary(partial.octets))
    message = nil
    return nil
  }
}
