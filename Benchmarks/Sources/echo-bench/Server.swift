import Foundation

/// A server that can be measured, as `servers.tsv` names it.
struct Contender: Codable {
  let name: String
  let isOurs: Bool
  let isTLS: Bool
  let command: [String]
  let absent: String?

  /// Reads lines of name, "ours" or "peer", "plain" or "tls", command, and the reason if it is absent.
  static func all(in directory: String) -> [Contender] {
    let text = (try? String(contentsOfFile: directory + "/servers.tsv", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 5 else { return nil }
      return Contender(
        name: fields[0], isOurs: fields[1] == "ours", isTLS: fields[2] == "tls", command: fields[3].split(separator: " ").map(String.init),
        absent: fields[4].isEmpty ? nil : fields[4])
    }
  }
}

/// A running server, which ends with this process, whatever ends that.
final class Server {
  let contender: Contender
  let port: String
  private let process: Process

  var identity: String { String(process.processIdentifier) }

  /// Starts a server and waits for the port that it prints; throws why that failed.
  init(_ contender: Contender) throws(Failure) {
    if let absent = contender.absent { throw Failure(absent) }
    let output = Pipe()
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    process.arguments = ["--pdeathsig", "KILL"] + contender.command
    process.standardOutput = output
    do { try process.run() } catch { throw Failure("cannot be started") }
    let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let number = UInt16(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      process.terminate()
      throw Failure("does not listen")
    }
    self.contender = contender
    port = String(number)
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// Runs the load generator against the server and returns the line it prints; throws what it says instead.
  func load(_ generator: String, _ arguments: [String]) throws(Failure) -> String {
    let load = Process()
    let output = Pipe()
    let complaint = Pipe()
    load.executableURL = URL(fileURLWithPath: generator)
    load.arguments = ["--port", port, "--pid", identity] + (contender.isTLS ? ["--tls"] : []) + arguments
    load.standardOutput = output
    load.standardError = complaint
    do { try load.run() } catch { throw Failure("the load generator cannot be started") }
    let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let reason = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    load.waitUntilExit()
    guard load.terminationStatus == 0 else { throw Failure(reason.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return line.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Why something could not be measured.
struct Failure: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
