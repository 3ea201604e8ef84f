import CSockets
import Foundation
import Testing
import Transport

/// Tests of names and connecting that need a process of their own: they count descriptors and threads, or use the system up.
@Suite("Names: process")
struct NamesProcessTests {
  @Test("10,000 names that nobody answers leave no descriptor and no more than the allowed threads", arguments: PollerKind.allCases)
  func hangingNames(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let lookup = TestLookup(hangs: true, [.loopbackIPv4(port: 1)])
      let loop = try poller.loop()
      let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      do {
        let connector = Connector(on: loop, resolver: lookup.resolver(on: loop))
        var ended = 0
        for round in 1...20 {
          for number in 0..<500 {
            connector.connect(host: "n\(number)", port: 7, within: .milliseconds(5)) { result in
              guard case .failure(let error) = result, case .name(let failure) = error.cause else { return }
              if failure.reason == .deadlineExceeded(.milliseconds(5)) { ended += 1 }
            }
          }
          try loop.expect("all have ended") { ended == round * 500 }
        }
        #expect(lookup.threads.count <= 4)
        #expect(lookup.names.count <= 4)
      }
      // The test library opens a few of its own meanwhile.
      #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count < descriptors + 20)
      for _ in 0..<lookup.running { lookup.open() }
      try eventually("the threads end once they are let go on") {
        try lookup.threads.isDisjoint(with: FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))
      }
    }
  }

  @Test("losers of a race are closed, whoever wins, and nothing stays of 300 races", arguments: PollerKind.allCases)
  func races(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let silent = try SilentAddress()
      let closed = try RawSocket(boundTo: 0)
      let loop = try poller.loop()
      let serverRecorder = Recorder()
      serverRecorder.on = { callback, stream in
        if callback == .endOfFile { stream.close() }
      }
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = serverRecorder }
      let before = try ProcessTests.openSockets()
      for round in 0..<300 {
        let addresses =
          switch round % 3 {
          case 0: [closed.address, listener.localAddress]
          case 1: [silent.address, closed.address]
          default: [closed.address]
          }
        let connector = Connector(on: loop, resolver: TestLookup(addresses).resolver(on: loop))
        let outcome = Outcome<TCPStream>()
        connector.connect(host: "db", port: 7, within: .milliseconds(round % 3 == 1 ? 5 : 10_000), completion: outcome.take)
        try loop.expect("the race is over") { !outcome.results.isEmpty }
        #expect((outcome.value != nil) == (round % 3 == 0))
        outcome.value?.close()
      }
      try loop.expect("the server has seen every end") { serverRecorder.count(.closed) == 100 }
      #expect(try ProcessTests.openSockets() == before)

      // A loser that would have waited for a minute.
      let outcome = Outcome<TCPStream>()
      Connector(on: loop, resolver: TestLookup([silent.address, listener.localAddress]).resolver(on: loop))
        .connect(host: "db", port: 7, within: .seconds(60), completion: outcome.take)
      try loop.expect("the second address wins") { outcome.value != nil }
      outcome.value?.close()
      try loop.expect("the server has seen the end") { serverRecorder.count(.closed) == 101 }
      #expect(try ProcessTests.openSockets() == before)
    }
  }

  @Test("without free descriptors a name and a literal fail in words, and the loop lives", arguments: PollerKind.allCases)
  func outOfDescriptors(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let loop = try poller.loop()
      let server = try Server(on: loop)
      let connector = Connector(on: loop, resolver: TestLookup([server.listener.localAddress]).resolver(on: loop))
      // No new descriptor; poll(2) takes no more entries than a process may open.
      try ProcessTests.limitDescriptors(to: 3)
      let name = Outcome<TCPStream>()
      let literal = Outcome<TCPStream>()
      connector.connect(host: "db", port: 7, within: .seconds(10), completion: name.take)
      connector.connect(host: "127.0.0.1", port: server.listener.localAddress.port, within: .seconds(10), completion: literal.take)
      try loop.expect("both have failed") { name.error != nil && literal.error != nil }
      #expect(name.nameReason == .system(errorNumber: CS_EMFILE))
      #expect(literal.error?.operation == .createSocket)
      for error in [name.error, literal.error] {
        #expect(error?.errorNumber == CS_EMFILE)
        #expect(
          error?.description.hasSuffix("too many open files (EMFILE 24). Close connections or raise the limit of open files (ulimit -n)")
            == true)
      }
      try ProcessTests.limitDescriptors(to: 1024)
      let again = Outcome<TCPStream>()
      connector.connect(host: "db", port: 7, within: .seconds(10), completion: again.take)
      try loop.expect("connected") { again.value != nil }
    }
  }

  @Test(
    "without a free local port connecting fails in words, and works again when one is free",
    .enabled(if: PortRange.canBeSet, "this process may not enter a network of its own"), arguments: PollerKind.allCases)
  func outOfPorts(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      try PortRange.enterNetwork(ports: 40_000...40_003)
      let loop = try poller.loop()
      let server = try Server(on: loop, address: .loopbackIPv4(port: 9))
      let connector = Connector(on: loop)
      var streams: [TCPStream] = []
      for _ in 0..<4 {
        let outcome = Outcome<TCPStream>()
        connector.connect(host: "127.0.0.1", port: 9, within: .seconds(10), completion: outcome.take)
        try loop.expect("connected") { !outcome.results.isEmpty }
        streams.append(try #require(outcome.value))
      }
      let refused = Outcome<TCPStream>()
      connector.connect(host: "127.0.0.1", port: 9, within: .seconds(10), completion: refused.take)
      try loop.expect("no port is free") { !refused.results.isEmpty }
      #expect(
        refused.error?.description == "cannot connect to 127.0.0.1:9: cannot assign requested address (EADDRNOTAVAIL 99). "
          + "No local port is free: close connections or wait a minute")
      // A reset leaves no port waiting.
      streams[0].abort()
      let again = Outcome<TCPStream>()
      connector.connect(host: "127.0.0.1", port: 9, within: .seconds(10), completion: again.take)
      try loop.expect("connected again") { again.value != nil }
      withExtendedLifetime(server) {}
    }
  }

  @Test(
    "a socket that reaches itself is no connection",
    .enabled(if: PortRange.canBeSet, "this process may not enter a network of its own"), arguments: PollerKind.allCases)
  func reachesItself(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      // The only port that a connection can begin at is the one that it goes to.
      try PortRange.enterNetwork(ports: 40_000...40_000)
      let loop = try poller.loop()
      let outcome = Outcome<TCPStream>()
      Connector(on: loop).connect(host: "127.0.0.1", port: 40_000, within: .seconds(10), completion: outcome.take)
      try loop.expect("the race is over") { !outcome.results.isEmpty }
      #expect(
        outcome.error?.description == "cannot connect to 127.0.0.1:40000: nothing listens there, the socket reached itself. "
          + "Is the server running, and on this port?")
    }
  }
}

