import Foundation
import LuaTesting
import Testing

@Suite("Arguments", .timeLimit(.minutes(10)))
struct ArgumentTests {
  /// Wrong calls, and what the error says.
  static let wrong: [(call: String, says: String)] = [
    ("net.ws:connect()", "net.ws:connect: url must be a string, not nil"),
    ("net.ws:connect({}, {})", "net.ws:connect: url must be a string, not table"),
    ("net.ws:connect('ws://x')", "net.ws:connect: callbacks must be a table, not nil"),
    ("net.ws:connect('ws://x', 5)", "net.ws:connect: callbacks must be a table, not number"),
    ("net.ws:connect('ws://x', { on_open = 5 })", "net.ws:connect: on_open must be a function or nil, not number"),
    ("net.ws:connect('ws://x', { headers = 5 })", "net.ws:connect: headers must be "),
    ("net.ws:connect('ws://x', { protocols = 5 })", "net.ws:connect: protocols must be "),
    ("net.ws:connect('ws://x', { insecure = 5 })", "net.ws:connect: insecure must be a boolean"),
    ("net.ws:connect('ws://x', { ca_file = {} })", "net.ws:connect: ca_file must be a string"),
    ("net.ws:send()", "net.ws:send: id must be an integer, not nothing"),
    ("net.ws:send('1', '')", "net.ws:send: id must be an integer, not string"),
    ("net.ws:send(1)", "net.ws:send: msg must be a string, not nothing"),
    ("net.ws:send(1, {})", "net.ws:send: msg must be a string, not table"),
    ("net.ws:close()", "net.ws:close: id must be an integer, not nothing"),
    ("net.ws:close(1, '1000')", "net.ws:close: code must be an integer, not string"),
    ("net.ws:is_open({})", "net.ws:is_open: id must be an integer, not table"),
    ("net.ws_server:listen()", "net.ws_server:listen: port must be an integer, not n"),
    ("net.ws_server:listen('80', {})", "net.ws_server:listen: port must be an integer, not string"),
    ("net.ws_server:listen(0)", "net.ws_server:listen: callbacks must be a table, not n"),
    ("net.ws_server:listen(0, { on_close = {} })", "net.ws_server:listen: on_close must be a function or nil, not table"),
    ("net.ws_server:listen(0, { max_clients = '3' })", "net.ws_server:listen: max_clients must be an integer, not string"),
    ("net.ws_server:listen(0, { origins = 5 })", "net.ws_server:listen: origins must be "),
    ("srv:send()", "srv:send: client must be an integer, not nothing"),
    ("srv:send(1)", "srv:send: msg must be a string, not nothing"),
    ("srv:broadcast()", "srv:broadcast: msg must be a string, not nothing"),
    ("srv:disconnect()", "srv:disconnect: client must be an integer, not nothing"),
    ("srv:disconnect(1, 'x')", "srv:disconnect: code must be an integer, not string"),
  ]

  @Test("LN-17: wrong types raise, naming function, argument and expectation, and start nothing", arguments: LuaState.Driver.allCases)
  func types(driver: LuaState.Driver) async {
    await #expect(processExitsWith: .success) { [driver] in
      let lua = try LuaState(driver)
      try lua.run("srv = net.ws_server:listen(0, {}); net.poll()")
      let before = try Usage()
      #expect(before.threads == (driver == .threaded ? 1 : 0))
      for row in ArgumentTests.wrong {
        let failure = try #require(lua.failure(row.call), "\(row.call)")
        #expect(failure.contains(row.says), "\(row.call): \(failure)")
      }
      for _ in 0..<10 { #expect(lua.pump() == 0) }
      let after = try Usage()
      #expect(after.sockets == before.sockets, "\(before.sockets) were open, \(after.sockets) afterwards")
      #expect(after.threads == before.threads, "\(before.threads) threads, \(after.threads) afterwards")
      #expect(try lua.value("net.pending()") == "1")
    }
  }

