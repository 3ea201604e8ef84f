public import Transport
public import WSHandshake
public import WSProtocol

/// One side of a WebSocket connection from the first octet to the last: opening handshake, frames, end; without I/O or clock.
///
/// Feed what arrives to ``receive(_:at:now:)``, the end of input to ``endOfInput()``, time to ``handleDeadline(now:)``, and write what
/// ``takeOutput()`` returns after each of them. Once ``isFinished``, drop the connection. The last event comes from ``ended(_:)``.
/// permessage-deflate is neither offered nor accepted, whatever offer and policy say: nothing here could inflate a message.
public struct WebSocketSession: ~Copyable {
  private enum Phase: Sendable {
    case accepting(ServerHandshake)
    case connecting(ClientHandshake)
    case refused(RefusedAnswer)
    case open
    case finished
  }

  private var phase: Phase
  private var endpoint: Endpoint
  private var output: [[UInt8]] = []
  private var keys: MaskingKeyPool
  /// When the opening handshake has to be done.
  private let openingDeadline: Duration
  /// The octets received for the opening handshake, as far as it is not done.
  private var openingOctets = 0
  private var hasOpened = false
  private var closeReceived: ClosePayload?

  /// How long the opening handshake may take by default, in total.
  ///
  /// 10 s, whatever the peer sends meanwhile: a time that began again with each octet would never end.
  public static let openingTimeout = Duration.seconds(10)
  /// How much of the content of an answer that refuses is kept, in octets.
  ///
  /// 64 KiB: what is meant to be read by people is shorter.
  public static let maximumRefusalBytes = 64 << 10

  /// Creates the server's side of a connection that was just accepted.
  ///
  /// - Parameters:
  ///   - policy: Which requests are accepted.
  ///   - limits: What is accepted on the open connection.
  ///   - handshakeLimits: How much of the request is accepted.
  ///   - openingTimeout: How long the opening handshake may take in total. Excess: 408.
  ///   - now: The present time, since any origin that later calls share.
  public init(
    policy: HandshakePolicy, limits: WSLimits = WSLimits(), handshakeLimits: HandshakeLimits = HandshakeLimits(),
    openingTimeout: Duration = Self.openingTimeout, now: Duration
  ) {
    var policy = policy
    policy.compression = nil
    phase = .accepting(ServerHandshake(policy: policy, limits: handshakeLimits))
    endpoint = Endpoint(role: .server, limits: limits, now: now)
    keys = MaskingKeyPool(nil)
    openingDeadline = now + openingTimeout
  }

  /// Creates the client's side of a connection; its request is in the output.
  ///
  /// - Parameters:
  ///   - offer: What to ask for.
  ///   - limits: What is accepted on the open connection.
  ///   - handshakeLimits: How much of the answer is accepted.
  ///   - openingTimeout: How long the opening handshake may take in total. Excess: refused as `timeout`.
  ///   - entropy: Where the nonce and the masking keys come from; unpredictable (RFC 6455 §5.3). If it fails, the session is finished and
  ///     nothing more is sent.
  ///   - now: The present time, since any origin that later calls share.
  /// - Throws: `offer` when something cannot be sent.
  public init(
    offer: ClientOffer, limits: WSLimits = WSLimits(), handshakeLimits: HandshakeLimits = HandshakeLimits(),
    openingTimeout: Duration = Self.openingTimeout, entropy: any EntropySource, now: Duration
  ) throws(HandshakeError) {
    var offer = offer
    offer.compression = []
    keys = MaskingKeyPool(entropy)
    let handshake = try ClientHandshake(offer, nonce: keys.nonce(), limits: handshakeLimits)
    phase = .connecting(handshake)
    output = [handshake.requestOctets]
    endpoint = Endpoint(role: .client, limits: limits, now: now)
    openingDeadline = now + openingTimeout
  }

  /// Whether messages can be sent.
  public var isOpen: Bool {
    switch phase {
    case .accepting, .connecting, .refused, .finished: false
    case .open: endpoint.isOpen && keys.failure == nil
    }
  }

  /// Whether the connection is to be dropped once the output was written.
  public var isFinished: Bool {
    switch phase {
    case .accepting, .connecting, .refused: keys.failure != nil
    case .open: endpoint.isFinished || keys.failure != nil
    case .finished: true
    }
  }

  /// The side this session plays.
  public var role: Role { endpoint.role }

  /// What is accepted at most.
  public var limits: WSLimits { endpoint.limits }

  /// The octets held for a message that has not ended.
  public var heldOctets: Int { endpoint.heldOctets }

  /// When ``handleDeadline(now:)`` is due.
  public var nextDeadline: Duration? {
    switch phase {
    case .accepting, .connecting, .refused: openingDeadline
    case .open: endpoint.nextDeadline
    case .finished: nil
    }
  }

