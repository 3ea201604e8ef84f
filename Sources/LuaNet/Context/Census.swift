#if DEBUG
  internal import Transport

  /// Counts the contexts, scopes, connections and servers there are, so that tests see what stays behind.
  enum Census {
    static let count = Lock(0)

    /// Held by what is counted.
    final class Mark: Sendable {
      init() { Census.count.withLock { $0 += 1 } }

      deinit { Census.count.withLock { $0 -= 1 } }
    }
  }
#endif
