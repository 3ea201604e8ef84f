import Connections
import LuaTesting
import Testing
import WSProtocol

@Suite("The handle of a server", .timeLimit(.minutes(10)))
struct HandleTests {
  @Test("LN-113: id is an integer that cannot be assigned, and unknown keys are nil", arguments: LuaState.Driver.allCases)
  func id(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run("a, b = net.ws_server:listen(0, {}), net.ws_server:listen(0, {})")
    #expect(try lua.holds("math.type(a.id) == 'integer' and a.id > 0 and b.id > a.id"))
    #expect(try #require(lua.failure("a.id = 5")).contains("id is read-only"))
    #expect(try #require(lua.failure("a.port = 5")).contains("port is read-only"))
    #expect(try #require(lua.failure("a.mine = 5")).contains("mine is read-only"))
    #expect(try lua.value("a.mine") == "nil")
    #expect(try lua.value("a[1]") == "nil")
    #expect(try lua.value("a[{}]") == "nil")
    #expect(try lua.holds("a.send == b.send and a.send ~= nil"))
  }

  @Test("LN-114: tostring is readable, and the metatable is hidden", arguments: LuaState.Driver.allCases)
  func text(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let port = try lua.serve()
    let id = try lua.value("srv.id")
    #expect(try lua.value("tostring(srv)") == "WsServer \(id) (127.0.0.1:\(port))")
    #expect(try lua.value("getmetatable(srv)") == "false")
    #expect(lua.failure("setmetatable(srv, {})") != nil)
    try lua.run("srv:close()")
    #expect(try lua.value("tostring(srv)") == "WsServer \(id) (127.0.0.1:\(port), closed)")
  }

  @Test(
    "LN-114: a method with something else than a server raises, and says how it is called",
    arguments: ["send", "broadcast", "disconnect", "close", "is_open", "client_count"],
    ["io.stdout", "", "{}", "net.ws_server", "'x'", "1"])
  func other(method: String, argument: String) throws {
    let lua = try LuaState(.inline)
    try lua.serve()
    let failure = try #require(lua.failure("srv.\(method)(\(argument))"))
    #expect(failure.contains("use srv:\(method)(...): a colon, so that the server itself is passed, and not "), "\(failure)")
    #expect(try lua.holds("srv:is_open()"))
  }

  @Test("LN-18: listen with a dot raises, and says how it is called")
  func dot() throws {
    let lua = try LuaState(.inline)
    let failure = try #require(lua.failure("net.ws_server.listen(0, {})"))
    #expect(failure.contains("use net.ws_server:listen(...)"))
    #expect(try lua.value("type(net.ws_server.listen(net.ws_server, 0, {}))") == "userdata")
  }

  @Test(
    "LN-17: arguments of a wrong type raise with function, argument and expectation, and nothing is started",
    arguments: [
      ("net.ws_server:listen(0)", "net.ws_server:listen: callbacks must be a table, not nil"),
      ("net.ws_server:listen(0, 5)", "net.ws_server:listen: callbacks must be a table, not number"),
      ("net.ws_server:listen(0, { on_open = 1 })", "net.ws_server:listen: on_open must be a function or nil, not number"),
      ("net.ws_server:listen(0, { on_opened = print })", "unknown key 'on_opened'; is 'on_open' meant?"),
      ("net.ws_server:listen(0, { origin = '*' })", "unknown key 'origin'; is 'origins' meant?"),
      ("net.ws_server:listen(0, { origins = 5 })", "origins must be a list of origins"),
      ("net.ws_server:listen(0, { origins = 'https://a.example' })", "origins must be a list of origins"),
      ("net.ws_server:listen(0, { origins = { 5 } })", "origins must be a list of origins"),
      ("net.ws_server:listen(0, { origins = { ['https://a.example'] = true } })", "origins must be a list of origins"),
      ("net.ws_server:listen(0, { max_clients = 0 })", "max_clients must be an integer above 0, not 0"),
      ("net.ws_server:listen(0, { max_clients = 1.5 })", "max_clients must be an integer, not 1.5"),
      ("net.ws_server:listen(0, { max_clients = '5' })", "max_clients must be an integer, not string"),
      ("srv:send('1', 'x')", "srv:send: client must be an integer, not string"),
      ("srv:send(1.5, 'x')", "srv:send: client must be an integer, not 1.5"),
      ("srv:send(1)", "srv:send: msg must be a string, not nothing"),
      ("srv:send(1, {})", "srv:send: msg must be a string, not table"),
      ("srv:broadcast()", "srv:broadcast: msg must be a string, not nothing"),
      ("srv:broadcast(nil)", "srv:broadcast: msg must be a string, not nil"),
      ("srv:disconnect()", "srv:disconnect: client must be an integer, not nothing"),
      ("srv:disconnect(1, '1000')", "srv:disconnect: code must be an integer, not string"),
      ("srv:disconnect(1, 1000, {})", "srv:disconnect: reason must be a string, not table"),
    ])
  func types(call: String, expected: String) throws {
    let lua = try LuaState(.inline)
    try lua.run("srv = net.ws_server:listen(0, {})")
    let failure = try #require(lua.failure(call))
    #expect(failure.contains(expected), "\(failure)")
    #expect(try lua.value("net.pending()") == "1")
  }

