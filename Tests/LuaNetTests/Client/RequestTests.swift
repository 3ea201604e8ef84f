import LuaTesting
import TestCertificates
import Testing
import Transport

@Suite("What is asked of a server", .timeLimit(.minutes(10)))
struct RequestTests {
  /// The field lines of the request that a connection with `fields` sends.
  private func request(_ driver: LuaState.Driver, path: String = "", _ fields: String = "", further: String = "") throws -> [String] {
    let peer = try WirePeer.opening(further: further)
    let lua = try LuaState(driver)
    try lua.connect(peer.url + path, fields)
    try lua.pump(until: "net.ws:is_open(ws)")
    return peer.request.split(separator: "\r\n").map { String($0).replacing("\(peer.port)", with: "PORT") }
  }

  @Test("LN-77: without options the request has the fields of the handshake and no others", arguments: LuaState.Driver.allCases)
  func plain(driver: LuaState.Driver) throws {
    let lines = try request(driver)
    #expect(lines.first == "GET / HTTP/1.1")
    let key = lines.filter { $0.hasPrefix("Sec-WebSocket-Key: ") }
    #expect(key.count == 1)
    #expect(
      Set(lines.dropFirst()).subtracting(key)
        == ["Host: 127.0.0.1:PORT", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"])
  }

  @Test("LN-77: path and query are sent, octets beyond ASCII percent-encoded", arguments: LuaState.Driver.allCases)
  func target(driver: LuaState.Driver) throws {
    #expect(try request(driver, path: "a/b?q=%20&r=\u{E4}").first == "GET /a/b?q=%20&r=%C3%A4 HTTP/1.1")
  }

  @Test("LN-77: headers and protocols are sent as given; Host and Origin may be, too", arguments: LuaState.Driver.allCases)
  func fields(driver: LuaState.Driver) throws {
    let lines = try request(
      driver,
      """
      headers = { Authorization = "Bearer t", ["X-Number"] = 7, ["x-empty"] = "", Host = "else.example:81", origin = "https://page.example" },
      protocols = { "chat.v2", "chat.v1" }
      """, further: "Sec-WebSocket-Protocol: chat.v1\r\n")
    for line in [
      "Authorization: Bearer t", "X-Number: 7", "x-empty: ", "Host: else.example:81", "Origin: https://page.example",
      "Sec-WebSocket-Protocol: chat.v2, chat.v1",
    ] { #expect(lines.filter { $0 == line }.count == 1, "\(line) in \(lines)") }
    #expect(lines.filter { $0.lowercased().hasPrefix("host:") }.count == 1)
  }

  /// Options, and how the error begins.
  private static let bad: [(options: String, begins: String)] = [
    ("headers = { ['A\\r\\nB'] = 'x' }", "http: the header A\\r\\nB cannot be sent"),
    ("headers = { A = 'x\\r\\nB: y' }", "http: the header A cannot be sent"),
    ("headers = { A = 'x\\0' }", "http: the header A cannot be sent"),
    ("headers = { ['A B'] = 'x' }", "http: the header A B cannot be sent"),
    ("headers = { [''] = 'x' }", "http: the header  cannot be sent"),
    ("headers = { A = '\\xff' }", "http: the header A is not UTF-8"),
    ("headers = { Connection = 'close' }", "http: header not allowed: Connection"),
    ("headers = { UPGRADE = 'h2c' }", "http: header not allowed: UPGRADE"),
    ("headers = { ['Sec-WebSocket-Key'] = 'x' }", "http: header not allowed: Sec-WebSocket-Key"),
    ("headers = { ['Sec-WebSocket-Protocol'] = 'x' }", "http: header not allowed: Sec-WebSocket-Protocol"),
    ("headers = { ['Content-Length'] = '0' }", "http: header not allowed: Content-Length"),
    ("headers = { Host = 'a b' }", "http: the host is not valid"),
    ("headers = { Origin = 'x\\n' }", "http: the header Origin cannot be sent"),
    ("protocols = { 'a b' }", "http: a subprotocol is not a token"),
    ("protocols = { 'a', 'a' }", "http: a subprotocol is offered twice"),
    ("protocols = { 'a\\r\\nX: y' }", "http: a subprotocol is not a token"),
  ]

  @Test("LN-77: what may not be sent is an error, and nothing is", arguments: LuaState.Driver.allCases)
  func refused(driver: LuaState.Driver) throws {
    let peer = try WirePeer.opening()
    let lua = try LuaState(driver)
    for (options, begins) in Self.bad {
      let history = try lua.outcome(peer.url, options)
      #expect(history.count == 2 && history[0].hasPrefix("error \(begins)") && history[1] == "close 1006 ", "\(options): \(history)")
    }
    #expect(peer.connections.isEmpty)
  }

  // MARK: TLS

  /// A server's certificate, the host in the URL, options, and how the error begins; nil: an echo.
  private static let certificates: [(certificate: String, host: String, options: String, begins: String?)] = [
    ("valid", "localhost", "ca_file = ca", nil),
    ("valid", "localhost", "insecure = true", nil),
    ("valid", "localhost", "", "tls: "),
    ("valid", "127.0.0.1", "ca_file = ca", "tls: "),
    ("valid", "127.0.0.1", "insecure = true", nil),
    ("address", "127.0.0.1", "ca_file = ca", nil),
    ("address", "localhost", "ca_file = ca", "tls: "),
    ("expired", "localhost", "ca_file = ca", "tls: "),
    ("expired", "localhost", "insecure = true", nil),
    ("wrong-name", "localhost", "ca_file = ca", "tls: "),
    ("unknown-issuer", "localhost", "ca_file = ca", "tls: "),
    ("unknown-issuer", "localhost", "ca_file = other", nil),
    ("valid", "localhost", "ca_file = ca .. 'x'", "tls: cannot set up TLS: cannot read"),
    ("valid", "localhost", "ca_file = ca, insecure = true", "tls: insecure trusts any certificate"),
  ]

  @Test("LN-78: wss is spoken with a server whose certificate is trusted, and with no other", arguments: LuaState.Driver.allCases)
  func secure(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.set("ca", to: Array(Certificates.path("ca.pem").utf8))
    try lua.set("other", to: Array(Certificates.path("other-ca.pem").utf8))
    var rejections: [String: String] = [:]
    for (certificate, host, options, begins) in Self.certificates {
      let identity = TLSIdentity(certificateFile: Certificates.path("\(certificate).pem"), keyFile: Certificates.path("key.key"))
      let peer = try Peer(tls: TLSServerContext(TLSServerConfiguration(identity: identity)))
      let history = try lua.outcome(
        "wss://\(host):\(peer.port)/",
        """
        on_open = function(id) net.ws:send(id, "secret") end, on_message = function(id) net.ws:close(id) end,
        \(options)
        """)
      if let begins {
        #expect(history.count == 2 && history[0].hasPrefix("error \(begins)") && history[1] == "close 1006 ", "\(certificate) \(history)")
        rejections[certificate] = history[0]
        #expect(peer.texts.isEmpty)
      } else {
        #expect(history == ["open", "message secret", "close 1000 "], "\(certificate) \(options)")
      }
    }
    #expect(rejections["expired"]?.contains("expired") == true, "\(rejections)")
    #expect(Set(rejections.values).count == rejections.count)
    // Without TLS the same options change nothing.
    let plain = try Peer()
    let ending = "on_open = function(id) net.ws:close(id) end, ca_file = ca, insecure = true"
    #expect(try lua.outcome(plain.url, ending) == ["open", "close 1000 "])
  }

  @Test("LN-78: a server that speaks no TLS is a failure of TLS", arguments: LuaState.Driver.allCases)
  func noTLS(driver: LuaState.Driver) throws {
    let peer = try WirePeer()
    let lua = try LuaState(driver)
    try lua.connect("wss://127.0.0.1:\(peer.port)/")
    try lua.pump { peer.connections.last?.received.isEmpty == false }
    // The first record of TLS.
    #expect(peer.connections.last?.received.first == 0x16)
    peer.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    try lua.pumpUntilClosed()
    #expect(try lua.history.first?.hasPrefix("error tls: ") == true)
  }
}
