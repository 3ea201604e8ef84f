import Connections
import LuaTesting
import Testing
import WSProtocol

@Suite("The ends of a server's clients", .timeLimit(.minutes(10)))
struct DisconnectTests {
  /// How a client ends, and what the script hears behind on_open.
  enum End: String, CaseIterable, CustomTestStringConvertible {
    case peerClose = "the peer closes"
    case peerCloseWithoutCode = "the peer closes without a code"
    case reset = "TCP is cut"
    case endOfInput = "TCP ends"
    case disconnect = "disconnect"
    case disconnectSilent = "disconnect of a peer that does not answer"
    case serverClose = "srv:close"
    case violation = "a breach of the protocol"

    var testDescription: String { rawValue }

    var expected: [String] {
      switch self {
      case .peerClose: ["close 1 4321 b\u{ef}e"]
      case .peerCloseWithoutCode: ["close 1 1005 "]
      case .reset, .endOfInput: ["close 1 1006 "]
      case .disconnect, .disconnectSilent: ["close 1 1000 "]
      case .serverClose: ["close 1 1001 "]
      case .violation: ["error 1 protocol: …", "close 1 1002 "]
      }
    }
  }

  @Test("LN-103: on_close comes once and last, whoever ends the connection", arguments: LuaState.Driver.allCases, End.allCases)
  func ends(driver: LuaState.Driver, end: End) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve())
    try lua.pump(until: "#log == 1")
    switch end {
    case .peerClose: client.write(clientFrame(0x88, [0x10, 0xE1] + Array("b\u{ef}e".utf8)))
    case .peerCloseWithoutCode: client.write(clientFrame(0x88, []))
    case .reset: client.abort()
    case .endOfInput: client.finish()
    case .disconnect:
      try lua.run("srv:disconnect(ids[1])")
      try lua.pump { !client.frames.isEmpty }
      client.write(clientFrame(0x88, [0x03, 0xE8]))
    case .disconnectSilent: try lua.run("srv:disconnect(ids[1])")
    case .serverClose: try lua.run("srv:close()")
    case .violation: client.write(clientFrame(0x83, []))
    }
    try lua.pump(until: "#log > \(end.expected.count)")
    // Whatever else there was would come until the stream has ended.
    try lua.pump { client.isOver }
    try lua.run("srv:close()")
    try lua.pump(until: "net.pending() == 0")
    let history = try lua.history.map { $0.hasPrefix("error 1 protocol: ") ? "error 1 protocol: …" : $0 }
    #expect(history == ["open 1"] + end.expected.map { String($0) })
  }

  @Test(
    "LN-107: disconnect tells the client and on_close the same code and reason", arguments: LuaState.Driver.allCases,
    [
      ("by default", "", 1000, ""), ("nil, nil", ", nil, nil", 1000, ""), ("a code", ", 1008", 1008, ""),
      ("both", ", 4999, 'g\\xc3\\xb6ne'", 4999, "g\u{f6}ne"), ("a reason", ", nil, 'bye'", 1000, "bye"),
      ("octets that are no text", ", 3000, 'a\\xffb'", 3000, "a\u{fffd}b"),
    ])
  func disconnect(driver: LuaState.Driver, row: (name: String, arguments: String, code: Int, reason: String)) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(try lua.serve())
    try lua.pump(until: "#log == 1")
    #expect(try lua.value("select('#', srv:disconnect(ids[1]\(row.arguments)))") == "0")
    let reason = Array(row.reason.utf8)
    let payload = [UInt8(row.code >> 8), UInt8(row.code & 255)] + reason
    try lua.pump { client.frames.count >= payload.count + 2 }
    #expect(client.frames == [0x88, UInt8(payload.count)] + payload)
    client.write(clientFrame(0x88, payload))
    try lua.pump(until: "#log == 2")
    #expect(try lua.history.last == "close 1 \(row.code) \(row.reason)")
  }

  @Test("LN-107: after disconnect nothing is sent or heard but on_close", arguments: LuaState.Driver.allCases)
  func afterDisconnect(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.opened(
      try lua.serve(
        """
        on_message = function(client)
          srv:disconnect(client, 4000, "first")
          srv:disconnect(client, 4001, "second")
          note("sent", tostring(srv:send(client, "x")), srv:broadcast("x"))
        end
        """))
    try lua.pump(until: "#log == 1")
    client.write(clientFrame(0x81, [0x61]) + clientFrame(0x81, [0x62]) + clientFrame(0x88, [0x03, 0xE9]))
    try lua.pump { client.isOver }
    try lua.pump(until: "#log == 4")
    // The octets came together, so the driver decides which Close frame was first.
    #expect(try lua.history.prefix(3) == ["open 1", "message 1 a", "sent false 0"])
    #expect(try ["close 1 4000 first", "close 1 1001 "].contains(lua.history[3]))
  }

  @Test(
    "LN-108: these codes may be sent", arguments: LuaState.Driver.allCases,
    [[1000, 1001, 1002, 1003], [1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014], [3000, 3999, 4000, 4999]])
  func allowed(driver: LuaState.Driver, codes: [Int]) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    for (index, code) in codes.enumerated() {
      let client = clients.web(port)
      try lua.pump(until: "count == \(index + 1)")
      try lua.run("srv:disconnect(ids[\(index + 1)], \(code))")
      try lua.pump { client.closure?.code.rawValue == UInt16(code) }
    }
    try lua.pump(until: "#log == \(2 * codes.count)")
    #expect(try lua.history.filter { $0.hasPrefix("close") } == codes.enumerated().map { "close \($0 + 1) \($1) " })
  }

  @Test(
    "LN-108: other codes raise, and the client stays",
    arguments: [-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535, 65536 + 1000, Int.max, Int.min])
  func refused(code: Int) throws {
    let lua = try LuaState(.inline)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "#log == 1")
    let failure = try #require(lua.failure("srv:disconnect(ids[1], math.tointeger('\(code)') or \(code))"))
    #expect(failure.contains("srv:disconnect: code must be a close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999, not \(code)"))
    #expect(try lua.value("srv:send(ids[1], 'x')") == "true")
    try lua.pump { client.texts == ["x"] }
  }

  @Test(
    "LN-108: a reason is cut at the end of a character to at most 123 octets", arguments: LuaState.Driver.allCases,
    [
      ("123 of one octet", "x", 123, 123), ("124 of one", "x", 124, 123), ("62 of two", "\u{e9}", 62, 61),
      ("42 of three", "\u{20ac}", 42, 41),
      ("100 of four", "\u{1f600}", 100, 30),
    ])
  func cut(driver: LuaState.Driver, row: (name: String, character: String, count: Int, kept: Int)) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "#log == 1")
    try lua.set("character", to: Array(row.character.utf8))
    try lua.run("srv:disconnect(ids[1], 1000, character:rep(\(row.count)))")
    try lua.pump { client.closure != nil }
    let kept = String(repeating: row.character, count: row.kept)
    #expect(client.closure?.reason == kept)
    try lua.pump(until: "#log == 2")
    #expect(try lua.history.last == "close 1 1000 \(kept)")
  }

  @Test("LN-108: disconnect of an unknown client does nothing", arguments: LuaState.Driver.allCases)
  func unknown(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let client = clients.web(try lua.serve())
    try lua.pump(until: "#log == 1")
    try lua.run(
      "other = net.ws_server:listen(0, {}); other:disconnect(ids[1]); srv:disconnect(0); srv:disconnect(-1); srv:disconnect(2^53)")
    client.send("still here")
    try lua.pump(until: "#log == 2")
    client.close()
    try lua.pump(until: "#log == 3")
    try lua.run("srv:disconnect(ids[1])")
    #expect(try lua.history == ["open 1", "message 1 still here", "close 1 1000 "])
  }
}
