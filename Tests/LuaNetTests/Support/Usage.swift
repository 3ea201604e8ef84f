import Foundation
import Testing

/// What the process uses.
struct Usage {
  /// The numbers of the descriptors that a network has: sockets, and what loops wait on.
  let sockets: [String]
  /// How many other descriptors there are; the test library opens and closes some.
  let others: Int
  /// How many threads block all signals, as ours do and none of the testing library's, which come and go.
  let threads: Int
  /// The memory that it occupies.
  let residentKiB: Int

  init() throws {
    let files = FileManager.default
    let all = try files.contentsOfDirectory(atPath: "/proc/self/fd")
    sockets = all.filter { name in
      let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
      return target.map { target in ["socket:", "anon_inode:[event"].contains { target.hasPrefix($0) } } ?? false
    }.sorted()
    others = all.count - sockets.count
    // A thread may end between the two looks.
    threads = try files.contentsOfDirectory(atPath: "/proc/self/task").count { task in
      let status = (try? String(contentsOfFile: "/proc/self/task/\(task)/status", encoding: .utf8)) ?? ""
      guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigBlk:") }) else { return false }
      // All but SIGKILL, SIGSTOP and the two that the C library keeps for itself.
      return line.hasSuffix("fffffffe7ffbfeff")
    }
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    residentKiB = try #require(Int(pages)) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
  }
}
