import TestCertificates
import Testing
import Transport

@testable import Connections

@Suite("Dialer: TLS", .timeLimit(.minutes(10)))
struct DialTLSTests {
  static func server(_ certificate: String = "valid") throws -> TLSServerContext {
    try TLSServerContext(
      TLSServerConfiguration(
        identity: TLSIdentity(certificateFile: Certificates.path("\(certificate).pem"), keyFile: Certificates.path("key.key"))))
  }

  static func client() throws -> TLSClientContext {
    try TLSClientContext(TLSClientConfiguration(trust: .file(path: Certificates.path("ca.pem"))))
  }

  /// The way to `host`, which is at the server's address whatever its name; through the server as a proxy or not.
  static func route(_ host: String, to server: ScriptedProxy, through isProxy: Bool = false) throws -> Route {
    var route = Route(host: host, port: 443, tls: try client())
    if isProxy {
      route.proxy = ProxyTarget(host: "127.0.0.1", port: server.port)
    } else {
      route.pinned = .loopbackIPv4(port: server.port)
    }
    return route
  }

  @Test(
    "a stream is handed over when the handshake is done, for the host of the route",
    arguments: [
      ("a name", "valid", "server.test"), ("a dot at the end", "valid", "server.test."), ("upper case", "valid", "Server.TEST"),
      ("an address", "address", "127.0.0.1"), ("an IPv6 address in brackets", "address", "[::1]"),
    ], [false, true])
  func handshake(row: (what: String, certificate: String, host: String), isProxy: Bool) throws {
    let setting = try DialerTests.Setting()
    let server = try ScriptedProxy(
      on: setting.loop, [DialerTests.established], then: .tls(Self.server(row.certificate), afterRequest: isProxy))
    try setting.dial(Self.route(row.host, to: server, through: isProxy))
    let stream = try #require(setting.outcome.stream as? TLSStream)
    #expect(stream.delegate == nil && stream.version != nil)
    let keeper = Keeper()
    stream.delegate = keeper
    stream.write(Array("secret".utf8))
    #expect(try setting.loop.run(within: .seconds(10)) { keeper.text == "secret" })
  }

  @Test(
    "a handshake that fails says so with the name of the peer, directly and through a proxy",
    arguments: [
      ("an expired certificate", "expired", "server.test", "expired"), ("another name", "wrong-name", "server.test", "server.test"),
      ("an unknown issuer", "unknown-issuer", "server.test", "issuer"), ("an address without its name", "valid", "127.0.0.1", "127.0.0.1"),
    ], [false, true])
  func failure(row: (what: String, certificate: String, host: String, word: String), isProxy: Bool) throws {
    let setting = try DialerTests.Setting()
    let server = try ScriptedProxy(
      on: setting.loop, [DialerTests.established], then: .tls(Self.server(row.certificate), afterRequest: isProxy))
    try setting.dial(Self.route(row.host, to: server, through: isProxy))
    let text = try #require(setting.outcome.error?.description)
    #expect(text.hasPrefix("\(row.host):443: cannot make a TLS connection to 127.0.0.1:\(server.port): "))
    #expect(text.dropFirst(text.firstIndex(of: ":").map { text.distance(from: text.startIndex, to: $0) } ?? 0).contains(row.word))
    #expect(try setting.loop.run(within: .seconds(10)) { server.reasons.count == 1 })
  }

  @Test(
    "a peer that speaks no TLS, ends or drops the connection fails in words",
    arguments: [
      ("HTTP/1.1 400 Bad Request\r\n\r\n", ScriptedProxy.Ending.stay, "does not speak TLS"), ("", .close, "ended the connection"),
      ("", .reset, "connection reset"),
    ])
  func noTLS(answer: String, ending: ScriptedProxy.Ending, words: String) throws {
    let setting = try DialerTests.Setting()
    let server = try ScriptedProxy(on: setting.loop, answer.isEmpty ? [] : [answer], then: ending, answersAnything: true)
    try setting.dial(Self.route("server.test", to: server))
    #expect(setting.outcome.error?.description.contains(words) == true, "\(String(describing: setting.outcome.error))")
  }

  @Test("H22: a peer that is silent in the handshake is given up when the time for all is up")
  func silent() throws {
    let setting = try DialerTests.Setting()
    let server = try ScriptedProxy(on: setting.loop, [], then: .stay)
    let limit = Duration.milliseconds(80)
    try setting.dial(Self.route("server.test", to: server), within: limit)
    #expect(
      setting.outcome.error?.cause
        == .tls(TransportError(.handshake, .tls(.handshakeTimeout(limit)), address: .loopbackIPv4(port: server.port))))
    #expect(try setting.loop.run(within: .seconds(10)) { server.reasons.count == 1 })
  }

  @Test("a host that cannot be verified fails at once, whatever the peer does")
  func unverifiable() throws {
    let setting = try DialerTests.Setting()
    // Nobody turns the peer's loop, so that it takes no notice.
    let theirs = try Loop()
    let server = try ScriptedProxy(on: theirs, [], then: .stay)
    setting.dialer.dial(try Self.route("*.server.test", to: server), within: .seconds(60), completion: setting.outcome.take)
    for _ in 0..<20 { try setting.loop.turn(waitAtMost: .zero) }
    #expect(setting.outcome.error?.description.contains("*.server.test") == true)
  }

  @Test("a certificate that was rejected is the reason, also when the peer takes no notice until the time is up")
  func parting() throws {
    let setting = try DialerTests.Setting()
    let theirs = try Loop()
    let server = try ScriptedProxy(on: theirs, [], then: .tls(Self.server("expired"), afterRequest: false))
    let dial = setting.dialer.dial(try Self.route("server.test", to: server), within: .milliseconds(500), completion: setting.outcome.take)
    for _ in 0..<1000 where dial.pendingReason == nil {
      try theirs.turn(waitAtMost: .zero)
      try setting.loop.turn(waitAtMost: .milliseconds(1))
    }
    #expect(dial.pendingReason != nil && setting.outcome.results.isEmpty)
    #expect(try setting.loop.run(within: .seconds(10)) { !setting.outcome.results.isEmpty })
    #expect(setting.outcome.error?.description.contains("expired") == true)
  }

  @Test("a dial that is cancelled in the handshake, and one whose loop goes away, calls nobody and is let go", arguments: [true, false])
  func cancel(isCancelled: Bool) throws {
    let outcome = DialOutcome()
    weak var weakly: Dial?
    do {
      let loop = try Loop()
      let server = try ScriptedProxy(on: loop, [DialerTests.established], then: .stay)
      do {
        let dial = Dialer(on: loop).dial(
          try Self.route("server.test", to: server, through: true), within: .seconds(60), completion: outcome.take)
        weakly = dial
        #expect(try loop.run(within: .seconds(10)) { server.tunnelledOctets > 0 })
        if isCancelled { dial.cancel() }
      }
      if isCancelled { #expect(try loop.run(within: .seconds(10)) { server.reasons.count == 1 && weakly == nil }) }
    }
    #expect(weakly == nil && outcome.results.isEmpty)
  }
}
