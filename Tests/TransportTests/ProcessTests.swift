import CSockets
import Foundation
import Testing
import Transport

/// Tests that need a process of their own: they count descriptors, use up descriptors, or look at signals.
///
/// Without a time limit, whose timer would open and close descriptors beside them; every wait inside has a limit of its own.
@Suite("Process")
struct ProcessTests {
  /// The descriptor numbers of the sockets of this process; the test library opens and closes descriptors of other kinds.
  static func openSockets() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
      return target?.hasPrefix("socket:") == true
    }
  }

  static func limitDescriptors(to count: UInt) throws {
    var limit = rlimit()
    try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    limit.rlim_cur = min(count, limit.rlim_max)
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
  }

  @Test("descriptors and streams return to the baseline after 1,000 rounds of connecting and closing", arguments: PollerKind.allCases)
  func baseline(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let loop = try poller.loop()
      let serverRecorder = Recorder()
      var weak: [Weak<TCPStream>] = []
      serverRecorder.on = { callback, stream in
        if callback == .endOfFile { stream.close() }
      }
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        weak.append(Weak(stream))
        stream.delegate = serverRecorder
      }
      let before = try ProcessTests.openSockets()
      for round in 0..<1000 {
        let client = Recorder()
        client.on = { callback, stream in
          guard callback == .connected else { return }
          stream.write([1, 2, 3])
          switch round % 4 {
          case 0: stream.close()
          case 1: stream.abort()
          case 2: stream.closeGracefully(within: .seconds(5))
          default: stream.shutdownWrite()
          }
        }
        let stream = TCPStream.connect(to: listener.localAddress, on: loop, delegate: client)
        client.owned = [stream]
        weak.append(Weak(stream))
        // Every tenth round gives up before the connection exists.
        if round % 10 == 9 { stream.abort() }
        try loop.expect("closed") { client.reason != nil }
      }
      try loop.expect("all accepted streams are closed") { weak.allSatisfy { $0.object == nil } }
      #expect(weak.count > 1800)
      #expect(try ProcessTests.openSockets() == before)
    }
  }

  @Test("every socket is non-blocking and is not inherited by other programs", arguments: PollerKind.allCases)
  func flags(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let before = try ProcessTests.openSockets()
      let loop = try poller.loop()
      let server = try Server(on: loop)
      let client = Recorder()
      let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
      _ = try server.stream(on: loop)
      let sockets = try ProcessTests.openSockets().filter { !before.contains($0) }.compactMap { Int32($0) }
      #expect(sockets.count == 3)
      for socket in sockets {
        #expect(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(socket, F_GETFL) & O_NONBLOCK != 0)
      }
      stream.abort()
    }
  }

  @Test("without free descriptors the listener pauses instead of spinning, and recovers", arguments: PollerKind.allCases)
  func outOfDescriptors(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      let loop = try poller.loop()
      let server = try Server(on: loop)
      let peer = try RawSocket(connectedTo: server.listener.localAddress)
      let impatient = try RawSocket(connectedTo: server.listener.localAddress)
      // Open descriptors stay open, new ones are refused; poll(2) takes no more entries than a process may open.
      try ProcessTests.limitDescriptors(to: 3)

      var turns = 0
      _ = try loop.run(within: .milliseconds(250)) {
        turns += 1
        return false
      }
      #expect(turns < 20)
      #expect(server.streams.isEmpty)
      #expect(server.listener.lastAcceptError?.errorNumber == CS_EMFILE)
      #expect(server.listener.lastAcceptError?.description.contains("ulimit -n") == true)

      impatient.abort()
      let client = Recorder()
      let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
      #expect(client.calls.isEmpty)
      try loop.expect("connecting fails") { client.reason != nil }
      #expect(client.reason?.error?.errorNumber == CS_EMFILE)
      #expect(stream.isClosed)

      try ProcessTests.limitDescriptors(to: 1024)
      try loop.expect("both are accepted after all, the impatient one only to be found gone") {
        server.streams.count == 2 && server.recorder.reasons.count == 1
      }
      #expect(peer.send([1]) == 1)
      try loop.expect("the patient one is served") { server.recorder.octets == [1] }
    }
  }

  @Test("writing to a peer that is gone raises no signal, and the disposition of SIGPIPE stays", arguments: PollerKind.allCases)
  func brokenPipe(on poller: PollerKind) async {
    await #expect(processExitsWith: .success) { [poller] in
      _ = signal(SIGPIPE, SIG_DFL)
      let loop = try poller.loop()
      let server = try Server(on: loop)
      let peer = try RawSocket(connectedTo: server.listener.localAddress)
      let stream = try server.stream(on: loop)
      peer.abort()
      for _ in 0..<5 { stream.writeNow([1]) }
      stream.write([2])
      try loop.expect("closed") { server.recorder.reason != nil }

      let other = try RawSocket(connectedTo: server.listener.localAddress)
      try loop.expect("a second connection") { server.streams.count == 2 }
      server.streams[1].abort()
      #expect(other.send([1]) == -Int(CS_ECONNRESET))
      #expect(other.send([1]) == -Int(CS_EPIPE))

      let disposition = signal(SIGPIPE, SIG_DFL)
      #expect(unsafe unsafeBitCast(disposition, to: Int.self) == 0)
    }
  }
}
