import Conformance
import ConformancePeers
import Testing

/// Peers that are no echo servers pass nothing without having done what a case asks.
@Suite("No vacuous pass")
struct VacuousPassTests {
  @Test("a silent peer passes no case", arguments: quickCases + timedCases)
  func silent(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: RudeMachine(.silent))
    switch conformanceCase.expectation.ending {
    case .recorded: #expect(result.verdict == .informational)
    case .handshakeByTester, .handshakeByProgram, .refusalOfClose, .failureByPeer:
      #expect(result.verdict == .fail)
      #expect(!result.why.isEmpty)
    }
  }

  @Test("a peer that hangs up passes no case; where failing is right, hanging up is a deviation", arguments: quickCases + timedCases)
  func hangsUp(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: RudeMachine(.hangsUp))
    switch conformanceCase.expectation.ending {
    case .recorded: #expect(result.verdict == .informational)
    case .failureByPeer, .refusalOfClose: #expect(result.verdict == .deviation || result.verdict == .fail)
    case .handshakeByTester, .handshakeByProgram: #expect(result.verdict == .fail)
    }
    #expect(result.why != "as required")
  }

  @Test("a peer that resets passes no case", arguments: quickCases)
  func resets(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: RudeMachine(.resets))
    #expect(result.verdict != .pass && result.verdict != .passWithNote)
  }

  @Test("a peer that sends every octet back fails every case, for its frames", arguments: quickCases)
  func rawEcho(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: RudeMachine(.rawEcho))
    #expect(result.verdict == .fail)
    #expect(result.close.why.contains("because of that violation"), "\(result.why)")
  }

  @Test("a peer that floods or sends garbage passes no case", arguments: [RudeMachine.Manner.floods, .garbage])
  func noise(manner: RudeMachine.Manner) {
    // One of each kind of ending; every flood takes as long as the tester is willing to listen.
    for conformanceCase in ["1.1.1", "2.2", "3.1", "5.3", "6.4.1", "7.1.6", "7.3.3", "7.9.1"].compactMap({ Catalogue.find($0) }) {
      let result = Simulator.run(conformanceCase, against: RudeMachine(manner))
      #expect(result.verdict == .fail || result.verdict == .informational, "\(conformanceCase.id)")
      // R04: however much came, what is kept is bounded.
      #expect(result.wireLog.count <= 65 && result.observed.count <= 41, "\(conformanceCase.id)")
    }
  }

  @Test(
    "without a valid opening handshake nothing is judged as if there had been one",
    arguments: [
      (RudeMachine.Manner.closesAtOnce, Verdict.inconclusive, CaseRun.Obstacle.noAnswer), (.neverAnswers, .inconclusive, .noAnswer),
      (.notHTTP, .fail, .invalidAnswer), (.webPage, .inconclusive, .refused), (.wrongAccept, .fail, .invalidAnswer),
    ])
  func handshake(manner: RudeMachine.Manner, verdict: Verdict, obstacle: CaseRun.Obstacle) throws {
    let conformanceCase = try #require(Catalogue.find("1.1.2"))
    let result = Simulator.run(conformanceCase, against: RudeMachine(manner))
    #expect(result.verdict == verdict, "\(result.why)")
    #expect(result.close.verdict == .failed)
  }
}
