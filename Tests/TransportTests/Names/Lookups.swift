import CSockets
import Dispatch
import Foundation
import Testing

@testable import Transport

/// A look-up for tests: notes what it is asked, and may hang until it is let go on.
final class TestLookup: Sendable {
  private struct State: Sendable {
    var names: [String] = []
    var threads: Set<String> = []
    var running = 0
    var most = 0
  }

  private let state = Lock(State())
  private let gate: DispatchSemaphore?
  private let answer: @Sendable (String) throws(NameFailure) -> [SocketAddress]

  /// Answers at once, or after ``open()`` when it `hangs`.
  init(hangs: Bool = false, _ answer: @escaping @Sendable (String) throws(NameFailure) -> [SocketAddress]) {
    gate = hangs ? DispatchSemaphore(value: 0) : nil
    self.answer = answer
  }

  convenience init(hangs: Bool = false, _ addresses: [SocketAddress]) { self.init(hangs: hangs) { _ in addresses } }

  /// The names that threads have taken, in order.
  var names: [String] { state.withLock { $0.names } }
  /// The threads that have called, as they are named in /proc/self/task.
  var threads: Set<String> { state.withLock { $0.threads } }
  /// How many threads are in the look-up.
  var running: Int { state.withLock { $0.running } }
  /// How many threads were in it at once.
  var most: Int { state.withLock { $0.most } }

  /// Lets one hanging look-up end.
  func open() { gate?.signal() }

  func resolver(on loop: Loop, threads: Int = 4) -> Resolver {
    Resolver(on: loop, threads: threads) { name, port, family throws(NameFailure) in
      let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self").split(separator: "/").last
      self.state.withLock { state in
        state.names.append(name)
        if let thread { state.threads.insert(String(thread)) }
        state.running += 1
        state.most = max(state.most, state.running)
      }
      defer { self.state.withLock { $0.running -= 1 } }
      self.gate?.wait()
      return try self.answer(name)
    }
  }
}

/// What a resolver or a connector completed with.
final class Outcome<Value> {
  private(set) var results: [Result<Value, TransportError>] = []

  func take(_ result: Result<Value, TransportError>) { results.append(result) }

  var value: Value? { try? results.first?.get() }
  var error: TransportError? {
    guard case .failure(let error) = results.first else { return nil }
    return error
  }
  var nameReason: NameFailure.Reason? {
    guard case .name(let failure) = error?.cause else { return nil }
    return failure.reason
  }
}

/// An address at which attempts to connect get no answer: a listener that accepts nothing, and whose queue is full.
struct SilentAddress {
  private let listener: RawSocket
  private let queued: [RawSocket]
  let address: SocketAddress

  init() throws {
    listener = try RawSocket(boundTo: 0)
    try #require(cs_listen(listener.descriptor, 0) == 0)
    let address = listener.address
    queued = try (0..<2).map { _ in try RawSocket(connectedTo: address) }
    self.address = address
  }
}

extension Loop {
  /// Runs turns that do not wait, so that only what is due already happens.
  func runWithoutWaiting(turns: Int = 20) throws { for _ in 0..<turns { try turn(waitAtMost: .zero) } }
}

/// Waits for what other threads do, without turning a loop; the test fails when it has not happened within ten seconds.
func eventually(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool) throws {
  for _ in 0..<10_000 {
    if try condition() { return }
    usleep(1000)
  }
  Issue.record(what, sourceLocation: sourceLocation)
  throw CancellationError()
}