  /// Takes octets of the peer, beginning at `index`, up to the next event.
  ///
  /// - Returns: The next event, or `nil` once `index` is at the end of the span.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int, now: Duration) -> Event? {
    switch phase {
    case .open:
      guard let event = endpoint.receive(octets, at: &index, now: now, keys: &keys) else { return nil }
      if case .closeReceived(let payload) = event { closeReceived = payload }
      return .endpoint(event)
    case .finished:
      index = octets.count
      return nil
    case .accepting(var handshake):
      // Otherwise the phase would share the handshake's storage, and every piece of a head would copy what came before.
      phase = .finished
      return accept(&handshake, octets, at: &index)
    case .connecting(var handshake):
      phase = .finished
      return connect(&handshake, octets, at: &index)
    case .refused(var answer):
      phase = .finished
      return read(&answer, octets, at: &index)
    }
  }

  /// Notes that the peer will send nothing more; the session is finished then.
  ///
  /// - Returns: What became of an opening handshake that was not done, or `nil`.
  public mutating func endOfInput() -> Event? { giveUp(isLate: false) }

  /// Queues a message.
  ///
  /// - Throws: As `Endpoint.send(_:compressed:keys:)`; `WSError.Code.notOpen` also before the opening handshake is done.
  public mutating func send(_ message: consuming Message) throws(WSError) {
    try requireFrames()
    try endpoint.send(message, keys: &keys)
  }

  /// Queues a Ping of at most 125 octets.
  ///
  /// - Throws: As `Endpoint.ping(_:keys:)`; `WSError.Code.notOpen` also before the opening handshake is done.
  public mutating func ping(_ payload: [UInt8] = []) throws(WSError) {
    try requireFrames()
    try endpoint.ping(payload, keys: &keys)
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
    case .accepting, .connecting, .refused: return now >= openingDeadline ? giveUp(isLate: true) : nil
    }
  }

  /// Notes that the peer took nothing of what was written for as long as the limits allow.
  ///
  /// - Returns: The failure, or `nil` where the connection is not open.
  public mutating func outputStalled() -> Event? { isOpen ? endpoint.outputStalled(keys: &keys).map { .endpoint($0) } : nil }

  /// Takes the octets to be written, in order.
  public mutating func takeOutput() -> [[UInt8]] {
    let frames = endpoint.takeOutput(keys: &keys)
    guard keys.failure == nil else { return [] }
    guard !output.isEmpty else { return frames }
    defer { output = [] }
    return output + frames
  }

  /// Notes that the stream under the connection is gone.
  ///
  /// - Returns: The last event.
  public mutating func ended(_ transport: CloseReason) -> Event {
    phase = .finished
    return .closed(
      WebSocketClosure(closeReceived, failure: endpoint.failure, transport: keys.failure.map { .failed($0) } ?? transport))
  }

  /// Whether the opening handshake is neither done nor refused.
  var isOpening: Bool {
    switch phase {
    case .accepting, .connecting, .refused: true
    case .open, .finished: false
    }
  }

  /// Whether an answer is awaited, or was refused: then there is nobody who reads what is written, and nothing more to be read.
  var isUnanswered: Bool { role == .client && !hasOpened }

  /// Reports nothing more but the end.
  mutating func abandon() { phase = .finished }

  private mutating func open() {
    phase = .open
    hasOpened = true
  }

  private mutating func accept(_ handshake: inout ServerHandshake, _ octets: Span<UInt8>, at index: inout Int) -> Event? {
    switch handshake.receive(octets.extracting(index...)) {
    case .needsMore:
      index = octets.count
      phase = .accepting(handshake)
      return nil
    case .accepted(let request, let response, let agreement, let consumed):
      index += consumed
      output.append(response)
      open()
      return .opened(agreement, request: request)
    case .rejected(let response, let error):
      index = octets.count
      output.append(response)
      return .refused(error, content: [])
    }
  }

  private mutating func connect(_ handshake: inout ClientHandshake, _ octets: Span<UInt8>, at index: inout Int) -> Event? {
    do throws(HandshakeError) {
      switch try handshake.receive(octets.extracting(index...)) {
      case .needsMore:
        openingOctets += octets.count - index
        index = octets.count
        phase = .connecting(handshake)
        return nil
      case .established(let agreement, let consumed):
        index += consumed
        open()
        return .opened(agreement, request: nil)
      }
    } catch {
      guard var answer = RefusedAnswer(error, maximumContentBytes: Self.maximumRefusalBytes), let end = error.responseEnd else {
        index = octets.count
        return .refused(error, content: [])
      }
      index += end - openingOctets
      return read(&answer, octets, at: &index)
    }
  }

  private mutating func read(_ answer: inout RefusedAnswer, _ octets: Span<UInt8>, at index: inout Int) -> Event? {
    let isComplete = answer.receive(octets, at: &index)
    index = octets.count
    if isComplete { return .refused(answer.error, content: answer.content) }
    phase = .refused(answer)
    return nil
  }

  /// Ends the session; an opening handshake that is not done fails.
  private mutating func giveUp(isLate: Bool) -> Event? {
    defer { phase = .finished }
    switch phase {
    case .open, .finished: return nil
    case .refused(let answer): return .refused(answer.error, content: answer.content)
    case .accepting(var handshake):
      guard case .rejected(let response, let error) = isLate ? handshake.timeOut() : handshake.endOfInput() else { return nil }
      output.append(response)
      return .refused(error, content: [])
    case .connecting(var handshake):
      do throws(HandshakeError) {
        if isLate { try handshake.timeOut() } else { try handshake.endOfInput() }
        return nil
      } catch {
        return .refused(error, content: [])
      }
    }
  }

  /// A frame before the answer to the request, or behind a refusal, would be taken for a part of it.
  private func requireFrames() throws(WSError) {
    switch phase {
    case .open: return
    case .accepting, .connecting, .refused, .finished: throw WSError(.notOpen, offset: 0)
    }
  }
}
