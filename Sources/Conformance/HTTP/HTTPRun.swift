/// One run of one HTTP case, from the connection attempt to the result.
///
/// The program's steps become octets as the transport asks for them; what comes back goes through `HTTPObserver`. The case is over when the
/// connection has ended, or when nothing has happened for the idle timeout after the last step. Then the whole exchange is judged.
public struct HTTPRun: RunningCase {
  private enum Phase: Sendable, Equatable {
    case connecting
    /// At this step, of whose octets so many were sent.
    case sending(step: Int, sent: Int)
    /// The program waits until then, and goes on at this step and octet.
    case paused(step: Int, sent: Int, until: Duration)
    /// An answer is awaited, but not longer than until then.
    case awaiting(step: Int, interim: Bool, until: Duration)
    /// Everything was sent.
    case listening
    case finished(CaseResult)
  }

  private let conformanceCase: ConformanceCase
  private let program: HTTPProgram
  private let expectation: HTTPExpectation
  private let timing: CaseTiming
  private let startedAt: Duration
  private var phase = Phase.connecting
  private var observer: HTTPObserver
  private var log = WireLog()
  private var lastActivity: Duration
  /// The final answers there were when the last octets were sent.
  private var answersBefore = 0

  /// What any server may send beside what it echoes.
  private static let slackBytes: UInt64 = 256 << 10
  /// What it may send to show what it read: four times as much as it was sent, but no more than this, since all of it is kept.
  private static let maximumEchoBytes: UInt64 = 1 << 20

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - conformanceCase: The case; one that is no HTTP case is over at once, with an error.
  ///   - timing: The waits.
  ///   - now: The present time, since any origin that later calls share.
  public init(_ conformanceCase: ConformanceCase, timing: CaseTiming, now: Duration) {
    self.conformanceCase = conformanceCase
    if case .http(let program, let expectation) = conformanceCase.script {
      self.program = program
      self.expectation = expectation
    } else {
      program = HTTPProgram([])
      expectation = HTTPExpectation([])
      phase = .finished(CaseResult(conformanceCase, verdict: .error, why: "the case is not for an HTTP server"))
    }
    self.timing = timing
    startedAt = now
    lastActivity = now
    observer = HTTPObserver(methods: program.methods, beginsWithHTTP10: program.beginsWithHTTP10)
  }

  /// The result, once the case is over.
  public var result: CaseResult? {
    if case .finished(let result) = phase { result } else { nil }
  }

  /// When ``handleDeadline(now:)`` is due; `nil` before the connection and after the end.
  public var deadline: Duration? {
    switch phase {
    case .connecting, .finished: nil
    case .sending, .listening: min(lastActivity + timing.idleTimeout, total)
    case .paused(_, _, let until): until
    case .awaiting(_, _, let until): until
    }
  }

  private var total: Duration { startedAt + program.duration + timing.totalTimeout(isTimed: false) }

  // MARK: Sending

  /// The connection is established, in the way that `words` tell the log.
  public mutating func connected(_ words: String, now: Duration) {
    guard phase == .connecting else { return }
    log.append(.connection(words), at: now - startedAt)
    lastActivity = now
    phase = .sending(step: 0, sent: 0)
  }

  /// No TCP connection could be established; does nothing once one was.
  public mutating func notConnected(_ words: String, now: Duration) {
    guard phase == .connecting else { return }
    finish(HTTPVerdict(.inconclusive, "no connection: \(words)"), closeWhy: "no connection", now: now)
  }

  /// The next octets for the transport, or `nil` when there are none for now.
  public mutating func nextWrite(now: Duration) -> Write? {
    while case .sending(let step, let sent) = phase {
      guard step < program.steps.count else {
        phase = .listening
        return nil
      }
      switch program.steps[step] {
      case .send(let payload, let delivery):
        if let write = write(payload, delivery, step: step, sent: sent, now: now) { return write }
      case .sentinel(let host):
        let request = HTTPStep.sentinelRequest(host: host)
        if let write = write(request, .together, step: step, sent: sent, now: now) { return write }
      case .drip(let payload, let interval):
        guard sent < payload.count else {
          phase = .sending(step: step + 1, sent: 0)
          continue
        }
        phase = .paused(step: step, sent: sent + 1, until: now + interval)
        return write(payload.octets(in: sent..<(sent + 1)), isAlone: true, now: now)
      case .pause(let duration):
        log.append(.timer("wait \(duration.milliseconds) ms"), at: now - startedAt)
        phase = .paused(step: step + 1, sent: 0, until: now + duration)
      case .awaitInterim: phase = waiting(atStep: step, interim: true, now: now)
      case .awaitAnswer: phase = waiting(atStep: step, interim: false, now: now)
      case .endOfInput:
        phase = .sending(step: step + 1, sent: 0)
        log.append(.connection("the tester ended its direction"), at: now - startedAt)
        lastActivity = now
        return Write(octets: [], isAlone: true, endsInput: true)
      }
    }
    return nil
  }

