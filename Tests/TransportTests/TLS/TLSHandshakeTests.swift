import CSockets
import Testing
import Transport

@Suite("TLS handshake", .timeLimit(.minutes(10)))
struct TLSHandshakeTests {
  enum Role: String, CaseIterable, Sendable { case client, server }

  let loop: Loop

  init() throws { loop = try Loop() }

  /// One side of TLS in memory, with the other end in the hands of the test.
  func stream(_ role: Role, host: String = "server.test", limit: Duration = .seconds(10)) throws -> Alone {
    let (lower, peer) = MemoryStream.pair(on: loop, pieceBytes: 1000)
    let alone = Alone(lower: lower, peer: peer)
    peer.delegate = alone.peerRecorder
    switch role {
    case .client:
      let context = try TLSClientContext(TLSClientConfiguration(trust: .testAuthority))
      _ = TLSStream(client: lower, context: context, host: host, on: loop, handshakeLimit: limit, delegate: alone.recorder)
    case .server:
      let context = try TLSServerContext(TLSServerConfiguration(identity: .test("valid")))
      _ = TLSStream(server: lower, context: context, on: loop, handshakeLimit: limit, delegate: alone.recorder)
    }
    return alone
  }

  struct Alone {
    let lower: MemoryStream
    let peer: MemoryStream
    let recorder = Recorder()
    let peerRecorder = Recorder()
  }

  private func expectFailure(_ alone: Alone, _ text: String) throws {
    try loop.expect("closed") { alone.recorder.reason != nil }
    #expect(alone.recorder.calls == [.closed])
    #expect(alone.recorder.reason?.description == "cannot make a TLS connection to 127.0.0.1:1: \(text)")
  }

  // MARK: Peers that do not speak TLS, or nothing

  struct Answer: CustomTestStringConvertible, Sendable {
    let name: String
    let role: Role
    let octets: [UInt8]
    var ends = false
    let text: String
    var testDescription: String { "\(name), to a \(role)" }
  }

  static let answers = [
    Answer(
      name: "HTTP response", role: .client, octets: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
      text: "the peer does not speak TLS, its first octets are \"HTTP/1.1 400 Bad\". Use the port for TLS, or no TLS"),
    Answer(
      name: "HTTP request", role: .server, octets: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
      text: "the peer does not speak TLS, its first octets are \"GET / HTTP/1.1\\r\\n\". Use the port for TLS, or no TLS"),
    Answer(
      name: "a few octets and the end", role: .client, octets: Array("220".utf8), ends: true,
      text: "the peer does not speak TLS, its first octets are \"220\". Use the port for TLS, or no TLS"),
    Answer(
      name: "escape sequence", role: .server, octets: [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0, 0xFF],
      text: "the peer does not speak TLS, its first octets are \"\\x1B[31m\\x00\\xFF\". Use the port for TLS, or no TLS"),
    Answer(
      name: "nothing and the end", role: .client, octets: [], ends: true,
      text: "the peer ended the connection during the handshake. Is it a TLS port? The peer's log may say why"),
    Answer(
      name: "half a record and the end", role: .server, octets: [0x16, 3, 1, 0, 100, 1], ends: true,
      text: "the peer ended the connection during the handshake. Is it a TLS port? The peer's log may say why"),
    Answer(
      name: "an alert", role: .client, octets: [0x15, 3, 3, 0, 2, 2, 40],
      text: "the peer sent the alert handshake failure (40). The peer's log may say why"),
    Answer(
      name: "an alert without a name", role: .client, octets: [0x15, 3, 3, 0, 2, 2, 200],
      text: "the peer sent the alert unnamed alert (200). The peer's log may say why"),
    Answer(
      name: "the alert of old versions", role: .client, octets: [0x15, 3, 1, 0, 2, 2, 70],
      text: "the peer sent the alert protocol version (70). The peer speaks other versions of TLS"),
    Answer(
      name: "close_notify", role: .client, octets: [0x15, 3, 3, 0, 2, 1, 0],
      text: "the peer ended the connection during the handshake. Is it a TLS port? The peer's log may say why"),
    Answer(
      name: "a handshake message out of order", role: .server, octets: [0x16, 3, 3, 0, 4, 14, 0, 0, 0],
      text: "TLS failed: unexpected message"),
    Answer(
      name: "a record that is too long", role: .client, octets: [0x16, 3, 3, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 1000),
      text: "TLS failed: packet length too long"),
  ]

