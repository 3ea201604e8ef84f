import CSockets
import Testing

@testable import Transport

@Suite("Connector", .timeLimit(.minutes(10)))
struct ConnectorTests {
  /// What a connector was asked to allow, and when on the loop's clock.
  final class Attempts {
    var list: [(address: SocketAddress, at: Duration)] = []
    var addresses: [SocketAddress] { list.map(\.address) }
  }

  /// A connector for the name `db`, which has these addresses.
  struct Setting {
    let loop: Loop
    let connector: Connector
    let attempts = Attempts()
    let outcome = Outcome<TCPStream>()

    init(on poller: PollerKind, _ addresses: [SocketAddress]) throws {
      loop = try poller.loop()
      connector = Connector(on: loop, resolver: TestLookup(addresses).resolver(on: loop))
    }

    @discardableResult
    func connect(
      _ host: String = "db", port: UInt16 = 7, family: AddressFamily = .any, within limit: Duration = .seconds(10),
      allowing isAllowed: @escaping (SocketAddress) -> Bool = { _ in true }
    ) -> Race {
      connector.connect(
        host: host, port: port, family: family, within: limit,
        allowing: { [attempts, weak loop] address in
          attempts.list.append((address, loop?.now ?? .zero))
          return isAllowed(address)
        }, completion: outcome.take)
    }

    /// Runs the loop until the connector has completed.
    func finish() throws { try loop.expect("the race is over") { !outcome.results.isEmpty } }
  }

  /// Addresses at which nothing listens, kept by sockets that hold their ports.
  static func refusing(_ count: Int) throws -> [RawSocket] { try (0..<count).map { _ in try RawSocket(boundTo: 0) } }

