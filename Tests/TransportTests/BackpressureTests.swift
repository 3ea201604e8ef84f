import CSockets
import Testing
import Transport

@Suite("Backpressure and bulk", .timeLimit(.minutes(10)))
struct BackpressureTests {
  @Test("a paused reader makes the writer's output pend; the writer is told once when it drained", arguments: PollerKind.allCases)
  func drained(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    let accepted = try server.stream(on: loop)
    accepted.pauseReading()
    let chunk = pattern(1 << 20)
    for _ in 0..<32 { stream.write(chunk) }
    try loop.settle()
    #expect(stream.pendingOutputBytes > stream.highWatermark)
    #expect(client.count(.drained) == 0)
    #expect(server.recorder.octets.isEmpty)
    var pendingWhenDrained: Int?
    client.on = { callback, stream in
      if callback == .drained { pendingWhenDrained = stream.pendingOutputBytes }
    }
    accepted.resumeReading()
    try loop.expect("everything arrives") { server.recorder.octets.count == 32 << 20 }
    try loop.settle()
    #expect(client.count(.drained) == 1)
    #expect(try #require(pendingWhenDrained) <= stream.lowWatermark)
    #expect(stream.pendingOutputBytes == 0)
  }

  @Test("what the system holds back counts as unacknowledged until the peer's system has it", arguments: PollerKind.allCases)
  func unacknowledged(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    let accepted = try server.stream(on: loop)
    accepted.pauseReading()
    stream.write(pattern(32 << 20))
    try loop.settle()
    #expect(stream.pendingOutputBytes > 0 && stream.unacknowledgedOutputBytes > stream.pendingOutputBytes)
    accepted.resumeReading()
    try loop.expect("everything arrives") { server.recorder.octets.count == 32 << 20 }
    try loop.expect("the peer's system says so") { stream.unacknowledgedOutputBytes == 0 }
    stream.abort()
    #expect(stream.unacknowledgedOutputBytes == 0)
  }

  @Test("a writer that fills up again on every drain is told every time", arguments: PollerKind.allCases)
  func drainedRepeatedly(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    var rounds = 0
    client.on = { callback, stream in
      guard callback == .connected || callback == .drained else { return }
      rounds += 1
      if rounds <= 5 { stream.write(pattern(3 << 20, seed: UInt8(rounds))) } else { stream.shutdownWrite() }
    }
    _ = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    try loop.expect("the end") { server.recorder.count(.endOfFile) == 1 }
    #expect(rounds == 6)
    #expect(server.recorder.octets == (1...5).flatMap { pattern(3 << 20, seed: UInt8($0)) })
  }

  @Test("32 MiB in pieces of many sizes arrive intact", arguments: PollerKind.allCases, [[65_536], [1, 3, 17_000, 16_384, 70_000, 2, 5]])
  func bulk(on poller: PollerKind, sizes: [Int]) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    let pieces = sizes.enumerated().map { pattern($1, seed: UInt8($0)) }
    var expected: [UInt8] = []
    for index in 0... {
      let piece = pieces[index % pieces.count]
      expected += piece
      if index % 7 == 6 { stream.writeNow(piece) } else { stream.write(piece) }
      if index % 100 == 99 { try loop.turn(waitAtMost: .zero) }
      if expected.count >= 32 << 20 { break }
    }
    stream.closeGracefully(within: .seconds(60))
    server.recorder.on = { callback, stream in
      if callback == .endOfFile { stream.close() }
    }
    try loop.expect("both are closed") { server.recorder.reason != nil && client.reason != nil }
    #expect(server.recorder.octets == expected)
    #expect(client.reasons == [.peerFinished])
  }

  @Test("a reset while reading is paused is kept until the reader goes on, without spinning", arguments: PollerKind.allCases)
  func resetWhilePaused(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.pauseReading()
    #expect(peer.send(pattern(1000)) == 1000)
    peer.abort()
    try loop.settle()
    #expect(server.recorder.calls.isEmpty)
    stream.resumeReading()
    #expect(server.recorder.calls.isEmpty)
    try loop.expect("the reset") { server.recorder.reason != nil }
    #expect(server.recorder.octets == pattern(1000))
    guard case .resetByPeer = server.recorder.reason else {
      Issue.record("\(String(describing: server.recorder.reason))")
      return
    }
  }

  @Test("both directions ended while reading is paused costs no turns", arguments: PollerKind.allCases)
  func finishedWhilePaused(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.pauseReading()
    stream.shutdownWrite()
    #expect(peer.send(pattern(1000)) == 1000)
    try loop.settle()
    #expect(peer.receive().octets == nil, "the peer sees the end")
    peer.close()
    try loop.settle()
    #expect(server.recorder.calls.isEmpty)
    stream.resumeReading()
    try loop.expect("closed") { server.recorder.reason != nil }
    #expect(server.recorder.octets == pattern(1000))
    #expect(server.recorder.calls == [.received, .endOfFile, .closed])
    #expect(server.recorder.reasons == [.peerFinished])
  }

  @Test("a writer that paused its reading until it has drained notices that the peer is gone", arguments: PollerKind.allCases)
  func resetWhileBlocked(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    server.recorder.on = { callback, stream in
      if callback == .drained { stream.resumeReading() }
    }
    stream.pauseReading()
    stream.write(pattern(32 << 20))
    try loop.settle()
    #expect(stream.pendingOutputBytes > stream.highWatermark)
    peer.abort()
    try loop.expect("closed") { server.recorder.reason != nil }
    #expect(server.recorder.calls == [.drained, .closed])
    guard case .resetByPeer = server.recorder.reason else {
      Issue.record("\(String(describing: server.recorder.reason))")
      return
    }
  }
}
