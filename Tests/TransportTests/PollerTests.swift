import CSockets
import Testing

@testable import Transport

@Suite("Pollers", .timeLimit(.minutes(10)))
struct PollerTests {
  /// What one wait reports, by token.
  private func wait(_ poller: any Poller, atMost limit: Duration? = .zero) throws -> [UInt64: Readiness] {
    var events: [PollerEvent] = []
    try poller.wait(atMost: limit, into: &events)
    return Dictionary(uniqueKeysWithValues: events.map { ($0.token, $0.readiness) })
  }

  /// A connected pair: the end to be watched, and its peer.
  private func pair() throws -> (watched: RawSocket, peer: RawSocket) {
    let listener = try RawSocket(boundTo: 0)
    try #require(cs_listen(listener.descriptor, 1) == 0)
    let peer = try RawSocket(connectedTo: listener.address)
    try listener.wait(for: .readable)
    return (try RawSocket(acceptedBy: listener), peer)
  }

  @Test("what is ready is reported in every wait until it is not", arguments: PollerKind.allCases)
  func levelTriggered(on kind: PollerKind) throws {
    let poller = try kind.make()
    let (watched, peer) = try pair()
    try poller.add(watched.descriptor, token: 7, interest: .readable)
    #expect(try wait(poller) == [:])
    #expect(peer.send([1]) == 1)
    #expect(try wait(poller, atMost: .seconds(10)) == [7: .readable])
    #expect(try wait(poller) == [7: .readable])
    #expect(watched.receive().octets == [1])
    #expect(try wait(poller) == [:])
  }

  @Test("what is waited for, and the token, can be changed", arguments: PollerKind.allCases)
  func modify(on kind: PollerKind) throws {
    let poller = try kind.make()
    let (watched, peer) = try pair()
    try poller.add(watched.descriptor, token: 1, interest: [])
    #expect(try wait(poller) == [:])
    try poller.modify(watched.descriptor, token: 2, interest: [.readable, .writable])
    #expect(try wait(poller) == [2: .writable])
    #expect(peer.send([1]) == 1)
    try poller.modify(watched.descriptor, token: 3, interest: .readable)
    #expect(try wait(poller, atMost: .seconds(10)) == [3: .readable])
    try poller.modify(watched.descriptor, token: 4, interest: [.readable, .writable])
    #expect(try wait(poller) == [4: [.readable, .writable]])
  }

  @Test(
    "a descriptor that waits for nothing still reports that its connection is gone, unless it is removed", arguments: PollerKind.allCases)
  func hangup(on kind: PollerKind) throws {
    let poller = try kind.make()
    let (watched, peer) = try pair()
    try poller.add(watched.descriptor, token: 1, interest: [])
    peer.abort()
    #expect(try wait(poller, atMost: .seconds(10)) == [1: .hangup])
    #expect(try wait(poller) == [1: .hangup])
    poller.remove(watched.descriptor)
    #expect(try wait(poller) == [:])
    try poller.add(watched.descriptor, token: 2, interest: [])
    #expect(try wait(poller) == [2: .hangup])
  }

  @Test("removing one leaves the others watched", arguments: PollerKind.allCases, [0, 1, 2])
  func remove(on kind: PollerKind, removed: Int) throws {
    let poller = try kind.make()
    let sockets = try (0..<3).map { _ in try pair() }
    for (index, socket) in sockets.enumerated() { try poller.add(socket.watched.descriptor, token: UInt64(index), interest: .writable) }
    poller.remove(sockets[removed].watched.descriptor)
    poller.remove(sockets[removed].watched.descriptor)
    #expect(try Set(wait(poller).keys) == Set<UInt64>([0, 1, 2]).subtracting([UInt64(removed)]))
    for index in 0..<3 where index != removed {
      try poller.modify(sockets[index].watched.descriptor, token: UInt64(10 + index), interest: .writable)
    }
    try poller.add(sockets[removed].watched.descriptor, token: UInt64(10 + removed), interest: .writable)
    #expect(try Set(wait(poller).keys) == [10, 11, 12])
  }

  @Test("misuse is told: adding twice, changing what is not watched, a descriptor that is not open", arguments: PollerKind.allCases)
  func misuse(on kind: PollerKind) throws {
    let poller = try kind.make()
    let socket = try RawSocket(boundTo: 0)

    func errorNumber(_ body: () throws -> Void) -> Int32? {
      (#expect(throws: TransportError.self) { try body() })?.errorNumber
    }
    #expect(errorNumber { try poller.modify(socket.descriptor, token: 1, interest: []) } == CS_ENOENT)
    try poller.add(socket.descriptor, token: 1, interest: [])
    #expect(errorNumber { try poller.add(socket.descriptor, token: 1, interest: []) } == CS_EEXIST)
    #expect(errorNumber { try poller.add(-1, token: 1, interest: []) } == CS_EBADF)
    #expect(errorNumber { try poller.add(.max, token: 1, interest: []) } == CS_EBADF)
    poller.remove(-1)
    poller.remove(.max)
  }

  @Test("300 ready descriptors all get their turn within two waits", arguments: PollerKind.allCases)
  func fairness(on kind: PollerKind) throws {
    let poller = try kind.make()
    let sockets = try (0..<300).map { _ in try Waker() }
    for (index, socket) in sockets.enumerated() {
      try poller.add(socket.descriptor, token: UInt64(index), interest: .readable)
      socket.wake()
    }
    var seen: Set<UInt64> = []
    for _ in 0..<2 { seen.formUnion(try wait(poller).keys) }
    #expect(seen.count == 300)
  }

  @Test("a wait is never shorter than asked for", arguments: PollerKind.allCases)
  func time(on kind: PollerKind) throws {
    let poller = try kind.make()
    let clock = ContinuousClock()
    for microseconds in [1, 999, 1001, 5000] {
      let start = clock.now
      #expect(try wait(poller, atMost: .microseconds(microseconds)) == [:])
      #expect(clock.now - start >= .microseconds(microseconds))
    }
  }

  @Test("a waker is readable from a call until it is cleared, however often it was called", arguments: [false, true])
  func waker(usesPipe: Bool) throws {
    let poller = PollPoller()
    let waker = try Waker(usesPipe: usesPipe)
    try poller.add(waker.descriptor, token: 1, interest: .readable)
    for count in [1, 64, 20_000] {
      #expect(try wait(poller) == [:])
      for _ in 0..<count { waker.wake() }
      #expect(try wait(poller) == [1: .readable])
      waker.clear()
    }
    #expect(try wait(poller) == [:])
    waker.clear()
  }
}