  @Test("LN-18: a dot in place of the colon raises, and says what to write")
  func dots() throws {
    let lua = try LuaState()
    try lua.run("srv = net.ws_server:listen(0, {})")
    let calls: [(call: String, name: String)] = [
      ("net.ws.connect('ws://x', {})", "net.ws:connect"), ("net.ws.send(1, '')", "net.ws:send"), ("net.ws.close(1)", "net.ws:close"),
      ("net.ws.is_open(1)", "net.ws:is_open"), ("net.ws_server.listen(0, {})", "net.ws_server:listen"), ("srv.send(1, '')", "srv:send"),
      ("srv.broadcast('')", "srv:broadcast"), ("srv.disconnect(1)", "srv:disconnect"), ("srv.close()", "srv:close"),
      ("srv.is_open()", "srv:is_open"), ("srv.client_count()", "srv:client_count"), ("net.ws.connect()", "net.ws:connect"),
    ]
    for row in calls {
      let failure = try #require(lua.failure(row.call), "\(row.call)")
      #expect(failure.contains("use \(row.name)"), "\(row.call): \(failure)")
    }
    // All functions of the tables are among them.
    #expect(try lua.value("(function() local n = 0 for _ in pairs(net.ws) do n = n + 1 end return n end)()") == "4")
    #expect(try lua.value("(function() local n = 0 for _ in pairs(net.ws_server) do n = n + 1 end return n end)()") == "1")
  }

