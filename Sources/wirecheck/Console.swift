import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and standard error; text for people never mixes with data on standard output.
enum Console {
  /// Writes a line to standard output.
  static func standardOutput(_ text: String) { write(Array((text + "\n").utf8), to: 1) }

  /// Writes a line to standard error.
  static func standardError(_ text: String) { write(Array((text + "\n").utf8), to: 2) }

  /// Writes octets to a descriptor: all of them, or as many as it takes before it fails.
  static func write(_ octets: [UInt8], to descriptor: Int32) {
    var rest = octets[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
          unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
      guard count > 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(0, count))
    }
  }

  /// Whether standard error is a terminal, where progress may rewrite its line.
  static var isErrorTerminal: Bool { isatty(2) == 1 }

  /// Whether standard output is a terminal.
  static var isOutputTerminal: Bool { isatty(1) == 1 }
}

/// The signal that asked the program to stop, noticed by whoever runs a loop.
enum Interruption {
  fileprivate static let received = Atomic<Int32>(0)

  /// Notes SIGINT and SIGTERM from now on instead of dying of them.
  ///
  /// A parent may have left them blocked, as threads of some runtimes are; then they would never arrive.
  static func watch() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
    unsafe sigprocmask(Int32(SIG_UNBLOCK), &signals, nil)
    for number in [SIGINT, SIGTERM] { signal(number) { Interruption.received.store($0, ordering: .relaxed) } }
  }

  /// The signal, once one came.
  static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}
