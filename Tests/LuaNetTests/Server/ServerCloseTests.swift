import Connections
import LuaTesting
import Testing
import WSProtocol

@Suite("Closing a server", .timeLimit(.minutes(10)))
struct ServerCloseTests {
  /// Closes the server, notes that the port is free again at once, and how long closing took.
  static let closing = """
    function shut()
      local begun = microseconds()
      srv:close()
      local took = microseconds() - begun
      times = times or {}
      times[#times + 1] = took
      note("closed", tostring(srv:is_open()), srv:client_count())
      local next, why = net.ws_server:listen(srv.port, {})
      note("free", tostring(next ~= nil), tostring(why))
      if next then next:close() end
      srv:close()
    end
    """

  @Test(
    "LN-109: it may be closed from every callback, twice, and the port is free on return", arguments: LuaState.Driver.allCases,
    ["on_open", "on_message", "on_error", "on_close"])
  func callbacks(driver: LuaState.Driver, callback: String) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run(Self.closing)
    let client = clients.opened(try lua.serveOnOwnPort("\(callback) = function() shut() end"))
    try lua.pump(until: "#log >= 1")
    if callback == "on_message" { client.write(clientFrame(0x81, [0x61])) }
    if callback == "on_error" { client.write(clientFrame(0x83, [])) }
    if callback == "on_close" { client.write(clientFrame(0x88, [0x03, 0xE8])) }
    let code =
      switch callback {
      case "on_close": 1000
      case "on_error": 1002
      default: 1001
      }
    try lua.pump(until: "net.pending() == 0")
    let history = try lua.history
    #expect(history.filter { $0.hasPrefix("closed") || $0.hasPrefix("free") } == ["closed false 0", "free true nil"])
    #expect(history.filter { $0.hasPrefix("close ") } == ["close 1 \(code) "])
    #expect(lua.errors.isEmpty, "\(lua.errors)")
  }

  @Test("LN-109: from a frame's event and twice; whoever is connected is told 1001", arguments: LuaState.Driver.allCases)
  func frame(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run(Self.closing)
    let port = try lua.serveOnOwnPort()
    let all = clients.web(port, count: 20)
    try lua.pump(until: "srv:client_count() == 20")
    try lua.run("shut(); srv:close()")
    #expect(try lua.history.suffix(2) == ["closed false 0", "free true nil"])
    try lua.pump(until: "net.pending() == 0")
    for client in all {
      try lua.pump { client.closure != nil }
      #expect(client.closure?.code == .goingAway)
    }
    #expect(try lua.history.count { $0.hasPrefix("close ") && $0.hasSuffix(" 1001 ") } == 20)
    #expect(try lua.history.count { $0.hasPrefix("close ") } == 20)
  }

  @Test("LN-109: after __close it is closed, and may be closed again", arguments: LuaState.Driver.allCases)
  func toBeClosed(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "srv:client_count() == 1")
    try lua.run("do local s <close> = srv end; assert(not srv:is_open()); srv:close()")
    try lua.pump(until: "net.pending() == 0")
    try lua.pump { client.closure?.code == .goingAway }
    #expect(try lua.history == ["open 1", "close 1 1001 "])
  }

  @Test("LN-109: once it is closed nothing that its clients sent before is heard", arguments: LuaState.Driver.allCases)
  func messages(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve("on_message = function() srv:close() end"))
    try lua.pump(until: "#log == 1")
    client.write(clientFrame(0x81, [0x61]) + clientFrame(0x81, [0x62]))
    try lua.pump(until: "net.pending() == 0")
    #expect(try lua.history == ["open 1", "message 1 a", "close 1 1001 "])
  }

  @Test("LN-109: a client that the script has not heard of when it closes the server is never mentioned")
  func unheard() throws {
    let lua = try LuaState(.threaded)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.wait { client.isOpen && lua.pending > 0 }
    client.send("early")
    // The next server is not to hear of the client, either.
    try lua.run("srv:close(); srv = net.ws_server:listen(0, recorder {})")
    #expect(try lua.holds("host_net.pending() > 1"))
    try lua.pump { client.closure?.code == .goingAway }
    try lua.pump(until: "net.pending() == 1")
    #expect(try lua.history == [])
  }

  @Test("LN-110: 1,000 times inside on_open, at most 50 ms in 99 of 100", arguments: LuaState.Driver.allCases)
  func rounds(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run(Self.closing)
    let port = try lua.serveOnOwnPort("on_open = function() shut() end")
    for round in 1...1000 {
      let client = clients.web(port)
      try lua.pump { try client.closure != nil && lua.holds("count == \(round)") }
      try #require(client.closure?.code == .goingAway)
      try lua.run("srv = assert(net.ws_server:listen(\(port), recorder { on_open = function() shut() end }))")
    }
    try lua.run("srv:close()")
    try lua.pump(until: "net.pending() == 0")
    #expect(try lua.history.count { $0.hasPrefix("close ") && $0.hasSuffix(" 1001 ") } == 1000)
    #expect(try lua.history.count { $0 == "free true nil" } == 1000)
    try Self.checkTimes(lua, count: 1000)
  }

  static func checkTimes(_ lua: LuaState, count: Int) throws {
    let times = try lua.value("table.concat(times, ' ')").split(separator: " ").compactMap { Int($0) }.sorted()
    try #require(times.count == count)
    // Of five, the machine's other work decides the slowest.
    let index = count >= 100 ? count * 99 / 100 : count / 2
    print("srv:close, \(count) times: median \(times[count / 2]) µs, p99 \(times[count * 99 / 100]) µs, at most \(times[count - 1]) µs")
    #expect(times[index] <= 50_000)
  }

  @Test("LN-111: is_open, client_count and id before and after", arguments: LuaState.Driver.allCases)
  func questions(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    #expect(try lua.holds("srv:is_open() == true and math.type(srv:client_count()) == 'integer' and srv:client_count() == 0"))
    let client = clients.web(port)
    try lua.pump(until: "srv:client_count() == 1")
    #expect(client.closure == nil)
    try lua.run("id = srv.id; srv:close()")
    #expect(try lua.holds("srv:is_open() == false and srv:client_count() == 0 and srv.id == id and math.type(id) == 'integer'"))
    try lua.pump(until: "net.pending() == 0")
    #expect(try lua.holds("srv:is_open() == false and srv:client_count() == 0 and srv.id == id and srv.port == \(port)"))
  }

  @Test("LN-112: the count changes with on_open and on_close, and not between", arguments: LuaState.Driver.allCases)
  func count(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve(
      """
      on_open = function() seen[#seen + 1] = srv:client_count() end,
      on_close = function() seen[#seen + 1] = srv:client_count() end
      """)
    try lua.run("seen = {}")
    let all = clients.web(port, count: 5)
    // They connect whatever the script hears of it.
    try lua.pump(until: "#seen == 5")
    #expect(try lua.value("table.concat(seen, ' ')") == "1 2 3 4 5")
    for client in all { client.close() }
    for client in all { try lua.pump { client.closure != nil } }
    try lua.pump(until: "#seen == 10")
    #expect(try lua.value("table.concat(seen, ' ')") == "1 2 3 4 5 4 3 2 1 0")
    #expect(try lua.value("srv:client_count()") == "0")
  }

  @Test("LN-112: what has happened changes the count only when it is delivered")
  func undelivered() throws {
    // On a thread of its own the network moves while the host does not pump.
    let lua = try LuaState(.threaded)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.wait { client.isOpen && lua.pending > 0 }
    #expect(try lua.value("srv:client_count()") == "0")
    lua.pump()
    #expect(try lua.value("srv:client_count()") == "1")
    client.close()
    try lua.wait { client.closure != nil && lua.pending > 0 }
    #expect(try lua.value("srv:client_count()") == "1")
    lua.pump()
    #expect(try lua.value("srv:client_count()") == "0")
  }
}
