import Connections
import LuaTesting
import Testing
import Transport
import WSHandshake

@Suite("The opening handshake of a server", .timeLimit(.minutes(10)))
struct OpeningTests {
  @Test("LN-93: on_open is called after the handshake, not for a mere connection", arguments: LuaState.Driver.allCases)
  func open(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let silent = clients.wire(port, [])
    let half = clients.wire(port, Array(upgradeRequest(port).dropLast(2)))
    try lua.pump { silent.seen.isConnected && half.seen.isConnected }
    let client = clients.web(port)
    try lua.pump { try client.isOpen && lua.holds("#log == 1") }
    #expect(try lua.history == ["open 1"])
    #expect(try lua.holds("math.type(ids[1]) == 'integer' and ids[1] > 0"))
    #expect(try lua.value("srv:client_count()") == "1")
    half.write([13, 10])
    try lua.pump(until: "#log == 2")
    #expect(try lua.holds("ids[2] > ids[1]"))
  }

  /// A request, what is expected of the answer's head, and how the answer begins.
  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let status: String
    var field = ""
    let request: @Sendable (UInt16) -> [UInt8]

    init(_ name: String, _ status: String, field: String = "", _ request: @escaping @Sendable (UInt16) -> [UInt8]) {
      testDescription = name
      self.status = status
      self.field = field
      self.request = request
    }