  /// What a step that waits for an answer leads to; nothing is waited for that came before the step was reached.
  private func waiting(atStep step: Int, interim: Bool, now: Duration) -> Phase {
    hasAnswer(interim: interim)
      ? .sending(step: step + 1, sent: 0) : .awaiting(step: step + 1, interim: interim, until: now + timing.idleTimeout)
  }

  private func hasAnswer(interim: Bool) -> Bool { observer.exchange.answers.count > answersBefore || interim && observer.hasInterim }

  /// The next part of a payload, or `nil` once all of it was sent and the next step begins.
  private mutating func write(_ payload: Payload, _ delivery: Delivery, step: Int, sent: Int, now: Duration) -> Write? {
    guard sent < payload.count else {
      phase = .sending(step: step + 1, sent: 0)
      return nil
    }
    let length: Int
    switch delivery {
    case .together, .alone: length = RawWriter.chunkBytes
    case .pieces(let pieceLength): length = max(1, pieceLength)
    }
    let end = min(payload.count, sent + length)
    phase = .sending(step: step, sent: end)
    return write(payload.octets(in: sent..<end), isAlone: delivery != .together, now: now)
  }

  private mutating func write(_ octets: [UInt8], isAlone: Bool, now: Duration) -> Write {
    log.append(.octets(.sent, LoggedOctets(octets)), at: now - startedAt)
    lastActivity = now
    answersBefore = observer.exchange.answers.count
    return Write(octets: octets, isAlone: isAlone)
  }

  // MARK: Receiving

  /// Takes octets of the server.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    switch phase {
    case .connecting, .finished: return
    case .sending, .paused, .awaiting, .listening: break
    }
    lastActivity = now
    var logged = LoggedOctets()
    logged.append(octets)
    log.append(.octets(.received, logged), at: now - startedAt)
    observer.receive(octets)
    if case .awaiting(let step, let interim, _) = phase, hasAnswer(interim: interim) { phase = .sending(step: step, sent: 0) }
    if observer.receivedOctets > Self.slackBytes + min(program.octetCount * 4, Self.maximumEchoBytes) {
      let words = "the server sent \(observer.receivedOctets) octets, far more than could be due"
      finish(HTTPVerdict(fault: conformanceCase.requirement.level, words), closeWhy: "the tester dropped the connection", now: now)
    }
  }

  /// The TCP connection has ended.
  public mutating func transportEnded(_ ending: TransportEnding, now: Duration) {
    switch phase {
    case .finished: return
    case .connecting: notConnected("the peer \(ending.words) as soon as it was established", now: now)
    case .sending, .paused, .awaiting, .listening:
      log.append(.connection("the peer \(ending.words)"), at: now - startedAt)
      observer.end(ending)
      judge(now: now)
    }
  }

  /// Acts upon a deadline that has passed.
  public mutating func handleDeadline(now: Duration) {
    guard let deadline, now >= deadline else { return }
    switch phase {
    case .paused(let step, let sent, _):
      lastActivity = now
      phase = .sending(step: step, sent: sent)
    case .awaiting(let step, _, _):
      log.append(.timer("no answer came while the program waited for one"), at: now - startedAt)
      observer.noteMissedWait()
      lastActivity = now
      phase = .sending(step: step, sent: 0)
    case .sending, .listening:
      log.append(.timer("waited long enough"), at: now - startedAt)
      judge(now: now)
    case .connecting, .finished: break
    }
  }

  private mutating func judge(now: Duration) {
    let exchange = observer.finalExchange
    let closeWhy = exchange.ending.map { "the server \($0.words)" } ?? "the tester closed the connection"
    let verdict = HTTPJudging.judge(exchange, case: conformanceCase, program: program, expectation: expectation)
    finish(verdict, closeWhy: closeWhy, now: now)
  }

  private mutating func finish(_ verdict: HTTPVerdict, closeWhy: String, now: Duration) {
    var observed = ObservedEvents()
    for answer in observer.exchange.answers { observed.append { "an answer: \(answer.words)" } }
    if let ending = observer.exchange.ending { observed.append { "the server \(ending.words)" } }
    phase = .finished(
      CaseResult(
        conformanceCase, verdict: verdict.verdict, reason: verdict.reason, severity: verdict.severity, why: verdict.why,
        requirement: verdict.requirement, close: CaseResult.Close(verdict: .informational, why: closeWhy), observed: observed.lines,
        duration: now - startedAt, wireLog: log.entries))
  }
}
