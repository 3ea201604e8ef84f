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
  private let events = Lock<[Event]>([])
  /// Woken when the first event of a batch arrives; nil where the host turns the loop itself.
  private let waker: Waker?

  init(waking waker: Waker?) { self.waker = waker }

  var count: Int { events.withLock { $0.count } }

  func push(_ event: Event) {
    let isFirst = events.withLock { events in
      events.append(event)
      return events.count == 1
    }
    if isFirst { waker?.wake() }
  }

  /// Takes out all events, leaving the storage of `batch`, which is empty.
  func take(into batch: inout [Event]) {
    var taken = batch
    batch = []
    taken = events.withLock { [taken] events in
      let all = events
      events = taken
      return all
    }
    batch = taken
  }
}
