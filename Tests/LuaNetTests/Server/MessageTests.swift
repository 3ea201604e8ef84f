import LuaTesting
import Testing
import WSProtocol

@Suite("Messages of a server", .timeLimit(.minutes(10)))
struct MessageTests {
  @Test("LN-96: text and binary arrive as strings", arguments: LuaState.Driver.allCases)
  func kinds(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve("on_message = function(client, msg, binary) got = { client, msg, binary } end"))
    try lua.pump { client.isOpen }
    client.send("h\u{e9}llo\u{0}")
    try lua.pump(until: "got")
    #expect(try lua.holds("got[1] == ids[1] and got[2] == 'h\\xc3\\xa9llo\\0' and got[3] == false"))
    client.send(.binary, [0, 255, 128, 10])
    try lua.pump(until: "got[3]")
    #expect(try lua.holds("got[1] == ids[1] and got[2] == '\\0\\xff\\x80\\n'"))
    client.send(.text, [])
    try lua.pump(until: "got[2] == ''")
  }

  @Test(
    "LN-97: what is sent is one frame of text, unmasked", arguments: LuaState.Driver.allCases,
    [0, 1, 125, 126, 65_535, 65_536, 1 << 20])
  func frames(driver: LuaState.Driver, length: Int) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve())
    try lua.pump(until: "#log == 1")
    try lua.run("assert(srv:send(ids[1], ('a'):rep(\(length)))); assert(srv:broadcast(('b'):rep(\(length))) == 1)")
    let head: [UInt8] =
      switch length {
      case ..<126: [0x81, UInt8(length)]
      case ..<65536: [0x81, 126, UInt8(length >> 8), UInt8(length & 255)]
      default: [0x81, 127, 0, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
      }
    let expected = head + [UInt8](repeating: 0x61, count: length) + head + [UInt8](repeating: 0x62, count: length)
    try lua.pump { client.frames.count >= expected.count }
    #expect(client.frames == expected)
  }

  @Test("LN-98: a message of 64 MiB passes in both directions", arguments: LuaState.Driver.allCases, ["one frame", "16,384 fragments"])
  func largest(driver: LuaState.Driver, how: String) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve("on_message = function(client, msg) length, sent = #msg, srv:send(client, msg) end")
    if how == "one frame" {
      let client = clients.web(port)
      try lua.pump { client.isOpen }
      client.send(.text, [UInt8](repeating: 0x61, count: 64 << 20))
      try lua.pump { client.seen.messages.first?.octets.count == 64 << 20 }
    } else {
      let piece = [UInt8](repeating: 0x61, count: 4096)
      let client = clients.opened(port, clientFrame(0x01, piece))
      for index in 2...16_384 { client.write(clientFrame(index == 16_384 ? 0x80 : 0x00, piece)) }
      try lua.pump(until: "sent")
      client.abort()
    }
    #expect(try lua.value("length") == "67108864")
    #expect(try lua.value("sent") == "true")
  }

  @Test(
    "LN-98: an octet more ends the connection with 1009 before it is read", arguments: LuaState.Driver.allCases,
    ["one frame", "16,385 fragments"])
  func tooLarge(driver: LuaState.Driver, how: String) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    // Of the frame that is too much only the header is sent.
    let client: WireClient
    if how == "one frame" {
      client = clients.opened(port, clientFrame(0x81, [], declaring: (64 << 20) + 1))
    } else {
      let piece = [UInt8](repeating: 0x61, count: 4096)
      client = clients.opened(port, clientFrame(0x01, piece))
      for _ in 2...16_384 { client.write(clientFrame(0x00, piece)) }
      client.write(clientFrame(0x80, [], declaring: 1))
    }
    try lua.pump { client.isOver }
    #expect(client.frames.prefix(1) == [0x88] && client.frames.dropFirst(2).prefix(2) == [0x03, 0xF1], "\(client.frames.prefix(8))")
    try lua.pump(until: "#log == 3")
    let history = try lua.history
    #expect(history[1].hasPrefix("error 1 too_large: "), "\(history)")
    #expect(history[2] == "close 1 1009 ")
  }

  @Test("LN-101: a Ping is answered, and the script does not hear of it", arguments: LuaState.Driver.allCases)
  func ping(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let client = clients.opened(port, clientFrame(0x89, Array("abc".utf8)) + clientFrame(0x8A, [1]) + clientFrame(0x89, []))
    try lua.pump { client.frames.count == 7 }
    #expect(client.frames == [0x8A, 3, 0x61, 0x62, 0x63, 0x8A, 0])
    client.write(clientFrame(0x81, [0x78]))
    try lua.pump(until: "#log == 2")
    #expect(try lua.history == ["open 1", "message 1 x"])
  }

  @Test(
    "LN-102: frames against the protocol end the connection with 1002", arguments: LuaState.Driver.allCases,
    [
      ("an unmasked frame", [0x81, 1, 0x61]), ("RSV1", clientFrame(0xC1, [0x61])), ("RSV2", clientFrame(0xA1, [0x61])),
      ("RSV3", clientFrame(0x91, [0x61])), ("opcode 3", clientFrame(0x83, [])), ("opcode 7", clientFrame(0x87, [])),
      ("opcode 11", clientFrame(0x8B, [])), ("opcode 15", clientFrame(0x8F, [])),
      ("a Ping of 126 octets", clientFrame(0x89, [UInt8](repeating: 0, count: 126))), ("a fragment of a Ping", clientFrame(0x09, [])),
      ("a continuation of nothing", clientFrame(0x80, [])), ("a Close of one octet", clientFrame(0x88, [3])),
      ("a message inside another", clientFrame(0x01, [0x61]) + clientFrame(0x81, [0x62])),
    ] as [(String, [UInt8])])
  func violation(driver: LuaState.Driver, row: (name: String, octets: [UInt8])) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve(), row.octets)
    try lua.pump { client.isOver }
    #expect(client.frames.prefix(1) == [0x88] && client.frames.dropFirst(2).prefix(2) == [0x03, 0xEA], "\(client.frames)")
    try lua.pump(until: "#log == 3")
    let history = try lua.history
    #expect(history[1].hasPrefix("error 1 protocol: "), "\(history)")
    #expect(history[2] == "close 1 1002 ")
  }

  @Test("LN-102: text that is not UTF-8 ends the connection with 1007", arguments: LuaState.Driver.allCases)
  func invalidText(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve(), clientFrame(0x81, [0xC3, 0x28]))
    try lua.pump(until: "#log == 3")
    try lua.pump { client.isOver }
    #expect(client.frames.dropFirst(2).prefix(2) == [0x03, 0xEF])
    #expect(try lua.history.last == "close 1 1007 ")
  }

  @Test("LN-104: send is true for an open client, and false with a reason otherwise", arguments: LuaState.Driver.allCases)
  func send(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let client = clients.web(port)
    try lua.pump(until: "#log == 1")
    #expect(try lua.value("srv:send(ids[1], 'h\\xc3\\xa9llo')") == "true")
    #expect(try lua.value("select('#', srv:send(ids[1], 'x'))") == "1")
    #expect(try lua.value("srv:send(ids[1], 5)") == "true")
    let notConnected = "the client is not connected"
    try lua.run("other = net.ws_server:listen(0, {})")
    try check(lua, "other:send(ids[1], 'x')", notConnected)
    try check(lua, "srv:send(0, 'x')", notConnected)
    try check(lua, "srv:send(-1, 'x')", notConnected)
    try check(lua, "srv:send(math.maxinteger, 'x')", notConnected)
    try check(lua, "srv:send(ids[1], '\\xff')", "the message is not UTF-8")
    try check(lua, "srv:send(ids[1], 'a\\xc3')", "the message is not UTF-8")
    try check(lua, "srv:send(ids[1], '\\xed\\xa0\\x80')", "the message is not UTF-8")
    try check(lua, "srv:send(ids[1], ('x'):rep(67108865))", "the message is longer than 64 MiB")
    try check(lua, "srv:broadcast('\\xff')", "the message is not UTF-8", first: "0")
    try check(lua, "srv:broadcast(('x'):rep(67108865))", "the message is longer than 64 MiB", first: "0")
    try lua.pump { client.seen.messageCount == 3 }
    #expect(client.texts == ["h\u{e9}llo", "x", "5"])
    client.close()
    try lua.pump(until: "#log == 2")
    try check(lua, "srv:send(ids[1], 'x')", notConnected)
    #expect(try lua.value("srv:broadcast('x')") == "0")
    try lua.run("srv:close()")
    try check(lua, "srv:send(ids[1], 'x')", "the server is closed")
    try check(lua, "srv:broadcast('x')", "the server is closed", first: "0")
  }

  private func check(_ lua: LuaState, _ call: String, _ reason: String, first: String = "false") throws {
    #expect(try lua.run("local a, b = \(call); return tostring(a) .. ' ' .. tostring(b)") == "\(first) \(reason)", "\(call)")
  }

  @Test("LN-104: send is false while 16 MiB wait for the client, and true again when it has read", arguments: LuaState.Driver.allCases)
  func backlog(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "#log == 1")
    client.countOnly()
    client.stall()
    try lua.run("text, sent = ('x'):rep(1 << 20), 0")
    try lua.pump(until: "(function() while srv:send(ids[1], text) do sent = sent + 1 end return sent > 16 end)()")
    try check(lua, "srv:send(ids[1], text)", "16 MiB wait for the client already")
    // What the systems of both sides hold comes on top.
    let sent = try #require(Int(try lua.value("sent")))
    #expect((16..<64).contains(sent))
    client.stall(false)
    try lua.pump { try client.seen.messageCount == Int(lua.value("sent")) }
    try lua.pump(until: "srv:send(ids[1], 'again')")
  }

  @Test("LN-104: a refusal in a pump, too, is over once the client has read", arguments: LuaState.Driver.allCases)
  func backlogInPump(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(
      try lua.serve(
        """
        on_message = function(client, msg)
          local text = ("x"):rep(1 << 20)
          sent = sent or 0
          while srv:send(client, text) do sent = sent + 1 end
        end
        """))
    try lua.pump { client.isOpen }
    client.countOnly()
    client.send("go")
    try lua.pump(until: "sent")
    #expect(try lua.value("sent") == "16")
    try lua.pump { client.seen.messageCount == 16 }
    client.send("again")
    try lua.pump { client.seen.messageCount > 16 }
  }

  @Test("LN-105: a broadcast reaches each of 100 clients, and says how many", arguments: LuaState.Driver.allCases)
  func broadcast(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    let all = clients.web(port, count: 100)
    try lua.pump(until: "srv:client_count() == 100")
    #expect(try lua.run("local n = srv:broadcast('one'); return n .. ' ' .. srv:broadcast(('long'):rep(2500))") == "100 100")
    for client in all {
      try lua.pump { client.seen.messageCount == 2 }
      #expect(client.texts == ["one", String(repeating: "long", count: 2500)])
    }
    all[7].close()
    try lua.pump(until: "srv:client_count() == 99")
    #expect(try lua.value("srv:broadcast('three')") == "99")
  }
}