  @Test("what a peer that does not shake hands makes of the connection", arguments: answers)
  func notTLS(answer: Answer) throws {
    let alone = try stream(answer.role)
    alone.peer.write(answer.octets)
    if answer.ends { alone.peer.shutdownWrite() }
    alone.peerRecorder.on = { callback, stream in
      if callback == .endOfFile { stream.close() }
    }
    try expectFailure(alone, answer.text)
  }

  @Test("H22: a silent peer ends at the deadline", arguments: Role.allCases)
  func silence(role: Role) throws {
    let alone = try stream(role, limit: .milliseconds(50))
    let start = loop.now
    try expectFailure(
      alone, "the handshake was not done within 0.05 seconds. Is it a TLS port? Allow more time if the peer is slow")
    #expect(loop.now - start >= .milliseconds(50))
  }

  @Test("H22: octets that drip do not move the deadline")
  func drip() throws {
    let alone = try stream(.server, limit: .milliseconds(100))
    var octets: [UInt8] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 500)
    func next() {
      alone.peer.write([octets.removeFirst()])
      loop.schedule(at: loop.now + .milliseconds(10)) { if alone.recorder.reason == nil { next() } }
    }
    next()
    try expectFailure(
      alone, "the handshake was not done within 0.1 seconds. Is it a TLS port? Allow more time if the peer is slow")
  }

  // MARK: Versions

  @Test("sides without a common version", arguments: [Version.tls12, .tls13])
  func versions(client: Version) throws {
    let server: Version = client == .tls12 ? .tls13 : .tls12
    let link = try TLSLink(
      on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: client.range),
      server: TLSServerConfiguration(identity: .test("valid"), versions: server.range))
    try link.closed()
    #expect(
      link.clientRecorder.reason?.description
        == "cannot make a TLS connection to \(link.client.peerAddress): the peer sent the alert protocol version (70). "
        + "The peer speaks other versions of TLS")
    #expect(link.serverRecorder.reason?.error?.cause == .tls(.noCommonVersion))
  }

  // MARK: H26: host names

  @Test(
    "H26: what is no host name is refused before an octet is sent",
    arguments: [
      "", ".", "a..b", "server.test..", "a b", "server.test\0", "server.test\0.evil.test",
      "s\u{E9}rver.test",
      "server\u{3002}test", "server\u{FF0E}test", "*.server.test", "server.test:443", "1.2.3", "1.2.3.256", "0x7f.1", "127.0.0.1\0", "[::1",
      "[127.0.0.1]", "fe80::1%eth0", String(repeating: "a", count: 64), Array(repeating: "abcdefg", count: 32).joined(separator: "."),
    ])
  func hostName(host: String) throws {
    let alone = try stream(.client, host: host)
    try loop.expect("closed") { alone.recorder.reason != nil }
    #expect(alone.recorder.calls == [.closed])
    #expect(alone.recorder.reason?.error?.cause == .tls(.invalidHostName(host)))
    #expect(alone.lower.writes.isEmpty)
  }

  @Test("the text shows the name escaped")
  func hostNameText() throws {
    try expectFailure(
      try stream(.client, host: "a\0\u{1B}[31m\u{202E}b"),
      "\"a\\u{0}\\u{1B}[31m\\u{202E}b\" is neither an address nor a host name of ASCII letters, digits, hyphens and underscores. "
        + "Write international names in their ASCII form (xn--)")
  }

  @Test(
    "H26: the name is sent in lower case without its final dot, an address is not sent",
    arguments: [
      ("Server.TEST", "server.test"), ("server.test.", "server.test"), ("xn--bcher-kva.test", "xn--bcher-kva.test"), ("a", "a"),
      ("Under_score.test", "under_score.test"), ("-a.b-.test", "-a.b-.test"),
      ("127.0.0.1", nil), ("::1", nil), ("[::1]", nil),
    ])
  func serverName(host: String, sent: String?) throws {
    let alone = try stream(.client, host: host)
    try loop.expect("a ClientHello") { !alone.peerRecorder.octets.isEmpty }
    try loop.settle()
    // RFC 6066 section 3: list length, type host_name, length, name.
    let extension_ = sent.map { [0, UInt8($0.utf8.count + 3), 0, 0, UInt8($0.utf8.count)] + Array($0.utf8) }
    let hello = alone.peerRecorder.octets
    if let extension_ {
      #expect(hello.indices.contains { hello[$0...].starts(with: extension_) })
    } else {
      #expect(!hello.indices.contains { hello[$0...].starts(with: Array(host.utf8)) })
    }
    alone.peer.abort()
  }

  // MARK: H24: ends within the handshake

  struct Cut: CustomTestStringConvertible, Sendable {
    let version: Version
    let side: Role
    let fault: MemoryStream.Fault
    var testDescription: String { "\(version), what the \(side) sends, \(fault)" }

    static let all = Version.allCases.flatMap { version in
      Role.allCases.flatMap { side in [MemoryStream.Fault.end, .reset].map { Cut(version: version, side: side, fault: $0) } }
    }
  }

  @Test("H24: a connection that ends or is reset after any number of octets of the handshake", arguments: Cut.all)
  func cut(row: Cut) throws {
    func link() throws -> (TLSLink, MemoryStream) {
      let link = try TLSLink(
        on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: row.version.range),
        server: TLSServerConfiguration(identity: .test("even", key: "even")), over: .memory(pieceBytes: 100_000))
      return (link, try #require((row.side == .client ? link.clientLower : link.serverLower) as? MemoryStream))
    }
    let (whole, lower) = try link()
    try whole.connected()
    whole.client.abort()
    let total = lower.writes.reduce(0, +)
    var weak: [Weak<TLSStream>] = []
    // Every flight ends somewhere in between.
    for count in stride(from: 0, to: total, by: 23) {
      let (link, lower) = try link()
      lower.octetsBeforeFault = count
      lower.fault = row.fault
      weak += [Weak(link.client), Weak(try #require(link.server))]
      try link.closed()
      for recorder in [link.clientRecorder, link.serverRecorder] {
        #expect(recorder.count(.closed) == 1 && recorder.calls.last == .closed)
        if row.fault == .reset { recorder.expectReset() }
        #expect(recorder.count(.connected) == 1 || recorder.reason?.error?.operation == .handshake, "\(count): \(recorder.reasons)")
      }
      let receiver = row.side == .client ? link.serverRecorder : link.clientRecorder
      if row.fault == .end { #expect(receiver.reason?.error?.cause == .tls(.endedDuringHandshake), "\(count)") }
    }
    #expect(weak.dropLast(2).allSatisfy { $0.object == nil }, "a closed stream is kept")
  }

  // MARK: After the handshake

  @Test("octets that are not what was encrypted end the connection; both sides say why")
  func forgery() throws {
    let link = try TLSLink(on: loop)
    try link.connected()
    link.serverLower?.write([0x17, 3, 3, 0, 32] + [UInt8](repeating: 0, count: 32))
    try link.closed()
    #expect(
      link.clientRecorder.reason?.description
        == "cannot receive from \(link.client.peerAddress): TLS failed: decryption failed or bad record mac")
    #expect(link.serverRecorder.reason?.error?.cause == .tls(.alert(TLSAlert(number: 20))))
  }
}
