internal import Transport
internal import WSProtocol

/// Something to tell a script, or the host.
enum Event: Sendable {
  case line(Line, Happening)
  /// A line for the host's log.
  case log(String)

  /// What happened on a connection.
  enum Happening: Sendable {
    case opened
    case message(Message)
    /// Why it failed, as `kind: text`.
    case failed(String)
    /// The last.
    case closed(Ending)
  }
}

/// The events of a context in the order in which they happened; filled on the loop, emptied on the host.
final class EventQueue: Sendable {
  private struct State {
    var events: [Event] = []
    /// How many of them are lines for the log, and how many more came than are kept.
    var logs = 0
    var droppedLogs = 0
  }

  private let state = Lock(State())
  /// Woken when the first event of a batch arrives; nil where the host turns the loop itself.
  private let waker: Waker?

  /// How many lines for the log wait at most: refused peers cause them, as many as they like, whether the host pumps or not.
  static let waitingLogs = 100

  init(waking waker: Waker?) { self.waker = waker }

  var count: Int { state.withLock { $0.events.count } }

  func push(_ event: Event) {
    let isFirst = state.withLock { state in
      if case .log = event {
        guard state.logs < Self.waitingLogs else {
          state.droppedLogs += 1
          return false
        }
        state.logs += 1
      }
      state.events.append(event)
      return state.events.count == 1
    }
    if isFirst { waker?.wake() }
  }

  /// Takes out all events, leaving the storage of `batch`, which is empty.
  func take(into batch: inout [Event]) {
    var taken = batch
    batch = []
    taken = state.withLock { [taken] state in
      var all = state.events
      if state.droppedLogs > 0 { all.append(.log("net: \(state.droppedLogs) more lines like these are not kept")) }
      state = State(events: taken)
      return all
    }
    batch = taken
  }
}
