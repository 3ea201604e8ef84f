import Deflate
import Testing
import WSProtocol

@Suite("The memory of an idle connection")
struct IdleConnectionTests {
  /// Without keepalive, so that only the compressor is waited for.
  static var quiet: WSLimits {
    var limits = WSLimits()
    limits.keepalivePingInterval = nil
    return limits
  }

  static let message = Message(.binary, noise(2_000))

  @Test(
    "D16: a compressor is given back after 60 s in which nothing was compressed, and the peer reads on", arguments: [Role.server, .client])
  func released(role: Role) throws {
    let here = Peer(role, limits: Self.quiet)
    let there = Peer(role.peer)
    #expect(here.nextDeadline == nil)
    let first = try here.send(Self.message)
    #expect(there.receive(first) == [.message(Self.message)])
    here.receive(frame(0x8A, from: role.peer), at: .seconds(10))
    #expect(here.nextDeadline == .seconds(70))
    #expect(here.handleDeadline(at: .milliseconds(69_999)) == [])
    #expect(here.compressor.holdsState)
    #expect(here.handleDeadline(at: .seconds(70)) == [])
    #expect(!here.compressor.holdsState)
    #expect(here.nextDeadline == nil)

    let second = try here.send(Self.message)
    #expect(second.count > first.count / 2, "nothing earlier is referred to")
    #expect(there.receive(second) == [.message(Self.message)])
    let third = try here.send(Self.message)
    #expect(third.count < first.count / 2, "the window is in use again")
    #expect(there.receive(third) == [.message(Self.message)])
  }

  @Test("D16: a message postpones it; sent at an unknown time, it counts from when time is next told")
  func postponed() throws {
    let server = Peer(.server, limits: Self.quiet)
    _ = try server.send(Self.message)
    #expect(server.nextDeadline == .seconds(60))
    #expect(server.handleDeadline(at: .seconds(60)) == [])
    #expect(server.compressor.holdsState, "it may have been sent a moment ago")
    #expect(server.nextDeadline == .seconds(120))
    _ = try server.send(Self.message)
    #expect(server.handleDeadline(at: .seconds(120)) == [])
    #expect(server.compressor.holdsState)
    #expect(server.nextDeadline == .seconds(180))
    #expect(server.handleDeadline(at: .seconds(180)) == [])
    #expect(!server.compressor.holdsState)
  }

  @Test("D16: the window of a peer that refers to earlier messages is kept")
  func decompressorIsKept() throws {
    let client = Peer(.client)
    let server = Peer(.server, limits: Self.quiet)
    let first = try client.send(Self.message)
    let second = try client.send(Self.message)
    #expect(second.count < first.count / 2)
    server.receive(first)
    _ = try server.send(Self.message)
    _ = server.handleDeadline(at: .seconds(60))
    _ = server.handleDeadline(at: .seconds(3600))
    #expect(!server.compressor.holdsState)
    #expect(server.decompressor.holdsState)
    #expect(server.receive(second, at: .seconds(3600)) == [.message(Self.message)])
  }

  @Test("D16: without context takeover, or with the release switched off, nothing is waited for", arguments: [true, false])
  func nothingToWaitFor(hasTakeover: Bool) throws {
    var limits = Self.quiet
    if hasTakeover { limits.compressorIdleRelease = nil }
    let server = Peer(.server, PerMessageDeflate(serverNoContextTakeover: !hasTakeover), limits: limits)
    _ = try server.send(Self.message)
    #expect(server.compressor.holdsState == hasTakeover)
    #expect(server.nextDeadline == nil)
    _ = server.handleDeadline(at: .seconds(3600))
    #expect(server.compressor.holdsState == hasTakeover)
  }
}
