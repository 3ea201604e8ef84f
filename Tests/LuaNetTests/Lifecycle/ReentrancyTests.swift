import LuaTesting
import Testing

/// Everything from inside everything.
@Suite("Calls inside callbacks", .timeLimit(.minutes(10)))
struct ReentrancyTests {
  static let setUp = """
    calls, failed, used = 0, {}, 0
    -- All that may be called, from the callback `name`.
    function use(name)
      calls = calls + 1
      used = used + 1
      local ok, err = pcall(function()
        local server = assert(net.ws_server:listen(0, {}))
        net.ws:connect("ws://127.0.0.1:" .. server.port, {})
        net.ws:connect("::", {})
        local id = net.ws:connect("ws://127.0.0.1:1", {})
        net.ws:send(id, "x"); net.ws:is_open(id); net.ws:close(id)
        server:broadcast("x"); server:send(1, "x"); server:client_count(); server:disconnect(1)
        assert(net.poll() == 0 and pump() == 0 and net.pending() > 0)
        thread_id()
        server:close()
        server:close()
      end)
      if not ok then failed[#failed + 1] = name .. ": " .. tostring(err) end
    end
    """

  @Test("LN-4: any function may be called inside any callback, a thousand times", arguments: LuaState.Driver.allCases)
  func everything(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(Self.setUp)
    try lua.run(
      """
      rounds = 0
      srv = net.ws_server:listen(0, {
        on_open = function(c) use("server open"); srv:send(c, "x") end,
        on_message = function(c) use("server message"); srv:disconnect(c) end,
        on_close = function() use("server close") end })
      function round()
        net.ws:connect("ws://127.0.0.1:" .. srv.port, {
          on_open = function(id) use("open") end,
          on_message = function(id) use("message"); net.ws:send(id, "x") end,
          on_close = function()
            use("close")
            net.ws:connect("::", { on_error = function() use("error") end, on_close = function()
              use("close after error")
              rounds = rounds + 1
              if calls < 1000 then round() end
            end })
          end })
      end
      round()
      """)
    try lua.pump(until: "calls >= 1000")
    #expect(try lua.value("table.concat(failed, ' ')") == "")
    #expect(lua.errors.isEmpty)
  }

  @Test(
    "L01: closing, sending, raising or yielding inside any callback has a defined result, reported once",
    arguments: ["on_open", "on_message", "on_close", "on_error"], ["close(id)", "send(id)", "error('planted')", "coroutine.yield()"])
  func inside(callback: String, act: String) throws {
    for driver in LuaState.Driver.allCases { try inside(driver, callback, act) }
  }

  private func inside(_ driver: LuaState.Driver, _ callback: String, _ act: String) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      local function close(id) srv:close(); net.ws:close(id) end
      local function send(id) srv:send(id, "x"); net.ws:send(id, "x") end
      server, client, acts = {}, {}, 0
      local function callbacks(log, further)
        local all = {}
        for _, name in ipairs { "on_open", "on_message", "on_error", "on_close" } do
          all[name] = function(id, ...)
            log[#log + 1] = name
            if further[name] then further[name](id) end
            if name == "\(callback)" then acts = acts + 1; \(act) end
          end
        end
        return all
      end
      srv = net.ws_server:listen(0, callbacks(server, { on_message = function(c) srv:disconnect(c) end }))
      ws = net.ws:connect("ws://127.0.0.1:" .. srv.port, callbacks(client, { on_open = function(id) net.ws:send(id, "x") end }))
      failing = {}
      net.ws:connect("ws://127.0.0.1:1", callbacks(failing, {}))
      """)
    try lua.pump(until: "client[#client] == 'on_close' and failing[#failing] == 'on_close'")
    try lua.pump(until: "#server == 0 or server[#server] == 'on_close'")
    try lua.run("for i = 1, 3 do net.poll(0.005) end")
    #expect(try lua.value("table.concat(failing, ' ')") == "on_error on_close")
    for log in ["client", "server"] {
      #expect(try lua.value("select(2, table.concat(\(log), ' '):gsub('on_close', ''))") == (lua.value("#\(log)") == "0" ? "0" : "1"))
    }
    let acts = try #require(Int(try lua.value("acts")))
    #expect(lua.errors.count == (act.hasPrefix("close") || act.hasPrefix("send") ? 0 : acts))
    try lua.run("srv:close()")
    try lua.pump(until: "net.pending() == 0")
  }
}
