import Testing

@testable import Transport

@Suite("Connector: cancelling", .timeLimit(.minutes(10)))
struct ConnectorCancelTests {
  enum Stage: String, CaseIterable { case atOnce, literal, lookingUp, asked, connecting, twoUnderWay, connected }

  @Test("a cancelled race calls nobody, connects nowhere and is let go", arguments: Stage.allCases, PollerKind.allCases)
  func cancel(stage: Stage, on poller: PollerKind) throws {
    let silent = [try SilentAddress(), try SilentAddress()]
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let hangs = stage == .lookingUp
    let lookup = TestLookup(hangs: hangs, [.asked, .connected].contains(stage) ? [server.listener.localAddress] : silent.map(\.address))
    let connector = Connector(on: loop, resolver: lookup.resolver(on: loop))
    let outcome = Outcome<TCPStream>()
    let attempts = ConnectorTests.Attempts()
    weak var weakly: Race?
    do {
      var race: Race?
      race = connector.connect(
        host: stage == .literal ? "127.0.0.1" : "db", port: server.listener.localAddress.port, within: .milliseconds(400),
        allowing: { address in
          attempts.list.append((address, loop.now))
          if stage == .asked { race?.cancel() }
          return true
        }, completion: outcome.take)
      weakly = race
      switch stage {
      case .atOnce, .literal: break
      case .lookingUp: try eventually("a thread hangs") { lookup.running > 0 }
      case .asked, .connecting: try loop.expect("the first attempt") { attempts.list.count == 1 }
      case .twoUnderWay: try loop.expect("two attempts") { attempts.list.count == 2 }
      case .connected: try loop.expect("connected") { !outcome.results.isEmpty }
      }
      race?.cancel()
      race = nil
    }
    let tried = attempts.list.count
    _ = try loop.run(within: .milliseconds(500)) { false }
    if hangs { lookup.open() }
    try loop.settle()
    #expect(outcome.results.count == (stage == .connected ? 1 : 0))
    #expect(outcome.value?.isClosed != true, "a connection that was handed over is the caller's")
    #expect(attempts.list.count == tried)
    #expect(server.streams.count == (stage == .connected ? 1 : 0))
    #expect(weakly == nil)
  }

  @Test("a loop that goes away lets go of its races", arguments: [true, false], PollerKind.allCases)
  func loopEnds(isConnecting: Bool, on poller: PollerKind) throws {
    let silent = try SilentAddress()
    let lookup = TestLookup(hangs: !isConnecting, [silent.address])
    let outcome = Outcome<TCPStream>()
    weak var weakly: Race?
    do {
      let loop = try poller.loop()
      var wasAsked = false
      weakly = Connector(on: loop, resolver: lookup.resolver(on: loop)).connect(
        host: "db", port: 7, within: .seconds(60),
        allowing: { _ in
          wasAsked = true
          return true
        }, completion: outcome.take)
      if isConnecting {
        try loop.expect("an attempt is under way") { wasAsked }
      } else {
        try eventually("a thread hangs") { lookup.running > 0 }
      }
      #expect(weakly != nil)
    }
    #expect(weakly == nil && outcome.results.isEmpty)
    lookup.open()
  }
}
