import LuaTesting
import Testing
import Transport

@Suite("Delivering", .timeLimit(.minutes(10)))
struct DispatchTests {
  @Test("LN-2: every callback is called on the thread that pumps", arguments: LuaState.Driver.allCases)
  func thread(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      threads, calls = { [thread_id()] = true }, 0
      local function note() threads[thread_id()] = true; calls = calls + 1 end
      srv = net.ws_server:listen(0, {
        on_open = note, on_close = note, on_message = function(c, m) note() srv:send(c, m) end })
      ws = net.ws:connect("ws://127.0.0.1:" .. srv.port, {
        on_open = function(id) note() net.ws:send(id, "x") end, on_message = function(id) note() net.ws:close(id) end, on_close = note })
      net.ws:connect("ws://127.0.0.1:1", { on_error = note, on_close = note })
      """)
    try lua.pump(until: "calls == 8")
    #expect(try lua.holds("next(threads) == thread_id() and next(threads, thread_id()) == nil"))
  }

  @Test("LN-3: what fails at once is told by a later pump, never by the call", arguments: LuaState.Driver.allCases)
  func later(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      called = 0
      local function note() called = called + 1 end
      for i = 1, 10 do net.ws:connect("::", { on_error = note, on_close = note }) end
      before = called
      """)
    #expect(try lua.value("before") == "0")
    try lua.pump(until: "called == 20")
    // From inside a callback as well.
    try lua.run(
      """
      nested, called = nil, 0
      net.ws:connect("::", { on_close = function()
        net.ws:connect("::", { on_error = function() called = called + 1 end })
        nested = called
      end })
      """)
    try lua.pump(until: "called == 1")
    #expect(try lua.value("nested") == "0")
  }

  @Test("LN-5: nothing is synchronous")
  func synchronous() throws {
    let lua = try LuaState()
    try lua.run(
      """
      found = ""
      for name, part in pairs(net) do
        for key in pairs(type(part) == "table" and part or { [name] = true }) do
          if key:find("sync") then found = found .. key end
        end
      end
      """)
    #expect(try lua.value("found") == "")
    #expect(try lua.holds("net.http == nil or net.http.get_sync == nil"))
  }

  @Test("LN-7: a pump inside a callback delivers nothing and returns 0", arguments: LuaState.Driver.allCases)
  func nested(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      calls, nested = 0, 0
      local function on_close()
        calls = calls + 1
        local before = calls
        nested = nested + net.poll() + net.poll(0.01) + pump() + (calls - before)
        ran = pcall(net.run)
      end
      for i = 1, 2 do net.ws:connect("::", { on_close = on_close }) end
      """)
    try lua.pump(until: "calls == 2")
    #expect(try lua.value("nested") == "0")
    #expect(try lua.value("ran") == "false")
    try lua.run("net.poll(0.01)")
    #expect(try lua.value("calls") == "2")
  }

  @Test("LN-8: of 10,000 events a pump of 100 calls exactly 100, in order", arguments: LuaState.Driver.allCases)
  func budget(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run("seen, inOrder = 0, true")
    let client = clients.web(
      try lua.serve("on_message = function(c, m) log = {}; inOrder = inOrder and tonumber(m) == seen; seen = seen + 1 end"))
    try lua.pump { client.isOpen }
    try lua.pump(until: "srv:client_count() == 1")
    for number in 0..<10_000 { client.send("\(number)") }
    var calls: Int64 = 0
    let end = ContinuousClock().now + LuaState.patience
    while calls < 10_000, ContinuousClock().now < end {
      let called = lua.pump(events: 100)
      #expect(called <= 100)
      calls += called
      #expect(try lua.value("seen") == "\(calls)")
    }
    #expect(calls == 10_000)
    #expect(try lua.holds("inOrder"))

    for number in 10_000..<10_050 { client.send("\(number)") }
    if driver == .threaded {
      try lua.wait { lua.pending >= 50 }
    }
    // However short the time, one is called: nothing starves.
    var pumps = 0
    while try !lua.holds("seen == 10050"), ContinuousClock().now < end {
      #expect(lua.pump(microseconds: 1) <= 50)
      pumps += 1
    }
    #expect(try lua.holds("inOrder"))
    #expect(pumps > 1)
  }

  @Test("LN-9: events of one of 50 connections keep their order", arguments: LuaState.Driver.allCases)
  func order(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run("last, total, inOrder = {}, 0, true")
    let port = try lua.serve(
      "on_message = function(c, m) inOrder = inOrder and tonumber(m) == (last[c] or 0) + 1; last[c] = tonumber(m); total = total + 1 end")
    let all = clients.web(port, count: 50)
    try lua.pump(until: "srv:client_count() == 50")
    try lua.pump { all.allSatisfy { $0.isOpen } }
    for number in 1...20 { for client in all { client.send("\(number)") } }
    try lua.pump(until: "total == 1000")
    #expect(try lua.holds("inOrder"))
  }

  @Test("LN-13: callbacks of a coroutine that is dead and collected are called", arguments: LuaState.Driver.allCases)
  func coroutine(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      kept = setmetatable({}, { __mode = "v" })
      coroutine.wrap(function()
        kept[1] = coroutine.running()
        local text = "from the coroutine"
        net.ws:connect("::", { on_close = function() told = text end })
      end)()
      collectgarbage(); collectgarbage()
      """)
    #expect(try lua.holds("kept[1] == nil"))
    try lua.pump(until: "told == 'from the coroutine'")
  }

  @Test("LN-14: callbacks run on the coroutine that pumps", arguments: LuaState.Driver.allCases)
  func running(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try lua.run(
      """
      local function register()
        net.ws:connect("::", { on_close = function() running, isMain = coroutine.running() end })
      end
      coroutine.wrap(register)()
      while not running do net.poll(0.01) end
      onMain = isMain
      register()
      running = nil
      pumping = coroutine.create(function() while not running do net.poll(0.01) end end)
      assert(coroutine.resume(pumping))
      """)
    #expect(try lua.value("onMain") == "true")
    #expect(try lua.holds("running == pumping and not isMain"))
  }

  @Test("LN-15: a pump leaves the stack as it was, also when callbacks and allocations fail", arguments: LuaState.Driver.allCases)
  func stack(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let top = lua.top
    for place in Int64(-1)..<12 {
      try lua.run(
        """
        calls = 0
        net.ws:connect("::", { on_error = function() local t = { {} }; error("one") end, on_close = function() calls = 1; error({}) end })
        """)
      try lua.wait { lua.pending >= 2 }
      if place >= 0 { lua.failAllocation(after: place, times: .max) }
      var pumps = 0
      while (lua.pending > 0 || pumps < 3) && pumps < 10_000 {
        lua.pump()
        #expect(lua.top == top)
        pumps += 1
      }
      lua.stopFailing()
    }
    #expect(lua.errors.count > 13)
  }
}
