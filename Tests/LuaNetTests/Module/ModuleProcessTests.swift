internal import CLuaTesting
import Connections
import Foundation
import LuaTesting
import ProgramTesting
import Testing

/// What loading and using the module does to its process.
@Suite("The module's process")
struct ModuleProcessTests {
  /// A server and a client that exchange a message, close, and are left to the end of the state.
  static let use = """
    local open, received, closed = 0, nil, 0
    local srv = assert(net.ws_server:listen(0, {
      on_open = function() open = open + 1 end,
      on_message = function(client, message) srv_client = client; server:send(client, message) end,
      on_close = function() closed = closed + 1 end,
    }))
    server = srv
    local id = net.ws:connect("ws://127.0.0.1:" .. srv.port .. "/", {
      on_open = function(id) net.ws:send(id, "hello") end,
      on_message = function(id, message) received = message; net.ws:close(id) end,
      on_close = function() closed = closed + 1 end,
    })
    for _ = 1, 1000 do if closed == 2 then break end net.poll(0.05) end
    assert(received == "hello" and open == 1 and closed == 2)
    """

  @Test("LN-122: a thousand states that load, use and close it leave no descriptor, no thread and no memory")
  func thousandStates() async {
    await #expect(processExitsWith: .success) {
      let script = "package.cpath = [[\(try StockLua.module().path)]]; local net = require 'net'; \(ModuleProcessTests.use)"
      func round() throws {
        let state = try unsafe #require(lt_new())
        defer { unsafe lt_close(state) }
        var text = [CChar](repeating: 0, count: 4096), length = 0
        let ran = unsafe lt_run(state, script, script.utf8.count, &text, 4096, &length)
        let result = String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try #require(ran, "\(result)")
      }
      for _ in 0..<50 { try round() }
      _ = try Usage()
      let before = try Usage()
      for _ in 0..<1000 { try round() }
      let after = try Usage()
      #expect(after.sockets.count == before.sockets.count, "\(before.sockets) were open, \(after.sockets) afterwards")
      #expect(after.threads == before.threads, "\(before.threads) threads, \(after.threads) afterwards")
      #expect(after.residentKiB - before.residentKiB < 1024, "\(before.residentKiB) KiB, \(after.residentKiB) KiB afterwards")
    }
  }

  @Test("LN-123: loading and using it leaves signals, locale and working directory as they were")
  func surroundings() throws {
    let run = try StockLua.run(
      script:
        """
        local function state()
          local lines = {os.setlocale(nil), io.popen("readlink /proc/$PPID/cwd"):read "a"}
          for line in io.lines "/proc/self/status" do if line:match "^Sig[BIC]" or line:match "^ShdPnd" then lines[#lines + 1] = line end end
          return table.concat(lines, "\\n")
        end
        local before = state()
        local net = require "net"
        local loaded = state()
        \(Self.use)
        local used = state()
        -- The bit of SIGPIPE among the signals that are ignored.
        print(tonumber(before:match "SigIgn:%s*(%x+)", 16) & 1 << 12)
        print(before == loaded and before == used, before, loaded, used)
        """)
    #expect(run.output.hasPrefix("0\ntrue"), "\(run.output)\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-123: the functions of a host leave errno as it was", arguments: LuaState.Driver.allCases)
  func errorNumber(driver: LuaState.Driver) async {
    await #expect(processExitsWith: .success) { [driver] in
      let kept: Int32 = 4242
      func expectKept(_ what: String, _ work: () -> Void) {
        errno = kept
        work()
        let left = errno
        #expect(left == kept, "\(what)")
      }
      var lua: LuaState?
      expectKept("attaching") { lua = try? LuaState(driver) }
      let state = try #require(lua)
      // Refused, which sets errno below.
      try state.run("net.ws:connect('ws://127.0.0.1:1/', {on_close = function() closed = true end})")
      while try !state.holds("closed") { expectKept("pumping") { state.pump() } }
      expectKept("closing a scope") { state.closeScope() }
      expectKept("asking") { _ = state.pending }
      expectKept("closing") { state.close() }
    }
  }

  @Test("LN-123: a peer that resets while a script sends costs no process its life, and SIGPIPE keeps its disposition")
  func brokenPipe() throws {
    let peer = try Peer { connection, event in if case .opened = event { connection.abort() } }
    let run = try StockLua.run(
      script:
        """
        local net = require "net"
        local function ignored() return io.open("/proc/self/status"):read("a"):match "SigIgn:%s*(%x+)" end
        local before, closed = ignored(), 0
        for _ = 1, 50 do
          net.ws:connect("\(peer.url)", {
            -- More than the system takes at once; and once more after the reset has come.
            on_open = function(id)
              for _ = 1, 100 do net.ws:send(id, ("x"):rep(100000)) end
              os.execute "sleep 0.01"
              net.ws:send(id, "y")
            end,
            on_close = function() closed = closed + 1 end,
          })
        end
        net.run()
        print(closed, before == ignored(), tonumber(before, 16) & 1 << 12)
        """)
    #expect(run.output == "50\ttrue\t0\n", "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-124: a program that a script starts inherits no descriptor of ours")
  func inheritance() throws {
    let run = try StockLua.run(
      script:
        """
        -- What a program inherits besides the pipe of its output; that of this process, which it may have inherited itself, is no matter.
        local function list(place)
          local files = {}
          for file in io.popen("for fd in " .. place .. "/fd/*; do readlink $fd; done"):lines() do
            if file:match "^socket" or file:match "^anon" then files[#files + 1] = file end
          end
          return table.concat(files, " "), #files
        end
        local inherited = list "/proc/self"
        local _, before = list "/proc/$PPID"
        local net = require "net"
        local server = assert(net.ws_server:listen(0, {}))
        local open = false
        net.ws:connect("ws://127.0.0.1:" .. server.port .. "/", {on_open = function() open = true end})
        while not open do net.poll(0.05) end
        local _, after = list "/proc/$PPID"
        print(inherited == list "/proc/self", after - before >= 5)
        """)
    // There is something to inherit: what waits, what wakes it, the listener, and both ends of the connection.
    #expect(run.output == "true\ttrue\n", "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-124: nor does one that a host with a thread starts", arguments: LuaState.Driver.allCases)
  func inheritanceFromHosts(driver: LuaState.Driver) async {
    await #expect(processExitsWith: .success) { [driver] in
      let state = try LuaState(driver)
      try state.run(
        """
        -- Those of the testing library are there before.
        function inherited() return io.popen("for fd in /proc/self/fd/*; do readlink $fd; done | grep -E '^(socket|anon)' | sort"):read "a" end
        function ours() return io.popen("ls -l /proc/$PPID/fd | grep -c -e socket: -e anon_inode:"):read "n" end
        before, ours_before = inherited(), ours()
        server = assert(net.ws_server:listen(0, {}))
        net.ws:connect("ws://127.0.0.1:" .. server.port .. "/", {on_open = function() open = true end})
        """)
      try state.pump(until: "open")
      let before = try state.value("before"), inherited = try state.value("inherited()")
      #expect(inherited == before, "\(before)\(inherited)")
      let ours = try state.value("ours() - ours_before")
      #expect(Int(ours) ?? 0 >= 5, "\(ours)")
      state.close()
    }
  }
}
