import CSockets
import Testing
import Transport

@Suite("TLS traffic", .timeLimit(.minutes(10)))
struct TLSTrafficTests {
  let loop: Loop

  init() throws { loop = try Loop() }

  /// A connected pair in memory, with the lower stream of the server, whose writes are records.
  func memoryLink(pieceBytes: Int = 100_000) throws -> (link: TLSLink, server: TLSStream, records: () -> [Int], lower: MemoryStream) {
    let link = try TLSLink(on: loop, over: .memory(pieceBytes: pieceBytes))
    let server = try link.connected()
    try loop.settle()
    let lower = try #require(link.serverLower as? MemoryStream)
    let before = lower.writes.count
    return (link, server, { Array(lower.writes[before...]) }, lower)
  }

  // MARK: Records

  @Test("the writes of a turn make as few records as they fit in")
  func collected() throws {
    let (link, server, records, _) = try memoryLink()
    for _ in 0..<1000 { server.write(pattern(32)) }
    #expect(records().isEmpty)
    #expect(server.pendingOutputBytes == 32_000)
    try loop.expect("everything") { link.clientRecorder.octets.count == 32_000 }
    #expect(records().count == 2)
    #expect(server.pendingOutputBytes == 0)
  }

  @Test("writeNow sends at once in a record of its own, after what was written before")
  func writeNow() throws {
    let (link, server, records, lower) = try memoryLink()
    server.writeNow(Array("one".utf8))
    server.writeNow(Array("two".utf8))
    #expect(records().count == 2)
    #expect(server.pendingOutputBytes == lower.pendingOutputBytes)
    server.write(Array("earlier".utf8))
    server.writeNow(Array("later".utf8))
    #expect(records().count == 4)
    server.writeNow([])
    server.write([])
    #expect(records().count == 4)
    try loop.expect("everything") { link.clientRecorder.text == "onetwoearlierlater" }
    server.close()
    server.writeNow(Array("too late".utf8))
    try link.closed(after: { $0.client.close() })
    #expect(link.clientRecorder.text == "onetwoearlierlater")
  }

  @Test("writeNow goes to the system at once")
  func writeNowOverTCP() throws {
    let link = try TLSLink(on: loop)
    let server = try link.connected()
    for piece in ["one", "two", "three"] {
      server.writeNow(Array(piece.utf8))
      #expect(server.pendingOutputBytes == 0)
    }
    try loop.expect("everything") { link.clientRecorder.text == "onetwothree" }
  }

  @Test("the last record before a pause may hold more than the reader takes at once: nothing is lost", arguments: [1, 5, 1000, 100_000])
  func pauseAfterEveryPiece(pieceBytes: Int) throws {
    let (link, server, _, _) = try memoryLink(pieceBytes: pieceBytes)
    let total = pieceBytes == 1 ? 2000 : pieceBytes == 5 ? 10_000 : 60_000
    for start in stride(from: 0, to: total, by: 500) { server.writeNow(Array(pattern(total)[start..<min(start + 500, total)])) }
    server.shutdownWrite()
    var pauses = 0
    link.clientRecorder.on = { [loop] callback, stream in
      guard callback == .received else { return }
      pauses += 1
      stream.pauseReading()
      let count = link.clientRecorder.octets.count
      loop.schedule(at: .zero) {
        #expect(link.clientRecorder.octets.count == count, "paused")
        #expect(link.clientRecorder.count(.endOfFile) == 0)
        stream.resumeReading()
      }
    }
    try loop.expect("the end") { link.clientRecorder.count(.endOfFile) == 1 }
    #expect(link.clientRecorder.octets == pattern(total))
    #expect(pauses >= total / 16_384)
    link.clientRecorder.on = { _, _ in }
  }

  @Test("a stream without a delegate does not read; the next one gets what came meanwhile", arguments: [1, 100_000])
  func replacedDelegate(pieceBytes: Int) throws {
    let (link, server, _, _) = try memoryLink(pieceBytes: pieceBytes)
    link.client.delegate = nil
    for piece in ["one", "two", "three"] { server.writeNow(Array(piece.utf8)) }
    server.shutdownWrite()
    try loop.settle()
    let first = Recorder()
    let second = Recorder()
    first.on = { callback, stream in
      if callback == .received { stream.delegate = second }
    }
    link.client.delegate = first
    #expect(first.calls.isEmpty, "nothing from inside a call")
    try loop.expect("the end") { first.count(.endOfFile) + second.count(.endOfFile) == 1 }
    #expect(first.text + second.text == "onetwothree")
    #expect(link.clientRecorder.calls == [.connected])
  }

