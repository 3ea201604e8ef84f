import Foundation
import TestCertificates
import Testing
import Transport

/// Programs of others at the other end.
///
/// `openssl` always, nginx if it is installed. Scripts/tls-peers prints what these tests see.
@Suite("TLS peers", .timeLimit(.minutes(10)))
struct TLSPeerTests {
  let loop: Loop

  init() throws { loop = try Loop() }

  /// Adds a line to the matrix of Scripts/tls-peers.
  private func report(_ peer: String, _ row: String, _ result: String) {
    guard ProcessInfo.processInfo.environment["TLS_PEERS_MATRIX"] != nil else { return }
    print("tls-peers: \(peer), \(row): \(result.replacing(/127\.0\.0\.1:[0-9]+/, with: "PEER"))")
  }

  private func client(
    to address: SocketAddress, _ configuration: TLSClientConfiguration = TLSClientConfiguration(trust: .testAuthority)
  ) throws -> (TLSStream, Recorder) {
    let recorder = Recorder()
    let lower = TCPStream.connect(to: address, on: loop, delegate: recorder)
    let context = try TLSClientContext(configuration)
    return (TLSStream(client: lower, context: context, host: "server.test", on: loop, delegate: recorder), recorder)
  }

  // MARK: Servers

  struct ServerRow: CustomTestStringConvertible, Sendable {
    let name: String
    var certificate = "valid"
    var options: [String] = []
    var identity: String?
    /// What our client says; nil when lines are exchanged.
    var failure: String?
    var testDescription: String { name }
  }

  private static let demanding = ["-Verify", "1", "-verify_return_error"]
  static let servers = [
    ServerRow(name: "TLS 1.3", options: ["-tls1_3"]),
    ServerRow(name: "TLS 1.2", options: ["-tls1_2"]),
    ServerRow(name: "client certificate", options: demanding, identity: "client"),
    ServerRow(
      name: "no client certificate", options: demanding + ["-tls1_3"],
      failure: "the peer demands a certificate, and has got none: alert certificate required (116)"),
    ServerRow(
      name: "foreign client certificate", options: demanding + ["-tls1_3"], identity: "foreign-client",
      failure: "the peer refused our certificate: alert unknown CA (48)"),
    ServerRow(
      name: "foreign client certificate, TLS 1.2", options: demanding + ["-tls1_2"], identity: "foreign-client",
      failure: "the peer refused our certificate: alert unknown CA (48)"),
    ServerRow(name: "expired", certificate: "expired", failure: "the peer's certificate has expired, on 2020-01-01 00:00 UTC"),
    ServerRow(name: "self-signed", certificate: "self-signed", failure: "the peer's certificate is self-signed"),
    ServerRow(
      name: "wrong name", certificate: "wrong-name",
      failure: "the peer's certificate is not for \"server.test\", it is for \"other.test\", \"192.0.2.1\""),
    ServerRow(
      name: "unknown issuer", certificate: "unknown-issuer",
      failure: "the issuer of the peer's certificate, \"CN=Unknown test CA\", is unknown"),
    ServerRow(
      name: "no common cipher suite", options: ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"],
      failure: "the peer sent the alert handshake failure (40)"),
  ]

  @Test("our client with openssl s_server", arguments: servers)
  func opensslServer(row: ServerRow) throws {
    let (program, address) = try PeerProgram.opensslServer(row.certificate, ["-CAfile", Certificates.path("ca.pem")] + row.options)
    defer { program.kill() }
    let (stream, recorder) = try client(
      to: address, TLSClientConfiguration(trust: .testAuthority, identity: row.identity.map { .test($0) }))
    stream.write(Array("hello\n".utf8))
    guard let failure = row.failure else {
      try loop.expect("the answer") { recorder.text == "olleh\n" }
      stream.write(Array("CLOSE\n".utf8))
      try loop.expect("the end") { recorder.count(.endOfFile) == 1 }
      stream.closeGracefully()
      try loop.expect("closed") { recorder.reason != nil }
      #expect(recorder.reasons == [.peerFinished])
      return report("openssl s_server", row.name, "lines exchanged, then \(recorder.reasons[0])")
    }
    try loop.expect("closed") { recorder.reason != nil }
    let text = recorder.reason?.description ?? ""
    #expect(text.hasPrefix("cannot make a TLS connection to \(address): \(failure)"))
    report("openssl s_server", row.name, text)
  }

  @Test("our client with an openssl s_server that is killed")
  func killedServer() throws {
    let (program, address) = try PeerProgram.opensslServer("valid", [])
    let (stream, recorder) = try client(to: address)
    stream.write(Array("hello\n".utf8))
    try loop.expect("the answer") { recorder.text == "olleh\n" }
    program.kill()
    try loop.expect("closed") { recorder.reason != nil }
    #expect(recorder.reason?.error?.cause == .tls(.truncated))
    report("openssl s_server", "killed", recorder.reason?.description ?? "")
  }

  // MARK: Clients

  struct ClientRow: CustomTestStringConvertible, Sendable {
    let name: String
    var options: [String] = []
    var clientTrust: TLSTrust?
    /// What our server says; nil when lines are exchanged.
    var failure: String?
    var testDescription: String { name }
  }

