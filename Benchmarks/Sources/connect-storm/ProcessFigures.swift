import Foundation
import Glibc

/// What this process holds of the system.
struct ProcessFigures {
  var descriptors: Int
  var threads: Int
  var residentBytes: Int

  static func now() throws -> ProcessFigures {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return ProcessFigures(
      // One is open for the listing.
      descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count - 1,
      threads: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count,
      residentBytes: (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The CPU time of all threads so far.
  static func cpuTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
