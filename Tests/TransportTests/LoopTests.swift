import CSockets
import Foundation
import Testing
import Transport

@Suite("Loop", .timeLimit(.minutes(10)))
struct LoopTests {
  @Test("a turn ends at the time allowed, and says that nothing happened", arguments: PollerKind.allCases)
  func idleTurn(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let start = loop.now
    #expect(try loop.turn(waitAtMost: .milliseconds(20)) == false)
    #expect(loop.now - start >= .milliseconds(20))
    #expect(try loop.turn(waitAtMost: .zero) == false)
    #expect(try loop.run(within: .milliseconds(5)) { false } == false)
  }

  @Test("another thread ends the wait", arguments: PollerKind.allCases)
  func waker(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let waker = loop.waker
    var wakeUps = 0
    loop.onWake = { wakeUps += 1 }
    let start = loop.now
    Thread.detachNewThread { waker.wake() }
    try loop.turn(waitAtMost: .seconds(30))
    #expect(wakeUps == 1)
    #expect(loop.now - start < .seconds(30))
    #expect(try loop.turn(waitAtMost: .zero) == false, "a wake-up counts once")
  }

  @Test("wake-ups before the turn are not lost, and a waker may outlive its loop", arguments: PollerKind.allCases)
  func earlyWake(on poller: PollerKind) throws {
    var loop: Loop? = try poller.loop()
    let waker = try #require(loop).waker
    waker.wake()
    waker.wake()
    #expect(try loop?.turn(waitAtMost: .seconds(30)) == true)
    loop = nil
    waker.wake()
  }

  @Test("a turn inside a turn is refused", arguments: PollerKind.allCases)
  func nestedTurn(on poller: PollerKind) throws {
    let loop = try poller.loop()
    var caught: TransportError?
    loop.schedule(at: loop.now) {
      do throws(TransportError) { try loop.turn() } catch { caught = error }
    }
    try loop.expect("the timer ran") { caught != nil }
    #expect(caught?.cause == .nestedTurn)
  }

  @Test("a loop that goes away lets go of its open streams, listeners and timers", arguments: PollerKind.allCases)
  func lifetime(on poller: PollerKind) throws {
    let client = Recorder()
    var weakStreams: [Weak<TCPStream>] = []
    var weakRecorders: [Weak<Recorder>] = []
    let weakLoop: Weak<Loop>
    let closing = Recorder()
    do {
      let loop = try poller.loop()
      weakLoop = Weak(loop)
      let server = try Server(on: loop)
      let stream = TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: client)
      client.on = { _, _ in _ = stream }
      weakStreams = [Weak(stream), Weak(try server.stream(on: loop))]
      weakRecorders = [Weak(server.recorder)]
      loop.schedule(at: loop.now + .seconds(60)) { [recorder = server.recorder] in _ = recorder }
      TCPStream.connect(to: server.listener.localAddress, on: loop, delegate: closing).close()
    }
    client.on = { _, _ in }
    #expect(weakLoop.object == nil)
    #expect(weakStreams.allSatisfy { $0.object == nil })
    #expect(weakRecorders.allSatisfy { $0.object == nil })
    #expect(client.count(.closed) == 0, "open streams are closed silently")
    #expect(closing.reasons == [.localClose], "what was closed before is reported")
  }

  @Test(
    "a stream closed by the callback of another one gets no event of the same turn, nor does its successor", arguments: PollerKind.allCases)
  func staleEvents(on poller: PollerKind) throws {
    let loop = try poller.loop()
    let server = try Server(on: loop)
    let peers = [try RawSocket(connectedTo: server.listener.localAddress), try RawSocket(connectedTo: server.listener.localAddress)]
    try loop.expect("two connections") { server.streams.count == 2 }
    // The queue of a listener that accepts nothing holds one connection; the next one gets no answer.
    let silent = try RawSocket(boundTo: 0)
    #expect(cs_listen(silent.descriptor, 0) == 0)
    let first = Recorder()
    let occupant = TCPStream.connect(to: silent.address, on: loop, delegate: first)
    try loop.expect("the queue is full") { first.count(.connected) == 1 }

    let successor = Recorder()
    var received = 0
    server.recorder.on = { callback, stream in
      guard callback == .received else { return }
      received += 1
      for other in server.streams where other !== stream { other.abort() }
      // Takes the number of the descriptor just closed.
      _ = TCPStream.connect(to: silent.address, on: loop, within: .milliseconds(50), delegate: successor)
    }
    for peer in peers { #expect(peer.send([1]) == 1) }
    try loop.expect("the successor has ended") { successor.reason != nil }
    #expect(successor.calls == [.closed], "the event of its predecessor must not make it connected")
    #expect(server.recorder.reasons == [.localAbort])
    #expect(received == 1)
    occupant.abort()
  }
}
