public import Conformance
import Connections
import HTTPParse
public import Transport
import WSHandshake
import WireBytes

/// Runs cases against a server over sockets.
///
/// Order of events: a control case finds out whether there is a WebSocket server and whether it echoes; then the cases, several at a
/// time; then, once, those whose verdict was a failure; last the timed cases, each alone, so that their times mean something.
/// A target that refuses connections three times in a row is down: what was not run is marked so.
public final class Runner {
  /// What the caller may want to show.
  public enum Progress {
    /// The control case is done; the named number of cases follows.
    ///
    /// `controlFault` says what was wrong with the control case, if anything: a server that does not echo fails most cases.
    case begun(total: Int, controlFault: String?)
    /// A case has its result; reruns may still change it.
    case finished(CaseResult, done: Int, total: Int)
  }

  private enum Stage {
    case control
    case cases
    case reruns
    case timed
    case timedReruns
    case done
  }

  private let plan: RunPlan
  private let loop: Loop
  private let onProgress: (Progress) -> Void
  private var stage: Stage = .control
  private var queue: [ConformanceCase] = []
  private var running: [ObjectIdentifier: CaseConnection] = [:]
  private var results: [String: CaseResult] = [:]
  private let dialer: Dialer
  private var route: Route
  /// The address of the first connection.
  private var address: SocketAddress?
  /// Connections in a row, one after the other, that were refused or not answered.
  private var attempts = 0
  private var isHolding = false
  private var lastEndings: [(id: String, at: Duration)] = []
  /// When a connection was last counted in ``attempts``.
  private var lastAttemptAt = Duration.zero
  /// What ended after this may have ended because the target was going down.
  private var suspectSince = Duration.zero
  private let startedAt: Duration
  private var control: CaseResult?
  private var serverField: [UInt8]?

  /// How the run ended, once it has.
  public private(set) var exit: RunExit?

  /// Refused or unanswered connections in a row after which a target is down.
  private static let maximumAttempts = 3
  private static let retryDelay = Duration.milliseconds(150)
  /// How long before the first unanswered connection began what ended is suspect.
  private static let suspicion = Duration.seconds(2)
  /// Failures that are run again at most; beyond it a target is broken, not flaky.
  private static let maximumReruns = 100

  /// Prepares a run; ``start()`` begins it.
  public init(_ plan: RunPlan, on loop: Loop, onProgress: @escaping (Progress) -> Void = { _ in }) {
    self.plan = plan
    self.loop = loop
    self.onProgress = onProgress
    dialer = Dialer(on: loop)
    route = plan.route
    startedAt = loop.now
  }

  /// Begins with the control case.
  public func start() {
    queue = [ConformanceCase.control]
    fill()
  }

  /// Ends the run before its time; what is under way or was not begun is not run.
  public func interrupt(signal: Int32) {
    guard exit == nil else { return }
    finish(.interrupted(signal: signal), notRun: "interrupted")
  }

  /// What became of the run.
  ///
  /// - Parameters:
  ///   - url: The URL as it may be shown.
  ///   - agent: The name of the peer, or `nil` for what its `Server` field says.
  ///   - wallClock: When the run began, in ISO 8601.
  ///   - options: The words of the command line that a rerun needs, without secrets. Default: none.
  ///   - notes: What a reader must know of the way to the target. Default: nothing.
  ///   - redactions: What was left out for secrecy, in words.
  public func result(
    url: String, agent: String?, startedAt wallClock: String, options: [String] = [], notes: [String] = [], redactions: [String]
  ) -> RunResult {
    let ending = exit ?? .internalError("the run has not ended")
    return RunResult(
      target: RunResult.Target(
        url: url, agent: EscapedText.scalars(agent ?? serverField.map { EscapedText.utf8($0, limit: 80) } ?? "unknown"),
        address: address.map { "\($0)" } ?? "none", options: options, notes: notes),
      startedAt: wallClock, duration: loop.now - startedAt, seed: plan.seed, jobs: plan.jobs,
      exit: RunResult.Exit(code: Int(ending.code), why: ending.why), redactions: redactions,
      cases: plan.cases.map { results[$0.id] ?? CaseResult($0, verdict: .notRun, why: "the run ended before") })
  }

