internal import CSockets

/// A value that one thread at a time may use, behind a pthread mutex.
///
/// Not the standard library's `Mutex`: the thread sanitizer cannot see that one and reports races that are none.
@safe package final class Lock<Value>: @unchecked Sendable {
  private let mutex: OpaquePointer
  private var value: Value

  /// Creates a lock around `value`.
  package init(_ value: sending Value) {
    guard let mutex = unsafe cs_mutex_create() else { fatalError("no memory for a lock") }
    unsafe self.mutex = unsafe mutex
    self.value = value
  }

  deinit { unsafe cs_mutex_destroy(mutex) }

  /// Runs `body` with the value while no other thread can; `body` must not call this lock again.
  package func withLock<Result, Failure: Error>(_ body: (inout sending Value) throws(Failure) -> sending Result) throws(Failure)
    -> sending Result
  {
    unsafe cs_mutex_lock(mutex)
    defer { unsafe cs_mutex_unlock(mutex) }
    return try body(&value)
  }
}
