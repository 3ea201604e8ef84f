import Connections
import Foundation
import LuaTesting
import Testing
import Transport
import WSProtocol

@Suite("Connections that nobody pumps for", .timeLimit(.minutes(10)))
struct FlowTests {
  @Test("LN-87: pings are answered for 10 s without a pump")
  func pings() throws {
    let peer = try Peer()
    let lua = try LuaState(.threaded)
    try lua.connect(peer.url)
    try lua.pump(until: "net.ws:is_open(ws)")
    for number in 0..<10 {
      peer.perform { connection in
        try? connection.ping(Array("ping \(number)".utf8))
        try? connection.send(Message(.text, [0x78]))
      }
      // The time is what the test is about.
      Thread.sleep(forTimeInterval: 1)
      #expect(peer.seen.pongs.last == Array("ping \(number)".utf8))
    }
    #expect(peer.seen.pongs.count == 10)
    #expect(try lua.value("#log") == "1")
    try lua.pump(until: "#log == 11")
    // A Pong nobody asked for is not heard of.
    let wire = try WirePeer.opening(serverFrame(0x8A, [1]) + serverFrame(0x88, [0x03, 0xE8]))
    #expect(try lua.outcome(wire.url) == ["open", "close 1000 "])
  }

  @Test("LN-88: a flood of 300 MiB is held back, and nothing of it is lost", arguments: LuaState.Driver.allCases)
  func flood(driver: LuaState.Driver) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [name = driver.rawValue as String] in
      let lua = try LuaState(#require(LuaState.Driver(rawValue: name)))
      let count = 300 * 64
      let flood = try Flood(serverFrame(0x82, [UInt8](repeating: 7, count: 16 << 10)), count: count)
      try lua.run("count, bytes = 0, 0")
      try lua.run(
        """
        net.ws:connect("ws://127.0.0.1:\(flood.port)/", {
          on_open = function() is_open = true end,
          on_message = function(_, text) count, bytes = count + 1, bytes + #text end,
        })
        """)
      try lua.pump(until: "is_open")
      let before = residentBytes()
      // Until what is sent stands still: the systems' buffers and ours are full.
      var sent = -1
      while flood.sentFrames != sent {
        sent = flood.sentFrames
        // A state belongs to its thread, which a task would leave here.
        usleep(500_000)
      }
      #expect(sent < count)
      let held = residentBytes() - before
      try lua.pump(until: "count == \(count)")
      #expect(try lua.value("bytes") == "\(count << 14)")
      let afterwards = residentBytes() - before
      try #require(held < 8 << 20 && afterwards < 8 << 20)
      print(
        "LN-88, \(name): \(sent >> 6) of 300 MiB sent unpumped; RSS grew by \(held >> 10) KiB, and by \(afterwards >> 10) KiB when all was read"
      )
    }
    for line in String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n") where line.hasPrefix("LN-88") {
      print(line)
    }
  }
}

/// The memory this process uses.
private func residentBytes() -> Int {
  let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first.flatMap {
    Int($0)
  }
  return (pages ?? 0) * 4096
}

/// A server that sends a frame as often as it was told to, as fast as it is read.
private final class Flood: Sendable {
  let port: UInt16
  private let thread: LoopThread
  private let sent = Lock(0)

  private final class Box: @unchecked Sendable { var listener: TCPListener? }

  init(_ frame: [UInt8], count: Int) throws {
    let thread = try LoopThread()
    let sent = sent
    let box = Box()
    self.thread = thread
    port =
      thread.performAndWait { loop in
        box.listener = try? TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
          stream.delegate = Source(frame, count, sent)
        }
        return box.listener?.localAddress.port
      }.flatMap { $0 } ?? 0
  }

  deinit { thread.stop() }

  var sentFrames: Int { sent.withLock { $0 } }

  private final class Source: ByteStreamDelegate {
    private let frame: [UInt8]
    private var left: Int
    private let sent: Lock<Int>
    private var head: [UInt8] = []

    init(_ frame: [UInt8], _ count: Int, _ sent: Lock<Int>) {
      self.frame = frame
      left = count
      self.sent = sent
    }

    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
      guard head.isEmpty || endOfHead(in: head) == nil else { return }
      for index in octets.indices { head.append(octets[index]) }
      guard endOfHead(in: head) != nil else { return }
      stream.write(switchingAnswer(to: String(decoding: head, as: UTF8.self)))
      drained(stream)
    }

    func drained(_ stream: any ByteStream) {
      while left > 0, stream.pendingOutputBytes < stream.highWatermark {
        stream.write(frame)
        left -= 1
        sent.withLock { $0 += 1 }
      }
    }

    func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }
}
