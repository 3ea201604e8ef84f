import Testing
import Transport

@testable import Connections

@Suite("Dialer", .timeLimit(.minutes(10)))
struct DialerTests {
  static let established = "HTTP/1.1 200 Connection established\r\n\r\n"
  static let secret = "hunter2-secret"

  /// A dial on a loop that knows no name.
  struct Setting {
    let loop: Loop
    let dialer: Dialer
    let outcome = DialOutcome()

    init() throws {
      loop = try Loop()
      dialer = Dialer(on: loop, resolver: .knowingNothing(on: loop))
    }

    func dial(
      _ route: Route, within limit: Duration = .seconds(10), allowing isAllowed: @escaping (SocketAddress) -> Bool = { _ in true }
    ) throws {
      dialer.dial(route, within: limit, allowing: isAllowed, completion: outcome.take)
      #expect(outcome.results.isEmpty, "nothing is reported from inside the call")
      #expect(try loop.run(within: .seconds(20)) { !outcome.results.isEmpty })
    }
  }

  static func route(
    _ host: String = "target.example", port: UInt16 = 443, through proxy: ScriptedProxy, credentials: ProxyCredentials? = nil
  ) -> Route {
    var route = Route(host: host, port: port)
    route.proxy = ProxyTarget(host: "127.0.0.1", port: proxy.port, credentials: credentials)
    return route
  }

  @Test("a host is reached directly; the stream has no delegate")
  func direct() throws {
    let setting = try Setting()
    let server = try ScriptedProxy(on: setting.loop, ["hello"], then: .stay)
    try setting.dial(Route(host: "127.0.0.1", port: server.port))
    let stream = try #require(setting.outcome.stream)
    #expect(stream.delegate == nil)
    let keeper = Keeper()
    stream.delegate = keeper
    stream.write(Array("\r\n\r\n".utf8))
    #expect(try setting.loop.run(within: .seconds(10)) { keeper.text == "hello" })
  }

