import LuaTesting
import Testing
import Transport
import WSProtocol

@Suite("The end of a connection", .timeLimit(.minutes(10)))
struct ClosingTests {
  @Test("LN-79: send is true on an open connection only", arguments: LuaState.Driver.allCases)
  func send(driver: LuaState.Driver) throws {
    let peer = try WirePeer.opening()
    let lua = try LuaState(driver)
    let refused = "false the connection is not open"
    func send() throws -> String {
      try lua.run("local sent, why = net.ws:send(ws, 'x') return tostring(sent) .. (why and ' ' .. why or '')")
    }
    try lua.run("ws = 987654321")
    #expect(try send() == refused)
    try lua.connect(peer.url)
    #expect(try send() == refused)
    try lua.pump(until: "net.ws:is_open(ws)")
    #expect(try send() == "true")
    try lua.run("net.ws:close(ws)")
    #expect(try send() == refused)
    try lua.pump { peer.frames.count >= 7 + 8 }
    peer.write(serverFrame(0x88, [0x03, 0xE8]))
    try lua.pumpUntilClosed()
    #expect(try send() == refused)
    try lua.connect("ws://127.0.0.1:1/")
    try lua.pump(until: "net.pending() == 0")
    #expect(try send() == refused)
    lua.closeScope()
    #expect(try send() == "false the context is closed: the script was unloaded")
    #expect(try lua.value("net.ws:is_open(ws)") == "false")
    #expect(try lua.value("select('#', net.ws:close(ws))") == "0")
    #expect(lua.failure("net.ws:connect('ws://127.0.0.1/', {})")?.contains("net.ws:connect: the context is closed") == true)
  }

  @Test("LN-83: close is told to the peer, and from then on only its end is heard", arguments: LuaState.Driver.allCases)
  func localClose(driver: LuaState.Driver) throws {
    let peer = try WirePeer.opening()
    let lua = try LuaState(driver)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    try lua.run("net.ws:close(ws)")
    #expect(try lua.value("net.ws:is_open(ws)") == "false")
    #expect(try lua.value("(net.ws:send(ws, 'x'))") == "false")
    try lua.run("net.ws:close(ws) net.ws:close(ws, 4000, 'again')")
    try lua.pump { peer.frames.count >= 8 }
    peer.write(serverFrame(0x81, Array("late".utf8)) + serverFrame(0x88, [0x03, 0xE8]))
    try lua.pumpUntilClosed()
    #expect(try lua.history == ["open", "close 1000 "])
    #expect(Self.unmasked(peer.frames) == [[0x88, 0x82, 0x03, 0xE8]])
    #expect(try lua.value("net.pending()") == "0")
  }

  @Test("LN-83: without an answer TCP is cut after 5 s", arguments: LuaState.Driver.allCases)
  func noAnswer(driver: LuaState.Driver) throws {
    let peer = try WirePeer.opening()
    let lua = try LuaState(driver)
    try lua.connect(peer.url, "on_close = function() ended = microseconds() end")
    try lua.pump(until: "net.ws:is_open(ws)")
    try lua.run("start = microseconds() net.ws:close(ws)")
    try lua.pumpUntilClosed()
    let seconds = try #require(Double(lua.value("(ended - start) / 1e6")))
    #expect(seconds >= 4.9 && seconds <= 5.5)
    #expect(try lua.history == ["open", "close 1006 "])
    try lua.pump { peer.connections.last?.isEnded == true }
  }

  @Test("LN-83: what connects is given up without an error", arguments: LuaState.Driver.allCases)
  func whileConnecting(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let silent = try WirePeer()
    let peer = try Peer()
    // At once, with a handshake on its way, before a name is found, with a bad URL, and open already without the script knowing.
    for (url, waits) in [
      (silent.url, false), (silent.url, true), ("ws://no-such-host.invalid/", false), ("::", false), ("wss://127.0.0.1:1/", false),
    ] {
      let before = silent.connections.count
      try lua.run("log = {}")
      try lua.connect(url)
      if waits { try lua.pump { silent.connections.count > before && silent.connections.last?.received.isEmpty == false } }
      try lua.run("net.ws:close(ws)")
      try lua.pumpUntilClosed()
      try lua.pump(until: "net.pending() == 0")
      #expect(try lua.history == ["close 1006 "], "\(url)")
      if waits { try lua.pump { silent.connections.last?.isEnded == true } }
    }
    try lua.run("log = {}")
    try lua.connect(peer.url, as: "first")
    try lua.connect(peer.url, "on_open = function() net.ws:close(first) end", as: "second")
    try lua.pump(until: "net.ws:is_open(second)")
    try lua.run("net.ws:close(first) net.ws:close(second)")
    try lua.pump(until: "net.pending() == 0")
    #expect(try lua.history.filter { $0.contains("error") } == [])
    #expect(try lua.history.filter { $0.hasPrefix("first close") }.count == 1)
    #expect(try lua.history.filter { $0.hasPrefix("second close") }.count == 1)
  }

  /// The arguments of close, what the peer is told, and what on_close.
  private static let codes: [(arguments: String, code: UInt16, reason: String)] = [
    ("", 1000, ""), (", 1001", 1001, ""), (", 4999, 'enough'", 4999, "enough"), (", nil, 'done'", 1000, "done"),
    (", 3000, ('x'):rep(200)", 3000, String(repeating: "x", count: 123)),
    (", 3000, ('\u{E4}'):rep(100)", 3000, String(repeating: "\u{E4}", count: 61)),
    (", 3000, 'a\\xffb'", 3000, "a\u{FFFD}b"),
  ]

