import WSProtocol

/// Runs the program of one case on an open connection and judges what comes of it; without I/O or clock.
///
/// Theory of operation: the program's steps are turned into octets as the transport asks for them. What the observer sees goes through
/// the matcher. The case is over as soon as the verdict is certain: nothing waits for a timer that cannot change it.
///
/// Laws: once finished, nothing changes any more; the tester sends one Close frame of its own accord at most.
struct Engine: Sendable {
  private enum Phase: Sendable, Equatable {
    /// At this step of the program.
    case running(step: Int)
    /// The program waits until then.
    case paused(step: Int, until: Duration)
    /// Everything was sent.
    case awaiting
    /// Our Close frame was sent; the peer's is due.
    case closing(since: Duration, giveUpAt: Duration)
    /// Close frames went both ways; the end of the TCP connection is due.
    case ending(giveUpAt: Duration)
    case finished
  }

  private let conformanceCase: ConformanceCase
  private let timing: CaseTiming
  private let startedAt: Duration
  /// A peer that sends more than this is given up.
  private let maximumReceivedOctets: UInt64
  private var phase: Phase = .running(step: 0)
  private var matcher: Matcher
  private var observer: Observer
  private var writer: RawWriter
  private var lastActivity: Duration
  private var roundTripsSent = 0
  private var messagesReceived = 0
  private var sentClose = false
  private var peerClose: ObservedClose?
  private(set) var judgement: Judgement?
  /// What was seen, in words.
  private(set) var observed = ObservedEvents()
  private(set) var log: WireLog

  /// What any peer may send beside the echo.
  private static let slackBytes: UInt64 = 256 << 10

  init(_ conformanceCase: ConformanceCase, timing: CaseTiming, keys: SeededKeys, now: Duration, log: WireLog) {
    self.conformanceCase = conformanceCase
    self.timing = timing
    startedAt = now
    lastActivity = now
    self.log = log
    matcher = Matcher(conformanceCase.expectation, program: conformanceCase.program)
    maximumReceivedOctets = Self.slackBytes &+ conformanceCase.program.payloadBytes &* 4
    for case .roundTrips(_, let frame) in conformanceCase.program.steps { matcher.roundTrip = frame }
    let expected =
      matcher.roundTrip.map { Observer.ExpectedMessages.repeated($0.opcode == .text ? .text : .binary, $0.payload) }
      ?? matcher.expectedMessages
    observer = Observer(peer: .server, expected: expected)
    writer = RawWriter(role: .client, keys: keys)
  }

  /// Whether the connection is to be dropped.
  var isFinished: Bool { phase == .finished }

  var closeFrame: ObservedClose? { peerClose }

  /// When ``handleDeadline(now:)`` is due.
  var deadline: Duration? {
    let total = startedAt + timing.totalTimeout(isTimed: conformanceCase.isTimed)
    let next: Duration
    switch phase {
    case .running, .awaiting: next = lastActivity + timing.idleTimeout(isTimed: conformanceCase.isTimed)
    case .paused(_, let until): next = until
    case .closing(_, let giveUpAt), .ending(let giveUpAt): next = giveUpAt
    case .finished: return nil
    }
    return min(next, total)
  }

  // MARK: Sending

  /// The next octets for the transport, or `nil` when there are none for now.
  mutating func nextWrite(now: Duration) -> Write? {
    while phase != .finished {
      if let write = writer.next(at: now, log: &log) {
        lastActivity = now
        return write
      }
      guard case .running(let step) = phase, step < conformanceCase.program.steps.count else {
        if case .running = phase { endOfProgram(now: now) }
        // Only reaching the end of the program can have queued something more: the Close frame of a finished case.
        guard !writer.isIdle else { return nil }
        continue
      }
      guard perform(conformanceCase.program.steps[step], at: step, now: now) else { return nil }
    }
    return nil
  }

