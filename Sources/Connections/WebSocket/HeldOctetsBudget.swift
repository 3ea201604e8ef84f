/// What all connections of a server hold for messages that have not ended.
final class HeldOctetsBudget {
  /// The most octets held together.
  ///
  /// Excess: the connection that asked for more is closed with 1013.
  private let limit: Int

  private(set) var total = 0

  init(limit: Int) { self.limit = limit }

  var isExceeded: Bool { total > limit }

  func replace(_ old: Int, with new: Int) { total += new - old }
}
