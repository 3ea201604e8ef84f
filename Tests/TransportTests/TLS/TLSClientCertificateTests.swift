import Testing
import Transport

@Suite("TLS client certificates", .timeLimit(.minutes(10)))
struct TLSClientCertificateTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let certificate: String?
    var trust: TLSTrust?
    /// What each side says; nil when the connection is made.
    var client: String?
    var clientOfTLS12: String?
    var server: String?
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "trusted", certificate: "client"),
    Row(
      name: "none", certificate: nil,
      client: "the peer demands a certificate, and has got none: alert certificate required (116). "
        + "Configure a certificate that the peer trusts",
      clientOfTLS12: "the peer sent the alert handshake failure (40). The peer's log may say why",
      server: "the client has shown no certificate. Configure the client with a certificate that this server trusts"),
    Row(
      name: "of a foreign CA", certificate: "foreign-client",
      client: "the peer refused our certificate: alert unknown CA (48). The peer has to trust its issuer; its log may say more",
      server: "the issuer of the peer's certificate, \"CN=Unknown test CA\", is unknown. "
        + "Trust its CA by a CA file, or have the peer send the intermediate certificates"),
    Row(
      name: "expired", certificate: "expired-client",
      client: "the peer refused our certificate: alert certificate expired (45). The peer has to trust its issuer; its log may say more",
      server: "the peer's certificate has expired, on 2020-01-01 00:00 UTC. Renew the certificate, or check the clock of this machine"),
    Row(
      name: "of a server", certificate: "valid",
      client:
        "the peer refused our certificate: alert unsupported certificate (43). The peer has to trust its issuer; its log may say more",
      server: "the peer's certificate was rejected: unsuitable certificate purpose"),
    Row(name: "of a foreign CA, any will do", certificate: "foreign-client", trust: .insecure),
    Row(
      name: "none, any will do", certificate: nil, trust: .insecure,
      client: "the peer demands a certificate, and has got none: alert certificate required (116). "
        + "Configure a certificate that the peer trusts",
      clientOfTLS12: "the peer sent the alert handshake failure (40). The peer's log may say why",
      server: "the client has shown no certificate. Configure the client with a certificate that this server trusts"),
  ]

  @Test("what both sides say of each client; TLS 1.3 tells the client after its handshake", arguments: rows, Version.allCases)
  func verification(row: Row, version: Version) throws {
    let loop = try Loop()
    let link = try TLSLink(
      on: loop,
      client: TLSClientConfiguration(
        trust: .testAuthority, identity: row.certificate.map { .test($0) }, versions: version.range),
      server: TLSServerConfiguration(identity: .test("valid"), clientTrust: row.trust ?? .testAuthority))
    link.client.write(Array("request".utf8))
    guard let server = row.server, let client = version == .tls12 ? row.clientOfTLS12 ?? row.client : row.client else {
      try link.connected()
      try loop.expect("the request") { link.serverRecorder.text == "request" }
      link.client.abort()
      return
    }
    try link.closed()
    #expect(link.serverRecorder.calls == [.closed])
    #expect(link.clientRecorder.calls == (version == .tls12 ? [.closed] : [.connected, .closed]))
    #expect(link.clientRecorder.reason?.description == "cannot make a TLS connection to \(link.client.peerAddress): \(client)")
    let address = try #require(link.server?.peerAddress)
    #expect(link.serverRecorder.reason?.description == "cannot make a TLS connection to \(address): \(server)")
  }
}
