/// What a case sends to an HTTP server over one connection, as data.
public struct HTTPProgram: Sendable, Equatable {
  /// The steps, in order.
  public let steps: [HTTPStep]
  /// The methods of the requests in order, as far as they are not GET: an answer to HEAD or CONNECT is framed by the method it answers.
  public let methods: [String]

  /// Creates a program.
  public init(_ steps: [HTTPStep], methods: [String] = []) {
    self.steps = steps
    self.methods = methods
  }

  /// The octets all steps send together.
  var octetCount: UInt64 {
    steps.reduce(0) { total, step in
      switch step {
      case .send(let payload, _), .drip(let payload, _): total + UInt64(payload.count)
      case .sentinel(let host): total + UInt64(HTTPStep.sentinelRequest(host: host).count)
      case .pause, .awaitInterim, .awaitAnswer, .endOfInput: total
      }
    }
  }

  /// How long the steps take at least.
  var duration: Duration {
    steps.reduce(.zero) { total, step in
      switch step {
      case .pause(let duration): total + duration
      case .drip(let payload, let interval): total + interval * payload.count
      case .send, .sentinel, .awaitInterim, .awaitAnswer, .endOfInput: total
      }
    }
  }

  /// Whether the sentinel request is sent.
  var hasSentinel: Bool {
    steps.contains { if case .sentinel = $0 { true } else { false } }
  }

  /// Whether the first request is one of HTTP/1.0.
  var beginsWithHTTP10: Bool {
    guard case .send(let payload, _)? = steps.first else { return false }
    let line = payload.octets(in: 0..<min(payload.count, 256)).prefix { $0 != 0x0A }
    return line.suffix(9).elementsEqual("HTTP/1.0\r".utf8)
  }

  /// The steps in words, one line each.
  public var words: [String] { steps.map(\.words) }
}

/// One step of an HTTP program.
public enum HTTPStep: Sendable, Equatable {
  /// Sends octets, be they HTTP or not.
  case send(Payload, Delivery = .together)
  /// Sends octets one by one, with a wait after each.
  case drip(Payload, every: Duration)
  /// Sends one more harmless request that ends the connection: the answers show whether the server took what came before for what it is.
  case sentinel(host: String)
  /// Waits.
  case pause(Duration)
  /// Waits for an interim or final answer to the last request, but not longer than the idle timeout.
  case awaitInterim
  /// Waits for a final answer to the last request, but not longer than the idle timeout.
  case awaitAnswer
  /// Ends the tester's direction of the connection.
  case endOfInput

  /// The request of a ``sentinel(host:)`` step.
  static func sentinelRequest(host: String) -> Payload {
    .text("GET /sentinel HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
  }

  /// The step in words.
  public var words: String {
    switch self {
    case .send(let payload, let delivery): "send \(payload.words)\(delivery.words)"
    case .drip(let payload, let interval): "send \(payload.words), one octet every \(interval.milliseconds) ms"
    case .sentinel: "send a last request, GET /sentinel, that closes the connection"
    case .pause(let duration): "wait \(duration.milliseconds) ms"
    case .awaitInterim: "wait for an interim or a final answer"
    case .awaitAnswer: "wait for a final answer"
    case .endOfInput: "end the input"
    }
  }
}
