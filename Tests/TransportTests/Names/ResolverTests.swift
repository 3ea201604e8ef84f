import CSockets
import Testing

@testable import Transport

@Suite("Resolver", .timeLimit(.minutes(10)))
struct ResolverTests {
  @Test(
    "an address literal and localhost need no thread",
    arguments: [
      ("127.0.0.1", AddressFamily.any, ["127.0.0.1:80"]), ("127.0.0.1", .ipv4, ["127.0.0.1:80"]), ("::1", .any, ["[::1]:80"]),
      ("[::1]", .ipv6, ["[::1]:80"]), ("localhost", .any, ["127.0.0.1:80", "[::1]:80"]), ("LocalHost.", .ipv4, ["127.0.0.1:80"]),
      ("localhost", .ipv6, ["[::1]:80"]),
    ])
  func literal(host: String, family: AddressFamily, addresses: [String]) throws {
    let loop = try Loop()
    let lookup = TestLookup([])
    let outcome = Outcome<[SocketAddress]>()
    lookup.resolver(on: loop).resolve(host: host, port: 80, family: family, within: .seconds(10), completion: outcome.take)
    #expect(outcome.results.isEmpty, "nothing is reported from inside the call")
    try loop.turn(waitAtMost: .zero)
    #expect(outcome.value?.map(\.description) == addresses)
    #expect(lookup.names.isEmpty)
  }

  @Test("a literal of the other family is told apart from a name", arguments: [("127.0.0.1", AddressFamily.ipv6), ("::1", .ipv4)])
  func otherFamily(host: String, family: AddressFamily) throws {
    let loop = try Loop()
    let outcome = Outcome<[SocketAddress]>()
    Resolver(on: loop).resolve(host: host, port: 80, family: family, within: .seconds(10), completion: outcome.take)
    try loop.turn(waitAtMost: .zero)
    #expect(outcome.nameReason == .noAddress(family))
  }

  @Test("a name is looked up on a thread, and the answer comes from the loop's turn", arguments: PollerKind.allCases)
  func name(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let answers: [SocketAddress] = [.loopbackIPv4(port: 7), .loopbackIPv6(port: 7)]
    let lookup = TestLookup(answers)
    let resolver = lookup.resolver(on: loop)
    let outcome = Outcome<[SocketAddress]>()
    resolver.resolve(host: "db.example.", port: 7, within: .seconds(10), completion: outcome.take)
    // The thread ends without the loop, and still nothing is reported.
    try eventually("a thread has answered") { !lookup.names.isEmpty && lookup.running == 0 }
    #expect(outcome.results.isEmpty)
    try loop.expect("the answer") { !outcome.results.isEmpty }
    #expect(outcome.value == answers)
    #expect(lookup.names == ["db.example."])
  }

  @Test("what the caller did not ask for is left out of the answer", arguments: [AddressFamily.ipv4, .ipv6], PollerKind.allCases)
  func filter(family: AddressFamily, on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup { name throws(NameFailure) in
      name == "both"
        ? [.loopbackIPv4(port: 7), .loopbackIPv6(port: 7)] : [family == .ipv4 ? .loopbackIPv6(port: 7) : .loopbackIPv4(port: 7)]
    }
    let resolver = lookup.resolver(on: loop)
    let both = Outcome<[SocketAddress]>()
    let other = Outcome<[SocketAddress]>()
    resolver.resolve(host: "both", port: 7, family: family, within: .seconds(10), completion: both.take)
    resolver.resolve(host: "other", port: 7, family: family, within: .seconds(10), completion: other.take)
    try loop.expect("both answers") { !both.results.isEmpty && !other.results.isEmpty }
    #expect(both.value == [family == .ipv4 ? .loopbackIPv4(port: 7) : .loopbackIPv6(port: 7)])
    #expect(other.nameReason == .noAddress(family))
  }

