import CSockets
import Foundation
import Testing

@testable import Transport

@Suite("Stopping, both drivers on both pollers", .timeLimit(.minutes(10)))
struct StopTests {
  @Test("what was performed before runs, nothing after it, and stopping twice is stopping once", arguments: DriverRow.all)
  func performedBefore(row: DriverRow) throws {
    let rig = try Rig(row)
    for number in 0..<100 { rig.perform { _, journal in journal.note("\(number)") } }
    rig.driver.stop()
    #expect(rig.journal.entries == (0..<100).map { "\($0)" })
    let isTaken = rig.driver.perform { [journal = rig.journal] _ in journal.note("late") }
    #expect(!isTaken)
    rig.driver.stop()
    #expect(rig.journal.entries.count == 100)
  }

  @Test("everything on the loop is closed without callbacks and let go of on its thread, and the port is free", arguments: DriverRow.all)
  func openStreams(row: DriverRow) throws {
    let rig = try Rig(row)
    let address = Lock<SocketAddress?>(nil)
    rig.perform { loop, journal in
      let names = ["listener", "server", "client", "timer", "wake"]
      let possessions = names.map { Possession($0, journal) }
      let server = Recorder("server", journal) { _, _ in _ = possessions[1] }
      var streams: [TCPStream] = []
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        _ = possessions[0]
        // A cycle through the loop, as a careless program makes one.
        server.owned.append(stream)
        streams.append(stream)
        stream.delegate = server
        journal.note("test accepted \(streams.count)")
        _ = loop
      }
      let client = Recorder("client", journal) { _, _ in _ = possessions[2] }
      client.owned = [TCPStream.connect(to: listener.localAddress, on: loop, delegate: client)]
      loop.schedule(at: loop.now + .seconds(60)) { _ = (possessions[3], loop) }
      loop.onWake = { _ = (possessions[4], loop) }
      address.withLock { $0 = listener.localAddress }
    }
    try rig.expect(note: "client connected")
    let listening = try #require(address.withLock { $0 })
    let peer = try RawSocket(connectedTo: listening)
    try rig.expect(note: "test accepted 2")

    rig.driver.stop()
    #expect(try peer.next() == nil, "the peer sees the end")
    #expect(rig.journal.entries(of: "client") == ["connected"])
    #expect(rig.journal.entries(of: "server") == [])
    let released = rig.journal.entries(of: "released")
    #expect(Set(released) == ["listener at home", "server at home", "client at home", "timer at home", "wake at home"])
    #expect(released.count == 5)
    _ = try Server(on: Loop(), address: listening)
  }

  @Test("what was written is sent, what was closed is reported", arguments: DriverRow.all)
  func pending(row: DriverRow) throws {
    let rig = try Rig(row)
    let silent = try RawSocket(boundTo: 0)
    try #require(cs_listen(silent.descriptor, 2) == 0)
    let address = silent.address
    let stream = Lock<Confined<TCPStream>?>(nil)
    rig.perform { loop, journal in
      let connected = TCPStream.connect(to: address, on: loop, delegate: Recorder("client", journal))
      stream.withLock { $0 = Confined(connected) }
    }
    try rig.expect(note: "client connected")
    rig.perform { _, _ in stream.withLock { $0.take() }?.value.write(Array("goodbye".utf8)) }
    rig.perform { loop, journal in
      TCPStream.connect(to: address, on: loop, delegate: Recorder("other", journal)).close()
    }
    rig.driver.stop()
    #expect(rig.journal.entries(of: "other") == ["closed: localClose"])
    #expect(rig.journal.entries(of: "client") == ["connected"])
    let peer = try RawSocket(acceptedBy: silent)
    #expect(try peer.next() == Array("goodbye".utf8))
    #expect(try peer.next() == nil)
  }

  @Test("from inside a callback it waits for nothing: the turn goes on to its end", arguments: DriverRow.all)
  func insideCallback(row: DriverRow) throws {
    let rig = try Rig(row)
    let thread = rig.driver as? LoopThread
    rig.perform { loop, journal in
      loop.schedule(at: loop.now) {
        journal.note("timer first")
        if let thread { thread.stop() } else { loop.stop() }
        loop.stop()
        journal.note("timer goes on")
      }
      loop.schedule(at: loop.now) { journal.note("timer second") }
      let possession = Possession("timer", journal)
      loop.schedule(at: loop.now + .seconds(60)) { _ = possession }
    }
    try rig.expect(note: "released timer at home")
    rig.driver.stop()
    #expect(rig.journal.entries == ["timer first", "timer goes on", "timer second", "released timer at home"])
    let isTaken = rig.driver.perform { _ in }
    #expect(!isTaken)
    if let loop = rig.driver as? Loop {
      #expect(loop.isStopped)
      #expect(try loop.run { false } == false)
      let error = #expect(throws: TransportError.self) { try loop.turn() }
      #expect(error?.cause == .loopStopped)
    } else {
      #expect(thread?.failure == nil)
    }
  }

  @Test("work that eight threads hand over while the loop stops runs, or is refused", arguments: DriverRow.all)
  func concurrently(row: DriverRow) throws {
    let rig = try Rig(row)
    let ran = Lock(0)
    let taken = Lock(0)
    let tasks = rig.driver.tasks
    let threads = try (0..<8).map { _ in
      try SystemThread { [journal = rig.journal] in
        var count = 0
        while tasks.post({ _ in ran.withLock { $0 += 1 } }) {
          count += 1
          if count == 100 { journal.note("hundred") }
        }
        taken.withLock { $0 += count }
      }
    }
    try rig.expect(note: "hundred")
    rig.driver.stop()
    for thread in threads { thread.join() }
    let (countTaken, countRan) = (taken.withLock { $0 }, ran.withLock { $0 })
    #expect(countTaken == countRan)
    #expect(countRan >= 100)
  }
}

