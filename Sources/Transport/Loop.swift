internal import CSockets

/// The event loop: waits for sockets and timers and runs their callbacks, on the thread that drives it.
///
/// A loop belongs to one thread; only its ``waker`` and its ``tasks`` may be used from others. It holds open streams and listeners
/// strongly and forgets them when they are closed. A loop that is stopped or goes away reports what was closed before, and closes
/// what is still open without callbacks.
@safe public final class Loop {
  /// The time of the monotonic clock, on which all loops of a machine agree.
  ///
  /// In a turn it stands still: it is read when the turn starts and again when its wait ends.
  public var now: Duration {
    switch phase {
    case .idle, .stopped: clock()
    case .inTurn, .stoppingAfterTurn, .stopping: turnTime
    }
  }
  /// Ends the loop's wait from any thread.
  public let waker: Waker
  /// Takes work from any thread; it runs in the loop's turns.
  public let tasks: LoopTasks
  /// Called in the turn that noticed a wake-up.
  ///
  /// Default: nothing.
  public var onWake: (() -> Void)?

  /// One for all streams of the loop: what was read is valid during the callback only.
  let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Loop.readBufferBytes)
  /// Scratch for gather writes.
  let pieces = UnsafeMutableBufferPointer<cs_piece>.allocate(capacity: 64)

  private let poller: any Poller
  private let clock: () -> Duration
  private var timers = TimerQueue()
  private var slots: [Slot] = []
  private var lastGeneration: UInt32 = 0
  private var phase = Phase.idle
  private var turnTime = Duration.zero

  private var deferred: [() -> Void] = []
  private var dirty: [any EventSource] = []
  /// Empty but in ``settle()``, where it is what was dirty: the two take turns, so that neither is allocated anew.
  private var flushed: [any EventSource] = []
  private var events: [PollerEvent] = []
  private var dueTimers: [Timer] = []

  static let readBufferBytes = 64 * 1024
  private enum Phase { case idle, inTurn, stoppingAfterTurn, stopping, stopped }

  private static let wakeToken = UInt64.max
  /// How often callbacks at the end of a turn may cause further output in the same turn before it waits for the next one.
  private static let settleRounds = 8

  /// Creates a loop on the system's best poller.
  ///
  /// - Throws: ``TransportError`` when no descriptor is free.
  public convenience init() throws(TransportError) { try self.init(clock: Self.monotonicClock) }

  /// Creates a loop on the system's best poller whose time is what `clock` says: a test moves it on by hand.
  package convenience init(clock: @escaping () -> Duration) throws(TransportError) {
    // The flag is for tests: it runs all of them on what systems without epoll have.
    #if os(Linux) && !WIRECHECK_POLL
      try self.init(poller: EpollPoller(), waker: Waker(), clock: clock)
    #else
      try self.init(poller: PollPoller(), waker: Waker(), clock: clock)
    #endif
  }

  /// Creates a loop on `poller`, which it then owns.
  ///
  /// - Throws: ``TransportError`` when no descriptor is free.
  public convenience init(poller: some Poller) throws(TransportError) { try self.init(poller: poller, waker: Waker()) }

  init(poller: any Poller, waker: Waker, clock: @escaping () -> Duration = monotonicClock) throws(TransportError) {
    self.poller = poller
    self.waker = waker
    self.clock = clock
    tasks = LoopTasks(waking: waker)
    try poller.add(waker.descriptor, token: Self.wakeToken, interest: .readable)
  }

  deinit {
    _ = tasks.close()
    letGo()
    unsafe readBuffer.deallocate()
    unsafe pieces.deallocate()
  }

  // MARK: Driving

  /// Runs one turn: sends output written since the last one, waits, runs callbacks of sockets and due timers, sends output.
  ///
  /// - Parameter limit: How long to wait for something to happen; nil waits without limit, `.zero` only looks. Time until the
  ///   next timer bounds the wait.
  /// - Returns: Whether anything happened.
  /// - Throws: ``TransportError`` when called from inside a callback of this loop, when the loop is stopped, or when the poller fails.
  @discardableResult
  public func turn(waitAtMost limit: Duration? = nil) throws(TransportError) -> Bool {
    guard phase == .idle else { throw TransportError(.poll, isStopped ? .loopStopped : .nestedTurn) }
    phase = .inTurn
    defer { if phase == .inTurn { phase = .idle } else { end() } }

    turnTime = clock()
    var worked = settle()
    try poller.wait(atMost: waitLimit(worked ? .zero : limit), into: &events)
    turnTime = clock()
    worked = !events.isEmpty || worked
    for event in events { dispatch(event) }
    worked = runDueTimers() || worked
    return settle() || worked
  }

  /// Sends what was written since the last turn, without waiting for anything.
  ///
  /// - Throws: ``TransportError`` as ``turn(waitAtMost:)``.
  package func flush() throws(TransportError) {
    guard phase == .idle else { throw TransportError(.poll, isStopped ? .loopStopped : .nestedTurn) }
    phase = .inTurn
    defer { if phase == .inTurn { phase = .idle } else { end() } }
    turnTime = clock()
    _ = settle()
  }

  /// Runs turns until `condition` holds; it is asked before the first turn and after every one.
  ///
  /// - Parameters:
  ///   - limit: How long to go on at most. Default: without limit.
  ///   - condition: Ends the run when it returns true.
  /// - Returns: False when the time was up first, or the loop was stopped.
  /// - Throws: ``TransportError`` as ``turn(waitAtMost:)``.
  @discardableResult
  public func run(within limit: Duration? = nil, until condition: () -> Bool) throws(TransportError) -> Bool {
    let end = limit.map { Self.monotonicClock() + $0 }
    while !condition() {
      if isStopped { return false }
      let remaining = end.map { $0 - Self.monotonicClock() }
      if let remaining, remaining <= .zero { return false }
      try turn(waitAtMost: remaining)
    }
    return true
  }

  /// Whether nothing happens on the loop any more.
  public var isStopped: Bool { phase == .stopped }

  /// Ends the loop: runs work that was taken before, makes one attempt to send what was written, closes all streams and listeners
  /// without callbacks, and drops timers.
  ///
  /// From inside a callback this happens at the end of the turn. A loop that is stopped already stays so.
  public func stop() {
    switch phase {
    case .idle: end()
    case .inTurn: phase = .stoppingAfterTurn
    case .stoppingAfterTurn, .stopping, .stopped: break
    }
  }

  // MARK: Timers

  /// Runs `action` in the first turn at or after `deadline`; equal deadlines run in the order of scheduling.
  ///
  /// What is scheduled by a timer, even for a time that has passed, waits for the next turn.
  ///
  /// - Parameters:
  ///   - deadline: In the time of ``now``; accurate to a millisecond, never early.
  ///   - action: Held until it has run or is cancelled.
  @discardableResult
  public func schedule(at deadline: Duration, _ action: @escaping () -> Void) -> Timer {
    timers.schedule(at: deadline, action)
  }

  /// Drops a timer and its action; does nothing when it has run or was cancelled before.
  public func cancel(_ timer: Timer) {
    // Let go of only now that the queue is not in use: what the action held may cancel another timer when it goes away.
    withExtendedLifetime(timers.cancel(timer)) {}
  }

  // MARK: For streams and listeners

  /// Starts holding `source` as the owner of an open descriptor; it waits for nothing yet.
  func register(_ descriptor: Int32, for source: any EventSource) -> UInt64 {
    let index = Int(descriptor)
    while slots.count <= index { slots.append(Slot()) }
    lastGeneration &+= 1
    slots[index] = Slot(source: source, generation: lastGeneration)
    return UInt64(lastGeneration) << 32 | UInt64(UInt32(bitPattern: descriptor))
  }

  /// Changes what a registered descriptor waits for; nil does not even report failure.
  func setInterest(_ interest: Readiness?, of token: UInt64) throws(TransportError) {
    guard let index = slotIndex(of: token) else { return }
    let descriptor = Int32(index)
    switch (slots[index].interest, interest) {
    case (nil, nil): return
    case (nil, let wanted?): try poller.add(descriptor, token: token, interest: wanted)
    case (_?, nil): poller.remove(descriptor)
    case (let current?, let wanted?):
      if current == wanted { return }
      try poller.modify(descriptor, token: token, interest: wanted)
    }
    slots[index].interest = interest
  }

  /// Lets go of the owner of a descriptor, before the descriptor is closed.
  func unregister(_ token: UInt64) {
    guard let index = slotIndex(of: token) else { return }
    if slots[index].interest != nil { poller.remove(Int32(index)) }
    slots[index] = Slot()
  }

  /// Runs `action` at the end of this turn, or at the start of the next one.
  func afterCallbacks(_ action: @escaping () -> Void) { deferred.append(action) }

  /// Calls `flush` of `source` at the end of this turn, or at the start of the next one.
  func flushLater(_ source: any EventSource) { dirty.append(source) }

  // MARK: Parts of a turn

  private func waitLimit(_ limit: Duration?) -> Duration? {
    guard let deadline = timers.nextDeadline else { return limit }
    let untilTimer = max(deadline - now, .zero)
    return limit.map { min($0, untilTimer) } ?? untilTimer
  }

  private func dispatch(_ event: PollerEvent) {
    if event.token == Self.wakeToken {
      waker.clear()
      for work in tasks.take() { work(self) }
      onWake?()
    } else if let index = slotIndex(of: event.token) {
      slots[index].source?.ready(event.readiness, on: self)
    }
  }

  private func runDueTimers() -> Bool {
    guard let deadline = timers.nextDeadline, deadline <= now else { return false }
    timers.takeDue(at: now, into: &dueTimers)
    defer { dueTimers.removeAll(keepingCapacity: true) }
    for timer in dueTimers { timer.fire() }
    return !dueTimers.isEmpty
  }

  /// Delivers what waits for the end of callbacks, and sends collected output.
  private func settle() -> Bool {
    var worked = false
    for _ in 0..<Self.settleRounds where !(deferred.isEmpty && dirty.isEmpty) {
      worked = true
      let actions = deferred
      if !actions.isEmpty { deferred = [] }
      for action in actions { action() }
      swap(&dirty, &flushed)
      for source in flushed { source.flush(on: self) }
      flushed.removeAll(keepingCapacity: true)
    }
    return worked
  }

  private func end() {
    phase = .stopping
    turnTime = clock()
    for work in tasks.close() { work(self) }
    _ = settle()
    letGo()
    phase = .stopped
  }

  /// Reports what was closed, and closes what is open without callbacks.
  ///
  /// All is taken out before it is let go of: what goes away then may use the loop.
  private func letGo() {
    let actions = deferred
    deferred = []
    for action in actions { action() }
    let slots = self.slots
    self.slots = []
    for slot in slots { slot.source?.loopEnded() }
    let sources = dirty
    dirty = []
    withExtendedLifetime(sources) {}
    for timer in timers.takeAll() { cancel(timer) }
    onWake = nil
  }

  /// The slot that `token` was given for; nil when its descriptor was closed since, even if the number is in use again.
  private func slotIndex(of token: UInt64) -> Int? {
    let index = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
    guard index < slots.count, slots[index].source != nil, slots[index].generation == UInt32(truncatingIfNeeded: token >> 32)
    else { return nil }
    return index
  }

  /// The time of the monotonic clock in microseconds.
  package static var microseconds: Int64 { cs_monotonic_nanoseconds() / 1000 }

  private static func monotonicClock() -> Duration { .nanoseconds(cs_monotonic_nanoseconds()) }
}

/// The owner of a descriptor, as the loop sees it.
protocol EventSource: AnyObject {
  func ready(_ readiness: Readiness, on loop: Loop)
  func flush(on loop: Loop)
  /// Closes without callbacks, because the loop is going away.
  func loopEnded()
}

/// What the loop knows about the descriptor whose number is the slot's index.
private struct Slot {
  var source: (any EventSource)?
  var generation: UInt32 = 0
  var interest: Readiness?
}
