import BenchHarness
import Foundation

/// Everything of a run, as it is written in JSON.
struct Report: Codable {
  struct Machine: Codable {
    let processor: String
    let cores: Int
    let kernel: String
  }

  let date: String
  let machine: Machine
  let compiler: String
  let instructionSet: String
  let isQuick: Bool
  let peers: [PeerLibraries.Peer]
  let groups: [Group]

  var json: Data? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try? encoder.encode(self)
  }

  var markdown: String {
    "\(date.prefix(10)), \(machine.processor), \(machine.cores) cores, Linux \(machine.kernel), \(compiler), \(instructionSet).\n\n"
      + groups.map(\.markdown).joined(separator: "\n")
  }

  static func machine() -> Machine {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    let processor = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "unknown"
    return Machine(
      processor: processor, cores: information.split(separator: "\n").count { $0.hasPrefix("processor") },
      kernel: kernel.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
