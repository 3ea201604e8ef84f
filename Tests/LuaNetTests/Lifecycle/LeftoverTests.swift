import Foundation
import LuaTesting
import Testing
import Transport
import WSProtocol

@testable import LuaNet

/// What a pump, or a script that is unloaded, leaves behind.
@Suite("Leftovers", .timeLimit(.minutes(10)))
struct LeftoverTests {
  @Test("LN-8: a host is woken for the events that a pump with a budget left")
  func budget() throws {
    let context = try Context(isThreaded: true)
    defer { context.close() }
    let scope = Scope(id: 1, name: "")
    for id in 1...3 { context.queue.push(.line(Line(id: Int64(id), owner: .scope(scope, callbacks: 1)), .opened)) }
    for left in [2, 1, 0] {
      context.beginPump()
      #expect(context.next() != nil)
      context.endPump()
      #expect(context.queued == left)
      var descriptor = pollfd(fd: context.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      #expect(unsafe poll(&descriptor, 1, 0) == (left > 0 ? 1 : 0))
    }
  }

  @Test("LN-21: a TLS handshake in the making is dropped within 100 ms", arguments: LuaState.Driver.allCases)
  func handshake(driver: LuaState.Driver) throws {
    // Other tests take the processor, too: the best of some attempts.
    var best = Duration.seconds(60)
    for _ in 0..<5 where best > .milliseconds(100) {
      let lua = try LuaState(driver)
      let peers = try Peers()
      try lua.run("net.ws:connect('wss://127.0.0.1:\(try peers.serve(.silent))', { insecure = true })")
      try lua.pump { peers.seen.accepted == 1 }
      let start = ContinuousClock().now
      lua.closeScope()
      try lua.pump { peers.seen.ended == 1 }
      best = min(best, ContinuousClock().now - start)
    }
    #expect(best <= .milliseconds(100))
  }
}
