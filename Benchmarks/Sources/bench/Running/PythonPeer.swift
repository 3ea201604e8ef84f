import Foundation

/// The peers in Python: a child that does a task so many times and answers with its CPU time.
final class PythonPeer {
  /// One task on one input.
  struct Job {
    let peer: PythonPeer
    let task: String
    let path: String

    /// Nanoseconds of CPU time and the sum of the results; `nil` if the child failed.
    func run(iterations: Int) -> (nanoseconds: UInt64, checksum: UInt64)? { peer.ask("\(task) \(iterations) \(path)") }
  }

  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private let scratch: String
  private var inputs = 0

  init?(python: String, script: String, scratch: String) {
    self.scratch = scratch + "/inputs"
    // A child that has died is no reason to die, too.
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-u", script]
    process.standardInput = requests
    process.standardOutput = answers
    do {
      try FileManager.default.createDirectory(atPath: self.scratch, withIntermediateDirectories: true)
      try process.run()
    } catch {
      return nil
    }
    guard line() == "ready" else { return nil }
  }

  /// Notes the input for the child, which ends with our end of the pipe.
  func job(_ task: String, on octets: [UInt8]) -> Job? {
    inputs += 1
    let path = "\(scratch)/\(inputs)"
    guard FileManager.default.createFile(atPath: path, contents: Data(octets)) else { return nil }
    return Job(peer: self, task: task, path: path)
  }

  private func ask(_ request: String) -> (UInt64, UInt64)? {
    guard (try? requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))) != nil else { return nil }
    let numbers = line()?.split(separator: " ").compactMap { UInt64($0) } ?? []
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }

  private func line() -> String? {
    var line: [UInt8] = []
    while let octet = answers.fileHandleForReading.readData(ofLength: 1).first {
      if octet == 0x0A { return String(decoding: line, as: UTF8.self) }
      line.append(octet)
    }
    return nil
  }
}
