/// A timer for a deadline that keeps moving away: it is armed anew when it fires, not every time something happens.
public final class DeadlineTimer {
  private weak var loop: Loop?
  private var action: (() -> Void)?
  private var armed: (timer: Loop.Timer, at: Duration)?

  /// Creates a timer that is not armed.
  ///
  /// - Parameters:
  ///   - loop: The loop whose turns run it.
  ///   - action: Called at or after a deadline given before; it says with ``arm(for:)`` what it waits for next.
  public init(on loop: Loop, action: @escaping () -> Void) {
    self.loop = loop
    self.action = action
  }

  /// Has the action called no later than `deadline`; calls it at an earlier deadline given before too.
  public func arm(for deadline: Duration?) {
    guard let deadline, action != nil, let loop else { return }
    if let armed {
      guard deadline < armed.at else { return }
      loop.cancel(armed.timer)
    }
    let timer = loop.schedule(at: deadline) { [weak self] in
      guard let self else { return }
      armed = nil
      action?()
    }
    armed = (timer, at: deadline)
  }

  /// Never calls the action again and lets go of it.
  public func stop() {
    if let armed { loop?.cancel(armed.timer) }
    armed = nil
    action = nil
  }
}