  @Test("L04: the table of callbacks is read raw, whatever its metatable does", arguments: LuaState.Driver.allCases)
  func raw(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      local trap = { __index = function() error "read" end, __pairs = function() error "walked" end, __len = function() error "counted" end }
      local origins = setmetatable({ "https://a.example" }, trap)
      srv = assert(net.ws_server:listen(0, setmetatable({ origins = origins }, trap)))
      """)
    #expect(try lua.holds("srv:is_open()"))
  }

  @Test("LN-115: a server without a reference goes on", arguments: LuaState.Driver.allCases)
  func anchored(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve("on_message = function(client, msg) heard = msg end")
    try lua.run("srv = nil; collectgarbage(); collectgarbage()")
    let client = clients.web(port)
    try lua.pump { client.isOpen }
    client.send("still there?")
    try lua.pump(until: "heard == 'still there?'")
    #expect(try lua.value("net.pending()") == "1")
  }

  @Test("LN-115: a to-be-closed variable closes its server", arguments: LuaState.Driver.allCases)
  func toBeClosed(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run("do local s <close> = net.ws_server:listen(0, {}); kept = s; assert(s:is_open()) end")
    #expect(try lua.value("kept:is_open()") == "false")
    #expect(try lua.value("net.pending()") == "0")
    #expect(try lua.run("kept:close(); return kept:is_open()") == "false")
  }

  @Test("LN-27: after its script was unloaded, a handle answers as that of a closed server", arguments: LuaState.Driver.allCases)
  func unloaded(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "srv:client_count() == 1")
    lua.closeScope()
    #expect(try lua.value("srv:is_open()") == "false")
    #expect(try lua.value("srv:client_count()") == "0")
    #expect(try lua.value("srv:send(ids[1], 'x')") == "false")
    #expect(try lua.value("srv:broadcast('x')") == "0")
    try lua.run("srv:disconnect(ids[1]); srv:close(); srv:close()")
    #expect(try #require(lua.failure("net.ws_server:listen(0, {})")).contains("net.ws_server:listen: the context is closed"))
    try lua.pump { client.closure != nil }
    #expect(client.closure?.code.rawValue == 1001)
    #expect(try lua.history == ["open 1"])
  }

  @Test("LN-28: a finalizer that runs when the state is closed may use a handle", arguments: LuaState.Driver.allCases)
  func finalizers(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.serve()
    // The standard files are older than the context: their finalizer runs after ours.
    try lua.run(
      """
      local function use()
        srv:is_open(); srv:client_count(); srv:send(1, 'x'); srv:broadcast('x'); srv:disconnect(1); srv:close(); tostring(srv)
      end
      kept = setmetatable({}, { __gc = use })
      getmetatable(io.stdout).__gc = use
      """)
    lua.close()
  }
}
