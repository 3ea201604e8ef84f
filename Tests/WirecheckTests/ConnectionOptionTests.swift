import Foundation
import TestCertificates
import Testing
import Transport

/// How the target is reached: TLS, a proxy, further fields; the built program against a built server.
@Suite("Connection options", .serialized, .timeLimit(.minutes(10)))
struct ConnectionOptionTests {
  @Test(
    "wrong usage is refused with 2 before anything is sent, and says what to do",
    arguments: [
      (["test", "ws://localhost:1/", "--insecure"], "write wss://"), (["test", "ws://localhost:1/", "--tls-ca", "ca.pem"], "write wss://"),
      (["test", "wss://localhost:1/", "--insecure", "--tls-ca", "ca.pem"], "leave out --tls-ca"),
      (["test", "wss://localhost:1/", "--tls-ca", "/nowhere.pem"], "\"/nowhere.pem\": no such file"),
      (["test", "wss://localhost:1/", "--tls-cert", "cert.pem"], "go together"),
      (["test", "ws://localhost:1/", "--header", "nocolon"], "NAME: VALUE"),
      (["test", "ws://localhost:1/", "--proxy", "http://%FF:hunter2@localhost:1"], "is not UTF-8"),
      (["test", "ws://localhost:1/", "--proxy", "http://u:hunter2@localhost:1/?hunter2"], "has no path"),
      (["test", "ws://localhost:1/", "--proxy", "http://u:hunter2@local host"], "not valid at octet"),
      (["test", "ws://u:hunter2@localhost:1/?hunter2", "--header", "X=hunter2"], "no colon"),
      (["test", "ws://localhost:1/", "--header", "X: hunter2\u{1}"], "--header X"),
      (["test", "ws://localhost:1/", "--header", "Origin: hunter2\u{1}"], "--header Origin"),
      (["test", "ws://localhost:1/", "--header", "X: a\r\nY: b"], "--header X"),
      (["test", "ws://localhost:1/", "--header", "Sec-WebSocket-Key: x"], "the handshake sets itself"),
      (["test", "ws://localhost:1/", "--host", "a b"], "the host is not valid"),
      (["test", "ws://localhost:1/", "--proxy", "socks5://localhost:1080"], "http://[USER:PASSWORD@]HOST:PORT"),
      (["test", "ws://localhost:1/", "--ip", "5"], "4 or 6"), (["serve", "echo", "--cert", "cert.pem"], "go together"),
      (["serve", "echo", "--cert", "/nowhere.pem", "--key", "/nowhere.key"], "\"/nowhere.pem\": no such file"),
    ])
  func usage(arguments: [String], words: String) throws {
    let run = try Wirecheck(arguments)
    #expect(run.code == 2, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(!run.errors.contains("hunter2"), "\(run.errors)")
  }

  @Test("H25: a certificate of an unknown CA ends the run with 3 and says so; --tls-ca trusts it, --insecure goes without and reports it")
  func verification() throws {
    let server = try SecureEcho()
    defer { server.stop() }

    let untrusted = try Wirecheck(["test", server.url, "1.1.1"])
    #expect(untrusted.code == 3)
    #expect(untrusted.errors.contains("the issuer of the peer's certificate, \"CN=Wirecheck test CA\", is unknown"), "\(untrusted.errors)")
    #expect(!untrusted.errors.contains("attempts"), "what another attempt would not change is not tried again: \(untrusted.errors)")

    let trusted = try Wirecheck(["test", server.url, "1.1.1", "1.2.1", "--tls-ca", Certificates.path("ca.pem"), "--format", "json"])
    #expect(trusted.code == 0, "\(trusted.errors)")
    #expect(try trusted.target["notes"] as? [String] == [])
    #expect(try trusted.target["options"] as? [String] == ["--tls-ca", Certificates.path("ca.pem")])
    #expect(trusted.output.contains("TLS connection established, TLSv1.3"))

    let insecure = try Wirecheck(["test", server.url, "1.1.1", "--insecure"])
    #expect(insecure.code == 0)
    #expect(insecure.output.contains("note: the server's certificate was not verified (--insecure)"))
  }

  @Test("the name of --host is what the certificate has to be for")
  func hostName() throws {
    let server = try SecureEcho()
    defer { server.stop() }
    let wrong = try Wirecheck(["test", server.url, "1.1.1", "--tls-ca", Certificates.path("ca.pem"), "--host", "other.test"])
    #expect(wrong.code == 3)
    #expect(wrong.errors.contains("is not for \"other.test\", it is for \"server.test\", \"localhost\""), "\(wrong.errors)")
  }

