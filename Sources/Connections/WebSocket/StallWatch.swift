internal import Transport

/// Notices that a peer takes nothing of what waits for it, to within an eighth of the limit.
///
/// Looks only while output waits, and not more often than that: each look is a system call.
final class StallWatch {
  private weak var loop: Loop?
  private let limit: Duration
  private let taken: () -> Int?
  private let onStall: () -> Void
  private var timer: DeadlineTimer?
  /// When the peer was last seen to take some, or output began to wait, and how much it had taken then; `nil` while none waits.
  private var progress: (at: Duration, takenBytes: Int)?

  /// Creates a watch that does nothing yet.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns it looks in.
  ///   - limit: How long the peer may take nothing.
  ///   - taken: How much the peer has taken of all output, in octets; `nil` if none waits.
  ///   - onStall: Called once the limit has passed.
  init(on loop: Loop, limit: Duration, taken: @escaping () -> Int?, onStall: @escaping () -> Void) {
    self.loop = loop
    self.limit = limit
    self.taken = taken
    self.onStall = onStall
    timer = DeadlineTimer(on: loop) { [weak self] in self?.look() }
  }

  /// Notes that output may wait.
  func outputWaits() {
    guard progress == nil, let loop, let takenBytes = taken() else { return }
    progress = (loop.now, takenBytes)
    timer?.arm(for: loop.now + limit / 8)
  }

  func stop() { timer?.stop() }

  private func look() {
    guard let loop, let progress else { return }
    guard let takenBytes = taken() else { return self.progress = nil }
    if takenBytes > progress.takenBytes {
      self.progress = (loop.now, takenBytes)
    } else if loop.now - progress.at >= limit {
      return onStall()
    }
    timer?.arm(for: loop.now + limit / 8)
  }
}
