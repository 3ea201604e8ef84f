/// What the rounds of one contender came to.
public struct Sample: Sendable, Equatable, Codable {
  /// The middle of the rounds, in nanoseconds for one item; of an even number of rounds, the mean of the two in the middle.
  public let median: Double
  /// The fastest round.
  public let minimum: Double
  /// The slowest round.
  public let maximum: Double
  /// How many rounds there were.
  public let rounds: Int

  /// Sums up the rounds; `nil` if there were none.
  public init?(rounds: [Double]) {
    let sorted = rounds.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    minimum = first
    maximum = last
    self.rounds = sorted.count
  }

  /// How much slower than `other` this is: above 1 means that `other` is faster.
  public func ratio(to other: Sample) -> Double { other.median > 0 ? median / other.median : .infinity }

  /// The throughput for items of `octets` octets, in GB/s, that is in octets for each nanosecond.
  public func gigabytesPerSecond(octets: Double) -> Double { median > 0 ? octets / median : .infinity }

  /// How far the fastest and the slowest round are from the median, as in "-2 % +5 %".
  public var spread: String {
    func percent(_ value: Double) -> Int { median > 0 ? Int(((value / median - 1) * 100).rounded()) : 0 }
    return "\(min(percent(minimum), 0)) % +\(max(percent(maximum), 0)) %"
  }
}
