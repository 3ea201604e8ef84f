import Conformance
import ConformanceRunner
import Connections
import LuaTesting
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("A server in Lua that echoes, tested by Wirecheck", .timeLimit(.minutes(15)))
struct EchoConformanceTests {
  @Test(
    "LN-102: all cases of the catalogue but those whose echo would be binary, which a server never sends (LN-97)",
    arguments: LuaState.Driver.allCases)
  func catalogue(driver: LuaState.Driver) throws {
    let cases = Catalogue.all.filter { candidate in
      guard case .webSocket = candidate.script else { return false }
      return !candidate.wantsBinaryEcho
    }
    let lua = try LuaState(driver)
    let port = try lua.serve(echo)
    // What it is told is not kept: that are many messages of 16 MiB.
    try lua.run("note = function() end")
    let loop = try Loop()
    let plan = RunPlan(
      route: Route(host: "127.0.0.1", port: port), offer: ClientOffer(host: "127.0.0.1:\(port)", target: "/"), cases: cases,
      timing: CaseTiming(), seed: 1)
    let runner = Runner(plan, on: loop)
    runner.start()
    while runner.exit == nil {
      try loop.turn(waitAtMost: .milliseconds(1))
      try lua.run("host_net.poll(0)")
    }
    let result = runner.result(url: "ws://127.0.0.1:\(port)/", agent: "Lua", startedAt: "2000-01-01T00:00:00Z", redactions: [])
    #expect(runner.exit == .success)
    let failed = result.cases.filter { ![.pass, .passWithNote, .informational].contains($0.verdict) }
    #expect(failed.isEmpty, "\(failed.map { "\($0.conformanceCase.id): \($0.verdict), \($0.why)" })")
    #expect(result.cases.count > 150, "\(result.cases.count)")
    #expect(lua.errors.isEmpty)
    print("net.ws_server, \(driver): \(Dictionary(grouping: result.cases, by: \.verdict).mapValues(\.count))")
  }
}

extension ConformanceCase {
  /// Whether the case passes only with a binary message from the peer.
  fileprivate var wantsBinaryEcho: Bool {
    guard case .webSocket(_, let expectation) = script else { return false }
    return expectation.outcomes.allSatisfy { outcome in
      outcome.events.contains { event in
        switch event {
        case .message(let kind, _): kind == .binary
        case .echoes: id.contains("/binary")
        case .pong, .checkpoint: false
        }
      }
    }
  }
}