/// A network of the calling thread's own, with few ports for connections; entering one is a right that not every process has.
enum PortRange {
  private typealias Unshare = @convention(c) (Int32) -> Int32
  private static let newNetwork: Int32 = 0x4000_0000

  /// Whether a thread may enter a network of its own; asked on a thread that ends at once.
  static let canBeSet: Bool = {
    let answer = Lock(false)
    let thread = try? SystemThread {
      let hasEntered = (try? enterNetwork(ports: 40_000...40_003)) != nil
      answer.withLock { $0 = hasEntered }
    }
    thread?.join()
    return answer.withLock { $0 }
  }()

  static func enterNetwork(ports: ClosedRange<Int>) throws {
    guard unshare(newNetwork) == 0 else { throw POSIXError(.EPERM) }
    // Up: the loopback interface of a new network is down.
    let socket = cs_socket(0)
    defer { cs_close(socket) }
    var request = [UInt8](repeating: 0, count: 40)
    request.replaceSubrange(0..<2, with: Array("lo".utf8))
    request[16] = UInt8(IFF_UP)
    guard unsafe ioctl(socket, UInt(SIOCSIFFLAGS), &request) == 0 else { throw POSIXError(.ENODEV) }
    // The file is that of the calling thread's network.
    try "\(ports.lowerBound) \(ports.upperBound)".write(
      toFile: "/proc/sys/net/ipv4/ip_local_port_range", atomically: false, encoding: .utf8)
  }

  private static func unshare(_ what: Int32) -> Int32 {
    guard let address = unsafe dlsym(nil, "unshare") else { return -1 }
    return unsafe unsafeBitCast(address, to: Unshare.self)(what)
  }
}
