import Foundation
import LuaTesting
import Transport

extension LuaState {
  /// Starts a server as the global `srv`, whose callbacks note what they are told in `log`, and call those in `fields` afterwards.
  ///
  /// Clients stand in the log by numbers from 1 in the order in which they were first heard of; `ids` has what they are really called.
  ///
  /// - Parameter fields: Of the table of callbacks and options, in Lua.
  /// - Returns: The port.
  @discardableResult
  func serve(_ fields: String = "", port: UInt16 = 0) throws -> UInt16 {
    try run(
      """
      log, ids, count = {}, {}, 0
      local numbers = {}
      function number(client)
        if not numbers[client] then
          count = count + 1
          numbers[client], ids[count] = count, client
        end
        return numbers[client]
      end
      function note(...) log[#log + 1] = table.concat({...}, " ") end
      function recorder(further)
        local all = {}
        for key, value in pairs(further) do all[key] = value end
        for _, name in ipairs { "open", "message", "error", "close" } do
          local own = further["on_" .. name]
          all["on_" .. name] = function(client, ...)
            local words = { ... }
            if name == "message" then words[2] = nil end
            if name == "message" and #words[1] > 200 then words[1] = #words[1] .. " octets" end
            note(name, number(client), table.unpack(words))
            if own then own(client, ...) end
          end
        end
        return all
      end
      srv = assert(net.ws_server:listen(\(port), recorder { \(fields) }))
      """)
    return try UInt16(value("srv.port")) ?? 0
  }

  /// The same on a port that the system gives to nobody by itself, so that it stays free once the server is closed.
  func serveOnOwnPort(_ fields: String = "") throws -> UInt16 {
    while true {
      let port = OwnPorts.next()
      if let failure = failure("local srv, why = net.ws_server:listen(\(port), {}); assert(srv, why); srv:close()") {
        guard failure.contains("address already in use") else { throw WaitedInVain(errors: [failure], logs: []) }
      } else {
        return try serve(fields, port: port)
      }
    }
  }

  /// The log of ``serve(_:port:)``.
  var history: [String] {
    get throws { try run("return table.concat(log, '\\n')").split(separator: "\n").map(String.init) }
  }

  /// Pumps until a condition holds; throws when that takes too long.
  func pump(until condition: () throws -> Bool) throws {
    let clock = ContinuousClock()
    let end = clock.now + Self.patience
    while try !condition() {
      guard clock.now < end else { throw WaitedInVain(errors: errors, logs: logs) }
      try run("host_net.poll(0.005)")
    }
  }

  /// Waits until a condition holds and pumps nothing meanwhile; throws when that takes too long.
  func wait(until condition: () throws -> Bool) throws {
    let end = ContinuousClock().now + Self.patience
    while try !condition() {
      guard ContinuousClock().now < end else { throw WaitedInVain(errors: errors, logs: logs) }
      sched_yield()
    }
  }
}

/// Ports below those that systems give to clients, and to servers that want any; each is tried once in turn.
private enum OwnPorts {
  private static let last = Lock(UInt16.random(in: 10_000..<30_000))

  static func next() -> UInt16 {
    last.withLock { last in
      last = last < 30_000 ? last + 1 : 10_000
      return last
    }
  }
}

/// A condition did not come true.
struct WaitedInVain: Error {
  let errors: [String]
  let logs: [String]
}
