import Foundation
import ProgramTesting
import Testing

/// `net.poll`, `net.run` and `net.stop` in stock Lua.
@Suite("Waiting in stock Lua", .timeLimit(.minutes(10)))
struct WaitingProcessTests {
  struct Run: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let script: String
    let output: String
  }

  static let runs = [
    Run(testDescription: "with nothing open", script: "net.run() print 'done'", output: "done\n"),
    Run(
      testDescription: "with a connect that fails",
      script: "net.ws:connect('ws://127.0.0.1:1/', {on_close = function(id, code) print(code) end}) net.run() print 'done'",
      output: "1006\ndone\n"),
    Run(
      testDescription: "with a server, until stop",
      script: """
        local server = net.ws_server:listen(0, {})
        net.ws:connect('ws://127.0.0.1:' .. server.port .. '/', {on_open = function() print 'open' net.stop() end})
        net.run()
        print('stopped', server:is_open(), net.pending() > 0)
        """,
      output: "open\nstopped\ttrue\ttrue\n"),
    Run(
      testDescription: "with a server, until it is closed",
      script: """
        local server
        server = net.ws_server:listen(0, {on_message = function(client, message) print(message) server:close() end})
        net.ws:connect('ws://127.0.0.1:' .. server.port .. '/', {on_open = function(id) net.ws:send(id, 'last words') end})
        net.run()
        print('done', server:is_open(), net.pending())
        """,
      output: "last words\ndone\tfalse\t0\n"),
    Run(
      testDescription: "again after a stop",
      script: """
        net.stop() net.run()
        local server = net.ws_server:listen(0, {})
        net.ws:connect('ws://127.0.0.1:' .. server.port .. '/', {on_open = function() print 'open' net.stop() end})
        net.run()
        server:close()
        net.run()
        print('done', net.pending())
        """,
      output: "open\ndone\t0\n"),
  ]

  @Test("LN-119: net.run returns when nothing is pending, or after net.stop", arguments: runs)
  func run(_ row: Run) throws {
    let run = try StockLua.run(script: "local net = require 'net' \(row.script)")
    #expect(run.output == row.output, "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-119: net.poll waits as long as it is told and no longer than until something happens")
  func poll() throws {
    let run = try StockLua.run(
      script:
        """
        local net = require 'net'
        local function now() return io.popen("date +%s%N"):read "n" / 1e9 end
        local start = now()
        assert(net.poll() == 0)
        assert(net.poll(0.3) == 0)
        local waited = now() - start
        assert(waited > 0.29, waited)
        local opened
        local server = net.ws_server:listen(0, {on_open = function() opened = true end})
        net.ws:connect('ws://127.0.0.1:' .. server.port .. '/', {})
        -- The minute of StockLua would end it.
        while not opened do net.poll(3600) end
        print 'done'
        """)
    #expect(run.output == "done\n", "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-119: Ctrl-C ends net.run as it ends a script")
  func interrupt() throws {
    let run = try StockLua.run(
      script:
        """
        local net = require 'net'
        local process = io.popen("echo $PPID"):read "n"
        net.ws_server:listen(0, {})
        print(pcall(function()
          os.execute("(sleep 0.3; kill -INT " .. process .. ") >/dev/null 2>&1 &")
          net.run()
        end))
        """)
    #expect(run.output.hasPrefix("false\t"), "\(run.output)\(run.errors)")
    #expect(run.output.contains("interrupted!"))
  }
}
