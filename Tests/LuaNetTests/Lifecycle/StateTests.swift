import Foundation
import LuaTesting
import Testing

@Suite("States", .timeLimit(.minutes(10)))
struct StateTests {
  @Test("LN-31: 50 states with servers and clients are independent, in whatever order they are closed", arguments: LuaState.Driver.allCases)
  func many(driver: LuaState.Driver) throws {
    var states: [LuaState?] = []
    for _ in 0..<50 {
      let lua = try LuaState(driver)
      try lua.run(
        """
        got = 0
        srv = net.ws_server:listen(0, { on_message = function(c, m) srv:send(c, m) end })
        net.ws:connect("ws://127.0.0.1:" .. srv.port, {
          on_open = function(id) net.ws:send(id, "x") end,
          on_message = function(id) got = got + 1; net.ws:send(id, "x") end })
        """)
      states.append(lua)
    }
    for lua in states { try lua?.pump(until: "got > 1") }
    // Every third, then every second of what is left, then the rest: those that live go on.
    for step in [3, 2, 1] {
      for index in stride(from: 0, to: states.count, by: step) {
        if let lua = states[index] { #expect(lua.close() == 0) }
        states[index] = nil
      }
      for lua in states {
        try lua?.run("got = 0")
        try lua?.pump(until: "got > 1")
        #expect(lua?.errors.isEmpty ?? true)
      }
    }
  }

  @Test("LN-32: a process with traffic may end at any time", arguments: LuaState.Driver.allCases)
  func exits(driver: LuaState.Driver) async {
    for way in 0..<100 {
      await #expect(processExitsWith: .success) { [driver, way = way as Int] in
        let lua = try LuaState(driver)
        try lua.run(
          """
          got = 0
          local way = \(way)
          function finish() if got > way then os.exit(0, way % 2 == 1) end end
          srv = net.ws_server:listen(0, { on_message = function(c, m) srv:send(c, m) end })
          net.ws:connect("ws://127.0.0.1:" .. srv.port, {
            on_open = function(id) for i = 1, 20 do net.ws:send(id, "x") end end,
            on_message = function(id)
              got = got + 1
              net.ws:send(id, "x")
              if way % 4 < 2 then finish() end
            end })
          while true do
            net.poll(1)
            finish()
          end
          """)
      }
    }
  }

  @Test("L02: handles and ids are of no use after their end, and of no danger", arguments: LuaState.Driver.allCases)
  func handles(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      srv = net.ws_server:listen(0, { on_open = function(c) client = c end })
      ws = net.ws:connect("ws://127.0.0.1:" .. srv.port, { on_open = function() open = true end, on_close = function() closed = true end })
      """)
    try lua.pump(until: "open and client")
    try lua.run("srv:close(); srv:close()")
    let uses = "not srv:is_open() and not srv:send(client, 'x') and srv:broadcast('x') == 0 and srv:client_count() == 0"
    #expect(try lua.holds(uses))
    try lua.pump(until: "closed")
    #expect(try lua.holds("not net.ws:is_open(ws) and not net.ws:send(ws, 'x') and net.ws:close(ws) == nil"))
    #expect(try lua.holds("srv:disconnect(client) == nil and tostring(srv):find('closed')"))
    // Collected while the network is busy with it.
    try lua.run(
      """
      srv, got = nil, nil
      do
        local server = net.ws_server:listen(0, { on_message = function(c, m) got = m end })
        net.ws:connect("ws://127.0.0.1:" .. server.port, { on_open = function(id) net.ws:send(id, "kept") end })
      end
      collectgarbage(); collectgarbage()
      """)
    try lua.pump(until: "got == 'kept'")
    try lua.run("kept = net.ws_server:listen(0, {}); detach()")
    #expect(try lua.holds("not kept:is_open() and not kept:send(1, 'x') and kept:close() == nil and kept.id > 0"))
  }
}
