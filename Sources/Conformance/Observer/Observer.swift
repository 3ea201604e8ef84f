import WSProtocol

/// Watches everything a peer sends after the opening handshake, judges each frame with the rules, and never stops.
///
/// It shares the scanning and rule layers with the strict endpoint, but none of its state machine: where an endpoint fails, the
/// observer records the violation and goes on, so that what a faulty peer does next is seen too. Message contents are compared
/// with what is expected as they arrive; memory does not grow with them.
struct Observer: Sendable {
  /// The messages a case expects, for the comparison of contents.
  enum ExpectedMessages: Sendable {
    case list([(Message.Kind, Payload)])
    case repeated(Message.Kind, Payload)

    func payload(at index: Int) -> Payload? {
      switch self {
      case .list(let messages): index < messages.count ? messages[index].1 : nil
      case .repeated(_, let payload): payload
      }
    }
  }

  private struct Frame: Sendable {
    let header: FrameHeader
    let violation: FrameViolation?
    var received: UInt64 = 0
    var content = LoggedOctets()
    var missing: UInt64 { header.payloadLength &- received }
  }

  private struct Assembly: Sendable {
    var message: ObservedMessage
    var utf8 = UTF8Validator()
    var isInvalidText = false
  }

  private let rules: FrameRules
  private let expected: ExpectedMessages
  private var scanner = FrameHeaderScanner()
  private var frame: Frame?
  private var assembly: Assembly?
  private var messageCount = 0
  /// Octets received so far.
  private(set) var receivedOctets: UInt64 = 0

  /// Creates an observer of a peer that plays `peer`.
  init(peer: Role, expected: ExpectedMessages) {
    rules = FrameRules(sender: peer)
    self.expected = expected
  }

  /// Whether the peer stopped in the middle of a frame.
  var isWithinFrame: Bool { frame != nil || scanner.pendingOctets > 0 }

  /// Takes octets and reports what became complete in them.
  mutating func receive(_ octets: Span<UInt8>, at time: Duration, log: inout WireLog) -> [Observation] {
    receivedOctets &+= UInt64(octets.count)
    var observations: [Observation] = []
    var index = 0
    while index < octets.count {
      if var current = frame {
        frame = nil
        take(&current, octets, at: &index)
        if current.missing == 0 { end(current, at: time, log: &log, into: &observations) } else { frame = current }
      } else if let header = scanner.scan(octets, at: &index) {
        begin(header, at: time, log: &log, into: &observations)
      }
    }
    return observations
  }

  private mutating func begin(
    _ header: FrameHeader, at time: Duration, log: inout WireLog, into observations: inout [Observation]
  ) {
    let violation = rules.violation(of: header, messageInProgress: assembly != nil)
    if let violation { observations.append(.violation(PeerViolation(violation))) }
    if header.opcode == .text || header.opcode == .binary {
      assembly = Assembly(message: ObservedMessage(kind: header.opcode == .text ? .text : .binary))
    }
    let started = Frame(header: header, violation: violation)
    if header.payloadLength == 0 { end(started, at: time, log: &log, into: &observations) } else { frame = started }
  }

  private mutating func take(_ frame: inout Frame, _ octets: Span<UInt8>, at index: inout Int) {
    let available = octets.count &- index
    let count = Int(exactly: frame.missing).map { min($0, available) } ?? available
    let part = octets.extracting(index..<(index &+ count))
    if let key = frame.header.maskingKey {
      var unmasked: [UInt8] = []
      unsafe part.withUnsafeBufferPointer { unsafe unmasked.append(contentsOf: $0) }
      Masking.apply(key.advanced(by: Int(truncatingIfNeeded: frame.received)), to: &unmasked, from: 0)
      record(unmasked.span, in: &frame)
    } else {
      record(part, in: &frame)
    }
    frame.received &+= UInt64(count)
    index &+= count
  }

  private mutating func record(_ part: Span<UInt8>, in frame: inout Frame) {
    frame.content.append(part)
    guard !frame.header.opcode.isControl, var current = assembly else { return }
    assembly = nil
    if current.message.firstDifference == nil {
      let offset = current.message.content.total
      let expectedPayload = expected.payload(at: messageCount) ?? .empty
      if let difference = Int(exactly: offset).map({ expectedPayload.firstDifference(from: part, at: $0) }) ?? 0 {
        current.message.firstDifference = offset &+ UInt64(difference)
      }
    }
    if current.message.kind == .text, !current.isInvalidText {
      current.isInvalidText = current.utf8.firstInvalid(in: part) != nil
    }
    current.message.content.append(part)
    assembly = current
  }

  private mutating func end(
    _ frame: Frame, at time: Duration, log: inout WireLog, into observations: inout [Observation]
  ) {
    var problem = frame.violation.map { PeerViolation($0) }
    let content = frame.content.kept
    switch frame.header.opcode {
    case .ping: observations.append(.ping(content))
    case .pong: observations.append(.pong(content))
    case .close:
      let close = ObservedClose(payload: content, offset: receivedOctets)
      problem = problem ?? close.violation
      observations.append(.close(close))
    case .continuation, .text, .binary:
      if frame.header.isFinal, let ended = assembly {
        assembly = nil
        messageCount += 1
        observations.append(.message(ended.message))
        if ended.message.kind == .text, ended.isInvalidText || !ended.utf8.isComplete {
          let violation = PeerViolation(WSError(.invalidUTF8, offset: receivedOctets))
          problem = problem ?? violation
          observations.append(.violation(violation))
        }
      }
    default: break
    }
    log.append(.frame(.received, frame.header, frame.content, violation: problem?.words), at: time)
  }
}