  static let clients = [
    ClientRow(name: "TLS 1.3", options: ["-tls1_3"]),
    ClientRow(name: "TLS 1.2", options: ["-tls1_2"]),
    ClientRow(
      name: "client certificate", options: ["-cert", "DIR/client.pem", "-key", "DIR/key.key"], clientTrust: .testAuthority),
    ClientRow(
      name: "no client certificate", clientTrust: .testAuthority, failure: "the client has shown no certificate"),
    ClientRow(
      name: "foreign client certificate", options: ["-cert", "DIR/foreign-client.pem", "-key", "DIR/key.key"], clientTrust: .testAuthority,
      failure: "the issuer of the peer's certificate, \"CN=Unknown test CA\", is unknown"),
    ClientRow(
      name: "does not trust us", options: ["-CAfile", "DIR/other-ca.pem"],
      failure: "the peer refused our certificate: alert unknown CA (48)"),
    ClientRow(
      name: "another name", options: ["-verify_hostname", "elsewhere.test"],
      failure: "the peer refused our certificate: alert bad certificate (42)"),
    ClientRow(
      name: "no common cipher suite", options: ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"],
      failure: "there is no cipher suite that both sides take"),
  ]

  @Test("our server with openssl s_client", arguments: clients)
  func opensslClient(row: ClientRow) throws {
    let recorder = Recorder()
    let context = try TLSServerContext(TLSServerConfiguration(identity: .test("valid"), clientTrust: row.clientTrust))
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned loop] stream in
      _ = TLSStream(server: stream, context: context, on: loop, delegate: recorder)
    }
    recorder.on = { callback, stream in
      if callback == .received, recorder.text.hasSuffix("\n") { stream.write(Array("answer to \(recorder.text)".utf8)) }
      if callback == .endOfFile { stream.closeGracefully(within: .seconds(2)) }
    }
    defer { recorder.on = { _, _ in } }
    let options = row.options.map { $0.replacing("DIR", with: Certificates.folder) }
    let program = try PeerProgram(
      ["openssl", "s_client", "-connect", "\(listener.localAddress)", "-CAfile", Certificates.path("ca.pem"), "-verify_return_error"]
        + ["-servername", "server.test", "-verify_quiet"] + options)
    defer { program.kill() }
    try program.write("question\n")
    if row.failure == nil { try loop.expect("the question") { recorder.text == "question\n" } }
    try program.endInput()
    try loop.expect("both have ended") {
      loop.waker.wake()
      return recorder.reason != nil && !program.isRunning
    }
    if let failure = row.failure {
      let text = recorder.reason?.description ?? ""
      #expect(text.hasPrefix("cannot make a TLS connection to "))
      #expect(text.contains(": \(failure)"))
      report("openssl s_client", row.name, text)
    } else {
      #expect(recorder.calls == [.connected, .received, .endOfFile, .closed])
      #expect(recorder.reasons == [.peerFinished])
      report("openssl s_client", row.name, "lines exchanged, then \(recorder.reasons[0])")
    }
  }

  // MARK: nginx

  @Test("our client with nginx", .enabled(if: PeerProgram.nginx != nil, "nginx is not installed; Scripts/tls-peers installs it"))
  func nginx() throws {
    func certificate(_ name: String) -> String { "ssl_certificate \(Certificates.path("\(name).pem"));" }
    let verification = "ssl_verify_client on; ssl_client_certificate \(Certificates.path("ca.pem"));"
    let rows: [(name: String, server: String, identity: String?, answer: String)] = [
      ("TLS 1.3", certificate("valid") + "ssl_protocols TLSv1.3;", nil, "HTTP/1.1 200 OK"),
      ("TLS 1.2", certificate("valid") + "ssl_protocols TLSv1.2;", nil, "HTTP/1.1 200 OK"),
      ("chain", certificate("chain"), nil, "HTTP/1.1 200 OK"),
      ("client certificate", certificate("valid") + verification, "client", "HTTP/1.1 200 OK"),
      ("no client certificate, which nginx refuses in HTTP", certificate("valid") + verification, nil, "HTTP/1.1 400 Bad Request"),
      (
        "intermediate not sent", certificate("missing-intermediate"), nil,
        "+the issuer of the peer's certificate, \"CN=Wirecheck test intermediate\", is unknown"
      ),
      ("expired", certificate("expired"), nil, "+the peer's certificate has expired, on 2020-01-01 00:00 UTC"),
      ("plain HTTP", "", nil, "+the peer does not speak TLS, its first octets are \"HTTP/1.1 400 Bad\""),
    ]
    let (program, addresses) = try PeerProgram.nginxServer(on: loop, rows.map(\.server))
    defer { program.kill() }
    for (row, address) in zip(rows, addresses) {
      let (stream, recorder) = try client(
        to: address, TLSClientConfiguration(trust: .testAuthority, identity: row.identity.map { .test($0) }))
      stream.write(Array("GET / HTTP/1.1\r\nHost: server.test\r\nConnection: close\r\n\r\n".utf8))
      recorder.on = { callback, stream in
        if callback == .endOfFile { stream.closeGracefully(within: .seconds(2)) }
      }
      try loop.expect("closed") { recorder.reason != nil }
      let reason = recorder.reason?.description ?? ""
      if row.answer.hasPrefix("+") {
        #expect(reason.hasPrefix("cannot make a TLS connection to \(address): \(row.answer.dropFirst())"), "\(row.name)")
        report("nginx", row.name, reason)
      } else {
        #expect(recorder.text.hasPrefix(row.answer), "\(row.name)")
        #expect(recorder.reasons == [.peerFinished], "\(row.name)")
        report("nginx", row.name, "\(row.answer), then \(reason)")
      }
    }
  }
}
