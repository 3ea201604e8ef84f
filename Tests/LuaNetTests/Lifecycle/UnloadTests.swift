import Connections
import LuaTesting
import Testing
import Transport
import WSProtocol

@Suite("Unloading a script", .timeLimit(.minutes(10)))
struct UnloadTests {
  @Test("LN-20: an event that waits when the script is unloaded is dropped", arguments: LuaState.Driver.allCases)
  func queued(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      "called = 0; local function note() called = called + 1 end net.ws:connect('::', { on_error = note, on_close = note })")
    try lua.wait { lua.pending >= 2 }
    #expect(lua.pending == 2)
    lua.closeScope()
    // The next script's callbacks get the place of those, and none of their events.
    try lua.run("ids = {}; ws = host_net.ws:connect('::', { on_error = function(id) ids[#ids + 1] = id end })")
    try lua.pump(until: "#ids > 0 and host_net.pending() == 0")
    for _ in 0..<3 { #expect(lua.pump() == 0) }
    #expect(try lua.holds("#ids == 1 and ids[1] == ws"))
    #expect(try lua.value("called") == "0")
  }

  @Test("LN-21: a connection in the making is dropped within 100 ms", arguments: LuaState.Driver.allCases, ["ws", "wss"])
  func dial(driver: LuaState.Driver, scheme: String) throws {
    // Other tests take the processor, too: the best of some attempts.
    var best = Duration.seconds(60)
    for _ in 0..<5 where best > .milliseconds(100) {
      let lua = try LuaState(driver)
      let peers = try Peers()
      let url = "\(scheme)://127.0.0.1:\(try peers.serve(.silent))"
      try lua.run("net.ws:connect('\(url)', { insecure = true, on_close = function() called = true end })")
      try lua.pump { peers.seen.accepted == 1 }
      let start = ContinuousClock().now
      lua.closeScope()
      try lua.pump { peers.seen.ended == 1 }
      best = min(best, ContinuousClock().now - start)
      #expect(try lua.value("called") == "nil")
    }
    #expect(best <= .milliseconds(100))
  }