  @Test("LN-83: a code and a reason of the script's own", arguments: LuaState.Driver.allCases)
  func codes(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    for (arguments, code, reason) in Self.codes {
      #expect(
        try lua.outcome(peer.url, "on_open = function(id) net.ws:close(id\(arguments)) end") == ["open", "close \(code) \(reason)"])
      try lua.pump { peer.seen.closes.last?.code?.rawValue == code }
      #expect(peer.seen.closes.last?.reason == Array(reason.utf8))
    }
  }

  @Test("LN-84: is_open is true just before on_open, and false at close or just before on_close", arguments: LuaState.Driver.allCases)
  func isOpen(driver: LuaState.Driver) throws {
    let peer = try Peer()
    let lua = try LuaState(driver)
    try lua.run("states = {} function probe(what) states[#states + 1] = what .. tostring(net.ws:is_open(ws)) end")
    let fields = """
      on_open = function() probe "open " end, on_message = function() probe "message " end, on_close = function() probe "close " end,
      on_error = function() probe "error " end
      """
    try lua.connect(peer.url, fields)
    try lua.run("probe 'connecting '")
    try lua.pump(until: "#log == 1")
    peer.send("x")
    try lua.pump(until: "#log == 2")
    peer.close(.normal)
    try lua.pumpUntilClosed()
    #expect(try lua.value("table.concat(states, ', ')") == "connecting false, open true, message true, close false")
    try lua.run("log, states = {}, {}")
    try lua.connect(
      peer.url, "on_open = function() probe 'open ' net.ws:close(ws) probe 'closing ' end, on_close = function() probe 'close ' end")
    try lua.pumpUntilClosed()
    #expect(try lua.value("table.concat(states, ', ')") == "open true, closing false, close false")
    try lua.run("log, states = {}, {}")
    try lua.connect("::", fields)
    try lua.pumpUntilClosed()
    #expect(try lua.value("table.concat(states, ', ')") == "error false, close false")
  }

  /// What the server sends on the open connection, how the connection ends, what the script hears, and the code the server is told.
  private static let peerEnds: [(name: String, octets: [UInt8], ending: WirePeer.Ending, hears: [String], told: UInt16?)] = [
    ("a code", serverFrame(0x88, [0x03, 0xE8]), .none, ["close 1000 "], 1000),
    ("a code and a reason", serverFrame(0x88, [0x0F, 0xA1] + Array("bye \u{2713}".utf8)), .none, ["close 4001 bye \u{2713}"], 4001),
    ("no code", serverFrame(0x88), .none, ["close 1005 "], nil),
    ("the end of TCP", [], .finish, ["close 1006 "], nil),
    ("a reset", [], .abort, ["close 1006 "], nil),
    ("the end of TCP within a frame", [0x81, 5, 0x61], .finish, ["close 1006 "], nil),
    ("a reserved code", serverFrame(0x88, [0x03, 0xED]), .none, ["error protocol: ", "close 1002 "], 1002),
    ("an unknown code", serverFrame(0x88, [0x03, 0xE7]), .none, ["error protocol: ", "close 1002 "], 1002),
    ("half a code", serverFrame(0x88, [0x03]), .none, ["error protocol: ", "close 1002 "], 1002),
    ("a reason that is not UTF-8", serverFrame(0x88, [0x03, 0xE8, 0xFF]), .none, ["error protocol: ", "close 1007 "], 1007),
    ("text that is not UTF-8", serverFrame(0x81, [0x61, 0xC3]), .none, ["error protocol: ", "close 1007 "], 1007),
    ("a masked frame", [0x81, 0x81, 1, 2, 3, 4, 0x60], .none, ["error protocol: ", "close 1002 "], 1002),
    ("a reserved bit", serverFrame(0xC1, [0x61]), .none, ["error protocol: ", "close 1002 "], 1002),
  ]

  @Test("LN-85: the end by the peer is told as it came", arguments: LuaState.Driver.allCases)
  func peerClose(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    for (name, octets, ending, hears, told) in Self.peerEnds {
      let peer = try WirePeer.opening(octets, ending == .abort ? .none : ending)
      try lua.run("log = {}")
      try lua.connect(peer.url)
      if ending == .abort {
        try lua.pump(until: "#log == 1")
        peer.perform { $0.abort() }
      }
      try lua.pumpUntilClosed()
      let history = try lua.history
      #expect(history.count == hears.count + 1 && history.first == "open", "\(name): \(history)")
      for (line, wanted) in zip(history.dropFirst(), hears) {
        #expect(wanted.hasPrefix("close") ? line == wanted : line.hasPrefix(wanted), "\(name): \(history)")
      }
      guard let told else { continue }
      try lua.pump { Self.unmasked(peer.frames).last.map { $0.starts(with: [0x88]) } == true }
      #expect(
        Self.unmasked(peer.frames).last?.dropFirst(2).prefix(2).elementsEqual([UInt8(told >> 8), UInt8(told & 255)]) == true, "\(name)")
    }
  }

  /// Short frames of a client with their payload in the clear, without the key.
  static func unmasked(_ octets: [UInt8]) -> [[UInt8]] {
    var rest = octets[...]
    var frames: [[UInt8]] = []
    while rest.count >= 6 {
      let length = Int(rest[rest.startIndex + 1] & 0x7F)
      guard length < 126, rest.count >= 6 + length else { break }
      let key = Array(rest.dropFirst(2).prefix(4))
      let payload = rest.dropFirst(6).prefix(length).enumerated().map { $1 ^ key[$0 % 4] }
      frames.append(Array(rest.prefix(2)) + payload)
      rest = rest.dropFirst(6 + length)
    }
    return frames
  }
}
