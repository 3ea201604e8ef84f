public import HTTPParse
import WSProtocol
public import WSHandshake

/// One run of one WebSocket case, from the connection attempt through the opening handshake to the result.
public struct CaseRun: RunningCase {
  /// How far an opening handshake came that did not open a connection.
  public enum Obstacle: Sendable, Equatable {
    /// No TCP connection.
    case unreachable
    /// The connection ended or nothing came before the answer was complete.
    case noAnswer
    /// An answer that is not a valid handshake.
    case invalidAnswer
    /// An answer with another status than 101.
    case refused
  }

  private enum State: Sendable {
    case connecting
    case handshaking(ClientHandshake, unsent: [UInt8], giveUpAt: Duration)
    case running(Engine)
    case finished(CaseResult)
  }

  private let conformanceCase: ConformanceCase
  private let timing: CaseTiming
  private let keys: SeededKeys
  private let handshake: ClientHandshake
  /// The names, in lower case, of fields whose values the user gave and no report shows.
  private let secretFields: Set<String>
  /// What no report shows even where the peer sends it back.
  private let secrets: [[UInt8]]
  private let startedAt: Duration
  private var state: State = .connecting
  private var handshakeLog = WireLog()
  private var handshakeOctets: [UInt8] = []
  /// Why the connection was not opened, once that is known.
  public private(set) var obstacle: Obstacle?
  /// The head of the server's answer, once there is one.
  public private(set) var response: ResponseHead?

  /// The most octets of an answer to the opening handshake that are kept for the log, so that what is logged cuts no secret.
  private var keptAnswerBytes: Int { LoggedOctets.maximumKept + (secrets.first?.count ?? 0) }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - conformanceCase: The case.
  ///   - offer: What to ask for in the opening handshake.
  ///   - timing: The waits.
  ///   - seed: What masking keys and the nonce are derived from, together with the case's id.
  ///   - now: The present time, since any origin that later calls share.
  /// - Throws: `HandshakeError` when `offer` cannot be sent.
  public init(
    _ conformanceCase: ConformanceCase, offer: ClientOffer, timing: CaseTiming, seed: UInt64, now: Duration
  ) throws(HandshakeError) {
    self.conformanceCase = conformanceCase
    self.timing = timing
    var keys = SeededKeys(seed: seed, caseID: conformanceCase.id)
    handshake = try ClientHandshake(offer, nonce: keys.nextNonce())
    secretFields = Set(offer.fields.map { String(decoding: $0.name, as: UTF8.self).lowercased() } + (offer.origin == nil ? [] : ["origin"]))
    secrets = Redaction.secrets(
      target: offer.target, values: offer.fields.map { Array($0.value) } + (offer.origin.map { [Array($0.utf8)] } ?? []))
    self.keys = keys
    startedAt = now
    if case .http = conformanceCase.script {
      state = .finished(CaseResult(conformanceCase, verdict: .error, why: "the case is not for a WebSocket connection"))
    }
  }

  /// The result, once the case is over.
  public var result: CaseResult? {
    if case .finished(let result) = state { result } else { nil }
  }

  /// When ``handleDeadline(now:)`` is due; `nil` before the connection, whose deadline is the transport's, and after the end.
  public var deadline: Duration? {
    switch state {
    case .connecting, .finished: nil
    case .handshaking(_, _, let giveUpAt): giveUpAt
    case .running(let engine): engine.deadline.map { startedAt + $0 }
    }
  }

  /// The connection is established, in the way that `words` tell the log.
  public mutating func connected(_ words: String, now: Duration) {
    guard case .connecting = state else { return }
    handshakeLog.append(.connection(words), at: now - startedAt)
    state = .handshaking(handshake, unsent: handshake.requestOctets, giveUpAt: now + timing.idleTimeout * 2)
  }

  /// No TCP connection could be established; does nothing once one was.
  public mutating func notConnected(_ words: String, now: Duration) {
    guard case .connecting = state else { return }
    fail(.unreachable, .inconclusive, "no connection: \(words)", now: now)
  }

  /// The next octets for the transport, or `nil` when there are none for now.
  public mutating func nextWrite(now: Duration) -> Write? {
    switch state {
    case .connecting, .finished: return nil
    case .handshaking(let handshake, let unsent, let giveUpAt):
      guard !unsent.isEmpty else { return nil }
      handshakeLog.append(.octets(.sent, LoggedOctets(Redaction.withoutSecrets(unsent, fields: secretFields))), at: now - startedAt)
      state = .handshaking(handshake, unsent: [], giveUpAt: giveUpAt)
      return Write(octets: unsent, isAlone: false)
    case .running(var engine):
      state = .connecting
      let write = engine.nextWrite(now: now - startedAt)
      settle(engine, now: now)
      return write
    }
  }