  @Test("LN-19: copies of the functions work with the table as first argument", arguments: LuaState.Driver.allCases)
  func copies(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      local listen, connect, send = net.ws_server.listen, net.ws.connect, net.ws.send
      local server, ws = net.ws_server, net.ws
      net.ws.connect, net.ws_server.listen = nil, nil
      srv = listen(server, 0, { on_message = function(c, m) got = m end })
      connect(ws, "ws://127.0.0.1:" .. srv.port, { on_open = function(id) send(ws, id, "copied") end })
      assert(type(ws) == "table" and getmetatable(ws) == nil and getmetatable(net) == nil)
      """)
    try lua.pump(until: "got == 'copied'")
  }

  @Test(
    "L03: a number that is none of the right kind is refused by name",
    arguments: ["0/0", "1/0", "-1/0", "2^53 + 0.5", "1.5", "'5'", "{}", "2^63"])
  func numbers(value: String) throws {
    let lua = try LuaState()
    try lua.run("srv = net.ws_server:listen(0, {})")
    let isOdd = value == "2^53 + 0.5"
    for (call, name) in [
      ("net.ws_server:listen(\(value), {})", "port"), ("net.ws_server:listen(0, { max_clients = \(value) })", "max_clients"),
      ("net.ws:close(\(value))", "id"), ("srv:send(\(value), '')", "client"), ("srv:disconnect(1, \(value))", "code"),
    ] where !isOdd {
      #expect(lua.failure(call)?.contains("\(name) must be an integer, not ") == true, "\(call): \(lua.failure(call) ?? "")")
    }
    if ["0/0", "1/0", "-1/0", "'5'", "{}"].contains(value) {
      #expect(
        lua.failure("net.ws:connect('ws://x', { timeout = \(value) })")?.contains("timeout must be a number of seconds above 0, not ")
          == true)
    }
    #expect(try lua.value("net.pending()") == "1")
  }

  @Test("L03: integers beyond what is meant are refused without harm")
  func range() throws {
    let lua = try LuaState()
    for value in ["-1", "65536", "2^53 + 1", "math.maxinteger", "math.mininteger"] {
      #expect(try lua.value("net.ws_server:listen(\(value), {})") == "nil", "\(value)")
    }
    for value in ["-1", "0"] {
      #expect(lua.failure("net.ws:connect('ws://x', { timeout = \(value) })")?.contains("timeout must be") == true)
      #expect(lua.failure("net.ws_server:listen(0, { max_clients = \(value) })")?.contains("max_clients must be") == true)
    }
    #expect(try lua.holds("net.ws_server:listen(0, { max_clients = math.maxinteger }):is_open()"))
  }

  @Test("L04: tables are read raw; an unknown key is an error with a suggestion")
  func tables() throws {
    let lua = try LuaState()
    try lua.run(
      """
      asked = 0
      local function trap() asked = asked + 1; error("asked") end
      hostile = setmetatable({}, { __index = trap, __len = trap, __pairs = trap, __newindex = trap, __eq = trap, __name = 5 })
      cyclic = {}
      cyclic.headers = cyclic
      """)
    #expect(try lua.holds("math.type(net.ws:connect('::', hostile)) == 'integer'"))
    #expect(try lua.holds("net.ws_server:listen(0, hostile):is_open()"))
    #expect(lua.failure("net.ws:connect('ws://x', cyclic)")?.contains("headers") == true)
    #expect(lua.failure("net.ws_server:listen(0, { on_open = hostile })")?.contains("on_open must be a function or nil, not table") == true)
    for (key, suggestion) in [("on_opn", "on_open"), ("onmessage", "on_message"), ("timeuot", "timeout")] {
      #expect(
        lua.failure("net.ws:connect('ws://x', { \(key) = print })")?.contains("unknown key '\(key)'; is '\(suggestion)' meant?") == true)
    }
    #expect(lua.failure("net.ws_server:listen(0, { orgins = {} })")?.contains("is 'origins' meant?") == true)
    #expect(lua.failure("net.ws_server:listen(0, { [1] = print })")?.contains("a key that is a number") == true)
    #expect(lua.failure("net.ws:connect('ws://x', { [hostile] = 1 })")?.contains("a key that is a table") == true)
    #expect(try lua.value("asked") == "0")
  }

  @Test("L05: text is checked before it is sent, and too much of it refused", arguments: LuaState.Driver.allCases)
  func strings(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      srv = net.ws_server:listen(0, { on_message = function(c, m) got, client = m, c end })
      ws = net.ws:connect("ws://127.0.0.1:" .. srv.port, { on_open = function(id) net.ws:send(id, "a\\0b") end })
      """)
    try lua.pump(until: "got == 'a\\0b'")
    for text in ["'\\xFF'", "'a\\xC3'", "'\\xED\\xA0\\x80'", "('x'):rep(100 << 20)"] {
      #expect(try lua.value("(net.ws:send(ws, \(text)))") == "false", "\(text)")
      #expect(try lua.value("(srv:send(client, \(text)))") == "false", "\(text)")
      #expect(try lua.value("(srv:broadcast(\(text)))") == "0", "\(text)")
    }
    #expect(try lua.holds("net.ws:send(ws, '\\0') and srv:client_count() == 1"))
    try lua.pump(until: "got == '\\0'")
    for text in ["'ws://x\\0y'", "'\\xFF'", "('ws://x'):rep(1 << 20)"] {
      try lua.run("failed = nil; net.ws:connect(\(text), { on_error = function(_, e) failed = e end })")
      try lua.pump(until: "failed")
      #expect(try lua.value("failed").hasPrefix("url: "), "\(text)")
    }
  }

  @Test("L06: a server listens on 127.0.0.1, and nothing widens that", arguments: LuaState.Driver.allCases)
  func loopback(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run("srv = net.ws_server:listen(0, {})")
    let port = try #require(UInt16(try lua.value("srv.port")))
    let hexadecimal = String(format: "%04X", port)
    for (file, addresses) in [("tcp", ["0100007F"]), ("tcp6", [])] {
      let table = (try? String(contentsOfFile: "/proc/self/net/\(file)", encoding: .utf8)) ?? ""
      var listening: [String] = []
      for line in table.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ").map(String.init)
        if fields.count > 3, fields[3] == "0A", fields[1].hasSuffix(":\(hexadecimal)") {
          listening.append(String(fields[1].prefix { $0 != ":" }))
        }
      }
      #expect(listening == addresses)
    }
    for option in ["host", "address", "bind", "interface"] {
      #expect(lua.failure("net.ws_server:listen(0, { \(option) = '0.0.0.0' })")?.contains("unknown key '\(option)'") == true)
    }
  }
}
