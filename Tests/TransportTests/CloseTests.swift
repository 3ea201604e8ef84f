import CSockets
import Testing
import Transport

@Suite("Closing", .timeLimit(.minutes(10)))
struct CloseTests {
  /// What a raw peer sees: everything up to the end of the stream, or an error number.
  func readToEnd(_ peer: RawSocket, on loop: Loop) throws -> (octets: [UInt8], error: Int) {
    var octets: [UInt8] = []
    var end: Int?
    try loop.expect("the peer sees the end") {
      let (piece, error) = peer.receive()
      guard let piece else {
        end = 0
        return true
      }
      octets += piece
      if error != 0, error != -Int(CS_EAGAIN) { end = error }
      if end == nil { loop.waker.wake() }
      return end != nil
    }
    return (octets, try #require(end))
  }

  @Test("a graceful close sends everything and does not reset although input was not read", arguments: PollerKind.allCases)
  func graceful(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.pauseReading()
    #expect(peer.send(pattern(50_000)) == 50_000)
    try loop.settle()
    stream.write(pattern(3 << 20))
    stream.closeGracefully(within: .seconds(30))
    stream.write([1, 2, 3])
    let (octets, error) = try readToEnd(peer, on: loop)
    #expect(error == 0)
    #expect(octets == pattern(3 << 20))
    #expect(server.recorder.calls.isEmpty, "the peer has not finished yet")
    #expect(peer.send([1]) == 1, "the connection still takes and discards input")
    peer.close()
    try loop.expect("closed") { server.recorder.reason != nil }
    #expect(server.recorder.calls == [.closed])
    #expect(server.recorder.reasons == [.peerFinished])
  }

  /// Does something to its stream when it is let go of.
  private final class Leaver: ByteStreamDelegate {
    weak var stream: (any ByteStream)?
    let leave: (any ByteStream) -> Void

    init(_ stream: any ByteStream, _ leave: @escaping (any ByteStream) -> Void) {
      self.stream = stream
      self.leave = leave
    }

    deinit { if let stream { leave(stream) } }

    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
    func receivedEndOfFile(from stream: any ByteStream) {}
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  @Test(
    "a delegate may use its stream while it is let go of",
    arguments: ["pause", "close", "abort", "closeGracefully", "delegate"], [false, true])
  func leavingDelegate(how: String, isSecure: Bool) throws {
    let loop = try Loop()
    let server = try Server(on: loop)
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let lower = try server.stream(on: loop)
    let context = try TLSServerContext(TLSServerConfiguration(identity: .test("valid")))
    let stream: any ByteStream = isSecure ? TLSStream(server: lower, context: context, on: loop, delegate: nil) : lower
    stream.delegate = Leaver(stream) { stream in
      switch how {
      case "pause": stream.pauseReading()
      case "close": stream.close()
      case "abort": stream.abort()
      case "closeGracefully": stream.closeGracefully(within: .seconds(5))
      default: stream.delegate = nil
      }
    }
    let recorder = Recorder()
    stream.delegate = recorder
    // Replacing the one that its predecessor has set in its last moment.
    if how == "delegate" { stream.delegate = recorder }
    peer.close()
    try loop.settle()
    stream.resumeReading()
    stream.close()
    try loop.expect("closed") { lower.isClosed }
  }

  @Test("an immediate close with unread input resets: the reason for closing gracefully", arguments: PollerKind.allCases)
  func immediate(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.pauseReading()
    #expect(peer.send(pattern(50_000)) == 50_000)
    try loop.settle()
    stream.close()
    #expect(try readToEnd(peer, on: loop).error == -Int(CS_ECONNRESET))
    try loop.settle()
    #expect(server.recorder.reasons == [.localClose])
  }

  @Test("an immediate close sends what was written in the same turn", arguments: PollerKind.allCases)
  func immediateWithOutput(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.write(Array("good".utf8))
    stream.write(Array("bye".utf8))
    stream.close()
    #expect(stream.isClosed)
    let (octets, error) = try readToEnd(peer, on: loop)
    #expect(String(decoding: octets, as: UTF8.self) == "goodbye")
    #expect(error == 0)
  }

  @Test("a graceful close ends at its deadline when the peer keeps the connection", arguments: PollerKind.allCases, [0, 32 << 20])
  func lingerDeadline(on poller: PollerKind, unsentBytes: Int) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    if unsentBytes > 0 { stream.write(pattern(unsentBytes)) }
    let limit = Duration.milliseconds(100)
    let start = loop.now
    stream.closeGracefully(within: limit)
    try loop.expect("closed") { server.recorder.reason != nil }
    #expect(loop.now - start >= limit)
    #expect(server.recorder.reasons == [.localClose])
    withExtendedLifetime(peer) {}
  }

  @Test("a second graceful close changes nothing", arguments: PollerKind.allCases)
  func gracefulTwice(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.write(pattern(12 << 20))
    stream.closeGracefully(within: .seconds(30))
    try loop.settle()
    stream.closeGracefully(within: .zero)
    let (octets, error) = try readToEnd(peer, on: loop)
    #expect(error == 0)
    #expect(octets.count == 12 << 20)
  }

  @Test("a graceful close is not kept by a peer that sends without end", arguments: PollerKind.allCases)
  func endlessPeer(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.closeGracefully(within: .milliseconds(100))
    let chunk = pattern(64 * 1024)
    try loop.expect("closed") {
      if peer.send(chunk) > 0 { loop.waker.wake() }
      return server.recorder.reason != nil
    }
    #expect(server.recorder.calls == [.closed])
  }

  @Test("closing before the connection exists drops what was written", arguments: PollerKind.allCases, [false, true])
  func closeWhileConnecting(on poller: PollerKind, gracefully: Bool) throws {
    let (loop, server) = try poller.serve()
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    stream.write([1, 2, 3])
    if gracefully { stream.closeGracefully() } else { stream.close() }
    try loop.settle()
    #expect(client.calls == [.closed])
    #expect(client.reasons == [.localClose])
    #expect(server.recorder.octets.isEmpty)
  }

  @Test("an abort resets, and drops what was written", arguments: PollerKind.allCases)
  func abort(on poller: PollerKind) throws {
    let (loop, server) = try poller.serve()
    let peer = try RawSocket(connectedTo: server.listener.localAddress)
    let stream = try server.stream(on: loop)
    stream.write([1, 2, 3])
    stream.abort()
    stream.abort()
    stream.close()
    let (octets, error) = try readToEnd(peer, on: loop)
    #expect(octets.isEmpty)
    #expect(error == -Int(CS_ECONNRESET))
    try loop.settle()
    #expect(server.recorder.reasons == [.localAbort])
  }

  enum Action: String, CaseIterable, Sendable {
    case close, abort, closeGracefully, shutdownWrite, pauseAndClose, closeEverything
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let onServer: Bool
    let callback: Recorder.Callback
    let action: Action
    var testDescription: String { "\(action) in \(callback) of the \(onServer ? "server" : "client")" }

    static let all: [Row] = Action.allCases.flatMap { action in
      [false, true].flatMap { onServer in
        Recorder.Callback.allCases.filter { $0 != (onServer ? .connected : .drained) }.map {
          Row(onServer: onServer, callback: $0, action: action)
        }
      }
    }
  }

  @Test("every callback may end the stream: one closed, nothing after it, nothing kept", arguments: PollerKind.allCases, Row.all)
  func reentrancy(on poller: PollerKind, row: Row) throws {
    let (loop, server) = try poller.serve()
    let serverRecorder = server.recorder
    let client = Recorder()
    var weak: [Weak<TCPStream>] = []
    var acted = false
    var streams: [any ByteStream] = []

    /// What happens without the row's action: a question, a long answer, both directions ended.
    func script(_ callback: Recorder.Callback, _ stream: any ByteStream, isServer: Bool) {
      switch (callback, isServer) {
      case (.connected, false): stream.write(Array("question".utf8))
      case (.received, true) where serverRecorder.count(.drained) == 0: stream.write(pattern(2 << 20))
      case (.drained, true), (.endOfFile, false), (.endOfFile, true): stream.shutdownWrite()
      case (.connected, true), (.received, _), (.drained, false), (.closed, _): break
      }
      guard row.onServer == isServer, row.callback == callback, !acted else { return }
      acted = true
      switch row.action {
      case .close: stream.close()
      case .abort: stream.abort()
      case .closeGracefully: stream.closeGracefully(within: .seconds(1))
      case .shutdownWrite: stream.shutdownWrite()
      case .pauseAndClose:
        stream.pauseReading()
        stream.writeNow([1])
        stream.close()
        stream.resumeReading()
        stream.write([1])
      case .closeEverything:
        for stream in streams { stream.closeGracefully(within: .zero) }
        streams = []
        server.listener.close()
      }
    }
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
      weak.append(Weak(stream))
      streams.append(stream)
      stream.delegate = serverRecorder
    }
    serverRecorder.on = { script($0, $1, isServer: true) }
    client.on = { script($0, $1, isServer: false) }
    do {
      let stream = TCPStream.connect(to: listener.localAddress, on: loop, delegate: client)
      weak.append(Weak(stream))
      streams.append(stream)
    }
    try loop.expect("both streams are closed") {
      client.reason != nil && (serverRecorder.reason != nil || weak.count == 1)
    }
    streams = []
    try loop.settle()
    #expect(acted)
    for recorder in [client, serverRecorder] where !recorder.calls.isEmpty {
      #expect(recorder.count(.closed) == 1)
      #expect(recorder.calls.last == .closed)
    }
    #expect(weak.allSatisfy { $0.object == nil }, "a closed stream is kept")
  }
}