  @Test("a stream made without a delegate is established, and reads when it gets one")
  func handedOver() throws {
    let context = try TLSClientContext(TLSClientConfiguration(trust: .testAuthority))
    let link = try TLSLink(on: loop)
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned loop] stream in
      guard let context = try? TLSServerContext(TLSServerConfiguration(identity: .test("valid"))) else { return }
      let server = TLSStream(server: stream, context: context, on: loop, delegate: link.serverRecorder)
      server.write(Array("hello".utf8))
    }
    let opener = Recorder()
    let stream = TLSStream(
      client: TCPStream.connect(to: listener.localAddress, on: loop, delegate: opener), context: context, host: "server.test", on: loop,
      delegate: opener)
    opener.on = { callback, stream in
      if callback == .connected { stream.delegate = nil }
    }
    try loop.expect("established") { opener.count(.connected) == 1 }
    try loop.settle()
    let recorder = Recorder()
    stream.delegate = recorder
    try loop.expect("the text") { recorder.text == "hello" }
    #expect(opener.calls == [.connected])
  }

  @Test("TLS within TLS, as through a proxy that speaks TLS itself", arguments: [1, 1000, 100_000])
  func nested(pieceBytes: Int) throws {
    let outerServer = try TLSServerContext(TLSServerConfiguration(identity: .test("chain")))
    let innerServer = try TLSServerContext(TLSServerConfiguration(identity: .test("wildcard")))
    let context = try TLSClientContext(TLSClientConfiguration(trust: .testAuthority))
    let (client, server) = (Recorder(), Recorder())
    let (near, far) = MemoryStream.pair(on: loop, pieceBytes: pieceBytes)
    let outer = TLSStream(client: near, context: context, host: "server.test", on: loop, delegate: nil)
    let inner = TLSStream(client: outer, context: context, host: "inner.server.test", on: loop, delegate: client)
    let outerFar = TLSStream(server: far, context: outerServer, on: loop, delegate: nil)
    let innerFar = TLSStream(server: outerFar, context: innerServer, on: loop, delegate: server)
    let total = pieceBytes == 1 ? 2000 : 600_000
    inner.write(pattern(total))
    inner.shutdownWrite()
    try loop.expect("the end") { server.count(.endOfFile) == 1 }
    #expect(server.octets == pattern(total))
    innerFar.write(pattern(total, seed: 1))
    innerFar.closeGracefully()
    try loop.expect("both are closed") { client.reason != nil && server.reason != nil }
    #expect(client.octets == pattern(total, seed: 1))
    #expect(client.reasons == [.peerFinished])
    #expect(server.reasons == [.peerFinished])
  }

  @Test("contexts serve loops on several threads at once")
  func threads() throws {
    let server = try TLSServerContext(TLSServerConfiguration(identity: .test("chain"), clientTrust: .testAuthority))
    let client = try TLSClientContext(TLSClientConfiguration(trust: .testAuthority, identity: .test("client")))
    let answers = Lock(0)
    let threads = try (0..<4).map { _ in
      try SystemThread {
        for _ in 0..<20 {
          guard let loop = try? Loop(), let link = try? TLSLink(on: loop, clientContext: client, serverContext: server) else { return }
          link.client.write(Array("question".utf8))
          link.serverRecorder.on = { callback, stream in
            if callback == .received { stream.close() }
          }
          _ = try? loop.run(within: .seconds(10)) { link.clientRecorder.count(.endOfFile) == 1 }
          if link.serverRecorder.text == "question", link.clientRecorder.count(.endOfFile) == 1 { answers.withLock { $0 += 1 } }
          link.serverRecorder.on = { _, _ in }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(answers.withLock { $0 } == 80)
  }

  // MARK: Backpressure

  @Test("a paused reader makes the writer's output pend; the writer is told once when it drained", arguments: [nil, 0, 100_000])
  func drained(lowWatermark: Int?) throws {
    let link = try TLSLink(on: loop)
    let server = try link.connected()
    if let lowWatermark { link.client.lowWatermark = lowWatermark }
    server.pauseReading()
    let chunk = pattern(1 << 20)
    for _ in 0..<16 { link.client.write(chunk) }
    try loop.settle()
    #expect(link.client.pendingOutputBytes > link.client.highWatermark)
    #expect(link.clientLower.pendingOutputBytes < 512 << 10, "encrypted only as far as it can be sent soon")
    #expect(link.clientRecorder.count(.drained) == 0)
    #expect(link.serverRecorder.octets.isEmpty)
    var pendingWhenDrained: Int?
    link.clientRecorder.on = { callback, stream in
      if callback == .drained { pendingWhenDrained = stream.pendingOutputBytes }
    }
    server.resumeReading()
    try loop.expect("everything arrives") { link.serverRecorder.octets.count == 16 << 20 }
    try loop.settle()
    #expect(link.clientRecorder.count(.drained) == 1)
    #expect(try #require(pendingWhenDrained) <= link.client.lowWatermark)
    #expect(link.client.pendingOutputBytes == 0)
  }

  @Test("a small high watermark is heeded although everything is encrypted at once", arguments: [1, 1000])
  func smallWatermark(highWatermark: Int) throws {
    let (link, server, _, lower) = try memoryLink(pieceBytes: 10)
    server.highWatermark = highWatermark
    server.lowWatermark = 0
    server.write(pattern(2000))
    try loop.expect("drained") { link.serverRecorder.count(.drained) == 1 }
    #expect(lower.pendingOutputBytes == 0)
  }

  @Test("a writer that fills up again on every drain is told every time")
  func drainedRepeatedly() throws {
    let link = try TLSLink(on: loop)
    var rounds = 0
    link.clientRecorder.on = { callback, stream in
      guard callback == .connected || callback == .drained else { return }
      rounds += 1
      if rounds <= 5 { stream.write(pattern(3 << 20, seed: UInt8(rounds))) } else { stream.shutdownWrite() }
    }
    try loop.expect("the end") { link.serverRecorder.count(.endOfFile) == 1 }
    #expect(rounds == 6)
    #expect(link.serverRecorder.octets == (1...5).flatMap { pattern(3 << 20, seed: UInt8($0)) })
  }

  @Test(
    "8 MiB both ways at once, in pieces of many sizes, arrive intact", arguments: Version.allCases,
    [[65_536], [1, 3, 17_000, 16_384, 70_000]])
  func bulk(version: Version, sizes: [Int]) throws {
    let link = try TLSLink(on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: version.range))
    let server = try link.connected()
    let pieces = sizes.enumerated().map { pattern($1, seed: UInt8($0)) }
    var expected: [UInt8] = []
    for index in 0... {
      let piece = pieces[index % pieces.count]
      expected += piece
      for stream in [link.client, server] {
        if index % 7 == 6 { stream.writeNow(piece) } else { stream.write(piece) }
      }
      if index % 100 == 99 { try loop.turn(waitAtMost: .zero) }
      if expected.count >= 8 << 20 { break }
    }
    for stream in [link.client, server] { stream.shutdownWrite() }
    try link.closed()
    #expect(link.serverRecorder.octets == expected)
    #expect(link.clientRecorder.octets == expected)
    #expect(link.clientRecorder.reasons == [.peerFinished])
    #expect(link.serverRecorder.reasons == [.peerFinished])
  }

  @Test("a reset while reading is paused is kept until the reader goes on")
  func resetWhilePaused() throws {
    let link = try TLSLink(on: loop)
    let server = try link.connected()
    link.client.pauseReading()
    server.write(pattern(1000))
    try loop.settle()
    server.abort()
    try loop.settle()
    #expect(link.clientRecorder.calls == [.connected])
    link.client.resumeReading()
    #expect(link.clientRecorder.calls == [.connected])
    try loop.expect("the reset") { link.clientRecorder.reason != nil }
    #expect(link.clientRecorder.octets == pattern(1000))
    link.clientRecorder.expectReset()
  }

  @Test("a writer that paused its reading until it has drained notices that the peer is gone")
  func resetWhileBlocked() throws {
    let link = try TLSLink(on: loop)
    let server = try link.connected()
    link.client.pauseReading()
    link.serverRecorder.on = { callback, stream in
      if callback == .drained { stream.resumeReading() }
    }
    server.pauseReading()
    server.write(pattern(16 << 20))
    try loop.settle()
    #expect(server.pendingOutputBytes > server.highWatermark)
    link.client.abort()
    try loop.expect("closed") { link.serverRecorder.reason != nil }
    #expect(link.serverRecorder.calls == [.connected, .drained, .closed])
    link.serverRecorder.expectReset()
  }
}
