import TestCertificates
import Testing
import Transport

@Suite("TLS files")
struct TLSFileTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    var certificate = "valid.pem"
    var key = "key.key"
    /// What is said, with the folder as DIR.
    let text: String
    var testDescription: String { name }
  }

  static let identities = [
    Row(name: "no certificate file", certificate: "none.pem", text: "cannot read \"DIR/none.pem\": no such file or directory (ENOENT 2)"),
    Row(name: "no key file", key: "none.key", text: "cannot read \"DIR/none.key\": no such file or directory (ENOENT 2)"),
    Row(name: "a directory", certificate: "../", text: "cannot read \"DIR/../\": is a directory (EISDIR 21)"),
    Row(
      name: "empty", certificate: "empty.pem",
      text: "there is no certificate in \"DIR/empty.pem\". PEM is expected, a block that begins with -----BEGIN"),
    Row(
      name: "a key for a certificate", certificate: "key.key",
      text: "there is no certificate in \"DIR/key.key\". PEM is expected, a block that begins with -----BEGIN"),
    Row(
      name: "a certificate for a key", key: "valid.pem",
      text: "there is no private key in \"DIR/valid.pem\". PEM is expected, a block that begins with -----BEGIN"),
    Row(
      name: "key with a passphrase, which is not asked for", key: "encrypted.key",
      text: "the private key in \"DIR/encrypted.key\" has a passphrase. Store it without one: openssl pkey -in FILE -out NEW"),
    Row(
      name: "key of another certificate", key: "ca.key",
      text: "the private key in \"DIR/ca.key\" is not that of the certificate in \"DIR/valid.pem\". "
        + "Give the certificate and the key that were made together"),
    Row(
      name: "second certificate broken", certificate: "broken-chain.pem",
      text:
        "OpenSSL does not take \"DIR/broken-chain.pem\": bad base64 decode. Weak keys and signatures are refused: make a new certificate"),
    Row(
      name: "weak key", certificate: "weak.pem", key: "weak.key",
      text: "OpenSSL does not take \"DIR/weak.pem\": ee key too small. Weak keys and signatures are refused: make a new certificate"),
    Row(
      name: "NUL in the path", certificate: "valid.pem\0.txt",
      text:
        "OpenSSL does not take \"DIR/valid.pem\\u{0}.txt\": a path has no NUL. Weak keys and signatures are refused: make a new certificate"
    ),
  ]

  private func expect(_ error: TransportError?, _ text: String) {
    #expect(error?.description.replacing(Certificates.folder, with: "DIR") == "cannot set up TLS: \(text)")
  }

  @Test("an identity that cannot be used is an error that names the file", arguments: identities)
  func identity(row: Row) {
    let identity = TLSIdentity(certificateFile: Certificates.path(row.certificate), keyFile: Certificates.path(row.key))
    expect(
      #expect(throws: TransportError.self) { try TLSServerContext(TLSServerConfiguration(identity: identity)) }, row.text)
    expect(
      #expect(throws: TransportError.self) { try TLSClientContext(TLSClientConfiguration(identity: identity)) }, row.text)
  }

  @Test(
    "a file of trusted certificates that cannot be used is an error that names it",
    arguments: [
      ("none.pem", "cannot read \"DIR/none.pem\": no such file or directory (ENOENT 2)"),
      ("key.key", "there is no certificate in \"DIR/key.key\". PEM is expected, a block that begins with -----BEGIN"),
      (
        "broken-chain.pem",
        "OpenSSL does not take \"DIR/broken-chain.pem\": bad base64 decode. Weak keys and signatures are refused: make a new certificate"
      ),
    ])
  func trust(file: String, text: String) {
    let trust = TLSTrust.file(path: Certificates.path(file))
    expect(#expect(throws: TransportError.self) { try TLSClientContext(TLSClientConfiguration(trust: trust)) }, text)
    expect(
      #expect(throws: TransportError.self) {
        try TLSServerContext(TLSServerConfiguration(identity: .test("valid"), clientTrust: trust))
      }, text)
  }
}