  /// Takes octets of the peer.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    switch state {
    case .connecting, .finished: return
    case .handshaking(var handshake, let unsent, let giveUpAt):
      // Otherwise the state would share the handshake's storage, and every piece of the answer would copy what came before.
      state = .connecting
      shake(&handshake, unsent, giveUpAt, octets, now: now)
    case .running(var engine):
      state = .connecting
      engine.receive(octets, now: now - startedAt)
      settle(engine, now: now)
    }
  }

  /// The TCP connection has ended.
  public mutating func transportEnded(_ ending: TransportEnding, now: Duration) {
    switch state {
    case .finished: return
    case .connecting: fail(.unreachable, .inconclusive, "the peer \(ending.words) as soon as it was established", now: now)
    case .handshaking:
      logAnswer(now: now)
      handshakeLog.append(.connection("the peer \(ending.words)"), at: now - startedAt)
      fail(.noAnswer, .inconclusive, "the peer \(ending.words) before it had answered the opening handshake", now: now)
    case .running(var engine):
      state = .connecting
      engine.transportEnded(ending, now: now - startedAt)
      settle(engine, now: now)
    }
  }

  /// Acts upon a deadline that has passed.
  public mutating func handleDeadline(now: Duration) {
    switch state {
    case .connecting, .finished: return
    case .handshaking(_, _, let giveUpAt):
      guard now >= giveUpAt else { return }
      logAnswer(now: now)
      fail(
        .noAnswer, .inconclusive, "the peer did not answer the opening handshake within \((timing.idleTimeout * 2).milliseconds) ms",
        reason: .hang, now: now)
    case .running(var engine):
      state = .connecting
      engine.handleDeadline(now: now - startedAt)
      settle(engine, now: now)
    }
  }

  // MARK: Transitions

  private mutating func shake(
    _ handshake: inout ClientHandshake, _ unsent: [UInt8], _ giveUpAt: Duration, _ octets: Span<UInt8>, now: Duration
  ) {
    do throws(HandshakeError) {
      switch try handshake.receive(octets) {
      case .needsMore:
        keep(octets)
        state = .handshaking(handshake, unsent: unsent, giveUpAt: giveUpAt)
      case .established(let agreement, let consumed):
        keep(octets.extracting(..<consumed))
        logAnswer(now: now)
        response = agreement.response
        open(rest: octets.extracting(consumed...), now: now)
      }
    } catch {
      keep(octets)
      // RFC 8446 section 5.1: a record with an alert.
      let isTLS = handshakeOctets.starts(with: [0x15, 3])
      logAnswer(now: now)
      response = error.response
      let isRefusal = error.blame == .peerRefusal
      fail(
        isRefusal ? .refused : .invalidAnswer, isRefusal ? .inconclusive : .fail,
        "the opening handshake failed: \(isTLS ? "the server answers in TLS, so that its URL is wss://" : error.summary)",
        requirement: Requirement(section: "4.1"), now: now)
    }
  }

  private mutating func open(rest: Span<UInt8>, now: Duration) {
    handshakeLog.append(.connection("WebSocket connection open"), at: now - startedAt)
    var engine = Engine(conformanceCase, timing: timing, keys: keys, now: now - startedAt, log: handshakeLog)
    if !rest.isEmpty { engine.receive(rest, now: now - startedAt) }
    settle(engine, now: now)
  }

  private mutating func settle(_ engine: Engine, now: Duration) {
    guard engine.isFinished, let judgement = engine.judgement else {
      state = .running(engine)
      return
    }
    state = .finished(
      CaseResult(
        conformanceCase, verdict: judgement.verdict, reason: judgement.reason, why: judgement.why,
        requirement: judgement.requirement,
        close: CaseResult.Close(
          verdict: judgement.close, peerCode: engine.closeFrame?.code, peerReason: engine.closeFrame?.reason ?? [],
          why: judgement.closeWhy),
        observed: engine.observed.lines, duration: now - startedAt, wireLog: engine.log.entries))
  }

  private mutating func fail(
    _ obstacle: Obstacle, _ verdict: Verdict, _ why: String, reason: FailureReason? = nil, requirement: Requirement? = nil,
    now: Duration
  ) {
    self.obstacle = obstacle
    state = .finished(
      CaseResult(
        conformanceCase, verdict: verdict, reason: reason, why: why, requirement: requirement,
        close: CaseResult.Close(verdict: .failed, why: "no WebSocket connection was opened"), observed: [why],
        duration: now - startedAt, wireLog: handshakeLog.entries))
  }

  // MARK: The log of the opening handshake

  private mutating func keep(_ octets: Span<UInt8>) {
    for index in 0..<max(0, min(octets.count, keptAnswerBytes - handshakeOctets.count)) { handshakeOctets.append(octets[index]) }
  }

  private mutating func logAnswer(now: Duration) {
    guard !handshakeOctets.isEmpty else { return }
    let shown = Redaction.withoutEchoes(handshakeOctets, of: secrets, isCut: handshakeOctets.count == keptAnswerBytes)
    handshakeLog.append(.octets(.received, LoggedOctets(shown.prefix(LoggedOctets.maximumKept))), at: now - startedAt)
    handshakeOctets = []
  }
}