  /// Carries a step out; returns whether there may be more to send now.
  private mutating func perform(_ step: Step, at index: Int, now: Duration) -> Bool {
    phase = .running(step: index + 1)
    switch step {
    case .frame(let frame): writer.begin(frame, at: now, log: &log)
    case .message(let kind, let payload, let length): writer.begin(kind, payload, fragmentLength: length)
    case .frameHeader(let opcode, let isFinal, let length):
      writer.beginHeader(opcode, isFinal: isFinal, declaredLength: length, at: now, log: &log)
    case .payloadPart(let payload): writer.beginPart(payload, at: now, log: &log)
    case .startClose(let payload):
      sentClose = true
      writer.begin(FrameStep(.close, payload), at: now, log: &log)
    case .pause(let duration):
      log.append(.timer("wait \(duration.milliseconds) ms"), at: now)
      phase = .paused(step: index + 1, until: now + duration)
      return false
    case .checkpoint(let tag):
      observed.append { "the connection is still open \(tag)" }
      settle(matcher.reachedCheckpoint(tag), now: now)
    case .roundTrips(let count, let frame):
      guard roundTripsSent == matcher.echoCount else {
        phase = .running(step: index)
        return false
      }
      if roundTripsSent < count {
        roundTripsSent += 1
        phase = .running(step: index)
        writer.begin(frame, at: now, log: &log)
      }
    }
    return true
  }

  private mutating func endOfProgram(now: Duration) {
    switch conformanceCase.expectation.ending {
    case .handshakeByProgram, .refusalOfClose: phase = .closing(since: now, giveUpAt: now + timing.idleTimeout)
    case .recorded: phase = sentClose ? .closing(since: now, giveUpAt: now + timing.idleTimeout) : .awaiting
    case .handshakeByTester, .failureByPeer: phase = .awaiting
    }
    if matcher.isComplete { outcomeComplete(now: now) }
  }

  // MARK: Receiving

