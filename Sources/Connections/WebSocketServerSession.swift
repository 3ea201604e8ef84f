public import HTTPParse
public import WSHandshake
public import WSProtocol

/// The server's side of one WebSocket connection from the first octet to the last: opening handshake, then frames; without I/O or clock.
public struct WebSocketServerSession: ~Copyable {
  /// What the server has to know.
  public enum Event: Sendable, Equatable {
    /// The opening handshake is done.
    case opened(RequestHead)
    /// Something happened on the open connection.
    case endpoint(Endpoint.Event)
    /// The opening handshake was refused; the answer is in the output.
    case rejected(HandshakeError)
    /// The client did not finish its opening handshake in time.
    case handshakeTimedOut
  }

  private enum Phase: Sendable {
    case handshaking(ServerHandshake, giveUpAt: Duration)
    case open
    case finished
  }

  private var phase: Phase
  private var endpoint: Endpoint
  private var output: [[UInt8]] = []
  private var keys = NoMaskingKeys()

  /// How long a client may take for its opening handshake, in total.
  ///
  /// Default 10 s, whatever it sends meanwhile.
  public static let handshakeTimeout = Duration.seconds(10)

  /// Creates a session for a connection that was just accepted.
  public init(policy: HandshakePolicy, limits: WSLimits = WSLimits(), now: Duration) {
    phase = .handshaking(ServerHandshake(policy: policy), giveUpAt: now + Self.handshakeTimeout)
    endpoint = Endpoint(role: .server, limits: limits, now: now)
  }

  /// Whether messages can be sent.
  public var isOpen: Bool {
    switch phase {
    case .handshaking, .finished: false
    case .open: endpoint.isOpen
    }
  }

  /// Whether the connection is to be dropped once the output was written.
  public var isFinished: Bool {
    switch phase {
    case .handshaking: false
    case .open: endpoint.isFinished
    case .finished: true
    }
  }

  /// The octets held for a message that has not ended.
  public var heldOctets: Int { endpoint.heldOctets }

  /// When ``handleDeadline(now:)`` is due.
  public var nextDeadline: Duration? {
    switch phase {
    case .handshaking(_, let giveUpAt): giveUpAt
    case .open: endpoint.nextDeadline
    case .finished: nil
    }
  }

  /// Takes octets of the client, beginning at `index`, up to the next event.
  ///
  /// - Returns: The next event, or `nil` once `index` is at the end of the span.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int, now: Duration) -> Event? {
    switch phase {
    case .finished:
      index = octets.count
      return nil
    case .open: return endpoint.receive(octets, at: &index, now: now, keys: &keys).map { .endpoint($0) }
    case .handshaking(var handshake, let giveUpAt):
      switch handshake.receive(octets.extracting(index...)) {
      case .needsMore:
        index = octets.count
        phase = .handshaking(handshake, giveUpAt: giveUpAt)
        return nil
      case .accepted(let request, let response, _, let consumed):
        index += consumed
        output.append(response)
        phase = .open
        return .opened(request)
      case .rejected(let response, let error):
        index = octets.count
        output.append(response)
        phase = .finished
        return .rejected(error)
      }
    }
  }

  /// Queues a message.
  ///
  /// - Throws: As ``Endpoint/send(_:keys:)``.
  public mutating func send(_ message: consuming Message) throws(WSError) {
    try endpoint.send(message, keys: &keys)
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: As ``Endpoint/close(_:now:keys:)``.
  public mutating func close(_ payload: ClosePayload, now: Duration) throws(WSError) {
    try endpoint.close(payload, now: now, keys: &keys)
  }

  /// Acts upon a deadline that has passed.
  ///
  /// - Returns: The failure it led to, or `nil`.
  public mutating func handleDeadline(now: Duration) -> Event? {
    switch phase {
    case .finished: return nil
    case .open: return endpoint.handleDeadline(now: now, keys: &keys).map { .endpoint($0) }
    case .handshaking(_, let giveUpAt):
      guard now >= giveUpAt else { return nil }
      phase = .finished
      return .handshakeTimedOut
    }
  }

  /// Takes the octets to be written, in order.
  public mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output + endpoint.takeOutput(keys: &keys)
  }
}
