import CSockets
import Testing
import Transport

@Suite("Stream", .timeLimit(.minutes(10)))
struct StreamTests {
  @Test("the client ends its direction first and still receives the answer", arguments: PollerKind.allCases)
  func halfCloseByClient(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    stream.write(Array("question".utf8))
    stream.shutdownWrite()
    stream.write(Array("discarded".utf8))
    try loop.expect("the server sees the end") { server.recorder.count(.endOfFile) == 1 }
    #expect(server.recorder.text == "question")
    let accepted = try #require(server.streams.first)
    accepted.write(pattern(100_000))
    accepted.shutdownWrite()
    try loop.expect("both are closed") { client.reason != nil && server.recorder.reason != nil }
    #expect(client.octets == pattern(100_000))
    #expect(client.calls == [.connected, .received, .endOfFile, .closed])
    #expect(server.recorder.calls == [.received, .endOfFile, .closed])
    #expect(client.reasons == [.peerFinished])
    #expect(server.recorder.reasons == [.peerFinished])
  }

  @Test("the server ends its direction first and still receives", arguments: PollerKind.allCases)
  func halfCloseByServer(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    server.recorder.on = { callback, stream in
      if callback == .received, server.recorder.text == "hello" { stream.shutdownWrite() }
    }
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    stream.write(Array("hello".utf8))
    try loop.expect("the client sees the end") { client.count(.endOfFile) == 1 }
    #expect(!stream.isClosed)
    stream.write(Array(" again".utf8))
    stream.closeGracefully()
    try loop.expect("both are closed") { client.reason != nil && server.recorder.reason != nil }
    #expect(server.recorder.text == "hello again")
    #expect(client.reasons == [.peerFinished])
    #expect(server.recorder.reasons == [.peerFinished])
  }

  @Test("the end of the stream leaves the stream open and costs no turns", arguments: PollerKind.allCases)
  func endOfFile(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    peer.close()
    try loop.expect("the end") { server.recorder.count(.endOfFile) == 1 }
    try loop.settle()
    #expect(server.recorder.calls == [.endOfFile])
    stream.close()
    #expect(server.recorder.calls == [.endOfFile], "closed is not called from inside close")
    try loop.settle()
    #expect(server.recorder.calls == [.endOfFile, .closed])
    #expect(server.recorder.reasons == [.peerFinished])
  }

  @Test("octets that arrived before a reset are delivered before it", arguments: PollerKind.allCases, [0, 1, 40_000])
  func reset(on poller: PollerKind, octets: Int) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    _ = try server.stream(on: loop)
    if octets > 0 { #expect(peer.send(pattern(octets)) == octets) }
    peer.abort()
    try loop.expect("the reset") { server.recorder.reason != nil }
    #expect(server.recorder.octets == pattern(octets))
    #expect(server.recorder.calls == (octets == 0 ? [.closed] : [.received, .closed]))
    guard case .resetByPeer(let error) = server.recorder.reason else {
      Issue.record("\(String(describing: server.recorder.reason))")
      return
    }
    #expect(error.errorNumber == CS_ECONNRESET)
    #expect(error.address == peer0(server))
  }

  @Test("a write that finds the peer gone does not hide the octets that arrived before", arguments: PollerKind.allCases, [false, true])
  func resetFoundByWriting(on poller: PollerKind, immediately: Bool) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    #expect(peer.send(pattern(5000)) == 5000)
    peer.abort()
    for _ in 0..<3 { immediately ? stream.writeNow([1]) : stream.write([1]) }
    #expect(server.recorder.calls.isEmpty)
    try loop.expect("the reset") { server.recorder.reason != nil }
    #expect(server.recorder.octets == pattern(5000))
    #expect(server.recorder.calls == [.received, .closed])
    guard case .resetByPeer = server.recorder.reason else {
      Issue.record("\(String(describing: server.recorder.reason))")
      return
    }
  }

  @Test("a reset after the end of the stream is a reset", arguments: PollerKind.allCases)
  func resetAfterEndOfFile(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    _ = try server.stream(on: loop)
    _ = cs_shutdown_write(peer.descriptor)
    try loop.expect("the end") { server.recorder.count(.endOfFile) == 1 }
    peer.abort()
    try loop.expect("the reset") { server.recorder.reason != nil }
    guard case .resetByPeer = server.recorder.reason else {
      Issue.record("\(String(describing: server.recorder.reason))")
      return
    }
  }

  @Test("writes of one turn are collected, writeNow sends at once and apart", arguments: PollerKind.allCases)
  func writeNow(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)

    /// What is sent without a turn of the loop.
    func next() throws -> String {
      let clock = ContinuousClock()
      let end = clock.now + .seconds(10)
      while clock.now < end {
        let (octets, error) = peer.receive()
        if error == -Int(CS_EAGAIN) { continue }
        return String(decoding: try #require(octets), as: UTF8.self)
      }
      return ""
    }

    for piece in ["one", "two", "three"] {
      stream.writeNow(Array(piece.utf8))
      #expect(stream.pendingOutputBytes == 0)
      #expect(try next() == piece)
    }
    stream.write(Array("collected ".utf8))
    stream.write(Array("output".utf8))
    #expect(stream.pendingOutputBytes == 16)
    #expect(peer.receive().error == -Int(CS_EAGAIN))
    try loop.turn(waitAtMost: .zero)
    #expect(stream.pendingOutputBytes == 0)
    #expect(try next() == "collected output")

    stream.write(Array("earlier ".utf8))
    stream.writeNow(Array("later".utf8))
    #expect(stream.pendingOutputBytes == 0)
    var both = try next()
    if both == "earlier " { both += try next() }
    #expect(both == "earlier later")
  }

  @Test("one turn reads at most 256 KiB of a stream whose peer sends without end", arguments: PollerKind.allCases)
  func readShare(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    let chunk = pattern(64 * 1024)
    server.recorder.on = { callback, _ in
      if callback == .received { _ = peer.send(chunk) }
    }
    _ = peer.send(chunk)
    var before = 0
    while before < 4 << 20 {
      try #require(try loop.turn(waitAtMost: .seconds(10)))
      #expect(server.recorder.octets.count - before <= 256 * 1024)
      before = server.recorder.octets.count
    }
    stream.abort()
  }

  private func peer0(_ server: Server) -> SocketAddress? { server.streams.first?.peerAddress }
}
