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
    /// The client did not finish its opening handshake in time; the answer (408) is in the output.
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

  /// What is accepted at most.
  public var limits: WSLimits { endpoint.limits }

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
      // Otherwise the phase would share the handshake's storage, and every piece of a head would copy what came before.
      phase = .finished
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
        return .rejected(error)
      }
    }
  }

  /// Queues a message.
  ///
  /// - Throws: As `Endpoint.send(_:keys:)`; `WSError.Code.notOpen` also before the opening handshake is done.
  public mutating func send(_ message: consuming Message) throws(WSError) {
    try requireFrames()
    try endpoint.send(message, keys: &keys)
  }

  /// Starts the closing handshake.
  ///
  /// - Throws: As `Endpoint.close(_:now:keys:)`; `WSError.Code.notOpen` also before the opening handshake is done.
  public mutating func close(_ payload: ClosePayload, now: Duration) throws(WSError) {
    try requireFrames()
    try endpoint.close(payload, now: now, keys: &keys)
  }

  /// Notes that for the time up to `now` nothing was read.
  public mutating func resumedReading(after pause: Duration, now: Duration) { endpoint.resumedReading(after: pause, now: now) }

  /// Acts upon a deadline that has passed.
  ///
  /// - Returns: The failure it led to, or `nil`.
  public mutating func handleDeadline(now: Duration) -> Event? {
    switch phase {
    case .finished: return nil
    case .open: return endpoint.handleDeadline(now: now, keys: &keys).map { .endpoint($0) }
    case .handshaking(var handshake, let giveUpAt):
      guard now >= giveUpAt else { return nil }
      phase = .finished
      if case .rejected(let response, _) = handshake.timeOut() { output.append(response) }
      return .handshakeTimedOut
    }
  }

  /// Takes the octets to be written, in order.
  public mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output + endpoint.takeOutput(keys: &keys)
  }

  /// A frame before the answer to the request, or behind a refusal, would be taken for a part of it.
  private func requireFrames() throws(WSError) {
    switch phase {
    case .open: return
    case .handshaking, .finished: throw WSError(.notOpen, offset: 0)
    }
  }
}
