public import WSProtocol

/// What is acceptable in a case: what the peer may send, each possibility with its verdict, and how the connection has to end.
public struct Expectation: Sendable, Equatable {
  /// One acceptable sequence of events.
  public struct Outcome: Sendable, Equatable {
    /// The events in order; Pings and unsolicited Pongs of the peer never count.
    public let events: [ExpectedEvent]
    /// The verdict when exactly these were seen.
    public let verdict: Verdict
    /// What to say about it, for any verdict but a plain pass.
    public let note: String

    /// Creates an outcome.
    public init(_ events: [ExpectedEvent], _ verdict: Verdict = .pass, note: String = "") {
      self.events = events
      self.verdict = verdict
      self.note = note
    }
  }

  /// How the connection has to end.
  public enum Ending: Sendable, Equatable {
    /// The tester starts the closing handshake with 1000 as soon as an outcome is complete; the peer has to answer it.
    case handshakeByTester
    /// The program starts the closing handshake; the peer has to answer with one of the codes, or with none.
    ///
    /// `refusal` is the verdict for a peer that answers as if the Close frame were a violation.
    case handshakeByProgram(codes: [UInt16], refusal: Verdict)
    /// The program sends a Close frame that is itself a violation; the peer has to fail the connection, with one of the codes.
    case refusalOfClose(codes: [UInt16])
    /// The peer has to fail the connection: with a Close frame of one of the codes, or by dropping it.
    case failureByPeer(codes: [UInt16])
    /// Whatever happens is recorded.
    case recorded
  }

  /// The acceptable sequences of events, the best first; all are beginnings of the longest.
  public let outcomes: [Outcome]
  /// How the connection has to end.
  public let ending: Ending

  /// Creates an expectation.
  public init(_ outcomes: [Outcome], ending: Ending) {
    self.outcomes = outcomes
    self.ending = ending
  }
}

/// One thing a peer sends that counts.
public enum ExpectedEvent: Sendable, Equatable {
  /// A whole message with this content.
  case message(Message.Kind, Payload)
  /// A Pong with this payload.
  case pong(Payload)
  /// The connection was still open at this checkpoint of the program, named by words such as "after valid text".
  case checkpoint(String)
  /// So many echoes of the frame of a round-trip step.
  case echoes(count: Int)
}

extension Expectation {
  /// The expectation in words, one line each.
  public var words: [String] {
    let endings =
      switch ending {
      case .handshakeByTester: "the tester then starts the closing handshake with code 1000, and the peer answers it"
      case .handshakeByProgram(let codes, _): "the peer answers the Close frame with \(Self.words(codes)), or without a code"
      case .refusalOfClose(let codes): "the peer refuses the Close frame and fails the connection, with close code \(Self.words(codes))"
      case .failureByPeer(let codes): "the peer fails the connection, with close code \(Self.words(codes))"
      case .recorded: "whatever happens is recorded; no requirement"
      }
    return outcomes.map { outcome in
      let events = outcome.events.map(\.words)
      let text = events.isEmpty ? "nothing comes back" : events.joined(separator: ", then ")
      return outcome.verdict == .pass ? text : "\(text) (\(outcome.verdict.rawValue))"
    } + [endings]
  }

  private static func words(_ codes: [UInt16]) -> String { codes.map(String.init).joined(separator: " or ") }
}

extension ExpectedEvent {
  /// The event in words.
  public var words: String {
    switch self {
    case .message(let kind, let payload): "a \(kind.rawValue) message with \(payload.words)"
    case .pong(let payload): "a Pong with \(payload.words)"
    case .checkpoint(let place): "the connection is still open \(place)"
    case .echoes(let count): "\(count) echoes"
    }
  }
}
