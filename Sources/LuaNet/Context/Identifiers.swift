internal import Transport

/// The numbers scripts name things by: from 1 upward, never given twice in a process.
enum Identifiers {
  /// Connections that scripts opened.
  static let webSocket = Counter()
  /// Servers.
  static let server = Counter()
  /// Connections that servers accepted.
  static let client = Counter()
  /// Scopes.
  static let scope = Counter()

  /// Counts from 1.
  final class Counter: Sendable {
    private let last = Lock<Int64>(0)

    func next() -> Int64 {
      last.withLock { last in
        last += 1
        return last
      }
    }
  }
}
