import CLuaBridge
import Foundation
import LuaTesting
import Testing
import Transport

@testable import LuaNet

/// Tests that need a process of their own: they use up descriptors, count what is alive, or end it.
@Suite("Bridge, in a process of its own")
struct BridgeProcessTests {
  @Test("without descriptors a context is refused, and a loop that cannot start says so; both work later")
  func descriptors() async {
    await #expect(processExitsWith: .success) {
      let lua = try LuaState(.inline)
      let threaded = try LuaState(.threaded)
      var limit = rlimit()
      unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let before = limit
      limit.rlim_cur = 3
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      #expect(throws: LuaError.self) { try LuaState(.threaded) }
      #expect(lua.pump() == 0)
      #expect(lua.pump() == 0)
      #expect(lua.logs.contains { $0.hasPrefix("the network stands still: ") })
      for state in [lua, threaded] {
        #expect(try state.holds("net.ws_server:listen(0, {}) == nil"))
        #expect(try state.value("net.pending()") == "0")
      }
      limit = before
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      for state in [lua, threaded] { #expect(try state.holds("net.ws_server:listen(0, {}):is_open()")) }
      _ = try LuaState(.threaded)
    }
  }

  #if DEBUG
    @Test("LN-6: debug builds end the process when a state is used on another thread")
    func thread() async {
      await #expect(processExitsWith: .failure) {
        let lua = try LuaState(.threaded)
        _ = lua.pump()
        let state = Lock(unsafe Int(bitPattern: lua.lua))
        let thread = try SystemThread { state.withLock { unsafe _ = luanet_pump(OpaquePointer(bitPattern: $0), 0, 0) } }
        thread.join()
        exit(0)
      }
    }

    @Test("nothing is alive after a state with connected clients was closed", arguments: LuaState.Driver.allCases)
    func clients(driver: LuaState.Driver) async {
      await #expect(processExitsWith: .success) { [driver] in
        for ending in ["lua_close", "detach()", "unload(scope)", "srv:close()", "srv:close() detach()", "srv:close() unload(scope)"] {
          let lua = try LuaState(driver)
          let clients = try Clients()
          let all = clients.web(try lua.serve(echo), count: 3)
          try lua.pump { all.allSatisfy { $0.isOpen } }
          try lua.pump(until: "srv:client_count() == 3")
          if ending != "lua_close" { try lua.run(ending) }
          lua.close()
          #expect(Census.count.withLock { $0 } == 0, "\(ending)")
        }
      }
    }
  #endif
}
