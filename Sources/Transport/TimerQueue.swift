extension Loop {
  /// A scheduled action; keep it only to cancel it.
  public final class Timer {
    /// When the action is due, in the loop's time.
    public let deadline: Duration
    /// Whether the action will still run.
    public var isPending: Bool { action != nil }

    fileprivate let sequence: UInt64
    fileprivate var action: (() -> Void)?
    /// The place in the heap; nil when the timer was taken out.
    fileprivate var index: Int?

    fileprivate init(deadline: Duration, sequence: UInt64, action: @escaping () -> Void) {
      self.deadline = deadline
      self.sequence = sequence
      self.action = action
    }

    fileprivate func precedes(_ other: Timer) -> Bool {
      deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
    }

    /// Runs the action unless it was cancelled, and forgets it.
    func fire() {
      let action = self.action
      self.action = nil
      action?()
    }
  }
}

/// A binary heap of timers, ordered by deadline, then by creation; every timer knows its place, so that cancelling is cheap.
struct TimerQueue {
  private var heap: [Loop.Timer] = []
  private var nextSequence: UInt64 = 0

  var nextDeadline: Duration? { heap.first?.deadline }

  mutating func schedule(at deadline: Duration, _ action: @escaping () -> Void) -> Loop.Timer {
    let timer = Loop.Timer(deadline: deadline, sequence: nextSequence, action: action)
    nextSequence &+= 1
    timer.index = heap.count
    heap.append(timer)
    siftUp(from: heap.count - 1)
    return timer
  }

  /// Takes a timer out and returns its action, which is the caller's to let go of.
  mutating func cancel(_ timer: Loop.Timer) -> (() -> Void)? {
    // A timer of another loop has an index that means nothing here.
    if let index = timer.index {
      guard index < heap.count, heap[index] === timer else { return nil }
      remove(at: index)
    }
    return timer.action.take()
  }

  /// Moves all timers that are due at `now` to `batch`, in order; those they schedule are left for the next turn.
  mutating func takeDue(at now: Duration, into batch: inout [Loop.Timer]) {
    while let first = heap.first, first.deadline <= now {
      remove(at: 0)
      batch.append(first)
    }
  }

  /// Takes all timers out, in no order.
  mutating func takeAll() -> [Loop.Timer] {
    defer { heap = [] }
    for timer in heap { timer.index = nil }
    return heap
  }

  private mutating func remove(at index: Int) {
    heap[index].index = nil
    let last = heap.removeLast()
    guard index < heap.count else { return }
    put(last, at: index)
    siftUp(from: index)
    siftDown(from: index)
  }

  private mutating func put(_ timer: Loop.Timer, at index: Int) {
    heap[index] = timer
    timer.index = index
  }

  private mutating func siftUp(from start: Int) {
    var index = start
    while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
      swapEntries(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func siftDown(from start: Int) {
    var index = start
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == index { return }
      swapEntries(index, least)
      index = least
    }
  }

  private mutating func swapEntries(_ first: Int, _ second: Int) {
    heap.swapAt(first, second)
    heap[first].index = first
    heap[second].index = second
  }
}
