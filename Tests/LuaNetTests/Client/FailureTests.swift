import LuaTesting
import Testing
import Transport
import WSHandshake

@Suite("Connections that do not open", .timeLimit(.minutes(10)))
struct FailureTests {
  /// A server's answer, and how the error of the script begins and what it says.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let begins: String
    let answer: WirePeer.Answer
    var testDescription: String { name }

    init(_ name: String, _ begins: String, _ answer: @escaping WirePeer.Answer) {
      self.name = name
      self.begins = begins
      self.answer = answer
    }

    /// An answer of HTTP.
    init(_ name: String, _ begins: String, status: String, _ fields: String = "Content-Length: 0\r\n", _ content: String = "") {
      self.init(name, begins) { _ in (Array("HTTP/1.1 \(status)\r\n\(fields)\r\n\(content)".utf8), .none) }
    }

    /// An answer that would open the connection but for one thing.
    init(_ name: String, _ begins: String, accept: String? = nil, further: String = "") {
      self.init(name, begins) { (switchingAnswer(to: $0, accept: accept, further: further), .none) }
    }
  }

  private static let answers: [Row] = [
    Row("404", "http: the server answered 404 Not Found instead of 101", status: "404 Not Found"),
    Row("200 with content", "http: the server answered 200 OK instead of 101", status: "200 OK", "Content-Length: 2\r\n", "hi"),
    Row(
      "301, which is not followed", "http: the server answered 301 Moved instead of 101", status: "301 Moved",
      "Location: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n"),
    Row("a reason that is no text", "http: the server answered 500 instead of 101", status: "500 "),
    Row("a wrong accept key", "http: accept:", accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    Row("an extension nobody asked for", "http: extension:", further: "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    Row("a subprotocol nobody asked for", "http: subprotocol:", further: "Sec-WebSocket-Protocol: chat\r\n"),
    Row("no HTTP at all", "http: ") { _ in (Array("220 ready\r\n\r\n".utf8), .none) },
    Row("a head beyond 64 KiB", "too_large: ") { _ in
      let line = "X: " + String(repeating: "x", count: 8000) + "\r\n"
      return (Array(("HTTP/1.1 101 Switching Protocols\r\n" + String(repeating: line, count: 9) + "\r\n").utf8), .none)
    },
    Row("the end before an answer", "closed: ") { _ in ([], .finish) },
    Row("the end within the answer", "http: ") { _ in (Array("HTTP/1.1 101 Swi".utf8), .finish) },
    Row("a reset before an answer", "closed: ") { _ in ([], .abort) },
  ]

  @Test("LN-75: the answer of a server that opens no connection is an error and an end", arguments: LuaState.Driver.allCases, answers)
  func answer(driver: LuaState.Driver, row: Row) throws {
    let peer = try WirePeer(row.answer)
    let lua = try LuaState(driver)
    let history = try lua.outcome(peer.url)
    #expect(history.count == 2 && history[0].hasPrefix("error \(row.begins)") && history[1] == "close 1006 ", "\(history)")
    #expect(try lua.value("net.ws:is_open(ws)") == "false")
    #expect(lua.errors.isEmpty)
  }

  /// URLs, and how the error begins.
  private static let urls: [(url: String, begins: String)] = [
    ("::", "url: the URL's scheme"),
    ("", "url: the URL's scheme"),
    ("http://127.0.0.1/", "url: the scheme is http"),
    ("ftp://127.0.0.1/", "url: the scheme is ftp"),
    ("ws:/127.0.0.1/", "url: the URL's authority"),
    ("ws:///path", "url: the URL's host"),
    ("ws://127.0.0.1:0/", "url: the URL's port"),
    ("ws://127.0.0.1:65536/", "url: the URL's port"),
    ("ws://127.0.0.1:8x/", "url: the URL's port"),
    ("ws://user:secret@127.0.0.1/", "url: a URL must not have a user name or password"),
    ("ws://127.0.0.1/#part", "url: a fragment"),
    ("ws://127.0.0.1/a b", "url: the URL's path"),
    ("ws://127.0.0.1/a\r\nX: y", "url: the URL's path"),
    ("ws://127.0.0.1/\0", "url: the URL's path"),
    ("ws://b\u{FC}cher.example/", "url: the URL's host"),
    ("ws://127.1/", "url: "),
    ("ws://a..b/", "url: "),
    ("ws://[::1/", "url: the URL's host"),
    ("ws://127.0.0.1/" + String(repeating: "x", count: 65536), "url: the URL is longer than 65536 octets"),
    ("ws://no-such-host.invalid/", "dns: "),
    ("wss://no-such-host.invalid/", "dns: "),
  ]

  @Test("LN-75: what cannot be connected to is an error and an end", arguments: LuaState.Driver.allCases)
  func url(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    for (url, begins) in Self.urls {
      let history = try lua.outcome(url)
      #expect(history.count == 2 && history[0].hasPrefix("error \(begins)") && history[1] == "close 1006 ", "\(url): \(history)")
      #expect(!history[0].contains("secret"))
    }
  }

  @Test("LN-75: a port where nothing listens, and one that is silent", arguments: LuaState.Driver.allCases)
  func unreachable(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let closed = try WirePeer().port
    let refused = try lua.outcome("ws://127.0.0.1:\(closed)/")
    #expect(refused.count == 2 && refused[0].hasPrefix("error connect: ") && refused[1] == "close 1006 ", "\(refused)")
    let silent = try WirePeer()
    let late = try lua.outcome(silent.url, "timeout = 0.2")
    #expect(late.count == 2 && late[0].hasPrefix("error timeout: ") && late[1] == "close 1006 ", "\(late)")
  }

  @Test("LN-76: the opening handshake has 10 s in all, or what the script says", arguments: LuaState.Driver.allCases)
  func timeLimit(driver: LuaState.Driver) throws {
    let silent = try WirePeer()
    let dripping = try WirePeer { _ in (Array("HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n".utf8), .none) }
    let tls = try WirePeer()
    let lua = try LuaState(driver)
    try lua.run("log, ended = {}, {} start = microseconds()")
    for (name, url, field) in [
      ("standard", silent.url, ""), ("one", silent.url, "timeout = 1"), ("half", silent.url, "timeout = 0.5"),
      ("content", dripping.url, "timeout = 1"), ("tls", "wss://127.0.0.1:\(tls.port)/", "timeout = 1"),
    ] {
      try lua.connect(url, "\(field)\(field.isEmpty ? "" : ",") on_close = function() ended.\(name) = microseconds() - start end", as: name)
    }
    try lua.pump(until: "net.pending() == 0")
    for (name, from, to) in [
      ("standard", 9.95, 10.5), ("one", 0.95, 1.25), ("half", 0.45, 0.75), ("content", 0.95, 1.25), ("tls", 0.95, 1.25),
    ] {
      let seconds = try #require(Double(lua.value("ended.\(name) / 1e6")))
      #expect(seconds >= from && seconds <= to, "\(name): \(seconds) s")
    }
    let history = try lua.history
    for name in ["standard", "one", "half", "tls"] { #expect(history.contains { $0.hasPrefix("\(name) error timeout: ") }, "\(name)") }
    #expect(history.contains { $0.hasPrefix("content error http: the server answered 404") })
  }
}