    /// The usual request with one text in place of another.
    init(_ name: String, _ status: String, field: String = "", _ old: String, _ new: String) {
      self.init(name, status, field: field) { Array(String(decoding: upgradeRequest($0), as: UTF8.self).replacing(old, with: new).utf8) }
    }
  }

  static let rows = [
    Row("the usual request", "101 Switching Protocols", field: "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "", ""),
    Row("any path", "101 Switching Protocols", "/any?path", "/x/%C3%A9/..//?a=b&c"),
    Row("another method", "405 ", field: "Allow: GET", "GET", "POST"),
    Row("HTTP/1.0", "400 ", "HTTP/1.1", "HTTP/1.0"),
    Row("a plain HTTP request", "426 Upgrade Required", field: "Sec-WebSocket-Version: 13") { port in
      Array("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
    },
    Row("another protocol", "426 Upgrade Required", field: "Upgrade: websocket", "websocket", "h2c"),
    Row("no Connection: Upgrade", "400 ", "Connection: Upgrade", "Connection: keep-alive"),
    Row("version 8", "426 Upgrade Required", field: "Sec-WebSocket-Version: 13", "Version: 13", "Version: 8"),
    Row("version 14", "426 Upgrade Required", field: "Sec-WebSocket-Version: 13", "Version: 13", "Version: 14"),
    Row("no version", "426 Upgrade Required", field: "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13\r\n", ""),
    Row("a key of 15 octets", "400 ", "dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4P"),
    Row("no key", "400 ", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
    Row("no Host", "400 ", "Host: ", "X-Host: "),
    Row("a head of 16 KiB", "101 Switching Protocols") { paddedRequest($0, to: 16 << 10) },
    Row("a head of 16 KiB and an octet", "431 Request Header Fields Too Large") { paddedRequest($0, to: (16 << 10) + 1) },
    Row("octets that are no HTTP", "400 ") { _ in Array("\u{0}\u{1}\u{2}nonsense\r\n\r\n".utf8) },
  ]

  @Test("LN-94: what is answered to requests", arguments: LuaState.Driver.allCases, rows)
  func request(driver: LuaState.Driver, row: Row) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let client = clients.wire(port, row.request(port))
    try lua.pump { client.text.contains("\r\n\r\n") }
    #expect(client.text.hasPrefix("HTTP/1.1 \(row.status)"), "\(client.text)")
    #expect(client.text.contains(row.field), "\(client.text)")
    guard !row.status.hasPrefix("101") else { return try lua.pump(until: "#log == 1") }
    try lua.pump { client.isOver }
    let body = String(decoding: client.frames, as: UTF8.self)
    #expect(body.count > 10 && body.count { $0 == "\n" } == 1 && body.hasSuffix("\n"), "one line of text: \(body)")
    #expect(try lua.history == [])
    try lua.pump { !lua.logs.isEmpty }
    #expect(lua.logs.count == 1 && lua.logs[0].hasPrefix("net.ws_server "), "\(lua.logs)")
  }

  /// A request whose head has this length, the two line ends at its end not counted.
  private static func paddedRequest(_ port: UInt16, to length: Int) -> [UInt8] {
    let missing = length + 4 - upgradeRequest(port, further: "X-Padding: \r\n").count
    return upgradeRequest(port, further: "X-Padding: \(String(repeating: "x", count: missing))\r\n")
  }

  @Test("LN-94: a request that is not complete within 10 s is answered 408", arguments: LuaState.Driver.allCases)
  func late(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let clock = ContinuousClock()
    let start = clock.now
    let client = clients.wire(port, Array(upgradeRequest(port).dropLast(2)))
    try lua.pump { client.isOver }
    #expect(client.text.hasPrefix("HTTP/1.1 408 "))
    #expect(clock.now - start > .seconds(9.5))
    #expect(try lua.history == [])
  }

  @Test(
    "LN-95: pages of this machine may connect, others may not", arguments: LuaState.Driver.allCases,
    [
      ("no origin", nil, true), ("localhost with another port", "http://localhost:3000", true), ("127.0.0.1", "http://127.0.0.1", true),
      ("[::1]", "http://[::1]:8080", true), ("a file", "file://", true), ("null", "null", false),
      ("a foreign page", "https://evil.example", false), ("a name that begins as ours", "http://127.0.0.1.evil.example", false),
      ("a name that begins as localhost", "http://localhost.evil.example", false),
      ("a name that ends as localhost", "http://evil-localhost", false), ("user information", "http://localhost@evil.example", false),
      ("an empty value", "", false), ("two origins", "http://localhost http://evil.example", false),
    ] as [(String, String?, Bool)])
  func origin(driver: LuaState.Driver, row: (name: String, origin: String?, isAllowed: Bool)) throws {
    try check(driver, host: nil, origin: row.origin, options: "", isAllowed: row.isAllowed)
  }

  @Test(
    "LN-95: origins may be listed, and are compared exactly", arguments: LuaState.Driver.allCases,
    [
      ("the listed one", "https://dash.example", "{ 'https://dash.example' }", true),
      ("the second", "https://dash.example", "{ 'https://a.example', 'https://dash.example' }", true),
      ("a longer one", "https://dash.example.evil.example", "{ 'https://dash.example' }", false),
      ("another port", "https://dash.example:444", "{ 'https://dash.example' }", false),
      ("another scheme", "http://dash.example", "{ 'https://dash.example' }", false),
      ("one that is not listed", "https://evil.example", "{ 'https://dash.example' }", false),
      ("a local one besides those listed", "http://localhost:3000", "{ 'https://dash.example' }", true),
      ("null, listed", "null", "{ 'null' }", true), ("any", "https://evil.example", "'*'", true), ("null, any", "null", "'*'", true),
      ("any in a list", "https://evil.example", "{ '*' }", true), ("an empty list", "https://evil.example", "{}", false),
    ])
  func listed(driver: LuaState.Driver, row: (name: String, origin: String, origins: String, isAllowed: Bool)) throws {
    try check(driver, host: nil, origin: row.origin, options: "origins = \(row.origins)", isAllowed: row.isAllowed)
  }

  @Test(
    "LN-95: the Host is a name of this machine, whatever origins are allowed", arguments: LuaState.Driver.allCases,
    [
      ("127.0.0.1", "127.0.0.1:PORT", true), ("localhost", "localhost:PORT", true), ("LOCALHOST", "LOCALHOST:PORT", true),
      ("[::1]", "[::1]:PORT", true), ("a rebound name", "evil.example:8080", false),
      ("a rebound name with our port", "evil.example:PORT", false),
      ("a name that begins as ours", "127.0.0.1.evil.example:PORT", false),
      ("a name that begins as localhost", "localhost.evil.example:PORT", false),
    ])
  func host(driver: LuaState.Driver, row: (name: String, host: String, isAllowed: Bool)) throws {
    for options in ["", "origins = '*'"] { try check(driver, host: row.host, origin: nil, options: options, isAllowed: row.isAllowed) }
  }

  private func check(_ driver: LuaState.Driver, host: String?, origin: String?, options: String, isAllowed: Bool) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve(options)
    let further = origin.map { "Origin: \($0)\r\n" } ?? ""
    let client = clients.wire(port, upgradeRequest(port, host: host?.replacing("PORT", with: "\(port)"), further: further))
    try lua.pump { client.text.contains("\r\n\r\n") }
    guard !isAllowed else {
      #expect(client.text.hasPrefix("HTTP/1.1 101 "), "\(client.text)")
      return try lua.pump(until: "#log == 1")
    }
    try lua.pump { client.isOver }
    #expect(client.text.hasPrefix("HTTP/1.1 403 "), "\(client.text)")
    if host == nil { #expect(client.text.contains("origins"), "the answer names the setting: \(client.text)") }
    #expect(try lua.history == [])
    try lua.pump { !lua.logs.isEmpty }
    #expect(lua.logs.count == 1, "\(lua.logs)")
    if host == nil { #expect(lua.logs.first?.contains("origins") == true, "the log names the setting: \(lua.logs)") }
  }

  @Test("LN-99: a client that begins with TLS is turned away, and the server goes on", arguments: LuaState.Driver.allCases)
  func tls(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    // A ClientHello of TLS 1.2: record, handshake, version, random, no session, one suite, no compression.
    let hello: [UInt8] =
      [0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3] + [UInt8](repeating: 0x0A, count: 32) + [0, 0, 2, 0xC0, 0x2F, 1, 0]
    let client = clients.wire(port, hello)
    client.finish()
    try lua.pump { client.isOver }
    #expect(!client.text.contains("101"))
    let next = clients.web(port)
    try lua.pump { next.isOpen }
    #expect(try lua.history == ["open 1"])
  }

  @Test("LN-100: no subprotocol is chosen and no extension agreed on, though offered", arguments: LuaState.Driver.allCases)
  func subprotocol(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let offered = "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    let client = clients.wire(port, upgradeRequest(port, further: offered))
    try lua.pump { client.text.contains("\r\n\r\n") }
    #expect(client.text.hasPrefix("HTTP/1.1 101 "))
    #expect(!client.text.contains("Sec-WebSocket-Protocol") && !client.text.contains("Sec-WebSocket-Extensions"), "\(client.text)")
  }

  @Test(
    "LN-116: the client above the limit is answered 503, and one may come when another has left", arguments: LuaState.Driver.allCases,
    [("1,024 by default", "", 1024), ("max_clients", "max_clients = 3", 3)])
  func full(driver: LuaState.Driver, row: (name: String, options: String, limit: Int)) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve(row.options)
    let all = clients.web(port, count: row.limit)
    try lua.pump(until: "srv:client_count() == \(row.limit)")
    let rejected = clients.opened(port)
    try lua.pump { rejected.isOver }
    #expect(rejected.text.hasPrefix("HTTP/1.1 503 "), "\(rejected.text)")
    #expect(try lua.value("#log") == "\(row.limit)")
    all[0].close()
    try lua.pump(until: "srv:client_count() == \(row.limit - 1)")
    // The one that left counts until its stream has ended, too.
    var next = clients.web(port)
    try lua.pump {
      if next.seen.refusal != nil { next = clients.web(port) }
      return next.isOpen
    }
  }

  @Test("LN-116: clients that have left count until the script has heard of it, so that a host that does not pump fills no memory")
  func unheard() throws {
    let lua = try LuaState(.threaded)
    let clients = try Clients()
    let port = try lua.serve("max_clients = 2")
    for _ in 1...2 {
      let client = clients.web(port)
      client.close()
      try wait { client.closure != nil }
    }
    let third = clients.web(port)
    try wait { third.closure != nil }
    #expect(third.closure?.isClean == false)
    lua.pump()
    #expect(try lua.history == ["open 1", "close 1 1000 ", "open 2", "close 2 1000 "])
    let fourth = clients.web(port)
    fourth.send("hello")
    try lua.pump(until: "#log == 6")
  }

  /// Waits for something without pumping.
  private func wait(until condition: () -> Bool) throws {
    let clock = ContinuousClock()
    let end = clock.now + LuaState.patience
    while !condition() { try #require(clock.now < end) }
  }
}
