public import Conformance
import WSHandshake

/// Runs a case against a peer in memory, in virtual time: no socket, no waiting.
public enum Simulator {
  /// How long octets take from one side to the other.
  private static let latency = Duration.microseconds(50)
  /// Rounds after which a peer that sends without end is given up.
  private static let maximumRounds = 2_000_000

  /// Runs `conformanceCase` against `peer`.
  ///
  /// - Parameters:
  ///   - conformanceCase: The case.
  ///   - peer: The peer, just connected to.
  ///   - timing: The waits, in virtual time.
  ///   - seed: What masking keys and the nonce of a WebSocket case are derived from.
  ///   - cut: How many octets at most reach either side at once. Default: no limit.
  /// - Returns: The result, with virtual times.
  public static func run(
    _ conformanceCase: ConformanceCase, against peer: some PeerMachine, timing: CaseTiming = CaseTiming(), seed: UInt64 = 1,
    cut: Int = .max
  ) -> CaseResult {
    let result: CaseResult?
    switch conformanceCase.script {
    case .http: result = run(HTTPRun(conformanceCase, timing: timing, now: .zero), against: peer, cut: cut)
    case .webSocket:
      let offer = ClientOffer(host: "localhost:9001", target: "/")
      guard let run = try? CaseRun(conformanceCase, offer: offer, timing: timing, seed: seed, now: .zero) else {
        return CaseResult(conformanceCase, verdict: .error, why: "the simulator's offer was refused")
      }
      result = self.run(run, against: peer, cut: cut)
    }
    return result ?? CaseResult(conformanceCase, verdict: .error, why: "the simulation did not end")
  }

  /// Moves octets and time between a run and a peer until there is a result.
  private static func run(_ run: some RunningCase, against peer: some PeerMachine, cut: Int) -> CaseResult? {
    var run = run
    var peer = peer
    var now = Duration.zero
    run.connected(now: now)
    for _ in 0..<maximumRounds {
      var moved = false
      while let write = run.nextWrite(now: now) {
        moved = true
        deliver(write.octets, cut: cut) { peer.receive($0, now: now) }
        if write.endsInput { peer.receivedEndOfFile(now: now) }
        if peer.ending != nil { break }
      }
      now += latency
      for segment in peer.takeOutput() {
        moved = true
        deliver(segment, cut: cut) { run.receive($0, now: now) }
      }
      if let result = run.result { return result }
      if let ending = peer.ending { run.transportEnded(ending == .reset ? .reset : .endOfFile, now: now) }
      if let result = run.result { return result }
      let deadlines = [run.deadline, peer.deadline].compactMap { $0 }
      if let deadline = deadlines.min(), !moved || now >= deadline {
        now = max(now, deadline)
        peer.handleDeadline(now: now)
        run.handleDeadline(now: now)
      }
      if let result = run.result { return result }
    }
    return nil
  }

  private static func deliver(_ octets: [UInt8], cut: Int, to receiver: (Span<UInt8>) -> Void) {
    var index = 0
    repeat {
      let end = min(octets.count, index + min(cut, octets.count))
      receiver(octets.span.extracting(index..<end))
      index = end
    } while index < octets.count
  }
}
