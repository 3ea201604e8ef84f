import CBench
import Foundation

/// The peers that Peers/build made, and those it could not.
struct PeerLibraries {
  struct Peer: Codable {
    let name: String
    let version: String
    var absent: String?
  }

  private(set) var peers: [Peer] = []
  private var contenders: [String: [Contender]] = [:]
  private let python: PythonPeer?

  /// Reads `peers.tsv` in `directory` and opens the libraries it names.
  init(directory: String, python script: String) {
    let list = (try? String(contentsOfFile: directory + "/peers.tsv", encoding: .utf8)) ?? ""
    var hasPython = false
    for line in list.split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      var peer = Peer(name: parts[0], version: parts[1], absent: parts[2].isEmpty ? nil : parts[2])
      if peer.absent == nil, peer.name == "python" {
        hasPython = true
      } else if peer.absent == nil {
        var reason: UnsafePointer<CChar>?
        if let found = bench_open_peer("\(directory)/libraries/\(peer.name).so", &reason) {
          for (group, contender) in Self.contenders(of: found) { contenders[group, default: []].append(contender) }
        } else {
          peer.absent = reason.map { String(cString: $0) } ?? "no list of contenders"
        }
      }
      peers.append(peer)
    }
    python = hasPython ? PythonPeer(python: directory + "/venv/bin/python", script: script, scratch: directory) : nil
    if hasPython, python == nil, let index = peers.firstIndex(where: { $0.name == "python" }) { peers[index].absent = "does not start" }
  }

  /// The contenders of one group.
  subscript(group: String) -> [Contender] { contenders[group] ?? [] }

  /// A peer in Python at one input, or nothing.
  func python(_ name: String, task: String, on octets: [UInt8]) -> [Contender] {
    guard let job = python?.job(task, on: octets) else { return [] }
    return [Contender(name: name, isOurs: false, work: .python(job), transcribe: nil)]
  }

  private static func contenders(of list: UnsafePointer<bench_contender>) -> [(String, Contender)] {
    var found: [(String, Contender)] = []
    var entry = list
    while let name = entry.pointee.name, let group = entry.pointee.group, let run = entry.pointee.run {
      let contender = Contender(name: String(cString: name), isOurs: false, work: .kernel(run), transcribe: entry.pointee.transcribe)
      found.append((String(cString: group), contender))
      entry += 1
    }
    return found
  }
}
