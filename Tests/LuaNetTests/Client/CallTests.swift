import LuaTesting
import Testing
import Transport
import WSProtocol

@Suite("The calls of net.ws", .timeLimit(.minutes(10)))
struct CallTests {
  @Test(
    "LN-71: connect returns an integer at once, and the script hears nothing before the pump", arguments: LuaState.Driver.allCases,
    ["ws://127.0.0.1:1/", "::", "", "http://localhost/"])
  func id(driver: LuaState.Driver, url: String) throws {
    let lua = try LuaState(driver)
    try lua.connect(url)
    #expect(try lua.value("math.type(ws)") == "integer")
    #expect(try lua.value("#log") == "0")
    try lua.pumpUntilClosed()
    #expect(try lua.history.count == 2)
  }

  @Test("LN-72: 1,000 ids are positive and ever greater", arguments: LuaState.Driver.allCases)
  func ids(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let other = try LuaState(driver)
    try lua.run("last = 0")
    for _ in 0..<10 {
      try lua.run("for i = 1, 100 do local id = net.ws:connect('::', {}) assert(math.type(id) == 'integer' and id > last) last = id end")
      let foreign = try #require(Int(other.value("net.ws:connect('::', {})")))
      #expect(try foreign > #require(Int(lua.value("last"))))
    }
    try lua.pump(until: "net.pending() == 0")
  }

