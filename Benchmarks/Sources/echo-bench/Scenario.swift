import BenchHarness

/// A way to load an echo server with messages of 32 octets.
struct Scenario {
  let name: String
  let connections: Int
  let window: Int
  /// The CPU time for one message of the prototype that this transport was designed by, in nanoseconds.
  let prototype: (plain: Double, tls: Double?)

  static let all = [
    Scenario(name: "1 x 1", connections: 1, window: 1, prototype: (8400, 11_400)),
    Scenario(name: "50 x 16", connections: 50, window: 16, prototype: (390, nil)),
  ]

  func arguments(isQuick: Bool) -> [String] {
    let (warmup, time) = isQuick ? (20, 100) : (100, 500)
    return ["--connections", "\(connections)", "--window", "\(window)", "--warmup", "\(warmup)", "--time", "\(time)"]
  }

  /// What the first contender should reach.
  func targets(isTLS: Bool, floor: String) -> [Target] {
    [Target(name, .timesContender(Self.overFloor, floor))]
      + ((isTLS ? prototype.tls : prototype.plain).map { [Target(name, .nanoseconds($0))] } ?? [])
  }

  /// How much more than the floor an echo may take: what it costs to know many streams, timers and errors.
  private static let overFloor = 1.15
}
