import Connections
import LuaTesting
import Testing
import Transport
import WSProtocol

@Suite("What scripts send", .timeLimit(.minutes(10)))
struct SendingTests {
  private func send(_ lua: LuaState, _ arguments: String) throws -> String {
    try lua.run("local sent, why = net.ws:send(ws, \(arguments)) return tostring(sent) .. (why and ' ' .. why or '')")
  }

  @Test("LN-80: text has to be UTF-8, and anything may be sent as binary", arguments: LuaState.Driver.allCases)
  func kinds(driver: LuaState.Driver) throws {
    let peer = try Peer(Peer.listen)
    let lua = try LuaState(driver)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    for text in ["'\\xff'", "'a\\xc3'", "'\\xed\\xa0\\x80'"] { #expect(try send(lua, text) == "false the message is not UTF-8") }
    for text in ["'\\xff', true", "'x', true", "'x', false", "'x', nil", "''", "'', true", "'\u{2713}'", "7", "'a\\0b'"] {
      #expect(try send(lua, text) == "true")
    }
    try lua.pump { peer.seen.messageCount == 9 }
    let wanted: [Message] = [
      Message(.binary, [0xFF]), Message(.binary, [0x78]), Message(.text, [0x78]), Message(.text, [0x78]), Message(.text, []),
      Message(.binary, []), Message(.text, [0xE2, 0x9C, 0x93]), Message(.text, [0x37]), Message(.text, [0x61, 0, 0x62]),
    ]
    #expect(peer.seen.messages == wanted)
  }

  @Test("LN-80: 64 MiB can be sent, and one octet more cannot", arguments: LuaState.Driver.allCases)
  func length(driver: LuaState.Driver) throws {
    let peer = try Peer(Peer.listen)
    peer.countOnly()
    let lua = try LuaState(driver)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    try lua.run("big = ('x'):rep(64 << 20)")
    #expect(try send(lua, "big .. 'x'") == "false the message is longer than 64 MiB")
    #expect(try send(lua, "big .. 'x', true") == "false the message is longer than 64 MiB")
    #expect(try send(lua, "big") == "true")
    try lua.pump { peer.seen.messageCount == 1 }
    #expect(peer.seen.messageBytes == 64 << 20)
    // What was refused has not closed anything; that the server has read is known once it was asked for.
    try lua.pump(until: "(net.ws:send(ws, 'x'))")
    try lua.pump { peer.seen.messageCount == 2 }
  }

  @Test(
    "LN-80: while 16 MiB wait for a server that does not read nothing more is taken, and then again", arguments: LuaState.Driver.allCases)
  func backlog(driver: LuaState.Driver) throws {
    let peer = try Peer(Peer.listen)
    peer.countOnly()
    let lua = try LuaState(driver)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    peer.perform { $0.isHeldBack = true }
    try lua.run("text, accepted = ('x'):rep(1 << 20), 0")
    try lua.pump(
      until: """
        (function()
          local sent, why = net.ws:send(ws, text)
          if sent then accepted = accepted + 1 else reason = why end
          return not sent
        end)()
        """)
    #expect(try lua.value("reason") == "16 MiB wait for the server already")
    let accepted = try #require(Int(lua.value("accepted")))
    // The systems' buffers hold some, too.
    #expect(accepted >= 16 && accepted < 64)
    #expect(try lua.value("net.ws:is_open(ws)") == "true")
    peer.perform { $0.isHeldBack = false }
    try lua.pump { peer.seen.messageCount == accepted }
    try lua.pump(until: "(net.ws:send(ws, text))")
    try lua.pump { peer.seen.messageCount == accepted + 1 }
    #expect(peer.seen.messageBytes == (accepted + 1) << 20)
  }

  @Test("LN-80: what a callback sends in one go counts before it is handed over", arguments: LuaState.Driver.allCases)
  func inCallback(driver: LuaState.Driver) throws {
    let peer = try Peer(Peer.listen)
    peer.countOnly()
    let lua = try LuaState(driver)
    try lua.run("text, accepted = ('x'):rep(1 << 20), 0")
    try lua.connect(peer.url, "on_open = function(id) while net.ws:send(id, text) do accepted = accepted + 1 end end")
    try lua.pump(until: "#log == 1")
    #expect(try lua.value("accepted") == "16")
    try lua.pump { peer.seen.messageCount == 16 }
  }

  @Test("LN-81: 100,000 messages of random lengths arrive complete and in order", arguments: LuaState.Driver.allCases)
  func order(driver: LuaState.Driver) throws {
    let count = 100_000
    let next = Lock(0)
    let faults = Lock(0)
    let peer = try Peer { _, event in
      guard case .endpoint(.message(let message)) = event else { return }
      // The number, a colon, and as many octets as the number says by its remainder.
      let number = next.withLock { number in
        number += 1
        return number
      }
      let digits = Array("\(number):".utf8)
      guard message.octets.starts(with: digits), message.octets.count == digits.count + number * 7919 % 1000 else {
        return faults.withLock { $0 += 1 }
      }
    }
    peer.countOnly()
    let lua = try LuaState(driver)
    try lua.run("pad = ('y'):rep(1000) sent = 0")
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    try lua.pump {
      try lua.run(
        """
        for i = 1, 2000 do
          if sent == \(count) then return end
          if not net.ws:send(ws, (sent + 1) .. ":" .. pad:sub(1, (sent + 1) * 7919 % 1000)) then return end
          sent = sent + 1
        end
        """)
      return try lua.holds("sent == \(count)")
    }
    try lua.pump { peer.seen.messageCount == count }
    let (last, faulty) = (next.withLock { $0 }, faults.withLock { $0 })
    #expect(last == count && faulty == 0)
  }

  @Test("LN-81: every frame is masked with a key of its own", arguments: LuaState.Driver.allCases)
  func masks(driver: LuaState.Driver) throws {
    let peer = try WirePeer.opening()
    let lua = try LuaState(driver)
    try lua.connect(peer.url, "on_open = function(id) for i = 1, 1000 do assert(net.ws:send(id, 'same')) end end")
    try lua.pump { peer.frames.count >= 10_000 }
    let frames = peer.frames
    #expect(frames.count == 10_000)
    var keys: Set<[UInt8]> = []
    for start in stride(from: 0, to: frames.count, by: 10) {
      let frame = Array(frames[start..<(start + 10)])
      let key = Array(frame[2..<6])
      #expect(frame[0] == 0x81 && frame[1] == 0x84)
      #expect(zip(frame[6...], key).map { $0 ^ $1 } == Array("same".utf8))
      keys.insert(key)
    }
    // Among 1,000 random keys of 32 bits two are alike once in 10,000 runs; three are not.
    #expect(keys.count >= 999)
    #expect(!keys.contains([0, 0, 0, 0]))
  }
}