  @Test("LN-73: the callbacks are given what they are to be given, and no more", arguments: LuaState.Driver.allCases)
  func arguments(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.set("url", to: Array(peer.url.utf8))
    try lua.run(
      """
      seen = {}
      local function types(name)
        return function(...)
          local words = { name }
          for i, value in ipairs { ... } do words[#words + 1] = math.type(value) or type(value) end
          seen[#seen + 1] = table.concat(words, " ") .. " of " .. select("#", ...)
          if ... == id and name == "open" then net.ws:send(id, "text") net.ws:send(id, "binary", true) end
          if ... == id and name == "message" and seen[#seen] == seen[#seen - 1] then net.ws:close(id) end
        end
      end
      local all = { on_open = types "open", on_message = types "message", on_error = types "error", on_close = types "close" }
      id = net.ws:connect(url, all)
      """)
    try lua.pump(until: "net.pending() == 0")
    try lua.run("failed = net.ws:connect('::', { on_error = function(...) e = { ... } end, on_close = function(...) c = { ... } end })")
    try lua.pump(until: "net.pending() == 0")
    #expect(
      try lua.value("table.concat(seen, ', ')")
        == "open integer of 1, message integer string boolean of 3, message integer string boolean of 3, "
        + "close integer integer string of 3")
    #expect(try lua.value("#e .. math.type(e[1]) .. type(e[2]) .. tostring(e[1] == failed)") == "2integerstringtrue")
    #expect(try lua.value("#c .. math.type(c[1]) .. c[2] .. '/' .. c[3]") == "3integer1006/")
    #expect(lua.errors.isEmpty)
  }

  @Test(
    "LN-73: each callback may be absent", arguments: LuaState.Driver.allCases,
    ["", "on_open", "on_message", "on_error", "on_close"])
  func optional(driver: LuaState.Driver, callback: String) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.run("called = 0")
    let table = callback.isEmpty ? "{}" : "{ \(callback) = function() called = called + 1 end }"
    try lua.run("id = net.ws:connect('\(peer.url)', \(table)) bad = net.ws:connect('::', \(table))")
    try lua.pump(until: "net.ws:is_open(id)")
    try lua.run("assert(net.ws:send(id, 'x'))")
    try lua.pump { peer.seen.messageCount == 1 }
    peer.send("y")
    if callback == "on_message" { try lua.pump(until: "called == 2") }
    peer.close(.normal)
    try lua.pump(until: "net.pending() == 0")
    let calls = ["": "0", "on_open": "1", "on_message": "2", "on_error": "1", "on_close": "2"]
    #expect(try lua.value("called") == calls[callback])
    #expect(lua.errors.isEmpty)
  }

  @Test("LN-74: callbacks are read once, raw; what the script does to the table later has no effect", arguments: LuaState.Driver.allCases)
  func readOnce(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.run(
      """
      log = {}
      local t = setmetatable({ on_open = function() log[#log + 1] = "first" end },
        { __index = function(_, key) log[#log + 1] = "asked for " .. key end })
      id = net.ws:connect('\(peer.url)', t)
      t.on_open = function() log[#log + 1] = "second" end
      t.on_close = t.on_open
      """)
    try lua.pump(until: "net.ws:is_open(id)")
    peer.close(.normal)
    try lua.pump(until: "net.pending() == 0")
    #expect(try lua.value("table.concat(log, ',')") == "first")
  }

  /// What is called, and what the error must say.
  private static let mistakes: [(call: String, says: String)] = [
    ("net.ws.connect('ws://a/', {})", "use net.ws:connect(...)"),
    ("net.ws.send(1, 'x')", "use net.ws:send(...)"),
    ("net.ws.close(1)", "use net.ws:close(...)"),
    ("net.ws.is_open(1)", "use net.ws:is_open(...)"),
    ("net.ws:connect()", "net.ws:connect: url must be a string, not nil"),
    ("net.ws:connect({}, {})", "net.ws:connect: url must be a string, not table"),
    ("net.ws:connect('ws://a/')", "net.ws:connect: callbacks must be a table, not nil"),
    ("net.ws:connect('ws://a/', print)", "net.ws:connect: callbacks must be a table, not function"),
    ("net.ws:connect('ws://a/', { on_open = 5 })", "net.ws:connect: on_open must be a function or nil, not number"),
    ("net.ws:connect('ws://a/', { on_message = {} })", "net.ws:connect: on_message must be a function or nil, not table"),
    ("net.ws:connect('ws://a/', { on_mesage = print })", "the unknown key 'on_mesage'; is 'on_message' meant?"),
    ("net.ws:connect('ws://a/', { header = {} })", "the unknown key 'header'; is 'headers' meant?"),
    ("net.ws:connect('ws://a/', { headers = 5 })", "net.ws:connect: headers must be a table of strings by names, not 5"),
    ("net.ws:connect('ws://a/', { headers = { 'x' } })", "net.ws:connect: headers must be a table of strings by names"),
    ("net.ws:connect('ws://a/', { headers = { A = {} } })", "net.ws:connect: headers['A'] must be a string, not table"),
    ("net.ws:connect('ws://a/', { protocols = 'chat' })", "net.ws:connect: protocols must be a list of strings, not chat"),
    ("net.ws:connect('ws://a/', { protocols = { 1 } })", "net.ws:connect: protocols must be a list of strings"),
    ("net.ws:connect('ws://a/', { protocols = { a = 'b' } })", "net.ws:connect: protocols must be a list of strings"),
    ("net.ws:connect('ws://a/', { timeout = 'x' })", "net.ws:connect: timeout must be a number of seconds above 0, not string"),
    ("net.ws:connect('ws://a/', { timeout = 0 })", "net.ws:connect: timeout must be a number of seconds above 0, not 0"),
    ("net.ws:connect('ws://a/', { timeout = 0/0 })", "net.ws:connect: timeout must be a number of seconds above 0"),
    ("net.ws:connect('ws://a/', { insecure = 1 })", "net.ws:connect: insecure must be a boolean, not 1"),
    ("net.ws:connect('ws://a/', { ca_file = true })", "net.ws:connect: ca_file must be a string, not boolean"),
    ("net.ws:send('1', 'x')", "net.ws:send: id must be an integer, not string"),
    ("net.ws:send(1.5, 'x')", "net.ws:send: id must be an integer, not 1.5"),
    ("net.ws:send(1)", "net.ws:send: msg must be a string, not nothing"),
    ("net.ws:send(1, {})", "net.ws:send: msg must be a string, not table"),
    ("net.ws:send(1, 'x', 1)", "net.ws:send: is_binary must be a boolean, not 1"),
    ("net.ws:close()", "net.ws:close: id must be an integer, not nothing"),
    ("net.ws:close(1, 1005)", "net.ws:close: code must be a close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999, not 1005"),
    ("net.ws:close(1, 70000)", "net.ws:close: code must be a close code"),
    ("net.ws:close(1, 'x')", "net.ws:close: code must be an integer, not string"),
    ("net.ws:close(1, 1000, {})", "net.ws:close: reason must be a string, not table"),
    ("net.ws:is_open(nil)", "net.ws:is_open: id must be an integer, not nil"),
  ]

  @Test("LN-74: wrong types, unknown keys and a dot for the colon raise by name, and nothing is started", arguments: mistakes)
  func mistake(call: String, says: String) throws {
    for driver in LuaState.Driver.allCases {
      let lua = try LuaState(driver)
      let failure = try #require(lua.failure(call))
      #expect(failure.contains(says), "\(failure)")
      #expect(try lua.value("net.pending()") == "0")
    }
  }

  @Test("LN-82: close returns nothing, is_open a boolean, and both take any integer", arguments: LuaState.Driver.allCases)
  func results(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    #expect(try lua.value("net.ws:is_open(ws)") == "true")
    #expect(try lua.value("type(net.ws:is_open(0)) .. tostring(net.ws:is_open(-7))") == "booleanfalse")
    #expect(try lua.value("select('#', net.ws:close(99999999)) .. select('#', net.ws:close(ws)) .. select('#', net.ws:close(ws))") == "000")
    #expect(try lua.value("net.ws:is_open(ws)") == "false")
    try lua.pumpUntilClosed()
    #expect(try lua.history == ["open", "close 1000 "])
  }
}