  // MARK: Scheduling

  private var concurrency: Int {
    switch stage {
    case .cases: attempts == 0 ? plan.jobs : 1
    case .control, .reruns, .timed, .timedReruns, .done: 1
    }
  }

  private func fill() {
    while exit == nil, !isHolding, running.count < concurrency, !queue.isEmpty { begin(queue.removeFirst()) }
    if exit == nil, !isHolding, running.isEmpty, queue.isEmpty { advance() }
  }

  private func begin(_ conformanceCase: ConformanceCase) {
    do throws(HandshakeError) {
      let run = try CaseRun(conformanceCase, offer: plan.offer, timing: plan.timing, seed: plan.seed, now: loop.now)
      let connection = CaseConnection(run, on: loop) { [weak self] in self?.ended($0) }
      running[ObjectIdentifier(connection)] = connection
      connection.start(with: dialer, on: route, within: plan.timing.idleTimeout * 2)
    } catch {
      finish(.internalError("the opening handshake cannot be composed: \(error)"), notRun: "\(error)")
    }
  }

  private func advance() {
    switch stage {
    case .control:
      stage = .cases
      queue = plan.cases.filter { !$0.isTimed }
      onProgress(.begun(total: plan.cases.count, controlFault: control.flatMap { $0.verdict == .fail ? $0.why : nil }))
    case .cases:
      stage = .reruns
      queue = reruns(isTimed: false)
    case .reruns:
      stage = .timed
      queue = timedCases()
    case .timed:
      stage = .timedReruns
      queue = reruns(isTimed: true)
    case .timedReruns:
      stage = .done
      let failures = results.values.count { plan.threshold.isReached(by: $0) }
      let errors = results.values.count { $0.verdict == .error }
      exit =
        errors > 0 ? .internalError("\(errors) cases failed for a fault of the tester") : failures == 0 ? .success : .failures(failures)
      return
    case .done: return
    }
    fill()
  }

  /// The timed cases.
  ///
  /// Without an echo there is nothing to time, and each would cost its whole timeout.
  private func timedCases() -> [ConformanceCase] {
    let timed = plan.cases.filter(\.isTimed)
    guard let control, control.verdict == .fail else { return timed }
    for conformanceCase in timed {
      record(
        CaseResult(conformanceCase, verdict: .notRun, why: "the control case failed, there is nothing to time: \(control.why)"))
    }
    return []
  }

  /// Failures to run again: a verdict that differs then is flaky.
  ///
  /// Not for a target that does not even pass the control case.
  private func reruns(isTimed: Bool) -> [ConformanceCase] {
    guard control?.verdict == .pass else { return [] }
    let candidates = plan.cases.filter { candidate in
      candidate.isTimed == isTimed && (results[candidate.id].map { FailureThreshold.inconclusive.isReached(by: $0) } ?? false)
    }
    let lost = candidates.filter { results[$0.id]?.verdict == .inconclusive }
    return candidates.count - lost.count <= Self.maximumReruns ? candidates : lost
  }

  // MARK: Results

  private func ended(_ connection: CaseConnection) {
    running[ObjectIdentifier(connection)] = nil
    if address == nil, let connected = connection.peerAddress {
      address = connected
      // A proxy is asked for the name every time: whom it reaches is its own business.
      if route.proxy == nil { route.pinned = connected }
    }
    guard exit == nil, var result = connection.run.result else { return }
    if let field = connection.run.response?.fields.values(of: "Server").first { serverField = serverField ?? Array(field) }
    // What servers do whose TLS is spoken to in plain HTTP.
    if stage == .control, route.tls == nil, connection.run.obstacle == .noAnswer || connection.run.response?.status == 400 {
      result.why += "; if the port is for TLS, its URL is wss://"
    }
    switch connection.run.obstacle {
    case .unreachable, .noAnswer:
      return stage == .control && connection.isHopeless ? unreached(result.why) : retry(result)
    case .invalidAnswer, .refused:
      if stage == .control { return controlFailed(result) }
    case nil: break
    }
    attempts = 0
    accept(result)
  }

