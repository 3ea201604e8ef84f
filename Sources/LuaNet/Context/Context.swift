internal import Transport

/// All that LuaNet has for one Lua state: its scopes, its loop, and the events on their way; on the host's thread only.
final class Context {
  #if DEBUG
    private let mark = Census.Mark()
  #endif

  let queue: EventQueue
  private let isThreaded: Bool
  private let waker: Waker?
  /// Started with the first use.
  private var driver: Driver?
  private(set) var scopes: [Int64: Scope] = [:]
  let opener = WebSocketOpener()
  /// All servers that a handle of a script may name and that are not closed.
  var listeners: [Int64: Listener] = [:]

  /// What was taken out of the queue and not delivered, in the order of ``nextEvent``.
  private var batch: [Event] = []
  private var nextEvent = 0
  /// How many more events the pump takes out: what comes while it delivers waits for the next one, or a peer that sends fast enough would
  /// never let it end.
  private var remaining = 0
  /// What is delivered right now: its content is in use until the next event is taken.
  private var current: Delivery?
  /// What waits for the end of the pump; nil when there is none, and commands are run at once.
  private var collected: [Command]?
  private var released: [Int32] = []

  init(isThreaded: Bool) throws(TransportError) {
    self.isThreaded = isThreaded
    waker = isThreaded ? try Waker() : nil
    queue = EventQueue(waking: waker)
  }

  /// Closes all scopes and ends the loop.
  func close() {
    for scope in scopes.keys { closeScope(scope) }
    // A callback may be what closes the context: what was collected is done now or never.
    handOver()
    driver?.stop()
  }

  // MARK: Scopes

  func openScope(name: String) -> Int64 {
    let scope = Scope(id: Identifiers.scope.next(), name: name)
    scopes[scope.id] = scope
    return scope.id
  }

  /// Closes all that a script has open; none of its callbacks is called any more.
  func closeScope(_ id: Int64) {
    guard let scope = scopes.removeValue(forKey: id) else { return }
    for line in scope.lines.values {
      line.phase = .closed
      release(line.callbacks)
      perform { loop in line.leave(on: loop) }
    }
    for listener in scope.listeners.values { discard(listener) }
    scope.lines = [:]
    scope.listeners = [:]
  }

  // MARK: The loop

  /// Has `work` done on the loop, as ``submit(_:)``.
  func perform(_ work: @escaping @Sendable (Loop) -> Void) { submit(.perform(work)) }

  /// Starts the loop.
  ///
  /// - Throws: Without descriptors or threads.
  func start() throws(TransportError) {
    if driver == nil { driver = try Driver(isThreaded) }
  }

  /// Runs a command on the loop, which was started: at the end of the pump, or at once outside one.
  func submit(_ command: Command) {
    if collected != nil {
      collected?.append(command)
    } else {
      driver?.perform { loop in command.run(on: loop) }
    }
  }

  /// Has the loop run all that was collected so far.
  func handOver() {
    guard let commands = collected, !commands.isEmpty else { return }
    collected = []
    driver?.perform { loop in for command in commands { command.run(on: loop) } }
  }

  /// Has `work` done on the loop after all that was collected, and waits for its result; nil if there is no loop.
  func performAndWait<Result: Sendable>(_ work: @escaping @Sendable (Loop) -> Result) -> Result? {
    handOver()
    return driver?.performAndWait(work)
  }

  // MARK: Delivering

  /// Moves the network if the host runs it, and waits for an event.
  func wait(atMost longest: Duration) {
    let limit = queued > 0 ? .zero : longest
    if let waker {
      if limit > .zero { waker.wait(atMost: limit) }
      return
    }
    do throws(TransportError) {
      try start()
      guard case .inline(let loop) = driver else { return }
      let end = loop.now + limit
      var remaining = limit
      // A turn in which nothing happens was ended by the time or by a signal, which the script has to see.
      while try loop.turn(waitAtMost: remaining), queue.count == 0 {
        remaining = end - loop.now
        if remaining <= .zero { break }
      }
    } catch {
      queue.push(.log("the network stands still: \(error)"))
    }
  }

  func beginPump() {
    collected = []
    waker?.clear()
    remaining = queued
  }

  func endPump() {
    current = nil
    handOver()
    collected = nil
    driver?.flush()
    // What waits beyond the budget is to be noticed.
    if queued > 0 { waker?.wake() }
  }

  /// The next event that a callback is to be told of.
  func next() -> Delivery? {
    current = nil
    while let event = takeEvent() {
      switch event {
      case .log(let text): current = Delivery(nil, .log, Array(text.utf8))
      case .line(let line, let happening):
        current = deliver(happening, on: line)
      }
      if current != nil { return current }
    }
    return nil
  }

  private func takeEvent() -> Event? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    if nextEvent == batch.count {
      batch.removeAll(keepingCapacity: true)
      nextEvent = 0
      queue.take(into: &batch)
      guard !batch.isEmpty else { return nil }
    }
    let event = batch[nextEvent]
    // Lets go of the content as soon as it is delivered.
    batch[nextEvent] = .log("")
    nextEvent += 1
    return event
  }

  // MARK: References

  /// Notes that a reference of callbacks is not needed any more.
  func release(_ callbacks: Int32) { released.append(callbacks) }

  func takeReleased() -> Int32 { released.popLast() ?? 0 }

  // MARK: Questions

  /// How many events wait.
  var queued: Int { batch.count - nextEvent + queue.count }

  /// How many connections, servers and events there are.
  var pending: Int { scopes.values.reduce(queued) { $0 + $1.lines.count + $1.listeners.count } }

  var wakeDescriptor: Int32 { waker?.descriptor ?? -1 }
}