  @Test(
    "each failure has its words",
    arguments: [
      (NameFailure.Reason.notFound, "\"db\" does not exist. Check the spelling, or try an address"),
      (.noAddress(.any), "\"db\" has no IP address. Try another host"),
      (.noAddress(.ipv6), "\"db\" has no IPv6 address. Allow the other address family, or try another host"),
      (
        .noNameServer,
        "\"db\" got no answer from the name servers (EAI_AGAIN). Check the network and the name servers of this machine, or try an address"
      ), (.nameServerFailure, "\"db\" made the name servers report a failure (EAI_FAIL). Try again later, or try an address"),
      (
        .system(errorNumber: CS_EMFILE),
        "\"db\" could not be looked up: too many open files (EMFILE 24). Close connections or raise the limit of open files (ulimit -n)"
      ), (.other(code: -8), "\"db\" could not be looked up: the system's resolver reports its error -8"),
    ])
  func failure(reason: NameFailure.Reason, text: String) throws {
    let loop = try Loop()
    let lookup = TestLookup { name throws(NameFailure) in throw NameFailure(name, reason) }
    let outcome = Outcome<[SocketAddress]>()
    lookup.resolver(on: loop).resolve(host: "db", port: 7, within: .seconds(10), completion: outcome.take)
    try loop.expect("the failure") { !outcome.results.isEmpty }
    #expect(outcome.error?.description == "cannot resolve a host name: " + text)
  }

  @Test("the system finds this machine")
  func system() throws {
    #expect(try systemLookup("localhost", 9, .any).contains { $0.isLoopback && $0.port == 9 })
    #expect(try systemLookup("localhost", 9, .ipv4) == [.loopbackIPv4(port: 9)])
  }

  @Test("a link-local address keeps the interface that it belongs to")
  func zone() throws {
    // Loopback is the first interface of every machine.
    #expect(try systemLookup("fe80::1%lo", 9, .any).map(\.description) == ["[fe80::1%1]:9"])
  }

  @Test("nothing is left on the loop of a look-up that has ended", arguments: ["with an answer", "cancelled"], PollerKind.allCases)
  func ended(how: String, on poller: PollerKind) throws {
    var time = Duration.zero
    let loop = try Loop(poller: poller.make(), waker: Waker(usesPipe: !poller.hasEventfd), clock: { time })
    let lookup = TestLookup([.loopbackIPv4(port: 7)])
    let outcome = Outcome<[SocketAddress]>()
    let search = lookup.resolver(on: loop).resolve(host: "db", port: 7, within: .seconds(10), completion: outcome.take)
    if how == "cancelled" { search.cancel() } else { try loop.expect("the answer") { outcome.value != nil } }
    time = .seconds(60)
    #expect(try !loop.turn(waitAtMost: .zero))
  }

  @Test("no more threads than allowed work at once, and all names get their answer", arguments: PollerKind.allCases)
  func manyNames(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup { name throws(NameFailure) in [.loopbackIPv4(port: UInt16(name.dropFirst()) ?? 0)] }
    let resolver = lookup.resolver(on: loop, threads: 3)
    var ports: Set<UInt16> = []
    for number in 1...500 {
      resolver.resolve(host: "n\(number)", port: 0, within: .seconds(60)) { result in
        guard let address = try? result.get().first else { return }
        ports.insert(address.port)
      }
    }
    try loop.expect("all answers") { ports.count == 500 }
    #expect(lookup.names.count == 500)
    #expect((1...3).contains(lookup.most))
  }

  @Test("when every thread hangs, names end at their deadline, and the threads are of use again afterwards", arguments: PollerKind.allCases)
  func hanging(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup(hangs: true, [.loopbackIPv4(port: 7)])
    let resolver = lookup.resolver(on: loop, threads: 2)
    let limit = Duration.milliseconds(50)
    let outcomes = (0..<20).map { _ in Outcome<[SocketAddress]>() }
    let start = loop.now
    for (number, outcome) in outcomes.enumerated() {
      resolver.resolve(host: "n\(number)", port: 7, within: limit, completion: outcome.take)
    }
    try loop.expect("every look-up ends") { outcomes.allSatisfy { !$0.results.isEmpty } }
    #expect(loop.now - start >= limit)
    for outcome in outcomes { #expect(outcome.nameReason == .deadlineExceeded(limit)) }
    #expect(
      outcomes[0].error?.description
        == "cannot resolve a host name: \"n0\" got no answer within \(limit). "
        + "Check the network and the name servers of this machine, or try an address")
    #expect(outcomes[0].error?.errorNumber == CS_ETIMEDOUT)
    #expect(lookup.names.count <= 2, "what ended before a thread took it is not looked up")

    let late = Outcome<[SocketAddress]>()
    resolver.resolve(host: "late", port: 7, within: .seconds(60), completion: late.take)
    for _ in 0..<3 { lookup.open() }
    try loop.expect("the answer") { !late.results.isEmpty }
    #expect(late.value == [.loopbackIPv4(port: 7)])
    #expect(outcomes.allSatisfy { $0.results.count == 1 }, "an answer that comes too late is nobody's")
  }

