import CSockets
import Foundation
import Testing

@testable import Transport

/// Connections that end badly, again and again, in a process of their own; afterwards nothing may be left of them.
@Suite("Storms")
struct StormTests {
  /// The number of connections of a storm; WIRECHECK_STORM asks for another one.
  static let connections = ProcessInfo.processInfo.environment["WIRECHECK_STORM"].flatMap { Int($0) } ?? 640

  @Test("nothing is left of connections that end badly", arguments: PollerKind.allCases, Storm.Kind.allCases)
  func connections(on poller: PollerKind, kind: Storm.Kind) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [poller, kind] in
      let storm = try Storm(kind, on: poller.loop())
      for _ in 0..<4 { try storm.runBatch() }
      // Looking costs memory too, once.
      _ = try Resources()
      let before = try Resources()
      for _ in 0..<StormTests.connections / Storm.batch { try storm.runBatch() }
      try Resources().expectNothingLeft(since: before, of: "\(kind.testDescription), \(poller)")
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
  }

  @Test("nothing is left of loops on threads of their own", arguments: PollerKind.allCases)
  func threads(on poller: PollerKind) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) { [poller] in
      func round() throws {
        let thread = try LoopThread(poller.loop())
        let accepted = Journal()
        thread.perform { loop in
          let recorder = Recorder()
          guard let listener = try? TCPListener(.loopbackIPv4(port: 0), on: loop, onAccept: { _ in accepted.note("accepted") }) else {
            return
          }
          recorder.owned = [TCPStream.connect(to: listener.localAddress, on: loop, delegate: recorder)]
        }
        try #require(accepted.wait { !accepted.entries.isEmpty })
        thread.stop()
      }
      for _ in 0..<8 { try round() }
      _ = try Resources()
      let before = try Resources()
      for _ in 0..<StormTests.connections / 10 { try round() }
      try Resources().expectNothingLeft(since: before, of: "threads, \(poller)")
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
  }
}

/// What the process uses.
struct Resources {
  let sockets: [String]
  let threads: Int
  /// The memory that it occupies.
  let residentKiB: Int

  init() throws {
    sockets = try ProcessTests.openSockets()
    threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    residentKiB = try #require(Int(pages)) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
  }

  func expectNothingLeft(since before: Resources, of what: String) {
    #expect(sockets == before.sockets)
    // The system's own threads come and go.
    #expect(threads <= before.threads)
    // Less than 1 KiB for each connection, and much less in a long storm.
    #expect(residentKiB - before.residentKiB < 512)
    print(
      "storm: \(what): descriptors \(before.sockets.count) and \(sockets.count), threads \(before.threads) and \(threads), memory "
        + "\(before.residentKiB) and \(residentKiB) KiB")
  }
}

/// Connections that all end in the same bad way.
final class Storm {
  enum Kind: String, CaseIterable, Codable, CustomTestStringConvertible, Sendable {
    case clientAtOnce = "a client resets at once"
    case clientInTransfer = "a client resets in the middle of a transfer"
    case serverAtOnce = "a server resets at once"
    case serverInTransfer = "a server resets in the middle of a transfer"
    case refused = "nobody listens"

    var testDescription: String { rawValue }
  }

  /// The connections of a batch, which are open at the same time.
  static let batch = 32

  private let kind: Kind
  private let loop: Loop
  private let listener: TCPListener
  /// Where others listen, or hold a port without listening.
  private let raw: RawSocket
  private let recorder = Recorder()
  private let transfer = pattern(200_000)
  private var seen: [Recorder.Callback: Int] = [:]

  init(_ kind: Kind, on loop: Loop) throws {
    self.kind = kind
    self.loop = loop
    raw = try RawSocket(boundTo: 0)
    if kind != .refused { try #require(cs_listen(raw.descriptor, Int32(2 * Self.batch)) == 0) }
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [recorder] in $0.delegate = recorder }
    recorder.on = { [unowned self] callback, stream in
      seen[callback, default: 0] += 1
      if callback == .received || callback == .connected { stream.write(transfer) }
      recorder.octets = []
      recorder.calls = []
    }
  }

  func runBatch() throws {
    seen = [:]
    switch kind {
    case .clientAtOnce, .clientInTransfer:
      let peers = try (0..<Self.batch).map { _ in try RawSocket(connectedTo: listener.localAddress) }
      for peer in peers { try peer.wait(for: .writable) }
      if kind == .clientInTransfer {
        for peer in peers { #expect(peer.send([1]) == 1) }
        try expect(.received)
      }
      for peer in peers { peer.abort() }
    case .serverAtOnce, .serverInTransfer:
      connect()
      if kind == .serverInTransfer { try expect(.connected) }
      for _ in 0..<Self.batch {
        try raw.wait(for: .readable)
        let peer = try RawSocket(acceptedBy: raw)
        if kind == .serverInTransfer { #expect(try peer.next() != nil) }
        peer.abort()
      }
    case .refused: connect()
    }
    try expect(.closed)
    for reason in recorder.reasons {
      switch (reason, kind) {
      case (.connectRefused, .refused), (.resetByPeer, _): break
      default: Issue.record("\(reason)")
      }
    }
    recorder.reasons = []
  }

  private func connect() {
    for _ in 0..<Self.batch { _ = TCPStream.connect(to: raw.address, on: loop, delegate: recorder) }
  }

  private func expect(_ callback: Recorder.Callback) throws {
    try loop.expect("\(callback)") { seen[callback] == Self.batch }
  }
}
