import Conformance
import ConformancePeers
import Testing

/// The cases a debug build can run against many peers.
let quickCases = Catalogue.all.filter { !$0.isTimed }

/// The smallest of each kind of timed case; the demo runs all of them in a release build.
let timedCases = ["9.1.1", "9.2.1", "9.3.9", "9.4.8", "9.5.6", "9.6.6", "9.7.1", "9.7.3", "9.8.2"].compactMap { Catalogue.find($0) }

@Suite("Conforming peers pass")
struct ConformingPeerTests {
  private static func expected(_ conformanceCase: ConformanceCase) -> (Verdict, CloseVerdict) {
    if case .recorded = conformanceCase.expectation.ending { (.informational, .informational) } else { (.pass, .ok) }
  }

  @Test("the strict endpoint", arguments: quickCases)
  func strict(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: EchoMachine(now: .zero))
    #expect((result.verdict, result.close.verdict) == Self.expected(conformanceCase), "\(result.why); \(result.close.why)")
  }

  @Test("the strict endpoint, octet by octet in both directions", arguments: quickCases)
  func bytewise(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: EchoMachine(now: .zero), cut: 1)
    #expect((result.verdict, result.close.verdict) == Self.expected(conformanceCase), "\(result.why); \(result.close.why)")
  }

  @Test("the lenient machine without any fault", arguments: quickCases)
  func faultless(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: FaultyEchoMachine(faults: []))
    #expect((result.verdict, result.close.verdict) == Self.expected(conformanceCase), "\(result.why); \(result.close.why)")
  }

  @Test("the smallest of each kind of timed case", arguments: timedCases)
  func timed(conformanceCase: ConformanceCase) {
    let result = Simulator.run(conformanceCase, against: EchoMachine(now: .zero))
    #expect(result.verdict == .pass && result.close.verdict == .ok, "\(result.why); \(result.close.why)")
  }

  @Test("the same seed sends the same octets, another seed others")
  func seeds() throws {
    let conformanceCase = try #require(Catalogue.find("1.1.2"))
    let logs = [7, 7, 8].map { Simulator.run(conformanceCase, against: EchoMachine(now: .zero), seed: $0).wireLog }
    #expect(logs[0] == logs[1])
    #expect(logs[0] != logs[2])
  }
}
