import CLuaBridge
import Foundation
import LuaTesting
import Testing
import Transport

@testable import LuaNet

/// What scripts do when memory runs out, at every place where it can.
@Suite("Allocation failure")
struct AllocationTests {
  enum Kind: String, CaseIterable, Codable, CustomTestStringConvertible, Sendable {
    /// Lua collects garbage, and then has the memory.
    case once
    /// It has none then, either: what it was for fails.
    case twice
    /// Nothing works from there on.
    case permanently

    var testDescription: String { rawValue }

    var times: Int64 {
      switch self {
      case .once: 1
      case .twice: 2
      case .permanently: .max
      }
    }
  }

  #if DEBUG
    @Test(
      "LN-16: at no allocation does failing lose anything but the event concerned", arguments: LuaState.Driver.allCases, Kind.allCases)
    func everyAllocation(driver: LuaState.Driver, kind: Kind) async {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [driver, kind] in
        var run = AllocationRun(driver, kind)
        try run.run(failingAfter: nil)
        #expect(run.errors == AllocationRun.errorsWithoutFailure)
        let count = run.allocations
        var failed = 0
        for place in 0..<count {
          try run.run(failingAfter: place)
          if run.errors != AllocationRun.errorsWithoutFailure { failed += 1 }
        }
        #expect(kind == .once ? failed == 0 : failed > count / 2)
        print("allocation failure: \(driver), \(kind): \(count) places, \(failed) of which were reported")
      }
      print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
    }

    @Test("LN-16: at no allocation does failing to open a context or a scope leave anything", arguments: Kind.allCases)
    func opening(kind: Kind) async {
      await #expect(processExitsWith: .success) { [kind] in
        var place: Int64 = 0
        var isOpen = false
        while !isOpen {
          let lua = try LuaState()
          try lua.run("detach() net, host_net = nil, nil")
          lua.failAllocation(after: place, times: kind.times)
          let top = lua.top
          isOpen = unsafe luanet_attach(lua.lua, nil) == 0 && luanet_scope_open(lua.lua, "script") != 0
          #expect(lua.top == (isOpen ? top + 1 : top))
          isOpen = isOpen && lua.failure("luaopen_net()") == nil
          lua.stopFailing()
          // What failed before works now.
          try lua.run("assert(luaopen_net().ws_server:listen(0, {}):is_open())")
          #expect(lua.close() == 0)
          #expect(Census.count.withLock { $0 } == 0, "place \(place)")
          place += 1
        }
        #expect(place > (kind == .once ? 0 : 50))
      }
    }
  #endif
}

#if DEBUG
  /// Runs the scenario again and again, each time in a new state.
  struct AllocationRun {
    let driver: LuaState.Driver
    let kind: AllocationTests.Kind
    /// How many allocations the scenario takes.
    private(set) var allocations: Int64 = 0
    /// What was reported, in the last run.
    private(set) var errors = 0

    /// Two callbacks of the scenario raise.
    static let errorsWithoutFailure = 2

    init(_ driver: LuaState.Driver, _ kind: AllocationTests.Kind) {
      self.driver = driver
      self.kind = kind
    }

    mutating func run(failingAfter place: Int64?) throws {
      let lua = try LuaState(driver)
      try lua.run(Self.scenario)
      let (top, before) = (lua.top, lua.allocations)
      if let place { lua.failAllocation(after: place, times: kind.times) }
      let raised = lua.failure("scenario()")
      pump(lua, until: place == nil || kind == .once ? Self.errorsWithoutFailure : 0)
      lua.closeScope()
      pump(lua, until: 0)
      allocations = lua.allocations - before
      lua.stopFailing()
      errors = lua.errors.count + (raised == nil ? 0 : 1)

      #expect(lua.top == top, "place \(place ?? -1)")
      if kind != .permanently {
        // The state works as if nothing had been.
        try lua.run(
          """
          collectgarbage()
          local server
          server = assert(host_net.ws_server:listen(0, { on_message = function(c, m) server:send(c, m) end }))
          host_net.ws:connect("ws://127.0.0.1:" .. server.port, {
            on_open = function(id) host_net.ws:send(id, "after") end,
            on_message = function(_, m) echoed = m end })
          """)
        try lua.pump(until: "echoed == 'after'")
      }
      let left = lua.close()
      #expect(left == 0, "place \(place ?? -1)")
      #expect(Census.count.withLock { $0 } == 0, "place \(place ?? -1)")
    }

    /// Until nothing happens any more, and so many errors were reported; takes no memory of Lua's.
    private func pump(_ lua: LuaState, until errors: Int) {
      let end = ContinuousClock().now + LuaState.patience
      var idle = 0
      while idle < 25 || lua.errors.count < errors && ContinuousClock().now < end {
        idle = lua.pump() == 0 ? idle + 1 : 0
        if driver == .threaded { usleep(200) }
      }
    }

    static let scenario =
      """
      function scenario()
        setmetatable({}, { __gc = function() net.ws:close(1); net.poll(); net.pending(); pump() end })
        coroutine.wrap(function()
          srv = assert(net.ws_server:listen(0, {
            origins = { "https://a.example", "https://b.example" }, max_clients = 3,
            on_open = function(c)
              srv:send(c, "welcome")
              assert(net.poll() == 0 and pump() == 0)
            end,
            on_message = function(c, m) srv:broadcast(m) end,
            on_close = function(c)
              local other <close> = net.ws_server:listen(0, {})
              other:close()
            end }))
        end)()
        collectgarbage("step")
        local id = net.ws:connect("ws://127.0.0.1:" .. srv.port .. "/path", {
          headers = { ["X-One"] = "1", ["X-Two"] = 2 }, timeout = 5,
          on_open = function(id) net.ws:send(id, "hello"); error("in on_open") end,
          on_message = function(id, m)
            if m == "hello" then
              net.ws:close(id, 1000, "bye")
              error(setmetatable({}, { __tostring = function() return "an object" end }))
            end
          end,
          on_close = function(id, code, reason)
            net.ws:connect("::", { on_error = function(id, err) failure = err end, on_close = function() srv:close() end })
          end })
        pcall(net.ws.connect, net.ws, "ws://x", { on_opn = print })
        do
          local other <close> = assert(net.ws_server:listen(0, {}))
          tostring(other)
        end
        id, srv2 = nil, net.ws_server:listen(0, {})
      end
      """
  }
#endif
