import CSockets
import Testing
import Transport

@Suite("TLS stream", .timeLimit(.minutes(10)))
struct TLSStreamTests {
  static let media: [TLSLink.Medium] = [.tcp, .memory(pieceBytes: 1), .memory(pieceBytes: 7), .memory(pieceBytes: 100_000)]

  let loop: Loop

  init() throws { loop = try Loop() }

  func link(_ version: Version = .tls13, over medium: TLSLink.Medium = .tcp) throws -> TLSLink {
    try TLSLink(on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: version.range), over: medium)
  }

  // MARK: Ends

  @Test("a question, an answer, both ends in order, however the octets are cut", arguments: Version.allCases, media)
  func exchange(version: Version, medium: TLSLink.Medium) throws {
    let link = try link(version, over: medium)
    #expect(link.client.version == nil)
    link.client.write(Array("question".utf8))
    let server = try link.connected()
    #expect(link.client.version == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
    try loop.expect("the question") { link.serverRecorder.text == "question" }
    server.write(pattern(40_000))
    server.shutdownWrite()
    server.write(Array("discarded".utf8))
    try loop.expect("the end") { link.clientRecorder.count(.endOfFile) == 1 }
    #expect(link.clientRecorder.octets == pattern(40_000))
    link.client.write(Array(" and thanks".utf8))
    link.client.shutdownWrite()
    try link.closed()
    #expect(link.serverRecorder.text == "question and thanks")
    #expect(link.clientRecorder.calls == [.connected, .received, .endOfFile, .closed])
    #expect(link.serverRecorder.calls == [.connected, .received, .endOfFile, .closed])
    #expect(link.clientRecorder.reasons == [.peerFinished])
    #expect(link.serverRecorder.reasons == [.peerFinished])
  }

  @Test("the client ends its direction before the handshake is done and still receives the answer", arguments: media)
  func earlyEnd(medium: TLSLink.Medium) throws {
    let link = try link(over: medium)
    link.client.write(Array("question".utf8))
    link.client.shutdownWrite()
    try loop.expect("the end") { link.serverRecorder.count(.endOfFile) == 1 }
    #expect(link.serverRecorder.text == "question")
    link.server?.write(Array("answer".utf8))
    link.server?.closeGracefully()
    try link.closed()
    #expect(link.clientRecorder.text == "answer")
    #expect(link.clientRecorder.calls == [.connected, .received, .endOfFile, .closed])
    #expect(link.clientRecorder.reasons == [.peerFinished])
  }

  @Test("a peer that ends without close_notify has truncated, whichever side it is", arguments: Version.allCases, [false, true])
  func truncation(version: Version, byServer: Bool) throws {
    let link = try link(version)
    let server = try link.connected()
    let (cut, recorder, other) = byServer ? (server, link.clientRecorder, link.client) : (link.client, link.serverRecorder, server)
    let cutLower = try #require(byServer ? link.serverLower : link.clientLower)
    cut.write(Array("half of".utf8))
    try loop.expect("the beginning") { recorder.text == "half of" }
    cutLower.shutdownWrite()
    try loop.expect("closed") { recorder.reason != nil }
    #expect(recorder.calls == [.connected, .received, .closed])
    let text = "the peer ended the connection without close_notify, so the end of what it sent may be missing"
    let advice = "Nothing proves that this end was meant by the peer"
    #expect(recorder.reason?.description == "cannot receive from \(other.peerAddress): \(text). \(advice)")
    #expect(recorder.reason?.error?.cause == .tls(.truncated))
  }

  @Test("what arrived before a cut or a reset is delivered before it is reported", arguments: [true, false], [1, 100_000])
  func contentBeforeEnd(cut: Bool, pieceBytes: Int) throws {
    let link = try link(over: .memory(pieceBytes: pieceBytes))
    let server = try link.connected()
    let lower = try #require(link.serverLower as? MemoryStream)
    link.client.pauseReading()
    server.write(pattern(30_000))
    try loop.expect("two records are on the way") { lower.pendingOutputBytes > 30_000 }
    // The second one misses its last octet.
    lower.octetsBeforeFault = lower.pendingOutputBytes - 1
    lower.fault = cut ? .end : .reset
    link.client.resumeReading()
    try loop.expect("the end") { link.clientRecorder.reason != nil }
    #expect(link.clientRecorder.octets == Array(pattern(30_000).prefix(16_384)))
    if cut { #expect(link.clientRecorder.reason?.error?.cause == .tls(.truncated)) } else { link.clientRecorder.expectReset() }
  }

  @Test("a graceful close sends everything, says the end, and does not reset although input was not read", arguments: media.suffix(2))
  func graceful(medium: TLSLink.Medium) throws {
    try closeGracefully(over: medium)
  }

  @Test("the same over TCP") func gracefulOverTCP() throws { try closeGracefully(over: .tcp) }

  private func closeGracefully(over medium: TLSLink.Medium) throws {
    let link = try link(over: medium)
    let server = try link.connected()
    let count = if case .memory(7) = medium { 20_000 } else { 5 << 20 }
    server.pauseReading()
    link.client.write(pattern(20_000))
    link.clientRecorder.on = { callback, stream in
      if callback == .endOfFile { stream.close() }
    }
    server.write(pattern(count))
    server.closeGracefully(within: .seconds(30))
    server.write([1, 2, 3])
    try link.closed()
    #expect(link.clientRecorder.octets == pattern(count))
    #expect(link.clientRecorder.calls == [.connected, .received, .endOfFile, .closed])
    #expect(link.serverRecorder.calls == [.connected, .closed], "nothing but closed after a graceful close")
    #expect(link.serverRecorder.reasons == [.peerFinished])
  }

  @Test("a graceful close ends at its deadline when the peer keeps the connection, or takes nothing", arguments: [0, 32 << 20])
  func lingerDeadline(unsentBytes: Int) throws {
    let link = try link()
    let server = try link.connected()
    link.client.pauseReading()
    if unsentBytes > 0 { server.write(pattern(unsentBytes)) }
    try loop.settle()
    let start = loop.now
    server.closeGracefully(within: .milliseconds(100))
    try loop.expect("closed") { link.serverRecorder.reason != nil }
    #expect(loop.now - start >= .milliseconds(100))
    #expect(link.serverRecorder.reasons == [.localClose])
    link.client.abort()
  }

  @Test("an immediate close sends what was written in the same turn, and says the end")
  func immediate() throws {
    let link = try link()
    let server = try link.connected()
    server.write(Array("good".utf8))
    server.write(Array("bye".utf8))
    server.close()
    #expect(link.serverRecorder.calls == [.connected], "closed is not called from inside close")
    try loop.expect("the end") { link.clientRecorder.count(.endOfFile) == 1 }
    #expect(link.clientRecorder.text == "goodbye")
    #expect(link.serverRecorder.reasons == [.localClose])
    link.client.close()
    try link.closed()
    #expect(link.clientRecorder.reasons == [.peerFinished])
  }

  @Test("an abort resets and drops what was written")
  func abort() throws {
    let link = try link()
    let server = try link.connected()
    server.write([1, 2, 3])
    server.abort()
    server.abort()
    server.close()
    try link.closed()
    #expect(link.serverRecorder.reasons == [.localAbort])
    link.clientRecorder.expectReset()
    #expect(link.clientRecorder.octets.isEmpty)
  }

  @Test("closing before the handshake is done drops what was written", arguments: ["close", "closeGracefully", "abort"])
  func closeInHandshake(call: String) throws {
    let link = try link()
    link.client.write([1, 2, 3])
    switch call {
    case "close": link.client.close()
    case "abort": link.client.abort()
    default: link.client.closeGracefully()
    }
    try loop.settle()
    #expect(link.clientRecorder.calls == [.closed])
    #expect(link.clientRecorder.reasons == [call == "abort" ? .localAbort : .localClose])
    #expect(link.serverRecorder.octets.isEmpty)
  }

  @Test("a reset after the peer's end is a reset")
  func resetAfterEnd() throws {
    let link = try link()
    let server = try link.connected()
    server.shutdownWrite()
    try loop.expect("the end") { link.clientRecorder.count(.endOfFile) == 1 }
    server.abort()
    try link.closed()
    link.clientRecorder.expectReset()
  }

  @Test("a peer that has said the end and is gone when we answer has finished, unless we drop the connection", arguments: [false, true])
  func goneAfterEnd(aborts: Bool) throws {
    let link = try link()
    let server = try link.connected()
    link.clientRecorder.on = { callback, stream in
      guard callback == .endOfFile else { return }
      link.serverLower?.abort()
      stream.closeGracefully(within: .seconds(2))
      if aborts { stream.abort() }
    }
    server.write(Array("everything".utf8))
    server.shutdownWrite()
    try link.closed()
    #expect(link.clientRecorder.text == "everything")
    #expect(link.clientRecorder.reasons == [aborts ? .localAbort : .peerFinished])
    link.clientRecorder.on = { _, _ in }
  }

  @Test("a connection that cannot be made fails as without TLS")
  func refused() throws {
    let holder = try RawSocket(boundTo: 0)
    let recorder = Recorder()
    let lower = TCPStream.connect(to: holder.address, on: loop, delegate: recorder)
    let context = try TLSClientContext(TLSClientConfiguration(trust: .testAuthority))
    _ = TLSStream(client: lower, context: context, host: "server.test", on: loop, delegate: recorder)
    try loop.expect("closed") { recorder.reason != nil }
    guard case .connectRefused = recorder.reason else {
      Issue.record("\(String(describing: recorder.reason))")
      return
    }
    #expect(recorder.calls == [.closed])
  }

  @Test("a stream that is open goes away with its loop", arguments: media)
  func loopEnds(medium: TLSLink.Medium) throws {
    var weak: [Weak<TLSStream>] = []
    var lower: [Weak<AnyObject>] = []
    var recorders: [Recorder] = []
    do {
      let loop = try Loop()
      let link = try TLSLink(on: loop, over: medium)
      let server = try link.connected()
      link.clientRecorder.owned = [link.client]
      link.serverRecorder.owned = [server]
      weak = [Weak(link.client), Weak(server)]
      lower = [link.clientLower, try #require(link.serverLower)].map { Weak($0 as AnyObject) }
      recorders = [link.clientRecorder, link.serverRecorder]
    }
    for recorder in recorders { recorder.owned = [] }
    #expect(weak.allSatisfy { $0.object == nil })
    #expect(lower.allSatisfy { $0.object == nil })
    #expect(recorders.allSatisfy { $0.reasons.isEmpty })
  }

}
