import Foundation
import LuaTesting
import Testing
import Transport

/// Connections that fail and servers that come and go, again and again, in a process of their own; afterwards nothing may be left of them.
@Suite("Storms of scripts")
struct LuaStormTests {
  /// How many rounds a storm takes; WIRECHECK_STORM asks for another number, such as the 10,000 of the requirement.
  static let rounds = ProcessInfo.processInfo.environment["WIRECHECK_STORM"].flatMap { Int($0) } ?? 200

  /// Ways to fail to connect.
  enum Way: String, CaseIterable, Codable, CustomTestStringConvertible, Sendable {
    case closedPort = "a closed port"
    case badURL = "a bad URL"
    case silentPort = "a silent port"
    case notWebSocket = "a server that speaks no WebSocket"

    var testDescription: String { rawValue }
  }

  @Test("LN-29: nothing is left of connects that fail", arguments: LuaState.Driver.allCases, Way.allCases)
  func connects(driver: LuaState.Driver, way: Way) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [driver, way] in
      let lua = try LuaState(driver)
      let peers = try Peers()
      let url =
        switch way {
        case .closedPort: "ws://127.0.0.1:\(DeadEnds.closedPort)"
        case .badURL: "ws://user@::/x y"
        case .silentPort: "ws://127.0.0.1:\(try peers.serve(.silent))"
        case .notWebSocket:
          "ws://127.0.0.1:\(try peers.serve(.answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")))"
        }
      try lua.run(
        """
        function batch(count)
          local waiting = count
          errors, closes = 0, 0
          for i = 1, count do
            net.ws:connect("\(url)", {
              timeout = 0.02,
              on_open = function() error("open") end,
              on_error = function() errors = errors + 1 end,
              on_close = function(id, code) assert(code == 1006); closes, waiting = closes + 1, waiting - 1 end })
          end
          while waiting > 0 do net.poll(1) end
          assert(errors == count and closes == count)
          collectgarbage()
        end
        """)
      let batch = 25
      for _ in 0..<20 { try lua.run("batch(\(batch))") }
      _ = try Usage()
      let before = try Usage()
      for _ in 0..<LuaStormTests.rounds / batch { try lua.run("batch(\(batch))") }
      // The other side notices a little later.
      let end = ContinuousClock().now + LuaState.patience
      while try peers.seen.ended < peers.seen.accepted || Usage().sockets.count > before.sockets.count, ContinuousClock().now < end {}
      let after = try Usage()
      #expect(after.sockets.count <= before.sockets.count)
      #expect(after.threads <= before.threads)
      #expect(after.residentKiB - before.residentKiB < 1024)
      #expect(lua.errors.isEmpty)
      print(
        "storm: \(LuaStormTests.rounds) connects to \(way.rawValue), \(driver): sockets \(before.sockets.count) and \(after.sockets.count), "
          + "other descriptors \(before.others) and \(after.others), threads \(before.threads) and \(after.threads), "
          + "memory \(before.residentKiB) and \(after.residentKiB) KiB")
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
  }

  @Test(
    "LN-4: servers opened and closed inside callbacks, with clients: no dead-lock, and nothing is left", arguments: LuaState.Driver.allCases
  )
  func servers(driver: LuaState.Driver) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [driver] in
      let lua = try LuaState(driver)
      try lua.run(
        """
        worst = 0
        function rounds(count)
          done = 0
          local function round()
            local srv
            srv = assert(net.ws_server:listen(port or 0, {
              on_open = function(c)
                local start = microseconds()
                srv:close()
                worst = math.max(worst, microseconds() - start)
              end,
              on_close = function(c, code) assert(code == 1001) end }))
            -- The port is free when close returns.
            port = srv.port
            net.ws:connect("ws://127.0.0.1:" .. port, {
              on_error = function(id, err) error(err) end,
              on_close = function(id, code)
                assert(code == 1001)
                done = done + 1
                if done < count then round() end
              end })
          end
          local start = microseconds()
          round()
          while done < count do net.poll(1) end
          return (microseconds() - start) / count
        end
        """)
      try lua.run("rounds(50); worst = 0")
      _ = try Usage()
      let before = try Usage()
      let count = max(LuaStormTests.rounds, 1000)
      let each = try lua.run("return rounds(\(count))")
      // The last connection is gone a moment later.
      let end = ContinuousClock().now + LuaState.patience
      while try Usage().sockets.count > before.sockets.count, ContinuousClock().now < end { try lua.run("net.poll(0.01)") }
      let after = try Usage()
      #expect(after.sockets.count <= before.sockets.count)
      #expect(after.threads <= before.threads)
      #expect(lua.errors.isEmpty)
      print(
        "storm: \(count) servers closed in on_open, \(driver): \(each) µs each, worst close \(try lua.value("worst")) µs, sockets "
          + "\(before.sockets.count) and \(after.sockets.count), memory \(before.residentKiB) and \(after.residentKiB) KiB")
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
  }
}
