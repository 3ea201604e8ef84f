import Foundation
import Testing

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
}