  /// Takes octets of the peer.
  mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    guard phase != .finished else { return }
    lastActivity = now
    for observation in observer.receive(octets, at: now, log: &log) {
      guard phase != .finished else { return }
      handle(observation, now: now)
    }
    if phase != .finished, observer.receivedOctets > maximumReceivedOctets {
      giveUp("in \(observer.receivedOctets) octets, far more than could be due", reason: nil)
    }
  }

  private mutating func handle(_ observation: Observation, now: Duration) {
    switch observation {
    case .violation(let violation): finish(violation)
    case .message(let message):
      messagesReceived += 1
      observed.append { "a \(message.kind.rawValue) message: \(message.content.words)" }
      if peerClose != nil {
        finish(PeerViolation(words: "sent a data frame after its Close frame", section: "5.5.1"))
      } else if judgement == nil {
        settle(matcher.received(message), now: now)
      }
    case .pong(let payload):
      observed.append { "a Pong: \(LoggedOctets(payload).words)" }
      if judgement == nil { settle(matcher.receivedPong(payload), now: now) }
    case .ping(let payload):
      observed.append { "a Ping: \(LoggedOctets(payload).words)" }
      if peerClose == nil { writer.interject(FrameStep(.pong, .octets(payload)), at: now, log: &log) }
    case .close(let close): receivedClose(close, now: now)
    }
  }

  private mutating func settle(_ step: Matcher.Step, now: Duration) {
    switch step {
    case .ignored: break
    case .progress:
      if matcher.isComplete, phase == .awaiting { outcomeComplete(now: now) }
    case .mismatch(let words): mismatched(words, now: now)
    }
  }

  /// Everything expected has arrived; where that was the point of the case, the tester closes.
  private mutating func outcomeComplete(now: Duration) {
    switch conformanceCase.expectation.ending {
    case .handshakeByTester: startClose(now: now)
    case .handshakeByProgram, .refusalOfClose, .failureByPeer, .recorded: break
    }
  }

  private mutating func startClose(now: Duration) {
    guard !sentClose else { return }
    sentClose = true
    writer.cancelRest()
    writer.interject(FrameStep(.close, .octets([0x03, 0xE8])), at: now, log: &log)
    phase = .closing(since: now, giveUpAt: now + timing.idleTimeout(isTimed: conformanceCase.isTimed))
  }

  private mutating func mismatched(_ words: String, now: Duration) {
    let wrong = Judgement(
      verdict: .fail, why: "the peer \(words)", close: .failed, closeWhy: "the peer did not fail the connection")
    switch conformanceCase.expectation.ending {
    case .failureByPeer: finish(wrong)
    case .refusalOfClose, .handshakeByProgram:
      finish(Judgement(verdict: .fail, why: wrong.why, close: .unclean, closeWhy: "the Close frame was not answered first"))
    case .handshakeByTester:
      // The content is judged; how the peer closes is judged apart.
      judgement = judgement ?? Judgement(verdict: .fail, why: wrong.why, close: .ok, closeWhy: "")
      startClose(now: now)
    case .recorded: break
    }
  }

  private mutating func receivedClose(_ close: ObservedClose, now: Duration) {
    observed.append { "a Close frame: \(close.words)" }
    guard peerClose == nil else { return }
    peerClose = close
    if let violation = close.violation {
      // Where whatever happens is recorded, so is a close code without a meaning.
      guard case .recorded = conformanceCase.expectation.ending else { return finish(violation) }
    }
    if !sentClose {
      sentClose = true
      writer.cancelRest()
      writer.interject(
        FrameStep(.close, .octets(close.code.map { [UInt8(truncatingIfNeeded: $0 &>> 8), UInt8(truncatingIfNeeded: $0)] } ?? [])),
        at: now, log: &log)
      judgement = judgement ?? Judging.closeByPeer(close, case: conformanceCase, matcher: matcher)
    } else {
      judgement = Judging.closeReply(close, case: conformanceCase, matcher: matcher, judged: judgement)
    }
    phase = .ending(giveUpAt: now + timing.idleTimeout(isTimed: conformanceCase.isTimed))
  }

  // MARK: Endings

  /// The TCP connection has ended.
  mutating func transportEnded(_ ending: TransportEnding, now: Duration) {
    guard phase != .finished else { return }
    log.append(.connection("the peer \(ending.words)"), at: now)
    observed.append { "the peer \(ending.words)" }
    if peerClose != nil, let judged = judgement {
      finish(judged)
    } else {
      finish(Judging.dropped(ending, case: conformanceCase, matcher: matcher, sentClose: sentClose, judged: judgement))
    }
  }

  /// Acts upon a deadline that has passed.
  mutating func handleDeadline(now: Duration) {
    guard let deadline, now >= deadline else { return }
    if case .paused(let step, let until) = phase, now >= until {
      lastActivity = now
      phase = .running(step: step)
      return
    }
    log.append(.timer("waited long enough"), at: now)
    let middle = observer.isWithinFrame ? ", and the peer stopped in the middle of a frame" : ""
    giveUp("within \((now - waitBegan(now: now)).milliseconds) ms\(middle)", reason: .hang)
  }

  /// Since when the wait that is over went on.
  private func waitBegan(now: Duration) -> Duration {
    if now >= startedAt + timing.totalTimeout(isTimed: conformanceCase.isTimed) { return startedAt }
    if case .closing(let since, _) = phase { return since }
    return lastActivity
  }

  private mutating func giveUp(_ wait: String, reason: FailureReason?) {
    if peerClose != nil, var judged = judgement {
      judged.close = judged.close == .ok ? .droppedByUs : judged.close
      judged.closeWhy += "; the peer left it to the tester to drop the TCP connection, which a server has to do at once (RFC 6455 §5.5.1)"
      return finish(judged)
    }
    finish(Judging.timedOut(wait, reason: reason, case: conformanceCase, matcher: matcher, sentClose: sentClose, judged: judgement))
  }

  private mutating func finish(_ violation: PeerViolation) {
    finish(
      Judgement(
        verdict: .fail, why: "the peer \(violation.words)", requirement: Requirement(section: violation.section), close: .failed,
        closeWhy: "the tester dropped the connection because of that violation"))
  }

  private mutating func finish(_ judged: Judgement) {
    var final = judged
    if final.verdict == .pass, !matcher.notes.isEmpty {
      final.verdict = .passWithNote
      final.why = matcher.notes.joined(separator: "; ")
    }
    if final.verdict == .informational, messagesReceived > 0 {
      final.why += "; \(messagesReceived) \(messagesReceived == 1 ? "message" : "messages") came back before"
    }
    judgement = final
    phase = .finished
  }
}
