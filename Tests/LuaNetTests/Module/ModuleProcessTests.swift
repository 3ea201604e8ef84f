internal import CLuaTesting
import Foundation
import LuaTesting
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
      _ = try Held()
      let before = try Held()
      for _ in 0..<1000 { try round() }
      let after = try Held()
      #expect(after.sockets == before.sockets)
      #expect(after.threads == before.threads)
      #expect(after.residentKiB - before.residentKiB < 1024, "\(before.residentKiB) KiB, \(after.residentKiB) KiB afterwards")
    }
  }

  @Test("LN-123: loading and using it leaves signals, locale and working directory as they were")
  func surroundings() throws {
    let run = try StockLua(
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
      print(before:match "SigIgn:%s*(%x+)")
      print(before == loaded and before == used, before, loaded, used)
      """)
    #expect(run.output.hasPrefix("0000000000000000\ntrue"), "\(run.output)\(run.errors)")
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

  @Test("LN-124: a program that a script starts inherits no descriptor of ours")
  func inheritance() throws {
    let run = try StockLua(
      """
      local function children() return io.popen("ls -1 /proc/self/fd | wc -l"):read "n" end
      local before = children()
      local net = require "net"
      local server = assert(net.ws_server:listen(0, {}))
      local open = false
      net.ws:connect("ws://127.0.0.1:" .. server.port .. "/", {on_open = function() open = true end})
      while not open do net.poll(0.05) end
      local sockets = io.popen("ls -l /proc/$PPID/fd | grep -c socket:"):read "n"
      print(before, children(), sockets)
      os.execute("for fd in /proc/self/fd/*; do readlink $fd; done")
      """)
    let lines = run.output.split(separator: "\n")
    let counts = try #require(lines.first).split(separator: "\t")
    #expect(counts.count == 3 && counts[0] == counts[1], "\(run.output)\(run.errors)")
    // There was something to inherit: the listener, and both ends of the connection.
    #expect(counts.last == "3")
    #expect(!lines.contains { $0.hasPrefix("socket:") || $0.contains("eventpoll") || $0.contains("eventfd") }, "\(run.output)")
    #expect(run.code == 0)
  }
}

/// What a process holds.
private struct Held {
  let sockets: Int
  let threads: Int
  let residentKiB: Int

  init() throws {
    let files = FileManager.default
    sockets = try files.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
      // The testing library opens and closes descriptors of other kinds.
      let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
      return target?.hasPrefix("socket:") == true || target?.contains("eventpoll") == true || target?.contains("eventfd") == true
    }.count
    threads = try files.contentsOfDirectory(atPath: "/proc/self/task").count
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    residentKiB = (Int(pages) ?? 0) * (sysconf(Int32(_SC_PAGESIZE)) / 1024)
  }
}
