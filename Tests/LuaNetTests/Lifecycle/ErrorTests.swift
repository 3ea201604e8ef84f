import LuaTesting
import Testing

@Suite("Callbacks that raise", .timeLimit(.minutes(10)))
struct ErrorTests {
  @Test("LN-10: an error is reported once with a traceback, and affects nothing else", arguments: LuaState.Driver.allCases)
  func isolated(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run("seen = {}")
    let client = clients.web(
      try lua.serve("on_message = function(c, m) seen[#seen + 1] = m; if #seen == 1 then error('of the first message') end end"))
    try lua.pump(until: "srv:client_count() == 1")
    try lua.pump { client.isOpen }
    for text in ["a", "b", "c"] { client.send(text) }
    try lua.pump(until: "#seen == 3")
    #expect(lua.errors.count == 1)
    let error = try #require(lua.errors.first)
    #expect(error.contains("of the first message"))
    #expect(error.contains("stack traceback:"))
    #expect(try lua.holds("srv:client_count() == 1 and srv:send(ids[1], 'still here')"))
    try lua.pump { client.texts == ["still here"] }
  }

  @Test(
    "LN-11: whatever is raised is survived and reported",
    arguments: LuaState.Driver.allCases,
    [
      ("error({})", "(the error object is a table value)"),
      ("error(nil)", "(the error object is a nil value)"),
      ("error(setmetatable({}, { __tostring = function() return 'shown' end }))", "shown"),
      ("error(setmetatable({}, { __tostring = function() return 5 end }))", "(the error object is a table value)"),
      ("error(setmetatable({}, { __tostring = function() error('in the handler') end }))", "in the handler"),
      ("local e = setmetatable({}, {}); getmetatable(e).__tostring = error; error(e)", ""),
      ("local function f() return f() + 1 end f()", "stack overflow"),
      ("('x'):rep(1 << 40)", "resulting string too large"),
    ])
  func objects(driver: LuaState.Driver, row: (raise: String, report: String)) throws {
    let lua = try LuaState(driver)
    try lua.run("net.ws:connect('::', { on_error = function() \(row.raise) end, on_close = function() closed = true end })")
    try lua.pump(until: "closed")
    #expect(lua.errors.count == 1)
    #expect(lua.errors.first?.contains(row.report) == true, "\(lua.errors)")
  }

  @Test("LN-12: a callback cannot yield across the pump", arguments: LuaState.Driver.allCases)
  func yield(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      net.ws:connect("::", {
        on_error = function() yielded, message = pcall(coroutine.yield) end,
        on_close = function() closed = true; coroutine.yield() end })
      coroutine.wrap(function() while not closed do net.poll(0.01) end end)()
      """)
    #expect(try lua.value("yielded") == "false")
    #expect(try lua.value("message").hasPrefix("attempt to yield"))
    #expect(lua.errors.count == 1)
    #expect(lua.errors.first?.contains("attempt to yield") == true)
  }
}