  @Test("beyond the most look-ups at once the next one fails, until one has ended", arguments: PollerKind.allCases)
  func tooMany(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup(hangs: true, [])
    let resolver = lookup.resolver(on: loop, threads: 1)
    let pending = (0..<Resolver.maximumPending).map { resolver.resolve(host: "n\($0)", port: 7, within: .seconds(600)) { _ in } }
    let refused = Outcome<[SocketAddress]>()
    resolver.resolve(host: "x", port: 7, within: .seconds(600), completion: refused.take)
    try loop.runWithoutWaiting()
    #expect(refused.nameReason == .tooManyLookups(Resolver.maximumPending))
    #expect(refused.error?.description.contains("1024 look-ups are under way") == true)
    pending[5].cancel()
    let next = Outcome<[SocketAddress]>()
    let accepted = resolver.resolve(host: "x", port: 7, within: .seconds(600), completion: next.take)
    try loop.runWithoutWaiting()
    #expect(next.results.isEmpty)
    for lookup in pending + [accepted] { lookup.cancel() }
    lookup.open()
  }

  @Test(
    "a cancelled look-up calls nobody", arguments: ["a literal", "while it waits", "while a thread hangs", "when the answer is there"],
    PollerKind.allCases)
  func cancel(when: String, on poller: PollerKind) throws {
    let loop = try poller.loop()
    let hangs = when.hasPrefix("while")
    let lookup = TestLookup(hangs: hangs, [.loopbackIPv4(port: 7)])
    let resolver = lookup.resolver(on: loop, threads: 1)
    let first = when == "while it waits" ? resolver.resolve(host: "first", port: 7, within: .seconds(600)) { _ in } : nil
    let outcome = Outcome<[SocketAddress]>()
    let search = resolver.resolve(
      host: when == "a literal" ? "127.0.0.1" : "db", port: 7, within: .milliseconds(50), completion: outcome.take)
    switch when {
    case "while a thread hangs": try eventually("a thread hangs") { lookup.running > 0 }
    case "when the answer is there": try eventually("a thread has answered") { !lookup.names.isEmpty && lookup.running == 0 }
    default: break
    }
    search.cancel()
    search.cancel()
    // Past the deadline too.
    _ = try loop.run(within: .milliseconds(80)) { false }
    first?.cancel()
    lookup.open()
    try loop.settle()
    #expect(outcome.results.isEmpty)
  }

  @Test("a completion may look up the next name", arguments: PollerKind.allCases)
  func again(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let resolver = TestLookup([.loopbackIPv4(port: 7)]).resolver(on: loop)
    var answers = 0
    func next(_ result: Result<[SocketAddress], TransportError>) {
      answers += 1
      if answers < 50 { resolver.resolve(host: answers % 2 == 0 ? "db" : "::1", port: 7, within: .seconds(10), completion: next) }
    }
    resolver.resolve(host: "db", port: 7, within: .seconds(10), completion: next)
    try loop.expect("fifty answers in a row") { answers == 50 }
  }

  @Test("a resolver that nobody holds still answers, and is let go afterwards", arguments: PollerKind.allCases)
  func unheld(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup(hangs: true, [.loopbackIPv4(port: 7)])
    let outcome = Outcome<[SocketAddress]>()
    weak var weakly: Resolver?
    do {
      let resolver = lookup.resolver(on: loop)
      weakly = resolver
      resolver.resolve(host: "db", port: 7, within: .seconds(60), completion: outcome.take)
    }
    #expect(weakly != nil)
    lookup.open()
    try loop.expect("the answer") { !outcome.results.isEmpty }
    #expect(weakly == nil)
  }

  @Test("a loop that goes away waits for no thread and calls nobody", arguments: PollerKind.allCases)
  func loopEnds(on poller: PollerKind) throws {
    let lookup = TestLookup(hangs: true, [.loopbackIPv4(port: 7)])
    let outcome = Outcome<[SocketAddress]>()
    weak var weakResolver: Resolver?
    weak var weakLookup: Lookup?
    do {
      let loop = try poller.loop()
      let resolver = lookup.resolver(on: loop, threads: 2)
      weakResolver = resolver
      for number in 0..<5 { weakLookup = resolver.resolve(host: "n\(number)", port: 7, within: .seconds(600), completion: outcome.take) }
      try eventually("both threads hang") { lookup.running == 2 }
    }
    #expect(weakResolver == nil && weakLookup == nil)
    #expect(lookup.running == 2)
    for _ in 0..<2 { lookup.open() }
    try eventually("the threads have ended") { lookup.running == 0 }
    #expect(outcome.results.isEmpty)
    #expect(lookup.names.count == 2)
  }
}
