import Testing
import Transport

@Suite("TLS stream", .timeLimit(.minutes(1)))
struct TLSStreamTests {
  let loop: Loop

  init() throws { loop = try Loop() }

  @Test("a question, a long answer, both ends in order", arguments: Version.allCases)
  func exchange(version: Version) throws {
    let link = try TLSLink(
      on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: version.range))
    link.client.write(Array("question".utf8))
    let server = try link.connected()
    #expect(link.client.version == (version == .tls12 ? "TLSv1.2" : "TLSv1.3"))
    try loop.expect("the question") { link.serverRecorder.text == "question" }
    server.write(pattern(3 << 20))
    server.shutdownWrite()
    try loop.expect("the end") { link.clientRecorder.count(.endOfFile) == 1 }
    #expect(link.clientRecorder.octets == pattern(3 << 20))
    link.client.write(Array(" and thanks".utf8))
    link.client.shutdownWrite()
    try link.closed()
    #expect(link.serverRecorder.text == "question and thanks")
    #expect(link.clientRecorder.calls == [.connected, .received, .endOfFile, .closed])
    #expect(link.clientRecorder.reasons == [.peerFinished])
    #expect(link.serverRecorder.reasons == [.peerFinished])
  }

  @Test("a peer that ends without close_notify has truncated, whichever side it is", arguments: Version.allCases, [false, true])
  func truncation(version: Version, byServer: Bool) throws {
    let link = try TLSLink(on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: version.range))
    let server = try link.connected()
    let (cut, recorder, other) = byServer ? (server, link.clientRecorder, link.client) : (link.client, link.serverRecorder, server)
    let cutLower = try #require(byServer ? link.serverLower : link.clientLower)
    cut.write(Array("half of".utf8))
    try loop.expect("the beginning") { recorder.text == "half of" }
    cutLower.shutdownWrite()
    try loop.expect("closed") { recorder.reason != nil }
    #expect(recorder.calls.suffix(2) == [.received, .closed])
    #expect(
      recorder.reason?.description
        == "cannot receive from \(other.peerAddress): the peer ended the connection without close_notify, so the end of what it sent may be "
        + "missing. Nothing proves that this end was meant by the peer")
    #expect(recorder.reason?.error?.cause == .tls(.truncated))
  }
}
