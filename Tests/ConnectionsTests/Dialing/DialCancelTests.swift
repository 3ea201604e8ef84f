import Testing
import Transport

@testable import Connections

@Suite("Dialer: cancelling", .timeLimit(.minutes(10)))
struct DialCancelTests {
  enum Stage: String, CaseIterable { case atOnce, refused, directly, connectedToProxy, waitingForProxy, done }

  /// Runs a dial up to a stage; the loop and what it holds are the caller's.
  static func reach(_ stage: Stage, _ proxy: ScriptedProxy, on loop: Loop, _ outcome: DialOutcome) throws -> Dial {
    var route = DialerTests.route(stage == .refused ? "127.1" : "target.example", through: proxy)
    if stage == .directly { route = Route(host: "127.0.0.1", port: proxy.port) }
    let dial = Dialer(on: loop, resolver: .knowingNothing(on: loop)).dial(route, within: .milliseconds(300), completion: outcome.take)
    let isThere: () -> Bool =
      switch stage {
      case .atOnce, .refused, .directly: { true }
      case .connectedToProxy: { proxy.streams.count == 1 }
      case .waitingForProxy: { proxy.request.hasSuffix("\r\n\r\n") }
      case .done: { !outcome.results.isEmpty }
      }
    #expect(try loop.run(within: .seconds(10), until: isThere))
    return dial
  }

  @Test("a cancelled dial calls nobody, leaves no connection and is let go", arguments: Stage.allCases)
  func cancel(stage: Stage) throws {
    let loop = try Loop()
    let proxy = try ScriptedProxy(on: loop, stage == .done ? [DialerTests.established] : [], then: .stay)
    let outcome = DialOutcome()
    weak var weakly: Dial?
    do {
      let dial = try Self.reach(stage, proxy, on: loop, outcome)
      weakly = dial
      dial.cancel()
      dial.cancel()
    }
    // Past the deadline too.
    _ = try loop.run(within: .milliseconds(350)) { false }
    #expect(outcome.results.count == (stage == .done ? 1 : 0))
    #expect(proxy.reasons.count == (stage == .done ? 0 : proxy.streams.count), "what is handed over stays, all else is closed")
    #expect(weakly == nil)
  }

  @Test("a loop that goes away lets go of its dials", arguments: Stage.allCases)
  func loopEnds(stage: Stage) throws {
    let outcome = DialOutcome()
    weak var weakly: Dial?
    do {
      let loop = try Loop()
      let proxy = try ScriptedProxy(on: loop, stage == .done ? [DialerTests.established] : [], then: .stay)
      weakly = try Self.reach(stage, proxy, on: loop, outcome)
    }
    #expect(weakly == nil)
    #expect(outcome.results.count == (stage == .done ? 1 : 0))
  }
}