  @Test(
    "the certificate is verified for an address literal, a name with a final dot, and the name of --host without its port",
    arguments: [
      ("127.0.0.1", "address", [], nil), ("127.0.0.1", "valid", [], "is not for \"127.0.0.1\""),
      // The server has no such names, but that is said only after the handshake of TLS.
      ("localhost.", "valid", [], "status 403"), ("127.0.0.1", "valid", ["--host", "server.test:444"], "status 403"),
      ("127.0.0.1", "address", ["--host", "[::1]:444"], "status 403"),
      ("127.0.0.1", "underscore", ["--host", "under_score.test"], "status 403"),
    ] as [(String, String, [String], String?)])
  func names(host: String, certificate: String, options: [String], words: String?) throws {
    try verify(host, certificate, options, words)
  }

  @Test(
    "the certificate is verified for an IPv6 address", .enabled(if: hasIPv6, "this machine has no ::1"),
    arguments: [("address", nil), ("valid", "is not for \"[::1]\"")] as [(String, String?)])
  func names(certificate: String, words: String?) throws { try verify("[::1]", certificate, [], words) }

  private func verify(_ host: String, _ certificate: String, _ options: [String], _ words: String?) throws {
    let server = try SecureEcho(certificate, arguments: host == "[::1]" ? ["--listen", "[::1]:0"] : [])
    defer { server.stop() }
    let run = try Wirecheck(["test", "wss://\(host):\(server.port)/", "1.1.1", "--tls-ca", Certificates.path("ca.pem")] + options)
    #expect(run.code == (words == nil ? 0 : 3), "\(run.errors)")
    if let words { #expect(run.errors.contains(words), "\(run.errors)") }
  }

  @Test("ws: to a port for TLS, and wss: to one without, end with 3 and say so")
  func mixedUp() throws {
    let server = try SecureEcho()
    defer { server.stop() }
    let plain = try Wirecheck(["test", server.url.replacing("wss:", with: "ws:"), "1.1.1"])
    #expect(plain.code == 3)
    #expect(plain.errors.contains("its URL is wss://"), "\(plain.errors)")

    let echo = try ServedEcho(arguments: [])
    defer { echo.stop() }
    let secure = try Wirecheck(["test", echo.url.replacing("ws:", with: "wss:"), "1.1.1"])
    #expect(secure.code == 3)
    #expect(secure.errors.contains("the peer does not speak TLS, its first octets are \"HTTP/1.1"), "\(secure.errors)")
    #expect(!secure.errors.contains("attempts"), "\(secure.errors)")
  }

  @Test("R07: secrets stand nowhere when the server refuses and quotes them")
  func refusal() throws {
    let listener = try RequestRecorder()
    let secrets = ["hunter2", "https://app.test", "letmein"]
    listener.answer = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://x/?letmein\r\nX: \(secrets)\r\n\r\n\(secrets)"
    let run = try listener.serve(
      ["--header", "Cookie: id=hunter2", "--header", "Origin: https://app.test"], url: "ws://u:letmein@\(listener.address)/?letmein")
    #expect(run.code == 3)
    #expect(run.errors.contains("status 301"))
    for secret in secrets { #expect(!(run.output + run.errors).contains(secret), "\(secret): \(run.output)") }
  }

  @Test("a server with a fault fails over TLS as it does without")
  func fault() throws {
    let server = try SecureEcho(arguments: ["--fault", "no-utf8-check"])
    defer { server.stop() }
    let run = try Wirecheck(["test", server.url, "6.3.1", "1.1.1", "--insecure", "--timeout", "0.3"])
    #expect(run.code == 1)
    #expect(run.output.contains("2 judged: 1 pass, 1 fail"), "\(run.output)\(run.errors)")
  }

  @Test("R07: the value of --header is sent, and stands in no report; the name of --host is asked for")
  func fields() throws {
    let listener = try RequestRecorder()
    let run = try listener.serve(["--header", "Cookie: id=hunter2", "--header", "Origin: https://app.test", "--host", "app.test"])
    let request = listener.requests.first ?? ""
    #expect(request.contains("\r\nCookie: id=hunter2\r\n"))
    #expect(request.contains("\r\nOrigin: https://app.test\r\n"))
    #expect(request.contains("\r\nHost: app.test\r\n"))
    #expect(!run.output.contains("https://app.test"))
    #expect(!run.output.contains("hunter2") && !run.output.contains(Data("hunter2".utf8).base64EncodedString().prefix(8)))
    #expect(
      try run.target["options"] as? [String] == ["--header", "Cookie: [redacted]", "--header", "Origin: [redacted]", "--host", "app.test"])
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(report["redactions"] as? [String] == ["the values of the fields given with --header"])
  }

  @Test("C10: a proxy is asked for a tunnel to the name, with credentials that stand in no report")
  func proxy() throws {
    let listener = try RequestRecorder()
    let run = try listener.serve(["--proxy", "http://u%40x:hunter2@\(listener.address)"], url: "ws://somewhere.test:81/")
    let request = listener.requests.first ?? ""
    #expect(request.hasPrefix("CONNECT somewhere.test:81 HTTP/1.1\r\n"), "\(request)")
    #expect(request.contains("\r\nProxy-Authorization: Basic \(Data("u@x:hunter2".utf8).base64EncodedString())\r\n"))
    #expect(run.errors.contains("is it an HTTP proxy") || run.errors.contains("Is it an HTTP proxy"), "\(run.errors)")
    #expect(!(run.output + run.errors).contains("hunter2"))
    #expect(try run.target["options"] as? [String] == ["--proxy", "http://…@\(listener.address)"])
  }

  private static let hasIPv6: Bool = {
    guard let loop = try? Loop() else { return false }
    return (try? TCPListener(.loopbackIPv6(port: 0), on: loop) { _ in }) != nil
  }()

  @Test(
    "--ip 6 does not fall back to an address of the other kind, nor --ip 4", .enabled(if: hasIPv6, "this machine has no ::1"),
    arguments: ["4", "6"])
  func family(version: String) throws {
    let loop = try Loop()
    let loopback: SocketAddress = version == "4" ? .loopbackIPv6(port: 0) : .loopbackIPv4(port: 0)
    let listener = try TCPListener(loopback, on: loop) { $0.abort() }
    let run = try Wirecheck(["test", "ws://localhost:\(listener.localAddress.port)/", "1.1.1", "--ip", version])
    #expect(run.code == 3)
    #expect(run.errors.contains(version == "4" ? "127.0.0.1:" : "[::1]:"), "\(run.errors)")
    #expect(!run.errors.contains("\(listener.localAddress)"))
    listener.close()
  }

  @Test("a name that does not exist ends with 3, and says so")
  func unknownName() throws {
    let run = try Wirecheck(["test", "ws://nosuchhost.invalid/", "1.1.1"])
    #expect(run.code == 3)
    #expect(run.errors.contains("nosuchhost.invalid"), "\(run.errors)")
  }
}

extension Wirecheck {
  /// The key `target` of the JSON report on standard output.
  var target: [String: Any] {
    get throws {
      let report = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
      return try #require(report["target"] as? [String: Any])
    }
  }
}

/// `wirecheck serve echo --cert --key` as a process.
private final class SecureEcho {
  private let server: ServedEcho