@Suite("A loop's thread", .timeLimit(.minutes(10)))
struct LoopThreadTests {
  @Test("several threads may stop it at once; each returns when it has ended", arguments: PollerKind.allCases)
  func stopTogether(on poller: PollerKind) throws {
    for _ in 0..<20 {
      let journal = Journal()
      let thread = try LoopThread(poller.loop())
      thread.perform { loop in
        let possession = Possession("timer", journal)
        loop.schedule(at: loop.now + .seconds(60)) { _ = possession }
      }
      let stopped = try (0..<4).map { _ in
        try SystemThread {
          thread.stop()
          journal.note("stopped after \(journal.entries(of: "released"))")
        }
      }
      for stopper in stopped { stopper.join() }
      #expect(journal.entries.dropFirst() == Array(repeating: "stopped after [\"timer at home\"]", count: 4)[...])
    }
  }

  @Test("one that is let go of ends by itself", arguments: PollerKind.allCases)
  func letGo(on poller: PollerKind) throws {
    let journal = Journal()
    var thread: LoopThread? = try LoopThread(poller.loop())
    thread?.perform { loop in
      let possession = Possession("timer", journal)
      loop.schedule(at: loop.now + .seconds(60)) { _ = possession }
    }
    thread = nil
    #expect(journal.wait { journal.entries == ["released timer at home"] })
  }

  @Test("one whose last owner is its own work ends by itself", arguments: PollerKind.allCases)
  func letGoInside(on poller: PollerKind) throws {
    let journal = Journal()
    let gate = DispatchSemaphore(value: 0)
    var thread: LoopThread? = try LoopThread(poller.loop())
    weak let weakly = thread
    thread?.perform { [thread] loop in
      gate.wait()
      let possession = Possession("timer", journal)
      loop.schedule(at: loop.now + .seconds(60)) { _ = possession }
      withExtendedLifetime(thread) {}
    }
    thread = nil
    gate.signal()
    #expect(journal.wait { journal.entries == ["released timer at home"] })
    #expect(weakly == nil)
  }

  @Test("one whose poller fails closes everything, refuses work, and says why", arguments: PollerKind.allCases)
  func failure(on poller: PollerKind) throws {
    /// A poller that the test lets fail.
    final class Failing: Poller {
      let poller: any Poller
      let isBroken: Lock<Bool>
      init(_ poller: any Poller, _ isBroken: Lock<Bool>) { (self.poller, self.isBroken) = (poller, isBroken) }
      func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
        try poller.add(descriptor, token: token, interest: interest)
      }
      func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
        try poller.modify(descriptor, token: token, interest: interest)
      }
      func remove(_ descriptor: Int32) { poller.remove(descriptor) }
      func wait(atMost limit: Duration?, into events: inout [PollerEvent]) throws(TransportError) {
        if isBroken.withLock({ $0 }) { throw TransportError(.poll, .system(errorNumber: CS_EBADF)) }
        try poller.wait(atMost: limit, into: &events)
      }
    }
    let journal = Journal()
    let isBroken = Lock(false)
    let listening = try RawSocket(boundTo: 0)
    try #require(cs_listen(listening.descriptor, 1) == 0)
    let address = listening.address
    let thread = try LoopThread(poller.loop { Failing($0, isBroken) })
    thread.perform { loop in
      let possession = Possession("client", journal)
      let client = Recorder("client", journal) { _, _ in _ = possession }
      _ = TCPStream.connect(to: address, on: loop, delegate: client)
    }
    #expect(journal.wait { journal.entries == ["client connected"] })
    #expect(thread.failure == nil)

    isBroken.withLock { $0 = true }
    thread.perform { _ in journal.note("last work") }
    #expect(journal.wait { journal.entries == ["client connected", "last work", "released client at home"] })
    let isTaken = thread.perform { _ in }
    #expect(!isTaken)
    #expect(thread.failure == TransportError(.poll, .system(errorNumber: CS_EBADF)))
    let peer = try RawSocket(acceptedBy: listening)
    #expect(try peer.next() == nil)
    thread.stop()
  }
}