  @Test("families take turns, IPv6 first, each in the order given and without repetition")
  func interleaving() throws {
    func addresses(_ words: String) throws -> [SocketAddress] {
      try words.split(separator: " ").map { word in
        let number = try #require(UInt16(word.dropFirst()))
        return word.first == "s" ? .loopbackIPv6(port: number) : .loopbackIPv4(port: number)
      }
    }
    for (given, expected) in [
      ("f1 f2 s1 s2", "s1 f1 s2 f2"), ("f1 f2 f3 s1", "s1 f1 f2 f3"), ("s1 s2 f1", "s1 f1 s2"), ("f1 f2", "f1 f2"), ("s2 s1", "s2 s1"),
      ("f1 f1 s1 f2 s1", "s1 f1 f2"), ("", ""),
    ] { #expect(try addresses(given).interleaved == addresses(expected)) }
  }

  @Test("a name is connected to; the stream has no delegate, and keeps what arrives until it gets one", arguments: PollerKind.allCases)
  func byName(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let lookup = TestLookup([server.listener.localAddress])
    let outcome = Outcome<TCPStream>()
    Connector(on: loop, resolver: lookup.resolver(on: loop))
      .connect(host: "db", port: 7, within: .seconds(10), completion: outcome.take)
    #expect(outcome.results.isEmpty, "nothing is reported from inside the call")
    try loop.expect("connected") { outcome.value != nil && !server.streams.isEmpty }
    let stream = try #require(outcome.value)
    #expect(stream.delegate == nil && !stream.isClosed)
    server.streams[0].write(Array("hello".utf8))
    try loop.settle()
    let recorder = Recorder()
    stream.delegate = recorder
    try loop.expect("what arrived before") { recorder.text == "hello" }
    #expect(recorder.calls == [.received])
  }

  @Test("the next address is tried at once when the one before is refused", arguments: PollerKind.allCases)
  func nextAfterFailure(on poller: PollerKind) throws {
    let closed = try Self.refusing(3)
    let setting = try Setting(on: poller, [])
    let server = try Server(on: setting.loop)
    let addresses = closed.map(\.address) + [server.listener.localAddress]
    let lookup = TestLookup(addresses)
    let connector = Connector(on: setting.loop, resolver: lookup.resolver(on: setting.loop))
    var tried: [SocketAddress] = []
    connector.connect(
      host: "db", port: 7, within: .seconds(10),
      allowing: { address in
        tried.append(address)
        return true
      }, completion: setting.outcome.take)
    try setting.loop.expect("the name is resolved") { !tried.isEmpty }
    // No turn waits, so no head start passes.
    try setting.loop.runWithoutWaiting()
    #expect(setting.outcome.value?.peerAddress == server.listener.localAddress)
    #expect(tried == addresses)
  }

  @Test(
    "an address that does not answer has a head start of 250 ms before the next one is tried, and loses", arguments: PollerKind.allCases)
  func headStart(on poller: PollerKind) throws {
    let silent = [try SilentAddress(), try SilentAddress()]
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let setting = try Setting(on: poller, silent.map(\.address) + [server.listener.localAddress])
    setting.connect()
    let start = loop.now
    while setting.outcome.results.isEmpty, loop.now - start < .seconds(10) {
      try setting.loop.turn(waitAtMost: .milliseconds(10))
      try loop.turn(waitAtMost: .zero)
    }
    #expect(setting.outcome.value?.peerAddress == server.listener.localAddress)
    #expect(setting.attempts.addresses == silent.map(\.address) + [server.listener.localAddress])
    for (earlier, later) in zip(setting.attempts.list, setting.attempts.list.dropFirst()) {
      #expect(later.at - earlier.at >= Connector.headStart)
    }
    #expect(setting.outcome.results.count == 1)
  }

  @Test(
    "the latest attempt that fails lets the next one begin at once, also while an earlier one is under way", arguments: PollerKind.allCases)
  func latestFailure(on poller: PollerKind) throws {
    let silent = try SilentAddress()
    let closed = try Self.refusing(1)[0]
    let setting = try Setting(on: poller, [])
    let server = try Server(on: setting.loop)
    let lookup = TestLookup([silent.address, closed.address, server.listener.localAddress])
    var tried = 0
    Connector(on: setting.loop, resolver: lookup.resolver(on: setting.loop)).connect(
      host: "db", port: 7, within: .seconds(10),
      allowing: { _ in
        tried += 1
        return true
      }, completion: setting.outcome.take)
    try setting.loop.expect("the second attempt") { tried >= 2 }
    // No turn waits, so no head start passes.
    try setting.loop.runWithoutWaiting()
    #expect(setting.outcome.value?.peerAddress == server.listener.localAddress)
  }

  @Test("at the deadline all attempts are given up, and the error names them", arguments: PollerKind.allCases)
  func deadline(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let silent = [try SilentAddress(), try SilentAddress(), try SilentAddress()]
    let lookup = TestLookup(silent.map(\.address))
    let attempts = Attempts()
    let outcome = Outcome<TCPStream>()
    Connector(on: loop, resolver: lookup.resolver(on: loop)).connect(
      host: "db", port: 7, within: .milliseconds(700),
      allowing: { address in
        attempts.list.append((address, loop.now))
        return true
      }, completion: outcome.take)
    try loop.expect("the deadline") { !outcome.results.isEmpty }
    guard case .noAddressConnected(let failure) = outcome.error?.cause else {
      Issue.record("\(String(describing: outcome.error))")
      return
    }
    #expect(failure.attempts.map(\.address) == attempts.addresses)
    #expect(failure.attempts.allSatisfy { $0.cause == .deadlineExceeded(.milliseconds(700)) })
    #expect(outcome.error?.errorNumber == CS_ETIMEDOUT)
  }

  @Test(
    "IPv6 is tried first, whatever the order of the answer", .enabled(if: ConnectTests.hasIPv6, "this machine has no ::1"),
    arguments: PollerKind.allCases)
  func families(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let four = try Server(on: loop)
    let six = try Server(on: loop, address: .loopbackIPv6(port: 0))
    let addresses = [four.listener.localAddress, six.listener.localAddress]
    for (family, expected) in [(AddressFamily.any, addresses[1]), (.ipv4, addresses[0]), (.ipv6, addresses[1])] {
      let outcome = Outcome<TCPStream>()
      Connector(on: loop, resolver: TestLookup(addresses).resolver(on: loop))
        .connect(host: "db", port: 7, family: family, within: .seconds(10), completion: outcome.take)
      try loop.expect("connected") { !outcome.results.isEmpty }
      #expect(outcome.value?.peerAddress == expected)
      outcome.value?.close()
    }
  }

  @Test("localhost reaches a server of one family only", arguments: PollerKind.allCases)
  func localhost(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let outcome = Outcome<TCPStream>()
    Connector(on: loop).connect(
      host: "localhost", port: server.listener.localAddress.port, within: .seconds(10), completion: outcome.take)
    try loop.expect("connected") { !outcome.results.isEmpty }
    #expect(outcome.value?.peerAddress == server.listener.localAddress)
  }

  @Test("the error of a literal address is that of its attempt", arguments: PollerKind.allCases)
  func literalError(on poller: PollerKind) throws {
    let closed = try Self.refusing(1)[0]
    let setting = try Setting(on: poller, [])
    setting.connect("127.0.0.1", port: closed.address.port)
    try setting.finish()
    #expect(setting.outcome.error == TransportError(.connect, .system(errorNumber: CS_ECONNREFUSED), address: closed.address))
  }

  @Test(
    "the error of a name says which addresses were tried and how each attempt ended, of many only the first few",
    arguments: PollerKind.allCases)
  func nameError(on poller: PollerKind) throws {
    let closed = try Self.refusing(6).map(\.address)
    let one = try Setting(on: poller, [closed[0]])
    one.connect()
    try one.finish()
    #expect(
      one.outcome.error?.description
        == "cannot connect to db:7: \(closed[0]): connection refused (ECONNREFUSED 111). Is the server running, and on this port?")
    #expect(one.outcome.error?.errorNumber == CS_ECONNREFUSED)
    let many = try Setting(on: poller, closed)
    many.connect(allowing: { $0 != closed[1] })
    try many.finish()
    #expect(
      many.outcome.error?.description
        == "cannot connect to db:7: \(closed[0]): connection refused (ECONNREFUSED 111); "
        + "\(closed[1]): connections to this address are not allowed; \(closed[2]): connection refused (ECONNREFUSED 111); "
        + "\(closed[3]): connection refused (ECONNREFUSED 111); and 2 more")
  }

  @Test("a name that is not found, and one that is none, fail as names", arguments: PollerKind.allCases)
  func names(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup { name throws(NameFailure) in throw NameFailure(name, .notFound) }
    let connector = Connector(on: loop, resolver: lookup.resolver(on: loop))
    let missing = Outcome<TCPStream>()
    let malformed = Outcome<TCPStream>()
    connector.connect(host: "db", port: 7, within: .seconds(10), completion: missing.take)
    connector.connect(host: "127.1", port: 7, within: .seconds(10), completion: malformed.take)
    try loop.expect("both have failed") { missing.error != nil && malformed.error != nil }
    #expect(missing.nameReason == .notFound)
    #expect(malformed.nameReason == .malformed(.number))
  }

  @Test("the deadline covers the look-up", arguments: PollerKind.allCases)
  func lookupDeadline(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let lookup = TestLookup(hangs: true, [])
    let outcome = Outcome<TCPStream>()
    let limit = Duration.milliseconds(60)
    Connector(on: loop, resolver: lookup.resolver(on: loop)).connect(host: "db", port: 7, within: limit, completion: outcome.take)
    try loop.expect("the deadline") { !outcome.results.isEmpty }
    #expect(outcome.nameReason == .deadlineExceeded(limit))
    lookup.open()
  }

  @Test("C09: each address is asked about just before it is tried, as the address that is meant", arguments: PollerKind.allCases)
  func allowed(on poller: PollerKind) throws {
    let mapped = try #require(SocketAddress(literal: "::ffff:127.0.0.1", port: 9))
    #expect(mapped.unmapped == .loopbackIPv4(port: 9))
    #expect(SocketAddress.loopbackIPv6(port: 9).unmapped == .loopbackIPv6(port: 9))
    let setting = try Setting(on: poller, [mapped, .loopbackIPv4(port: 9)])
    setting.connect(allowing: { !$0.isLoopback })
    try setting.finish()
    #expect(setting.attempts.addresses == [.loopbackIPv4(port: 9), .loopbackIPv4(port: 9)])
    guard case .noAddressConnected(let failure) = setting.outcome.error?.cause else {
      Issue.record("\(String(describing: setting.outcome.error))")
      return
    }
    #expect(failure.attempts.map(\.cause) == [.addressNotAllowed, .addressNotAllowed])
    let literal = try Setting(on: poller, [])
    literal.connect("127.0.0.1", port: 9, allowing: { _ in false })
    try literal.finish()
    #expect(
      literal.outcome.error?.description == "cannot connect to 127.0.0.1:9: connections to this address are not allowed. "
        + "Choose another address, or change what is allowed")
  }

  @Test("each attempt has a head start of its own, however soon the one before has failed", arguments: PollerKind.allCases)
  func ownHeadStart(on poller: PollerKind) throws {
    var time = Duration.zero
    let loop = try Loop(poller: poller.make(), waker: Waker(usesPipe: !poller.hasEventfd), clock: { time })
    let closed = try RawSocket(boundTo: 0)
    let silent = [try SilentAddress(), try SilentAddress()]
    var tried = 0
    Connector(on: loop, resolver: TestLookup([closed.address] + silent.map(\.address)).resolver(on: loop)).connect(
      host: "db", port: 7, within: .seconds(10),
      allowing: { _ in
        tried += 1
        // The failure of the first attempt is noticed late.
        if tried == 1 { time = .milliseconds(200) }
        return true
      }, completion: { _ in })
    try loop.expect("the first attempt fails") { tried == 2 }
    time = .milliseconds(440)
    try loop.runWithoutWaiting()
    #expect(tried == 2)
    time = .milliseconds(450)
    try loop.runWithoutWaiting()
    #expect(tried == 3)
  }

  @Test("nothing is left on the loop of a race that was won", arguments: PollerKind.allCases)
  func ended(on poller: PollerKind) throws {
    var time = Duration.zero
    let loop = try Loop(poller: poller.make(), waker: Waker(usesPipe: !poller.hasEventfd), clock: { time })
    let server = try Server(on: loop)
    let silent = try SilentAddress()
    let outcome = Outcome<TCPStream>()
    Connector(on: loop, resolver: TestLookup([server.listener.localAddress, silent.address]).resolver(on: loop))
      .connect(host: "db", port: 7, within: .seconds(10), completion: outcome.take)
    try loop.expect("connected") { outcome.value != nil && !server.streams.isEmpty }
    try loop.runWithoutWaiting()
    time = .seconds(60)
    #expect(try !loop.turn(waitAtMost: .zero))
  }

  @Test("of a name with very many addresses only the first are tried", arguments: PollerKind.allCases)
  func manyAddresses(on poller: PollerKind) throws {
    let addresses = (1...100).map { SocketAddress.loopbackIPv4(port: $0) }
    let setting = try Setting(on: poller, addresses)
    setting.connect(allowing: { _ in false })
    try setting.finish()
    #expect(setting.attempts.addresses == Array(addresses.prefix(Connector.maximumAttempts)))
  }
}