  init(_ certificate: String = "valid", arguments: [String] = []) throws {
    server = try ServedEcho(
      arguments: arguments + ["--cert", Certificates.path("\(certificate).pem"), "--key", Certificates.path("key.key")])
  }

  /// With the name that the certificate is for.
  var url: String { server.url.replacing("127.0.0.1", with: "localhost") }

  var port: Substring { server.url.dropLast().split(separator: ":").last ?? "" }

  func stop() { server.stop() }
}

/// A listener that keeps what it is sent first on every connection, and closes it, without an answer if it has none.
private final class RequestRecorder: ByteStreamDelegate {
  private let loop: Loop
  private var listener: TCPListener?
  private(set) var requests: [String] = []
  var answer = ""

  init() throws {
    loop = try Loop()
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned self] in $0.delegate = self }
  }

  var address: SocketAddress { listener?.localAddress ?? .loopbackIPv4(port: 0) }

  /// Runs the program against the listener, or `url`, and returns what it printed; the loop turns meanwhile.
  func serve(_ options: [String], url: String? = nil) throws -> Wirecheck {
    let arguments = ["test", url ?? "ws://\(address)/", "1.1.1", "--format", "json", "--timeout", "5"] + options
    let outcome = Lock<Result<Wirecheck, any Error>?>(nil)
    let waker = loop.waker
    let thread = try SystemThread {
      let result = Result { try Wirecheck(arguments) }
      outcome.withLock { $0 = result }
      waker.wake()
    }
    defer { thread.join() }
    try loop.run(within: .seconds(60)) { outcome.withLock { $0 != nil } }
    return try #require(outcome.withLock { $0 }).get()
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    requests.append(String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self))
    stream.write(Array(answer.utf8))
    stream.closeGracefully(within: .seconds(1))
  }

  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
