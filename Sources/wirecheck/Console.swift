import ConformanceReport
import FoundationEssentials
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and standard error; text for people never mixes with data on standard output.
enum Console {
  /// Writes a line to standard output.
  static func standardOutput(_ text: String) { write(line(text), to: 1) }

  /// Writes a line to standard error.
  static func standardError(_ text: String) { write(line(text), to: 2) }

  private static func line(_ text: String) -> [UInt8] {
    Array(((isASCIIOnly ? TextReport.ascii(text) : text) + "\n").utf8)
  }

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
      guard count > 0 || errno == EINTR else {
        if descriptor == 1 { outputFault.store(errno, ordering: .relaxed) }
        return
      }
      rest = rest.dropFirst(max(0, count))
    }
  }

  private static let outputFault = Atomic<Int32>(0)

  /// Why standard output did not take everything, if so.
  static var outputFailure: UsageFailure? {
    let number = outputFault.load(ordering: .relaxed)
    return number == 0 ? nil : UsageFailure(description: "cannot write to standard output: \(unsafe String(cString: strerror(number)))")
  }

  /// Whether the locale's characters are other than UTF-8, so that text for people has to be ASCII.
  static let isASCIIOnly: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return !locale.uppercased().contains("UTF")
  }()

  /// The columns of the terminal that `descriptor` is, or `nil` if it is none; `COLUMNS` goes before what the terminal says.
  static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return columns }
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
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