  private func accept(_ result: CaseResult) {
    switch stage {
    case .control:
      control = result
    case .reruns, .timedReruns: rerun(result)
    case .cases, .timed:
      record(result)
    case .done: break
    }
    fill()
  }

  private func record(_ judged: CaseResult) {
    var result = judged
    if let control, control.verdict == .fail, control.reason == nil, control.close.verdict == .failed,
      control.close.peerCode == result.close.peerCode, result.endsAsItWould
    {
      result.verdict = .inconclusive
      result.why = "the connection ended as the control case's did, which had no violation in it: \(control.why)"
    }
    results[result.conformanceCase.id] = result
    lastEndings.append((result.conformanceCase.id, loop.now))
    onProgress(.finished(result, done: results.count, total: plan.cases.count))
  }

  private func rerun(_ second: CaseResult) {
    let id = second.conformanceCase.id
    guard let first = results[id] else { return }
    let runs = [first.verdict, second.verdict]
    guard first.verdict != .inconclusive else {
      results[id] = second
      results[id]?.runs = runs
      return
    }
    guard first.verdict != second.verdict || first.close.verdict != second.close.verdict else {
      results[id]?.runs = runs
      return
    }
    var flaky = second
    flaky.verdict = .flaky
    flaky.runs = runs
    flaky.why =
      first.verdict != second.verdict
      ? "first run: \(first.verdict.rawValue) (\(first.why)); rerun: \(second.verdict.rawValue) (\(second.why))"
      : "the closing differs: first run: \(Self.closeWords(first)); rerun: \(Self.closeWords(second))"
    results[id] = flaky
  }

  private static func closeWords(_ result: CaseResult) -> String {
    "\(result.close.verdict?.rawValue ?? "none") (\(result.close.why))"
  }

  private func controlFailed(_ result: CaseResult) {
    finish(.targetDown("no WebSocket server at \(addressWords): \(result.why)"), notRun: "the control case failed: \(result.why)")
  }

  // MARK: A target that is gone

  /// A connection that was refused or not answered: other addresses, then the same again, then the target is down.
  private func retry(_ result: CaseResult) {
    queue.insert(result.conformanceCase, at: 0)
    // Connections that were under way together count once.
    let begunAt = loop.now - result.duration
    guard !isHolding, attempts == 0 || begunAt >= lastAttemptAt else { return fill() }
    if attempts == 0 { suspectSince = begunAt - Self.suspicion }
    attempts += 1
    lastAttemptAt = loop.now
    guard attempts < Self.maximumAttempts else { return targetDown(result) }
    isHolding = true
    _ = loop.schedule(at: loop.now + Self.retryDelay * attempts) { [weak self] in
      self?.isHolding = false
      self?.fill()
    }
  }

  private func targetDown(_ last: CaseResult) {
    let words = "\(Self.maximumAttempts) attempts in a row: \(last.why)"
    if stage == .control { return unreached(words) }
    // A connection that ended by itself shortly before says nothing about the case: the server was dying.
    for (id, at) in lastEndings where at >= suspectSince {
      guard var result = results[id], result.close.peerCode == nil, result.verdict == .fail || result.verdict == .deviation else {
        continue
      }
      result.verdict = .inconclusive
      result.reason = .crash
      result.why = "the target died about then: \(result.why)"
      results[id] = result
    }
    finish(.targetDown("the target \(addressWords) died in mid-run: \(words)"), notRun: "the target died before")
  }

  private func unreached(_ words: String) {
    finish(.targetDown("cannot test \(addressWords): \(words)"), notRun: "the target could not be reached")
  }

  private var addressWords: String {
    // That of a proxy is not the target's.
    if route.proxy == nil, let address { return "\(address)" }
    return "\(EscapedText.utf8(Array(route.host.utf8))):\(route.port)"
  }

  private func finish(_ ending: RunExit, notRun why: String) {
    exit = ending
    stage = .done
    queue = []
    for connection in running.values { connection.abort() }
    running = [:]
    for conformanceCase in plan.cases where results[conformanceCase.id] == nil {
      results[conformanceCase.id] = CaseResult(conformanceCase, verdict: .notRun, why: why)
    }
  }
}
