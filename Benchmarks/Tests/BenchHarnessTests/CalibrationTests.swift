import BenchHarness
import Testing

@Suite struct CalibrationTests {
  private static let calibration = Calibration(slice: 1000, maximumIterations: 1_000_000)

  @Test(arguments: [
    ("long enough is scaled up", 10, 500.0, Calibration.Step.settled(20)),
    ("longer than the slice is scaled down", 10, 2000, .settled(5)),
    ("one iteration at least", 1, 50_000, .settled(1)),
    ("a quarter of the slice is long enough", 10, 250, .settled(40)),
    ("too short: as many as are missing", 10, 200, .attempt(50)),
    ("far too short: ten times as many at most", 10, 1, .attempt(100)),
    ("no time at all", 10, 0, .attempt(100)),
    ("never more than the most", 500_000, 1, .attempt(1_000_000)),
    ("does nothing: ends at the most", 1_000_000, 1, .settled(1_000_000)),
  ])
  func nextStep(name: String, iterations: Int, elapsed: Double, step: Calibration.Step) {
    #expect(Self.calibration.next(iterations: iterations, elapsed: elapsed) == step)
  }

  @Test(arguments: [0.001, 0.3, 7, 999, 12_345])
  func settlesOnTheSliceWhateverTheCost(cost: Double) {
    var iterations = 1
    var steps = 0
    while case .attempt(let more) = Self.calibration.next(iterations: iterations, elapsed: cost * Double(iterations)) {
      iterations = more
      steps += 1
    }
    #expect(steps < 12)
    guard case .settled(let enough) = Self.calibration.next(iterations: iterations, elapsed: cost * Double(iterations)) else { return }
    #expect(enough == max(1, min(1_000_000, Int((1000 / cost).rounded()))))
  }
}