  @Test("an error on the direct way is that of the transport")
  func directFailure() throws {
    let setting = try Setting()
    try setting.dial(Route(host: "no.example", port: 7))
    #expect(
      setting.outcome.error?.description
        == "cannot resolve a host name: \"no.example\" does not exist. Check the spelling, or try an address")
    #expect(setting.outcome.error?.target == "no.example:7" && setting.outcome.error?.proxy == nil)
  }

  @Test("a pinned address is used instead of looking up the name")
  func pinned() throws {
    let setting = try Setting()
    let server = try ScriptedProxy(on: setting.loop, [], then: .stay)
    var route = Route(host: "no.example", port: 7)
    route.pinned = .loopbackIPv4(port: server.port)
    route.family = .ipv6
    try setting.dial(route)
    #expect(setting.outcome.stream?.peerAddress == .loopbackIPv4(port: server.port))
  }

  @Test(
    "a proxy is asked for a tunnel by name, which is not looked up here",
    arguments: [
      ("a name", "target.example", nil, "target.example:443"), ("localhost", "localhost", nil, "localhost:443"),
      ("an IPv4 address", "192.0.2.1", nil, "192.0.2.1:443"), ("an IPv6 address", "2001:db8::1", nil, "[2001:db8::1]:443"),
      ("an IPv6 address in brackets", "[2001:db8::1]", nil, "[2001:db8::1]:443"),
      ("a pinned address", "target.example", SocketAddress(literal: "192.0.2.7", port: 8443), "192.0.2.7:8443"),
    ])
  func request(what: String, host: String, pinned: SocketAddress?, authority: String) throws {
    let setting = try Setting()
    let proxy = try ScriptedProxy(on: setting.loop, [Self.established], then: .echo)
    var route = Self.route(host, through: proxy)
    route.pinned = pinned
    try setting.dial(route)
    #expect(proxy.request == "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\r\n")
    let stream = try #require(setting.outcome.stream)
    #expect(stream.delegate == nil)
    let keeper = Keeper()
    stream.delegate = keeper
    stream.write(Array("through".utf8))
    #expect(try setting.loop.run(within: .seconds(10)) { keeper.text == "through" })
  }

  @Test("credentials are sent as Basic")
  func credentials() throws {
    let setting = try Setting()
    let proxy = try ScriptedProxy(on: setting.loop, [Self.established], then: .stay)
    // The example of RFC 7617 §2.
    try setting.dial(Self.route(through: proxy, credentials: ProxyCredentials(user: "Aladdin", password: "open sesame")))
    #expect(proxy.request.contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"))
    #expect(setting.outcome.stream != nil)
  }

  @Test(
    "an answer that makes the tunnel",
    arguments: [
      ("200", [established]), ("HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\n"]), ("another 2xx", ["HTTP/1.1 204 \r\n\r\n"]),
      ("a length that means nothing", ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]),
      ("a coding that means nothing", ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]),
      ("interim responses before", ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + established]),
      ("single octets", established.map { String($0) }),
    ])
  func success(what: String, pieces: [String]) throws {
    let setting = try Setting()
    let proxy = try ScriptedProxy(on: setting.loop, pieces, then: .echo)
    try setting.dial(Self.route(through: proxy))
    let stream = try #require(setting.outcome.stream)
    let keeper = Keeper()
    stream.delegate = keeper
    stream.write(Array("through".utf8))
    #expect(try setting.loop.run(within: .seconds(10)) { keeper.text == "through" })
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    let pieces: [String]
    let ending: ScriptedProxy.Ending
    let words: String
    var hasCredentials = false
    var testDescription: String { name }

    init(_ name: String, _ pieces: [String], then ending: ScriptedProxy.Ending = .stay, _ words: String, hasCredentials: Bool = false) {
      (self.name, self.pieces, self.ending, self.words, self.hasCredentials) = (name, pieces, ending, words, hasCredentials)
    }
  }

  @Test(
    "C10: any other answer is an error in words, without the credentials",
    arguments: [
      Refusal(
        "407 without credentials", ["HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"],
        "demands credentials (407). Give a user name and a password for the proxy"),
      Refusal(
        "407 with credentials", ["HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9999\r\n\r\n"],
        "does not accept the credentials (407). Check the user name and the password for the proxy", hasCredentials: true),
      Refusal(
        "403", ["HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno!!"],
        "refused with status 403 (Forbidden). The proxy's log may say why", hasCredentials: true),
      Refusal("502 without a reason", ["HTTP/1.1 502 \r\n\r\n"], "refused with status 502. The proxy's log may say why"),
      Refusal(
        "405", ["HTTP/1.1 405 Method Not Allowed\r\n\r\n"],
        "refused with status 405 (Method Not Allowed). Is it an HTTP proxy that allows CONNECT?"),
      Refusal("a redirect", ["HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"], "refused with status 302 (Found). The proxy's log may say why"),
      Refusal(
        "a reason that a terminal would act upon", ["HTTP/1.1 500 a\u{80}\u{202E}b\r\n\r\n"],
        "refused with status 500 (a\\u{80}\\u{202E}b). The proxy's log may say why"),
      Refusal(
        "a long reason", ["HTTP/1.1 500 " + String(repeating: "x", count: 300) + "\r\n\r\n"],
        "refused with status 500 (\(String(repeating: "x", count: 100)) … (200 more octets)). The proxy's log may say why"),
      Refusal(
        "an upgrade nobody asked for", ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
        "gave no valid answer: unexpected-upgrade"),
      Refusal("another protocol", ["SSH-2.0-OpenSSH_9.2\r\n"], "gave no valid answer: not-http"),
      Refusal(
        "an endless head", [String(repeating: "HTTP/1.1 200 OK\r\nX: y\r\n", count: 1) + String(repeating: "X: y\r\n", count: 500)],
        "gave no valid answer: limit-fields"),
      Refusal(
        "a long head",
        ["HTTP/1.1 200 OK\r\n", "X: " + String(repeating: "y", count: 15_000) + "\r\nX: " + String(repeating: "y", count: 2000)],
        "gave no valid answer: limit-section"),
      Refusal(
        "interim responses without end", [String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17)],
        "gave no valid answer: limit-interim"),
      Refusal(
        "octets behind the answer", [established + "HTTP/1.1 200 OK\r\n\r\n"],
        "sent 19 octets behind its answer before anything was sent through the tunnel. Do not trust this proxy", hasCredentials: true),
      Refusal(
        "the end instead of an answer", [], then: .close,
        "closed the connection before it had answered. Is it an HTTP proxy that allows CONNECT?", hasCredentials: true),
      Refusal(
        "the end inside the answer", ["HTTP/1.1 200 OK\r\nX:"], then: .close,
        "closed the connection before it had answered. Is it an HTTP proxy that allows CONNECT?"),
      Refusal("the end after an interim response", ["HTTP/1.1 100 Continue\r\n\r\n"], then: .close, "closed the connection before it had"),
      Refusal(
        "a reset", ["HTTP/1.1 200"], then: .reset, "was lost before it had answered: cannot receive from 127.0.0.1:", hasCredentials: true),
    ])
  func refusal(_ row: Refusal) throws {
    let setting = try Setting()
    let proxy = try ScriptedProxy(on: setting.loop, row.pieces, then: row.ending)
    let credentials = row.hasCredentials ? ProxyCredentials(user: "me", password: Self.secret) : nil
    try setting.dial(Self.route(through: proxy, credentials: credentials))
    let error = try #require(setting.outcome.error)
    #expect(error.description.hasPrefix("no tunnel to target.example:443: the proxy 127.0.0.1:\(proxy.port) \(row.words)"))
    #expect(error.proxy == "127.0.0.1:\(proxy.port)")
    var dumped = ""
    dump(error, to: &dumped)
    for text in [error.description, "\(error)", String(reflecting: error), dumped] {
      #expect(!text.contains(Self.secret) && !text.contains("aHVudGVyMi"))
    }
    // The proxy sees the end of the connection, whatever it does.
    #expect(try setting.loop.run(within: .seconds(10)) { proxy.reasons.count == 1 })
    #expect(setting.outcome.results.count == 1)
  }

  @Test("C10: credentials are not in descriptions and dumps of what holds them")
  func redaction() {
    var route = Route(host: "h", port: 1)
    route.proxy = ProxyTarget(host: "p", port: 2, credentials: ProxyCredentials(user: "me-secret", password: Self.secret))
    var dumped = ""
    dump(route, to: &dumped)
    for text in ["\(route)", String(reflecting: route), dumped, "\(String(describing: route.proxy))"] { #expect(!text.contains("secret")) }
  }

  @Test("H22: a proxy that is silent, and one that drips, are given up when the time for all is up", arguments: [true, false])
  func deadline(isSilent: Bool) throws {
    let setting = try Setting()
    // One octet in each turn, for longer than the limit.
    let pieces = isSilent ? [] : ["HTTP/1.1 200 OK\r\nX: "] + Array(repeating: "y", count: 1_000_000)
    let proxy = try ScriptedProxy(on: setting.loop, pieces, then: .stay)
    let limit = Duration.milliseconds(isSilent ? 100 : 30)
    let start = setting.loop.now
    try setting.dial(Self.route(through: proxy), within: limit)
    #expect(setting.loop.now - start >= limit)
    #expect(setting.outcome.error?.cause == .proxyDeadline(limit))
    #expect(
      setting.outcome.error?.description
        == "no tunnel to target.example:443: the proxy 127.0.0.1:\(proxy.port) did not answer within \(limit). "
        + "Is it an HTTP proxy, and can it reach the target?")
    #expect(try setting.loop.run(within: .seconds(10)) { proxy.reasons.count == 1 })
  }

  @Test("a proxy that is not found, and one that refuses, fail as the proxy")
  func noProxy() throws {
    var route = Route(host: "target.example", port: 443)
    route.proxy = ProxyTarget(host: "no.example", port: 3128)
    let unknown = try Setting()
    try unknown.dial(route)
    #expect(
      unknown.outcome.error?.description
        == "no tunnel to target.example:443: the proxy is not reached: cannot resolve a host name: \"no.example\" does not exist. "
        + "Check the spelling, or try an address")
    let closed = try Setting()
    let server = try ScriptedProxy(on: closed.loop, [], then: .stay)
    let other = try Setting()
    try other.dial(Route(host: "127.0.0.1", port: server.port))
    // Nothing listens on a port from which something is connected, and nobody can take it.
    let port = try #require((other.outcome.stream as? TCPStream)?.localAddress?.port)
    route.proxy = ProxyTarget(host: "127.0.0.1", port: port)
    try closed.dial(route)
    guard case .proxyConnect(let error) = closed.outcome.error?.cause else {
      Issue.record("\(String(describing: closed.outcome.error))")
      return
    }
    #expect(error.errorName == "ECONNREFUSED")
  }

  @Test(
    "what cannot be asked for is refused before anything is connected to",
    arguments: [
      ("a name that is none", "a\r\nHost: evil", 443, nil, "cannot resolve a host name: \"a??Host: evil\" has an octet 0xD"),
      ("a misspelled address", "127.1", 443, nil, "cannot resolve a host name: \"127.1\" is neither an address"),
      (
        "an address that means something here only", "fe80::1%2", 443, nil,
        "no tunnel to [fe80::1%2]:443: the proxy 127.0.0.1:9 cannot be asked for it: target"
      ),
      ("port 0", "target.example", 0, nil, "no tunnel to target.example:0: the proxy 127.0.0.1:9 cannot be asked for it: target"),
      (
        "a colon in the user name", "target.example", 443, ProxyCredentials(user: "a:\(secret)", password: "b"),
        "no tunnel to target.example:443: the proxy 127.0.0.1:9 cannot be given the credentials"
      ),
      (
        "a line end in the password", "target.example", 443, ProxyCredentials(user: "a", password: "\(secret)\r\nX: y"),
        "no tunnel to target.example:443: the proxy 127.0.0.1:9 cannot be given the credentials"
      ),
    ] as [(String, String, UInt16, ProxyCredentials?, String)])
  func unusable(what: String, host: String, port: UInt16, credentials: ProxyCredentials?, words: String) throws {
    let setting = try Setting()
    var route = Route(host: host, port: port)
    route.proxy = ProxyTarget(host: "127.0.0.1", port: 9, credentials: credentials)
    try setting.dial(route)
    #expect(setting.outcome.error?.description.hasPrefix(words) == true)
    #expect(setting.outcome.error?.description.contains(Self.secret) == false)
    #expect(setting.outcome.error?.target.utf8.allSatisfy { (0x20...0x7E).contains($0) } == true)
  }

  @Test("C09: addresses of the peer have to be allowed, those of the proxy need not")
  func allowed() throws {
    let mapped = "::ffff:192.0.2.1"
    for (host, pinned) in [("192.0.2.1", nil), (mapped, nil), ("target.example", SocketAddress(literal: mapped, port: 1))] {
      let setting = try Setting()
      let proxy = try ScriptedProxy(on: setting.loop, [Self.established], then: .stay)
      var route = Self.route(host, through: proxy)
      route.pinned = pinned
      try setting.dial(route) { $0.host != "192.0.2.1" }
      guard case .connect(let error) = setting.outcome.error?.cause else {
        Issue.record("\(String(describing: setting.outcome.error))")
        continue
      }
      #expect(error.cause == .addressNotAllowed)
      #expect(proxy.streams.isEmpty)
    }
    let setting = try Setting()
    let proxy = try ScriptedProxy(on: setting.loop, [Self.established], then: .stay)
    try setting.dial(Self.route(through: proxy)) { _ in false }
    #expect(setting.outcome.stream != nil)
    let direct = try Setting()
    try direct.dial(Route(host: "127.0.0.1", port: proxy.port)) { !$0.isLoopback }
    #expect(
      direct.outcome.error?.description.hasPrefix("cannot connect to 127.0.0.1:\(proxy.port): connections to this address are not allowed")
        == true)
  }
}
