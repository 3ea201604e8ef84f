import Conformance
import ConformancePeers
import ConformanceRunner
import Connections
import Testing
import Transport
import WSHandshake

/// A run against a server in the same process, over real sockets.
struct TestRun {
  let result: RunResult
  let exit: RunExit

  init(
    _ words: [String], timing: CaseTiming = CaseTiming(idleTimeout: .milliseconds(300)), jobs: Int = 16, limit: Duration = .seconds(30),
    server: (Loop) throws -> SocketAddress, onProgress: @escaping (Runner.Progress) -> Void = { _ in }
  ) throws {
    let loop = try Loop()
    let address = try server(loop)
    let plan = RunPlan(
      route: Route(host: address.host, port: address.port), offer: ClientOffer(host: "\(address)", target: "/"),
      cases: try CaseSelection.cases(words), jobs: jobs,
      timing: timing, seed: 1)
    let runner = Runner(plan, on: loop, onProgress: onProgress)
    runner.start()
    let ended = try loop.run(within: limit) { runner.exit != nil }
    exit = try #require(ended ? runner.exit : nil, "the run did not end within its deadline")
    result = runner.result(url: "ws://\(address)/", agent: "test", startedAt: "2000-01-01T00:00:00Z", redactions: [])
  }
}

@Suite("Runner over sockets", .serialized, .timeLimit(.minutes(10)))
struct RunnerTests {
  @Test("our own echo server passes everything but the large cases", arguments: [1, 16])
  func ownServer(jobs: Int) throws {
    var server: Any?
    let words = jobs == 1 ? ["1.*", "2.*", "7.*"] : ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
    let run = try TestRun(words, timing: CaseTiming(), jobs: jobs) { loop in
      let echo = try EchoServer.start(.loopbackIPv4(port: 0), on: loop)
      server = echo
      return echo.localAddress
    }
    #expect(server != nil)
    #expect(run.exit == .success)
    #expect(run.result.count(of: Verdict.informational) == 3)
    #expect(run.result.count(of: Verdict.pass) == run.result.cases.count - 3)
    #expect(run.result.count(of: CloseVerdict.ok) == run.result.cases.count - 3)
  }

