import Conformance
import ConformancePeers
import LuaTesting
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("A script against servers of all kinds", .timeLimit(.minutes(15)))
struct ClientConformanceTests {
  @Test("LN-86: all cases of the catalogue but those of compression", arguments: LuaState.Driver.allCases)
  func catalogue(driver: LuaState.Driver) throws {
    let cases = Catalogue.all.filter { if case .webSocket = $0.script { true } else { false } }
    #expect(cases.count > 200)
    let results = Lock<[CaseResult]>([])
    let next = Lock(0)
    let thread = try LoopThread()
    defer { thread.stop() }
    let kept = Kept()
    let port = thread.performAndWait { loop -> UInt16 in
      let listener = try? TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        let number = next.withLock { number in
          number += 1
          return number - 1
        }
        let offer = ClientOffer(host: "localhost", target: "/")
        guard number < cases.count,
          let run = try? CaseRun(cases[number], offer: offer, timing: CaseTiming(idleTimeout: .seconds(8)), seed: 1, now: loop.now)
        else { return stream.abort() }
        _ = ConformanceServer(stream, on: loop, run) { result in results.withLock { $0.append(result) } }
      }
      kept.all.append(listener)
      return listener?.localAddress.port ?? 0
    }
    let lua = try LuaState(driver)
    try lua.run(
      """
      ended = 0
      function start()
        net.ws:connect("ws://127.0.0.1:\(port ?? 0)/", {
          on_message = function(id, text, is_binary) net.ws:send(id, text, is_binary) end,
          on_close = function() ended = ended + 1 end,
        })
      end
      """)
    for first in stride(from: 0, to: cases.count, by: 16) {
      let last = min(first + 16, cases.count)
      for _ in first..<last { try lua.run("start()") }
      try lua.pump { try results.withLock { $0.count } >= last && lua.holds("ended == \(last)") }
    }
    for result in results.withLock({ $0 }) {
      #expect(
        [.pass, .passWithNote, .informational].contains(result.verdict)
          && [CloseVerdict.ok, .informational, .droppedByUs].contains(result.close.verdict ?? .failed),
        "\(result.conformanceCase.id): \(result.verdict): \(result.why); \(result.close.why)")
    }
    #expect(lua.errors.isEmpty)
  }

  /// What a script hears of a server with a fault; of the others, which are faults towards clients that break rules, what it hears of none.
  private static let faults: [PeerFault: [String]] = [
    .changedContent: ["open", "message hemlo", "close 1000 "],
    .doubleEcho: ["open", "message hello", "message hello", "close 1000 "],
    .masked: ["open", "error protocol: ", "close 1002 "],
    .longLengths: ["open", "error protocol: ", "close 1002 "],
    .noCloseReply: ["open", "message hello", "close 1006 "],
  ]

  @Test("LN-86: every server with a planted fault", arguments: LuaState.Driver.allCases)
  func plantedFaults(driver: LuaState.Driver) throws {
    let thread = try LoopThread()
    defer { thread.stop() }
    let kept = Kept()
    let lua = try LuaState(driver)
    for fault in PeerFault.allCases {
      let port = thread.performAndWait { loop -> UInt16 in
        let server = try? PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in FaultyEchoMachine(faults: [fault]) }
        kept.all.append(server)
        return server?.localAddress.port ?? 0
      }
      let history = try lua.outcome(
        "ws://127.0.0.1:\(port ?? 0)/",
        """
        on_open = function(id) heard = 0 net.ws:send(id, "hello") end,
        on_message = function(id) heard = heard + 1 if heard == \(fault == .doubleEcho ? 2 : 1) then net.ws:close(id) end end
        """)
      let wanted = Self.faults[fault] ?? ["open", "message hello", "close 1000 "]
      #expect(history.count == wanted.count && zip(history, wanted).allSatisfy { $0.hasPrefix($1) }, "\(fault): \(history)")
    }
  }

  @Test("LN-86: every rude server", arguments: LuaState.Driver.allCases)
  func rude(driver: LuaState.Driver) throws {
    let thread = try LoopThread()
    defer { thread.stop() }
    let kept = Kept()
    let lua = try LuaState(driver)
    let wanted: [RudeMachine.Manner: [String]] = [
      .hangsUp: ["open", "close 1006 "], .resets: ["close 1006 "], .rawEcho: ["open", "error protocol: ", "close 1002 "],
      .garbage: ["open", "error protocol: ", "close 1002 "], .closesAtOnce: ["error closed: ", "close 1006 "],
      .neverAnswers: ["error timeout: ", "close 1006 "], .notHTTP: ["error http: ", "close 1006 "],
      .webPage: ["error http: ", "close 1006 "], .wrongAccept: ["error http: ", "close 1006 "],
    ]
    for (manner, wanted) in wanted {
      let port = thread.performAndWait { loop -> UInt16 in
        let server = try? PeerServer(.loopbackIPv4(port: 0), on: loop) { _ in RudeMachine(manner) }
        kept.all.append(server)
        return server?.localAddress.port ?? 0
      }
      let history = try lua.outcome(
        "ws://127.0.0.1:\(port ?? 0)/", "timeout = 1, on_open = function(id) net.ws:send(id, 'hello') end")
      // A reset may overtake the answer.
      let seen = manner == .resets ? history.suffix(1) : history[...]
      #expect(seen.count == wanted.count && zip(seen, wanted).allSatisfy { $0.hasPrefix($1) }, "\(manner): \(history)")
    }
  }

  @Test("LN-86: text and binary come as strings, in one piece however they were sent", arguments: LuaState.Driver.allCases)
  func kinds(driver: LuaState.Driver) throws {
    let frames =
      serverFrame(0x81, Array("text".utf8)) + serverFrame(0x82, [0x00, 0xFF]) + serverFrame(0x01, [0xE2, 0x9C]) + serverFrame(0x89, [0x70])
      + serverFrame(0x00) + serverFrame(0x8A) + serverFrame(0x80, [0x93]) + serverFrame(0x02, [1]) + serverFrame(0x80, [2])
    let peer = try WirePeer.opening(frames)
    let lua = try LuaState(driver)
    try lua.run("seen = {}")
    try lua.connect(
      peer.url,
      "on_message = function(id, text, is_binary) seen[#seen + 1] = text:gsub('.', function(c) return ('%02x'):format(c:byte()) end) .. tostring(is_binary) end"
    )
    try lua.pump(until: "#seen == 4")
    #expect(try lua.value("table.concat(seen, ' ')") == "74657874false 00fftrue e29c93false 0102true")
    try lua.pump { ClosingTests.unmasked(peer.frames) == [[0x8A, 0x81, 0x70]] }
  }

  @Test("LN-86: 64 MiB arrive, whole or in fragments; one octet more is refused before it comes", arguments: LuaState.Driver.allCases)
  func length(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let peer = try Peer(Peer.listen)
    try lua.connect(peer.url, "on_message = function(_, text) length = #text end")
    try lua.pump(until: "net.ws:is_open(ws)")
    peer.send(.binary, [UInt8](repeating: 7, count: 64 << 20))
    try lua.pump(until: "length == 64 << 20")
    try lua.run("net.ws:close(ws)")
    try lua.pumpUntilClosed()

    // Nothing but the header of the last frame is ever sent.
    let tooLong = (64 << 20) + 1
    for frames in [serverFrame(0x82, declaring: tooLong), serverFrame(0x02, [1]) + serverFrame(0x80, declaring: tooLong - 1)] {
      let wire = try WirePeer.opening(frames)
      let history = try lua.outcome(wire.url)
      #expect(history.count == 3 && history[1].hasPrefix("error too_large: ") && history[2] == "close 1009 ", "\(history)")
      try lua.pump { ClosingTests.unmasked(wire.frames).first?.dropFirst(2).prefix(2).elementsEqual([0x03, 0xF1]) == true }
    }
  }
}

/// What lives as long as the test; touched on the loop's thread only until that has ended.
private final class Kept: @unchecked Sendable {
  var all: [AnyObject?] = []
}
