/// What a row is meant to reach.
public struct Target: Sendable, Equatable {
  /// The measure and its bound.
  public enum Bound: Sendable, Equatable {
    /// The peer takes at least so many times as long.
    case times(Double, peer: String)
    /// At most so many nanoseconds for one item.
    case nanoseconds(Double)
    /// At least so many GB/s.
    case gigabytesPerSecond(Double)
    /// At most so many allocations for one item.
    case allocations(Double)
    /// At most so many times the nanoseconds for one item of another row.
    case timesRow(Double, String)
    /// At most so many times the nanoseconds of another contender of the row.
    case timesContender(Double, String)
  }

  /// The row.
  public let row: String
  /// The contender it is about, or `nil` for the first.
  public let contender: String?
  /// The bound.
  public let bound: Bound

  /// Creates a target.
  public init(_ row: String, _ bound: Bound, contender: String? = nil) {
    self.row = row
    self.bound = bound
    self.contender = contender
  }
}

/// Whether a target was met.
public struct Verdict: Sendable, Codable, Equatable {
  /// The words.
  public enum Outcome: String, Sendable, Codable {
    case met, missed
    /// The row or the peer was not measured.
    case open
  }

  /// The target in words.
  public let target: String
  /// What was measured, in words.
  public let measured: String
  /// Whether that is enough.
  public let outcome: Outcome

  /// Judges a target.
  public init(_ target: Target, rows: [Row]) {
    let row = rows.first { $0.name == target.row }
    let cell = target.contender.map { name in row?.cells.first { $0.contender == name } } ?? row?.cells.first
    var value: Double?
    let name = [target.row, target.contender].compactMap(\.self).joined(separator: ", ")
    switch target.bound {
    case .times(let least, let peer):
      self.target = "\(name): at least \(decimal(least))x \(peer)"
      if let ours = cell?.nanoseconds { value = row?.sample(of: peer)?.ratio(to: ours) }
      measured = value.map { decimal($0) + "x" } ?? "not measured"
      outcome = value.map { $0 >= least ? .met : .missed } ?? .open
    case .nanoseconds(let most):
      self.target = "\(name): at most \(decimal(most)) ns"
      value = cell?.nanoseconds?.median
      measured = value.map { decimal($0) + " ns" } ?? "not measured"
      outcome = value.map { $0 <= most ? .met : .missed } ?? .open
    case .gigabytesPerSecond(let least):
      self.target = "\(name): at least \(decimal(least)) GB/s"
      value = cell?.nanoseconds?.gigabytesPerSecond(octets: row?.octetsPerItem ?? 0)
      measured = value.map { decimal($0) + " GB/s" } ?? "not measured"
      outcome = value.map { $0 >= least ? .met : .missed } ?? .open
    case .allocations(let most):
      self.target = "\(name): at most \(decimal(most)) allocations"
      value = cell?.allocations
      measured = value.map { decimal($0) } ?? "not measured"
      outcome = value.map { $0 <= most ? .met : .missed } ?? .open
    case .timesRow(let most, let other):
      self.target = "\(name): at most \(decimal(most))x the time of \(other)"
      let base = rows.first { $0.name == other }
      let reference = target.contender.map { base?.sample(of: $0) } ?? base?.cells.first?.nanoseconds
      if let reference { value = cell?.nanoseconds?.ratio(to: reference) }
      measured = value.map { decimal($0) + "x" } ?? "not measured"
      outcome = value.map { $0 <= most ? .met : .missed } ?? .open
    case .timesContender(let most, let other):
      self.target = "\(name): at most \(decimal(most))x the time of \(other)"
      if let reference = row?.sample(of: other) { value = cell?.nanoseconds?.ratio(to: reference) }
      measured = value.map { decimal($0) + "x" } ?? "not measured"
      outcome = value.map { $0 <= most ? .met : .missed } ?? .open
    }
  }
}