  @Test("a server with a fault elsewhere copes with a message of many small fragments", arguments: ["9.3.1", "9.4.1"])
  func manyFragments(autobahnID: String) throws {
    var server: PeerServer?
    let run = try TestRun([autobahnID], timing: CaseTiming()) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in FaultyEchoMachine(faults: [.noPong]) }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit == .success, "\(run.exit.why)")
  }

  @Test("each fault of a server makes a case fail or deviate", arguments: PeerFault.allCases)
  func faults(fault: PeerFault) throws {
    var server: PeerServer?
    let words = ["1.1.*", "2.2", "2.5", "3.1", "4.1.1", "5.1", "5.9", "6.3.1", "7.1.*", "7.3.*", "7.5.1", "7.9.1"]
    let run = try TestRun(words) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in FaultyEchoMachine(faults: [fault]) }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    let deviations: Set<PeerFault> = [.silentFailure, .oneOctetClose]
    #expect(run.exit.code == (deviations.contains(fault) ? 0 : 1), "\(run.exit.why)")
    #expect(run.result.cases.contains { $0.verdict == .fail || $0.verdict == .deviation || $0.close.verdict == .droppedByUs })
  }

  @Test(
    "a target that is no WebSocket server ends the run with 3 and a reason",
    arguments: [
      (RudeMachine.Manner.closesAtOnce, "closed the TCP connection"), (.neverAnswers, "did not answer the opening handshake"),
      (.notHTTP, "opening handshake failed"), (.webPage, "status 200"), (.wrongAccept, "Sec-WebSocket-Accept"),
    ])
  func noServer(manner: RudeMachine.Manner, words: String) throws {
    var server: PeerServer?
    let run = try TestRun(["1.*"]) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in RudeMachine(manner) }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit.code == 3)
    #expect(run.exit.why.contains(words), "\(run.exit.why)")
    #expect(run.result.count(of: Verdict.notRun) == 16)
  }

  @Test(
    "a target that opens and then misbehaves is judged to the end, without a hang",
    arguments: [RudeMachine.Manner.silent, .hangsUp, .resets, .rawEcho, .floods, .garbage])
  func rude(manner: RudeMachine.Manner) throws {
    var server: PeerServer?
    let run = try TestRun(["1.1.*", "2.1", "3.1", "7.3.3", "9.1.1"], timing: CaseTiming(idleTimeout: .milliseconds(100))) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in RudeMachine(manner) }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit.code == 1)
    #expect(run.result.count(of: Verdict.pass) == 0)
    let timed = run.result.cases.filter { $0.verdict == .notRun }
    #expect(timed.map(\.conformanceCase.autobahnID) == ["9.1.1"])
    #expect(timed.allSatisfy { $0.why.contains("control case failed") })
  }

  @Test("an unreachable port ends the run with 3")
  func unreachable() throws {
    let run = try TestRun(["1.*"]) { loop in
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.abort() }
      listener.close()
      return listener.localAddress
    }
    #expect(run.exit.code == 3)
    #expect(run.exit.why.contains("ECONNREFUSED") || run.exit.why.contains("refused"), "\(run.exit.why)")
    #expect(run.result.count(of: Verdict.notRun) == 16)
  }

  @Test("R05: a target that dies in mid-run ends it with 3; what ran is kept, the rest is not run")
  func dies() throws {
    var server: PeerServer?
    let run = try TestRun(["1.*", "2.*", "7.*"], jobs: 4) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop, dyingAfter: 30) { EchoMachine(now: $0) }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit.code == 3)
    #expect(run.exit.why.contains("died in mid-run"), "\(run.exit.why)")
    #expect(run.result.cases.count == 64)
    #expect(run.result.count(of: Verdict.pass) > 15)
    #expect(run.result.count(of: Verdict.notRun) > 20)
    #expect(run.result.count(of: Verdict.fail) == 0)
    #expect(run.result.cases.allSatisfy { $0.verdict != .notRun || $0.why == "the target died before" })
  }

  @Test("R08: a failure that does not happen again is flaky")
  func flaky() throws {
    var server: PeerServer?
    var connections = 0
    let run = try TestRun(["1.1.1", "1.1.2"], jobs: 1) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { now -> any PeerMachine in
        connections += 1
        // The control case, then the first case fails once.
        return connections == 2 ? FaultyEchoMachine(faults: [.noEmptyEcho]) : EchoMachine(now: now)
      }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit == .success)
    #expect(run.result.cases.map(\.verdict) == [.flaky, .pass])
    #expect(run.result.cases[0].runs == [.fail, .pass])
  }

  @Test("R06: a redirect is not followed")
  func redirect() throws {
    var server: PeerServer?
    let run = try TestRun(["1.1.1"]) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in RedirectMachine() }
      server = peer
      return peer.localAddress
    }
    #expect(server != nil)
    #expect(run.exit.code == 3)
    #expect(run.exit.why.contains("302"))
  }

  @Test("an interrupted run keeps what it has")
  func interrupted() throws {
    let loop = try Loop()
    let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in RudeMachine(.silent) }
    let plan = RunPlan(
      route: Route(host: peer.localAddress.host, port: peer.localAddress.port),
      offer: ClientOffer(host: "\(peer.localAddress)", target: "/"),
      cases: try CaseSelection.cases(["1.*"]), jobs: 1, timing: CaseTiming(idleTimeout: .milliseconds(50)))
    var finished = 0
    let runner = Runner(plan, on: loop) { if case .finished = $0 { finished += 1 } }
    runner.start()
    #expect(try loop.run(within: .seconds(10)) { finished > 0 })
    runner.interrupt(signal: 2)
    let result = runner.result(url: "", agent: nil, startedAt: "", redactions: [])
    #expect(runner.exit?.code == 130)
    #expect(result.cases.count == 16)
    #expect(result.cases.allSatisfy { $0.verdict == .fail || $0.verdict == .notRun })
  }

  /// Runs against a server that gives each connection, counted from 1, the control case's, a machine of its own.
  private func run(
    _ words: [String], idleTimeout: Duration = .milliseconds(300), jobs: Int = 1, machine: @escaping (Int) -> any PeerMachine
  ) throws -> TestRun {
    var server: PeerServer?
    defer { server?.die() }
    var connections = 0
    return try TestRun(words, timing: CaseTiming(idleTimeout: idleTimeout), jobs: jobs) { loop in
      let peer = try PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in
        connections += 1
        return machine(connections)
      }
      server = peer
      return peer.localAddress
    }
  }

  @Test("a peer that always closes passes nothing by it")
  func alwaysCloses() throws {
    let run = try run(["1.1.1", "3.1", "3.2", "7.3.2"]) { _ in RefusingMachine(nil) }
    #expect(run.exit.code == 1)
    #expect(run.result.cases.map(\.verdict) == [.fail, .inconclusive, .inconclusive, .fail])
  }

  @Test("a connection that was refused once is judged by its rerun")
  func refusedOnce() throws {
    let run = try run(["1.1.1", "1.1.2"]) { $0 == 2 ? RefusingMachine("503 Busy") as any PeerMachine : FaultyEchoMachine(faults: []) }
    #expect(run.exit == .success)
    #expect(run.result.cases.map(\.verdict) == [.pass, .pass])
    #expect(run.result.cases[0].runs == [.inconclusive, .pass])
  }

  @Test("many refused connections are all tried again")
  func refusedOften() throws {
    let run = try run(["1.*", "2.*", "6.*"], jobs: 16) {
      (2...151).contains($0) ? RefusingMachine("503 Busy") as any PeerMachine : FaultyEchoMachine(faults: [])
    }
    #expect(run.result.count(of: Verdict.pass) == 172)
  }

  @Test("a closing that differs on rerun is told apart in words")
  func flakyClosing() throws {
    let run = try run(["1.1.1"]) { FaultyEchoMachine(faults: $0 == 2 ? [.noDrop] : []) }
    #expect(run.result.cases[0].verdict == .flaky)
    #expect(run.result.cases[0].why.contains("dropped-by-us"), "\(run.result.cases[0].why)")
  }

  @Test("connections that were under way together count once, however they are spread in time")
  func spreadTimeouts() throws {
    // 2 is never answered; 3 and 4 end after 0.4 s and 0.8 s, and what takes their places is never answered either.
    let run = try run(["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5"], idleTimeout: .milliseconds(800), jobs: 3) {
      number -> any PeerMachine in
      switch number {
      case 2, 5, 6: RudeMachine(.neverAnswers)
      case 3: FaultyEchoMachine(faults: [.noCloseReply])
      case 4: RudeMachine(.silent)
      default: FaultyEchoMachine(faults: [])
      }
    }
    #expect(run.exit.code == 0, "\(run.exit.why)")
  }

  @Test("R05: what ended when the target stopped answering says nothing about the case")
  func stopsAnswering() throws {
    let run = try run(["1.1.1", "1.1.2"]) { number -> any PeerMachine in
      switch number {
      case 1: FaultyEchoMachine(faults: [])
      case 2: RudeMachine(.silent)
      default: RudeMachine(.neverAnswers)
      }
    }
    #expect(run.exit.code == 3)
    #expect(run.result.cases.map(\.verdict) == [.inconclusive, .notRun])
  }
}

/// Answers with an HTTP status, or opens and closes with 1002 in the same breath.
private struct RefusingMachine: PeerMachine {
  private let status: String?
  private var inner = FaultyEchoMachine(faults: [])
  private var output: [[UInt8]] = []
  private(set) var ending: PeerEnding?

  init(_ status: String?) { self.status = status }

  mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    guard ending == nil else { return }
    inner.receive(octets, now: now)
    output = status.map { [Array("HTTP/1.1 \($0)\r\nContent-Length: 0\r\n\r\n".utf8)] } ?? inner.takeOutput() + [[0x88, 0x02, 0x03, 0xEA]]
    ending = .endOfFile
  }

  mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output
  }
}

/// Sends whoever connects elsewhere.
private struct RedirectMachine: PeerMachine {
  private var output: [[UInt8]] = []
  var ending: PeerEnding?

  mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    output = [Array("HTTP/1.1 302 Found\r\nLocation: ws://192.0.2.1/\r\nContent-Length: 0\r\n\r\n".utf8)]
  }

  mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output
  }
}
