/// Finds how many iterations of a contender fill a time slice.
public struct Calibration: Sendable {
  /// What to do after an attempt.
  public enum Step: Sendable, Equatable {
    /// Try again with so many iterations.
    case attempt(Int)
    /// So many iterations fill the slice.
    case settled(Int)
  }

  /// How long a slice should take, in nanoseconds.
  public let slice: Double
  /// The most iterations: a contender that does nothing must not run for ever.
  public let maximumIterations: Int

  /// Creates a calibration.
  public init(slice: Double, maximumIterations: Int = 1 << 30) {
    self.slice = slice
    self.maximumIterations = maximumIterations
  }

  /// Judges an attempt of `iterations` that took `elapsed` nanoseconds.
  ///
  /// An attempt that takes at least a quarter of the slice is long enough to be scaled; a shorter one is repeated with up to ten times as many.
  public func next(iterations: Int, elapsed: Double) -> Step {
    let wanted = elapsed > 0 ? Double(iterations) * slice / elapsed : .infinity
    if elapsed >= slice / 4 { return .settled(clamped(wanted)) }
    guard iterations < maximumIterations else { return .settled(maximumIterations) }
    return .attempt(clamped(min(wanted, Double(iterations) * 10)))
  }

  private func clamped(_ iterations: Double) -> Int {
    iterations >= Double(maximumIterations) ? maximumIterations : max(1, Int(iterations.rounded()))
  }
}
