import TestCertificates
import Testing
import Transport

/// Which certificates a client takes, and what it says about those it does not; by the ids of the register where they have one.
@Suite("TLS certificates", .timeLimit(.minutes(10)))
struct TLSCertificateTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let certificate: String
    var host = "server.test"
    /// What the client says of the peer's certificate and advises; nil when it takes it.
    var complaint: String?
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "valid", certificate: "valid"),
    Row(name: "valid, host in upper case", certificate: "valid", host: "SERVER.Test"),
    Row(name: "H26: valid, host with a final dot", certificate: "valid", host: "server.test."),
    Row(name: "underscore in the name", certificate: "underscore", host: "under_score.test"),
    Row(name: "wildcard", certificate: "wildcard", host: "a.server.test"),
    Row(name: "IPv4 address that the certificate has", certificate: "address", host: "127.0.0.1"),
    Row(name: "IPv6 address that the certificate has", certificate: "address", host: "[0:0::1]"),
    Row(name: "chain with its intermediate", certificate: "chain"),
    Row(
      name: "wildcard, one label too few", certificate: "wildcard",
      complaint: "is not for \"server.test\", it is for \"*.server.test\". \(otherName)"),
    Row(
      name: "wildcard, one label too many", certificate: "wildcard", host: "a.b.server.test",
      complaint: "is not for \"a.b.server.test\", it is for \"*.server.test\". \(otherName)"),
    Row(
      name: "wildcard within a label", certificate: "partial-wildcard", host: "sa.server.test",
      complaint: "is not for \"sa.server.test\", it is for \"s*.server.test\". \(otherName)"),
    Row(
      name: "H25: expired", certificate: "expired",
      complaint: "has expired, on 2020-01-01 00:00 UTC. Renew the certificate, or check the clock of this machine"),
    Row(
      name: "not yet valid", certificate: "not-yet-valid",
      complaint: "is not valid yet, not before 2089-12-31 00:00 UTC. Renew the certificate, or check the clock of this machine"),
    Row(name: "H25: self-signed", certificate: "self-signed", complaint: "is self-signed. Trust it by a CA file if it is the right one"),
    Row(
      name: "H25: right CA, wrong name", certificate: "wrong-name",
      complaint: "is not for \"server.test\", it is for \"other.test\", \"192.0.2.1\". \(otherName)"),
    Row(
      name: "many names, none of them right", certificate: "many-names",
      complaint: "is not for \"server.test\", it is for "
        + (1...8).map { "\"n\($0).test\"" }.joined(separator: ", ") + " and 13 more. \(otherName)"),
    Row(
      name: "address that the certificate has not", certificate: "valid", host: "127.0.0.1",
      complaint: "is not for \"127.0.0.1\", it is for \"server.test\", \"localhost\". \(otherName)"),
    Row(
      name: "H25: name in the common name only", certificate: "common-name-only",
      complaint: "is not for \"server.test\", it names no host (its common name \"server.test\" does not count). \(otherName)"),
    Row(
      name: "H26: NUL in a name", certificate: "nul-in-name",
      complaint: "is not for \"server.test\", it is for \"server.test\\x00.evil.test\". \(otherName)"),
    Row(
      name: "control characters in a name", certificate: "hostile-name",
      complaint: "is not for \"server.test\", it is for \"\\x1B[31m\\r\\n<b>\". \(otherName)"),
    Row(
      name: "issuer unknown", certificate: "unknown-issuer",
      complaint: "+the issuer of the peer's certificate, \"CN=Unknown test CA\", is unknown. \(ca)"),
    Row(
      name: "root sent, but not trusted", certificate: "untrusted-root",
      complaint:
        "+certificate 1 above the peer's, the root \"CN=Unknown test CA\", is not trusted. Trust it by a CA file if it is the right one"),
    Row(
      name: "intermediate not sent", certificate: "missing-intermediate",
      complaint: "+the issuer of the peer's certificate, \"CN=Wirecheck test intermediate\", is unknown. \(ca)"),
    Row(
      name: "intermediate expired", certificate: "expired-chain",
      complaint: "+certificate 1 above the peer's has expired, on 2020-01-01 00:00 UTC. "
        + "Renew the certificate, or check the clock of this machine"),
    Row(
      name: "certificate of a client", certificate: "client",
      complaint: "was rejected: unsuitable certificate purpose"),
  ]
  private static let otherName = "Connect to a name that the certificate has, or issue it for this one as a subject alternative name"
  private static let ca = "Trust its CA by a CA file, or have the peer send the intermediate certificates"

  let loop: Loop

  init() throws { loop = try Loop() }

  @Test("what the client says of each certificate", arguments: rows, Version.allCases)
  func verification(row: Row, version: Version) throws {
    let server = TLSServerConfiguration(identity: .test(row.certificate), versions: version.range)
    let link = try TLSLink(on: loop, server: server, host: row.host)
    link.client.write(Array("secret".utf8))
    guard let complaint = row.complaint else {
      try link.connected()
      try loop.expect("the text") { link.serverRecorder.text == "secret" }
      link.client.abort()
      return
    }
    try link.closed()
    #expect(link.clientRecorder.calls == [.closed])
    let whole = complaint.hasPrefix("+") ? String(complaint.dropFirst()) : "the peer's certificate \(complaint)"
    #expect(link.clientRecorder.reason?.description == "cannot make a TLS connection to \(link.client.peerAddress): \(whole)")
    #expect(link.serverRecorder.octets.isEmpty)
    #expect(link.serverRecorder.reason?.description.contains("the peer refused our certificate: alert ") == true)
  }

  @Test("without verification every one of them is taken", arguments: rows.filter { $0.complaint != nil })
  func insecure(row: Row) throws {
    let link = try TLSLink(
      on: loop, client: TLSClientConfiguration(trust: .insecure), server: TLSServerConfiguration(identity: .test(row.certificate)),
      host: row.host)
    link.client.write(Array("text".utf8))
    try link.connected()
    try loop.expect("the text") { link.serverRecorder.text == "text" }
    link.client.abort()
  }

  @Test("an intermediate certificate in the CA file is trusted without its root, also when the server does not send it")
  func intermediate() throws {
    let link = try TLSLink(
      on: loop, client: TLSClientConfiguration(trust: .file(path: Certificates.path("intermediate.pem"))),
      server: TLSServerConfiguration(identity: .test("missing-intermediate")))
    try link.connected()
    link.client.abort()
  }

  @Test("by default only whom the system trusts is trusted")
  func system() throws {
    let link = try TLSLink(on: loop, client: TLSClientConfiguration())
    try link.closed()
    #expect(
      link.clientRecorder.reason?.error?.cause
        == .tls(.certificateRejected(TLSCertificateRejection(.unknownIssuer(issuer: "CN=Wirecheck test CA")))))
  }
}
