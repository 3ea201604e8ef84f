import CSockets
import Testing

@testable import Transport

@Suite("Both drivers on both pollers", .timeLimit(.minutes(10)))
struct DriverTests {
  @Test("an echo takes the same course", arguments: DriverRow.all)
  func echo(row: DriverRow) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      var echo: Recorder?
      echo = Recorder("server", journal) { callback, stream in
        if callback == .received { stream.write(echo?.octets ?? []) }
        if callback == .endOfFile { stream.shutdownWrite() }
        if callback == .closed { echo = nil }
      }
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = echo }
      let client = Recorder("client", journal) { callback, stream in
        if callback == .received { stream.shutdownWrite() }
      }
      TCPStream.connect(to: listener.localAddress, on: loop, delegate: client).write(Array("hello".utf8))
      journal.note("test returns")
    }
    try rig.expect("both are closed") { rig.journal.entries.count { $0.hasSuffix("closed: peerFinished") } == 2 }
    #expect(rig.journal.entries.first == "test returns", "nothing is called from inside a call")
    #expect(rig.journal.entries(of: "client") == ["connected", "received 5", "endOfFile", "closed: peerFinished"])
    #expect(rig.journal.entries(of: "server") == ["received 5", "endOfFile", "closed: peerFinished"])
    rig.driver.stop()
  }

  enum Ending: String, CaseIterable, Sendable {
    case peerFinished, resetByPeer, localClose, localAbort, connectRefused, connectTimedOut, cancelled

    var course: [String] {
      switch self {
      case .peerFinished: ["connected", "endOfFile", "closed: peerFinished"]
      case .resetByPeer, .localClose, .localAbort: ["connected", "closed: \(self)"]
      case .connectRefused, .connectTimedOut: ["closed: \(self)"]
      case .cancelled: ["closed: localClose"]
      }
    }
  }

  @Test("every ending has the same reason", arguments: DriverRow.all, Ending.allCases)
  func endings(row: DriverRow, ending: Ending) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      let server = Recorder()
      server.on = { if $0 == .received { $1.abort() } }
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        stream.delegate = server
        if ending == .peerFinished { stream.shutdownWrite() }
      }
      // The queue of a listener that accepts nothing holds one connection; the next one gets no answer.
      let silent = try RawSocket(boundTo: 0)
      if ending == .connectTimedOut { _ = cs_listen(silent.descriptor, 0) }
      let client = Recorder("client", journal) { [silent] callback, stream in
        switch (callback, ending) {
        case (.endOfFile, .peerFinished): stream.shutdownWrite()
        case (.connected, .resetByPeer): stream.write([1])
        case (.connected, .localClose): stream.close()
        case (.connected, .localAbort): stream.abort()
        case (.closed, _): silent.close()
        default: break
        }
      }
      switch ending {
      case .connectTimedOut:
        let occupant = Recorder()
        occupant.on = { callback, stream in
          guard callback == .connected else { return }
          _ = TCPStream.connect(to: silent.address, on: loop, within: .milliseconds(30), delegate: client)
        }
        _ = TCPStream.connect(to: silent.address, on: loop, delegate: occupant)
      case .connectRefused: _ = TCPStream.connect(to: silent.address, on: loop, delegate: client)
      case .cancelled: TCPStream.connect(to: listener.localAddress, on: loop, delegate: client).close()
      case .peerFinished, .resetByPeer, .localClose, .localAbort:
        _ = TCPStream.connect(to: listener.localAddress, on: loop, delegate: client)
      }
    }
    try rig.expect("the stream is closed") { rig.journal.entries.contains { $0.hasPrefix("client closed") } }
    #expect(rig.journal.entries(of: "client") == ending.course)
    rig.driver.stop()
  }

  @Test("a writer is told once when a reader that paused goes on", arguments: DriverRow.all)
  func backpressure(row: DriverRow) throws {
    let total = 32 << 20
    let rig = try Rig(row)
    rig.perform { loop, journal in
      let server = Recorder()
      server.on = { callback, stream in
        if callback == .received, server.octets.count == total {
          journal.note("server received \(server.octets == pattern(total) ? "all" : "something else")")
        }
      }
      var client: TCPStream?
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        stream.delegate = server
        stream.pauseReading()
        loop.schedule(at: loop.now + .milliseconds(20)) {
          journal.note("client \((client?.pendingOutputBytes ?? 0) > 1 << 20 ? "pends" : "is free")")
          stream.resumeReading()
        }
      }
      let recorder = Recorder("client", journal) { callback, stream in
        if callback == .drained { journal.note("client is \(stream.pendingOutputBytes <= stream.lowWatermark ? "below" : "above")") }
      }
      client = TCPStream.connect(to: listener.localAddress, on: loop, delegate: recorder)
      client?.write(pattern(total))
    }
    try rig.expect(note: "server received all")
    #expect(rig.journal.entries(of: "client") == ["connected", "pends", "drained", "is below"])
    rig.driver.stop()
  }

  @Test("what one turn writes leaves in one piece, however it is written", arguments: DriverRow.all)
  func collected(row: DriverRow) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      let server = Recorder("server", journal)
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = server }
      let client = Recorder()
      client.on = { callback, stream in
        guard callback == .connected else { return }
        for _ in 0..<50 { stream.write(pattern(10)) }
        // In the same turn, at its end.
        loop.afterCallbacks { for _ in 0..<50 { stream.write(pattern(10)) } }
        loop.tasks.post { [stream = Confined(stream)] loop in
          for _ in 0..<100 { stream.value.write(pattern(10)) }
          loop.schedule(at: loop.now) { for _ in 0..<100 { stream.value.write(pattern(10)) } }
        }
      }
      _ = TCPStream.connect(to: listener.localAddress, on: loop, delegate: client)
    }
    try rig.expect(note: "server received 3000")
    #expect(rig.journal.entries(of: "server") == ["received 1000", "received 3000"])
    rig.driver.stop()
  }

  @Test("timers run in order, none early, none that was cancelled", arguments: DriverRow.all)
  func timers(row: DriverRow) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      let start = loop.now
      var timers: [Loop.Timer] = []
      for (name, delay) in [3, 1, 4, 2, 0].enumerated() {
        let deadline = start + .milliseconds(4 * delay)
        timers.append(loop.schedule(at: deadline) { journal.note("timer \(name)\(loop.now < deadline ? " early" : "")") })
      }
      loop.cancel(timers[3])
      loop.schedule(at: start + .milliseconds(6)) {
        loop.cancel(timers[0])
        loop.schedule(at: start) { journal.note("late") }
      }
      loop.schedule(at: start + .milliseconds(30)) { journal.note("timer last") }
    }
    try rig.expect("all timers ran") { Set(rig.journal.entries).isSuperset(of: ["timer last", "late"]) }
    #expect(rig.journal.entries(of: "timer") == ["4", "1", "2", "last"])
    rig.driver.stop()
  }

  @Test("work runs in order, and work that it hands over itself behind what waits", arguments: DriverRow.all)
  func performing(row: DriverRow) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      // From inside a turn, so that no turn comes in between.
      for number in 0..<3 {
        loop.tasks.post { loop in
          journal.note("work \(number)")
          loop.tasks.post { _ in journal.note("work \(number + 10)") }
        }
      }
    }
    try rig.expect(note: "work 12")
    #expect(rig.journal.entries(of: "work") == ["0", "1", "2", "10", "11", "12"])
    rig.driver.stop()
  }

  @Test("a storm of wake-ups from eight threads is over when it is over", arguments: DriverRow.all)
  func storm(row: DriverRow) throws {
    let rig = try Rig(row)
    let waker = Lock<Waker?>(nil)
    rig.perform { loop, journal in
      waker.withLock { $0 = loop.waker }
      loop.onWake = { journal.note("woken") }
    }
    try rig.expect("a waker") { waker.withLock { $0 } != nil }
    let threads = try (0..<8).map { _ in
      try SystemThread {
        let waker = waker.withLock { $0 }
        for _ in 0..<1000 { waker?.wake() }
      }
    }
    for thread in threads { thread.join() }
    try rig.expect(note: "woken")
    #expect(rig.journal.entries.count <= 8001)

    // What waits is served and the loop is at rest again: ten round trips are a few waits each.
    rig.perform { loop, journal in
      loop.onWake = nil
      journal.note("calm")
    }
    try rig.expect(note: "calm")
    let before = rig.waits.withLock { $0 }
    for round in 0..<10 {
      rig.perform { _, journal in journal.note("trip \(round)") }
      try rig.expect(note: "trip \(round)")
    }
    let after = rig.waits.withLock { $0 }
    #expect(after - before <= 30)
    rig.driver.stop()
  }

  @Test("a loop with nothing to do waits for its next timer without turning", arguments: DriverRow.all)
  func idle(row: DriverRow) throws {
    let rig = try Rig(row)
    rig.perform { loop, journal in
      _ = try TCPListener(.loopbackIPv4(port: 0), on: loop) { _ in }
      loop.schedule(at: loop.now + .milliseconds(100)) { journal.note("timer") }
    }
    try rig.expect(note: "timer")
    let waits = rig.waits.withLock { $0 }
    #expect(waits <= 6)
    rig.driver.stop()
  }
}
