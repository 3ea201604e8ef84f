import CSockets
import Foundation
import Testing
import Transport

@Suite("Connecting and listening", .timeLimit(.minutes(10)))
struct ConnectTests {
  static let hasIPv6: Bool = {
    guard let loop = try? Loop() else { return false }
    return (try? TCPListener(.loopbackIPv6(port: 0), on: loop) { _ in }) != nil
  }()

  static func echo(on poller: PollerKind, _ address: SocketAddress) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop, address: address)
    #expect(server.listener.localAddress.port != 0)
    server.recorder.on = { callback, stream in
      if callback == .received { stream.write(server.recorder.octets) }
    }
    let client = Recorder()
    let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
    #expect(client.calls.isEmpty, "nothing is reported from inside the call")
    stream.write(Array("hello".utf8))
    try loop.expect("the echo comes back") { client.text == "hello" }
    #expect(client.calls == [.connected, .received])
    #expect(stream.peerAddress == server.listener.localAddress)
    #expect(stream.localAddress == server.streams.first?.peerAddress)
    #expect(server.streams.first?.localAddress == server.listener.localAddress)
  }

  @Test("an echo over IPv4, with output written before the connection exists", arguments: PollerKind.allCases)
  func echoIPv4(on poller: PollerKind) throws { try Self.echo(on: poller, .loopbackIPv4(port: 0)) }

  @Test("an echo over IPv6", .enabled(if: hasIPv6, "this machine has no ::1"), arguments: PollerKind.allCases)
  func echoIPv6(on poller: PollerKind) throws { try Self.echo(on: poller, .loopbackIPv6(port: 0)) }

  /// A link-local address of this machine with its zone; its interfaces but loopback have one each where there is IPv6.
  static let linkLocal: SocketAddress? = {
    let lines = (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.lazy.compactMap { line -> SocketAddress? in
      let fields = line.split(separator: " ")
      guard fields.count == 6, fields[0].hasPrefix("fe80"), let zone = UInt32(fields[1], radix: 16) else { return nil }
      let groups = stride(from: 0, to: 32, by: 4).map { fields[0].dropFirst($0).prefix(4) }
      return SocketAddress(literal: "\(groups.joined(separator: ":"))%\(zone)", port: 0)
    }.first
  }()

  @Test(
    "an echo over a link-local address", .enabled(if: linkLocal != nil, "this machine has no link-local address"),
    arguments: PollerKind.allCases)
  func echoLinkLocal(on poller: PollerKind) throws { try Self.echo(on: poller, #require(Self.linkLocal)) }

  @Test("an IPv6 listener leaves the port to IPv4", .enabled(if: hasIPv6, "this machine has no ::1"), arguments: PollerKind.allCases)
  func separateFamilies(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop, address: #require(SocketAddress(literal: "::", port: 0)))
    let client = Recorder()
    _ = TCPStream.connect(to: .loopbackIPv4(port: server.listener.localAddress.port), on: loop, delegate: client)
    try loop.expect("the connection is refused") { client.reason != nil }
    guard case .connectRefused = client.reason else {
      Issue.record("\(String(describing: client.reason))")
      return
    }
  }

  @Test("a port without a listener refuses, and the text asks for the server", arguments: PollerKind.allCases)
  func refused(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let holder = try RawSocket(boundTo: 0)
    let client = Recorder()
    let stream = TCPStream.connect(to: holder.address, on: loop, delegate: client)
    stream.write([1, 2, 3])
    try loop.expect("the stream is closed") { client.reason != nil }
    guard case .connectRefused(let error) = client.reason else {
      Issue.record("\(String(describing: client.reason))")
      return
    }
    #expect(client.calls == [.closed])
    #expect(error.errorNumber == CS_ECONNREFUSED)
    #expect(
      error.description
        == "cannot connect to \(holder.address): connection refused (ECONNREFUSED 111). Is the server running, and on this port?")
    #expect(stream.isClosed && stream.pendingOutputBytes == 0)
  }

  @Test("a server that never answers is given up at the deadline", arguments: PollerKind.allCases)
  func deadline(on poller: PollerKind) throws {
    let loop = try poller.loop()
    // The queue of a listener that accepts nothing holds one connection; the others get no answer.
    let silent = try RawSocket(boundTo: 0)
    #expect(cs_listen(silent.descriptor, 0) == 0)
    let clients = (0..<4).map { _ in Recorder() }
    let limit = Duration.milliseconds(150)
    let start = loop.now
    let streams = clients.map { TCPStream.connect(to: silent.address, on: loop, within: limit, delegate: $0) }
    try loop.expect("every attempt has ended") { clients.allSatisfy { !$0.calls.isEmpty } }
    #expect(loop.now - start >= limit)
    let late = clients.compactMap(\.reason)
    #expect(!late.isEmpty)
    for reason in late {
      #expect(reason == .connectTimedOut(TransportError(.connect, .deadlineExceeded(limit), address: silent.address)))
      #expect(reason.description.contains("no answer within"))
    }
    for stream in streams { stream.abort() }
  }

  @Test("a busy port is told at once, with advice", arguments: PollerKind.allCases)
  func busyPort(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let error = #expect(throws: TransportError.self) { try TCPListener(server.listener.localAddress, on: loop) { _ in } }
    #expect(error?.isAddressInUse == true)
    #expect(error?.description.contains("\(server.listener.localAddress): address already in use (EADDRINUSE 98). Another") == true)
    server.listener.close()
    _ = try TCPListener(server.listener.localAddress, on: loop) { _ in }
  }

  @Test("an address of another machine cannot be listened on", arguments: PollerKind.allCases)
  func foreignAddress(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let address = try #require(SocketAddress(literal: "192.0.2.1", port: 0))
    let error = #expect(throws: TransportError.self) { try TCPListener(address, on: loop) { _ in } }
    #expect(error?.errorNumber == CS_EADDRNOTAVAIL)
    #expect(error?.operation == .bind)
  }

  @Test("one turn accepts at most 64 connections, the next ones the rest", arguments: PollerKind.allCases)
  func acceptShare(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let peers = try (0..<100).map { _ in try RawSocket(connectedTo: server.listener.localAddress) }
    try loop.turn(waitAtMost: .seconds(10))
    #expect((1...64).contains(server.streams.count))
    try loop.expect("all are accepted") { server.streams.count == peers.count }
  }

  @Test("a listener may be closed inside its callback, and is let go", arguments: PollerKind.allCases)
  func closeInsideAccept(on poller: PollerKind) throws {
    let loop = try poller.loop()
    var listener: TCPListener?
    var accepted: [TCPStream] = []
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
      accepted.append(stream)
      listener?.close()
      listener = nil
    }
    let weak = Weak(try #require(listener))
    let address = try #require(listener).localAddress
    let peers = [try RawSocket(connectedTo: address), try RawSocket(connectedTo: address)]
    try loop.expect("one connection") { !accepted.isEmpty }
    try loop.settle()
    #expect(accepted.count == 1)
    #expect(weak.object == nil)
    withExtendedLifetime(peers) {}
  }

  @Test("a stream without delegate keeps its octets until it gets one", arguments: PollerKind.allCases)
  func lateDelegate(on poller: PollerKind) throws {
    let loop = try poller.loop()
    var accepted: TCPStream?
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { accepted = $0 }
    let peer = try RawSocket(connectedTo: listener.localAddress)
    try loop.expect("a connection") { accepted != nil }
    #expect(peer.send(pattern(100)) == 100)
    peer.close()
    try loop.settle()
    let recorder = Recorder()
    accepted?.delegate = recorder
    try loop.expect("the end") { recorder.count(.endOfFile) == 1 }
    #expect(recorder.octets == pattern(100))
  }
}
