import WSProtocol

/// Follows what the peer sends along the expected outcomes and says as soon as none of them is possible any more.
struct Matcher: Sendable {
  /// What an event means for the case.
  enum Step: Sendable, Equatable {
    /// The next expected event.
    case progress
    /// Nothing the case is about.
    case ignored
    /// No outcome is possible any more; the words say what the peer did, after "the peer".
    case mismatch(String)
  }

  private let outcomes: [Expectation.Outcome]
  private var events: [ExpectedEvent]
  private let pingPayloads: [[UInt8]]
  private let answersAreMismatches: Bool
  private var position = 0
  private var echoes = 0
  /// What is unusual though allowed.
  private(set) var notes: [String] = []

  init(_ expectation: Expectation, program: Program) {
    outcomes = expectation.outcomes
    events = expectation.outcomes.map(\.events).max { $0.count < $1.count } ?? []
    pingPayloads = program.steps.compactMap { step in
      guard case .frame(let frame) = step, frame.opcode == .ping else { return nil }
      return frame.payload.allOctets
    }
    answersAreMismatches =
      switch expectation.ending {
      case .failureByPeer: true
      case .handshakeByTester, .handshakeByProgram, .refusalOfClose, .recorded: false
      }
  }

  /// The messages the observer compares contents with.
  var expectedMessages: Observer.ExpectedMessages {
    .list(
      events.compactMap { event in
        if case .message(let kind, let payload) = event { (kind, payload) } else { nil }
      })
  }

  /// The outcome that what was seen so far amounts to, if any.
  var outcome: Expectation.Outcome? { outcomes.first { $0.events.count == position } }

  /// Whether the longest outcome is complete.
  var isComplete: Bool { position == events.count }

  /// The number of correct echoes of a round-trip step.
  var echoCount: Int { echoes }

  /// What is still missing, in words.
  var missingWords: String {
    guard position < events.count else { return "nothing" }
    if case .echoes(let count) = events[position] { return "echo \(echoes + 1) of \(count)" }
    return events[position].words
  }

  /// That the peer ended the connection before what is missing, in words.
  var prematurely: String {
    if position < events.count, case .checkpoint(let place) = events[position] { return "too early: it was to stay open \(place)" }
    return isComplete ? "before the tester's Close frame arrived" : "before \(missingWords) arrived"
  }

  mutating func reachedCheckpoint(_ tag: String) -> Step {
    guard position < events.count, events[position] == .checkpoint(tag) else {
      return .mismatch("kept the connection open; it had to fail it")
    }
    position += 1
    return .progress
  }

  mutating func received(_ message: ObservedMessage) -> Step {
    guard position < events.count else {
      return .mismatch(
        answersAreMismatches
          ? "answered with a \(message.kind.rawValue) message; it had to fail the connection"
          : "sent a \(message.kind.rawValue) message that nothing had asked for")
    }
    switch events[position] {
    case .message(let kind, let payload):
      if let difference = Self.difference(message, kind, payload) { return .mismatch(difference) }
      position += 1
      return .progress
    case .echoes(let count):
      guard let step = roundTrip else { return .mismatch("sent a message that nothing had asked for") }
      let kind: Message.Kind = step.opcode == .text ? .text : .binary
      if let difference = Self.difference(message, kind, step.payload) {
        return .mismatch("\(difference), in round trip \(echoes + 1)")
      }
      echoes += 1
      if echoes == count { position += 1 }
      return .progress
    case .pong where echoesBeforePong(message): return .progress
    case .checkpoint(let place): return .mismatch("sent a \(message.kind.rawValue) message too early: nothing was due \(place)")
    case .pong: return .mismatch("sent a \(message.kind.rawValue) message before \(missingWords)")
    }
  }

  /// Whether this is the message behind the Pongs that are due: when they come is no more than a SHOULD.
  private mutating func echoesBeforePong(_ message: ObservedMessage) -> Bool {
    let next = events[position...].firstIndex { if case .pong = $0 { false } else { true } }
    guard let next, case .message(let kind, let payload) = events[next], Self.difference(message, kind, payload) == nil else {
      return false
    }
    events.insert(events.remove(at: next), at: position)
    position += 1
    notes.append("it echoed the message before it answered a Ping, which should be done as soon as is practical (RFC 6455 §5.5.2)")
    return true
  }

  mutating func receivedPong(_ payload: [UInt8]) -> Step {
    var candidate = position
    while candidate < events.count, case .pong(let expected) = events[candidate] {
      if expected.allOctets == payload {
        if candidate > position {
          notes.append("it answered a later Ping without answering \(candidate - position) before it, as RFC 6455 §5.5.3 allows")
        }
        position = candidate + 1
        return .progress
      }
      candidate += 1
    }
    // An empty Pong may as well be a heartbeat (RFC 6455 §5.5.3).
    guard !payload.isEmpty, pingPayloads.contains(payload) else { return .ignored }
    if answersAreMismatches { return .mismatch("answered a Ping that was sent after the violation") }
    let note = "it sent a Pong that was not due any more"
    if !notes.contains(note) { notes.append(note) }
    return .ignored
  }

  /// The frame of the round-trip step the case consists of, if it does.
  var roundTrip: FrameStep?

  private static func difference(_ message: ObservedMessage, _ kind: Message.Kind, _ payload: Payload) -> String? {
    guard message.kind == kind else { return "answered a \(kind.rawValue) message with a \(message.kind.rawValue) message" }
    if let offset = message.firstDifference {
      return "changed the content: the first difference is at octet \(offset) of \(payload.count)"
        + " (\(message.content.total) came back)"
    }
    guard message.content.total == UInt64(payload.count) else {
      return "sent \(message.content.total) of \(payload.count) octets back"
    }
    return nil
  }
}