  @Test("LN-22: a connection is closed with 1001, and cut within a second if the peer does not answer", arguments: LuaState.Driver.allCases)
  func client(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let peers = try Peers()
    try lua.run(
      "net.ws:connect('ws://127.0.0.1:\(try peers.serve(.stubborn))', { on_open = function() open = true end, on_close = function() called = true end })"
    )
    try lua.pump(until: "open")
    let start = ContinuousClock().now
    lua.closeScope()
    #expect(ContinuousClock().now - start < .milliseconds(500))
    try lua.pump { peers.seen.ended == 1 }
    let taken = ContinuousClock().now - start
    #expect(taken > .milliseconds(900) && taken < .seconds(2))
    let frame = peers.seen.received
    #expect(frame.count == 8)
    #expect(frame.prefix(2) == [0x88, 0x82])
    if frame.count == 8 { #expect([frame[6] ^ frame[2], frame[7] ^ frame[3]] == [0x03, 0xE9]) }
    #expect(try lua.value("called") == "nil")
  }

  @Test("LN-22: a peer that answers is left at once", arguments: LuaState.Driver.allCases)
  func politeClient(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let peer = try Peer()
    try lua.run("net.ws:connect('\(peer.url)', { on_open = function() open = true end })")
    try lua.pump(until: "open")
    lua.closeScope()
    try lua.pump { !peer.seen.closures.isEmpty }
    #expect(peer.seen.closes.first?.code == .goingAway)
    #expect(peer.seen.closures.first?.isClean == true)
  }

  @Test("LN-22: a connection is told 1001 when its script, or its state, goes inside a callback", arguments: ["unload(scope)", "detach()"])
  func inside(how: String) throws {
    for driver in LuaState.Driver.allCases {
      let lua = try LuaState(driver)
      let peer = try Peer()
      try lua.run("net.ws:connect('\(peer.url)', { on_open = function(id) net.ws:send(id, 'last'); \(how); gone = true end })")
      try lua.pump(until: "gone")
      try lua.pump { peer.seen.closes.count == 1 }
      #expect(peer.seen.closes.first?.code == .goingAway)
      #expect(peer.texts == ["last"])
      #expect(lua.errors.isEmpty)
    }
  }

  @Test("LN-23: a server is closed with all its clients, and another script has its port at once", arguments: LuaState.Driver.allCases)
  func server(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let all = clients.web(port, count: 3)
    try lua.pump { all.allSatisfy { $0.isOpen } }
    try lua.pump(until: "srv:client_count() == 3")
    try lua.run("log = {}")
    lua.closeScope()
    try lua.run("other = host_net.ws_server:listen(\(port), {})")
    #expect(try lua.holds("other and other:is_open() and other.port == \(port)"))
    try lua.pump { all.allSatisfy { $0.closure != nil } }
    #expect(all.allSatisfy { $0.closure?.code == .goingAway })
    #expect(try lua.value("#log") == "0")
  }

  @Test("LN-24: nothing is called once unloading began", arguments: LuaState.Driver.allCases)
  func nothing(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let all = clients.web(
      try lua.serve("on_message = function() calls = calls + 1 end, on_close = function() calls = calls + 1 end"), count: 5)
    try lua.run(
      """
      calls = 0
      local function note() calls = calls + 1 end
      for _, port in ipairs { srv.port, 1, "x" } do
        net.ws:connect("ws://127.0.0.1:" .. port, { on_open = note, on_message = note, on_error = note, on_close = note })
      end
      """)
    try lua.pump { all.allSatisfy { $0.isOpen } }
    try lua.pump(until: "srv:client_count() == 6")
    for client in all { client.send("too late") }
    try lua.run("unload(scope); log, calls = {}, 0")
    try lua.pump { all.allSatisfy { $0.closure != nil } }
    try lua.run("for i = 1, 20 do host_net.poll(0.005) end")
    #expect(try lua.value("calls") == "0")
    #expect(try lua.value("#log") == "0")
    #expect(try lua.value("host_net.pending()") == "0")
  }

  @Test("LN-25: another script of the state goes on, and so does another state", arguments: LuaState.Driver.allCases)
  func others(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let second = try LuaState(driver)
    let source = """
      got = 0
      kept = host_net.ws_server:listen(0, { on_message = function(c, m) kept:send(c, m) end })
      local id
      id = host_net.ws:connect("ws://127.0.0.1:" .. kept.port, {
        on_open = function(id) host_net.ws:send(id, "x") end,
        on_message = function(id) got = got + 1; host_net.ws:send(id, "x") end })
      """
    for state in [lua, second] {
      try state.run(source)
      try state.pump(until: "got > 3")
    }
    try lua.run("srv = net.ws_server:listen(0, {}); net.ws:connect('ws://127.0.0.1:' .. srv.port, {})")
    try lua.pump(until: "srv:client_count() == 1")
    lua.closeScope()
    for state in [lua, second] {
      try state.run("got = 0")
      try state.pump(until: "got > 3")
      #expect(try state.holds("kept:client_count() == 1"))
    }
  }

  @Test("LN-26: a script may be unloaded inside its own callback, and hears nothing more", arguments: LuaState.Driver.allCases)
  func own(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run("seen = 0")
    let client = clients.web(try lua.serve("on_message = function() seen = seen + 1; unload(scope); log = {} end"))
    try lua.pump { client.isOpen }
    try lua.pump(until: "srv:client_count() == 1")
    for _ in 0..<5 { client.send("x") }
    try lua.pump { client.closure != nil }
    #expect(try lua.value("seen") == "1")
    #expect(client.closure?.code == .goingAway)
    #expect(try lua.value("#log") == "0")
    #expect(lua.errors.isEmpty)
  }

  @Test(
    "LN-27: after unloading, what starts something raises; questions say no, and closing does nothing", arguments: LuaState.Driver.allCases)
  func after(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      srv = net.ws_server:listen(0, { on_open = function(c) client = c end })
      ws = net.ws:connect("ws://127.0.0.1:" .. srv.port, { on_open = function() open = true end })
      """)
    try lua.pump(until: "client and open")
    lua.closeScope()
    for call in ["net.ws:connect('ws://127.0.0.1:1', {})", "net.ws_server:listen(0, {})"] {
      #expect(lua.failure(call)?.contains("context is closed") == true, "\(call)")
    }
    for call in ["net.ws:is_open(ws)", "(net.ws:send(ws, 'x'))", "srv:is_open()", "(srv:send(client, 'x'))"] {
      #expect(try lua.value(call) == "false", "\(call)")
    }
    #expect(try lua.value("srv:client_count()") == "0")
    for call in ["net.ws:close(ws)", "srv:close()", "srv:disconnect(client)", "net.stop()"] {
      #expect(try lua.value(call) == "nil", "\(call)")
    }
    #expect(try lua.holds("math.type(srv.id) == 'integer' and srv:broadcast('x') == 0 and net.poll(0.01) == 0"))
    lua.closeScope()
  }

  @Test("LN-28: finalizers that run when the state is closed may call us, before and after our own", arguments: LuaState.Driver.allCases)
  func finalizers(driver: LuaState.Driver) throws {
    let peer = try Peer()
    for isOlder in [true, false] {
      let lua = try LuaState(driver)
      let attached = isOlder ? "net = luaopen_net()" : ""
      try lua.run(
        """
        \(isOlder ? "detach()" : "")
        local function use()
          net.poll(); net.pending(); net.stop(); net.ws:close(1); net.ws:close(ws); net.ws:is_open(ws); net.ws:send(ws, "x")
          srv:close(); srv:is_open(); srv:client_count(); srv:send(1, "x"); srv:broadcast("x"); srv:disconnect(1); tostring(srv)
          pcall(net.ws.connect, net.ws, "ws://127.0.0.1:1", {})
          pcall(net.ws_server.listen, net.ws_server, 0, {})
          pcall(luaopen_net); pump()
        end
        object = setmetatable({}, { __gc = use })
        \(attached)
        srv = net.ws_server:listen(0, {})
        ws = net.ws:connect("\(peer.url)", { on_open = function() open = true end })
        while not open do net.poll(0.01) end
        """)
      #expect(lua.close() == 0)
    }
    let end = ContinuousClock().now + LuaState.patience
    while peer.seen.closures.count < 2, ContinuousClock().now < end {}
    #expect(peer.seen.closes.first?.code == .goingAway)
  }

  @Test("LN-30: closing a failed or an unknown connection does nothing", arguments: LuaState.Driver.allCases)
  func unknown(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run("calls = 0; ws = net.ws:connect('::', { on_close = function() calls = calls + 1 end })")
    try lua.pump(until: "calls == 1")
    for id in ["ws", "ws + 1000000", "0", "-1", "math.maxinteger", "math.mininteger"] {
      #expect(try lua.holds("net.ws:close(\(id)) == nil and not net.ws:is_open(\(id)) and not net.ws:send(\(id), '')"))
    }
    try lua.run("net.poll(0.01)")
    #expect(try lua.value("calls") == "1")
  }
}
