import ConformancePeers
import Foundation
import ProgramTesting
import Testing
import Transport

/// The built program, run as a user would.
struct Wirecheck: Sendable {
  private let run: ProgramRun

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    run = try ProgramRun(Self.program(), arguments, environment: environment)
  }

  var output: String { run.output }
  var errors: String { run.errors }
  var code: Int32 { run.code }

  static func program() throws -> URL { try builtFile("wirecheck") }
}

@Suite("Command line", .serialized, .timeLimit(.minutes(10)))
struct CommandTests {
  @Test(
    "wrong usage is refused with 2 before anything is sent, and says what to do",
    arguments: [
      (["test", "nonsense"], "URL"), (["test", "ws://localhost:99999/"], "URL"), (["test", "https://localhost/"], "wss://HOST/PATH"),
      (["test", "http://localhost/"], "not in this version"), (["test", "ws://localhost/#part"], "fragment"),
      (["test", "ws://localhost:1/", "ws/nope"], "there is no case 'ws/nope'"),
      (["test", "ws://localhost:1/", "ws/ping"], "ws/ping/empty"), (["test", "ws://localhost:1/", "--jobs", "17"], "1 to 16"),
      (["test", "ws://localhost:1/", "--jobs", "x"], "jobs"), (["test", "ws://localhost:1/", "--timeout", "0"], "--timeout"),
      (["test", "ws://localhost:1/", "--report", "pdf", "--out", "/tmp"], "--report pdf"),
      (["test", "ws://localhost:1/", "--out", "/proc/nowhere"], "cannot write"), (["test"], "Missing"), (["frobnicate"], "frobnicate"),
      (["test", "ws://localhost:1/", "--fail-on", "always"], "must, should"), (["serve", "echo", "--listen", "9001"], "ADDRESS:PORT"),
      (["serve", "echo", "--listen", "name.example:9001"], "ADDRESS:PORT"),
      (["serve", "echo", "--fault", "none"], "fault"), (["cases", "show", "nope"], "there is no case"),
      (["test", "127.0.0.1:9001"], "as in ws://"), (["test", "ws://localhost:99999/"], "from 1 to 65535"),
      (["test", "ws://localhost:1/", "--out", ""], "name a directory"), (["test", "ws://localhost:1/", "--report", "json"], "--out"),
      (["test", "ws://localhost:1/", "--report", "", "--out", "/tmp"], "html,json"),
      (["test", "ws://localhost:1/", "--out", "/dev/null/x"], "Not a directory"), (["cases", "show", "ws/ping/*"], "give one id"),
    ])
  func usage(arguments: [String], words: String) throws {
    let run = try Wirecheck(arguments)
    #expect(run.code == 2, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("a glob that selects nothing ends with 5")
  func nothingSelected() throws {
    let run = try Wirecheck(["test", "ws://localhost:1/", "ws/none/*"])
    #expect(run.code == 5)
    #expect(run.errors.contains("'ws/none/*' selects no case"))
  }

  @Test("a port where nothing listens ends with 3, and the report is complete")
  func unreachable() throws {
    let loop = try Loop()
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.abort() }
    listener.close()
    let run = try Wirecheck(["test", "ws://\(listener.localAddress)/", "1.*", "--format", "json"])
    #expect(run.code == 3)
    #expect(run.errors.contains("Is the server running"), "\(run.errors)")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let cases = try #require(report["cases"] as? [[String: Any]])
    #expect(cases.count == 16 && cases.allSatisfy { $0["verdict"] as? String == "not-run" })
  }

  @Test("self-check passes, prints its summary and writes both reports")
  func selfCheck() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wirecheck-reports-\(UUID().uuidString)/deep")
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let run = try Wirecheck(["self-check", "--not", "9.*", "--out", folder.path])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("247 judged: 244 pass, 3 informational"))
    for name in ["report.html", "report.json"] {
      #expect(run.output.contains(folder.appending(path: name).path))
      #expect(try Data(contentsOf: folder.appending(path: name)).count > 100_000)
    }
  }

  @Test("what was found is said even if a report cannot be written")
  func unwritableReport() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wirecheck-reports-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "report.html"), withIntermediateDirectories: true)
    let run = try Wirecheck(["self-check", "2.1", "--out", folder.path])
    #expect(run.code == 2)
    #expect(run.output.contains("1 judged: 1 pass"))
    #expect(run.errors.contains("Is a directory"), "\(run.errors)")
  }

  @Test(
    "a locale without UTF-8 gets ASCII only, in results, lists and errors",
    arguments: [["self-check", "7.1.6"], ["cases", "list", "10.*"], ["cases", "show", "2.1"], ["test", "nonsense"]])
  func ascii(arguments: [String]) throws {
    let run = try Wirecheck(arguments, environment: ["LC_ALL": "C"])
    #expect((run.output + run.errors).utf8.allSatisfy { $0 < 0x80 }, "\(run.output)\(run.errors)")
  }

  @Test("JSON owns standard output and holds what is promised")
  func json() throws {
    let run = try Wirecheck(["self-check", "1.1.1", "3.1", "--format", "json", "--agent", "the agent", "--seed", "7"])
    #expect(run.code == 0)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(Set(report.keys).isSuperset(of: ["schema", "tool", "target", "summary", "durationMs", "cases", "seed"]))
    #expect((report["target"] as? [String: Any])?["agent"] as? String == "the agent")
    #expect((report["summary"] as? [String: Any])?["total"] as? Int == 2)
    #expect((report["summary"] as? [String: Any])?["pass"] as? Int == 2)
    let first = try #require((report["cases"] as? [[String: Any]])?.first)
    #expect(
      Set(first.keys).isSuperset(of: ["id", "aliases", "section", "level", "verdict", "close", "why", "durationMs"]))
    #expect((first["close"] as? [String: Any])?["verdict"] as? String == "ok")
  }

  @Test("R07: the query of a URL stands in no report and no log")
  func redaction() throws {
    let server = try ServedEcho(arguments: [])
    defer { server.stop() }
    let run = try Wirecheck(["test", "\(server.url)chat?token=hunter2", "1.1.1", "--format", "json"])
    #expect(run.code == 0, "\(run.errors)")
    #expect(!run.output.contains("hunter2") && !run.output.contains(Data("hunter2".utf8).base64EncodedString().prefix(8)))
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(report["redactions"] as? [String] == ["the query of the URL"])
  }

  @Test("serve echo --fault makes a test fail with 1")
  func fault() throws {
    let server = try ServedEcho(arguments: ["--fault", "no-utf8-check"])
    defer { server.stop() }
    let run = try Wirecheck(["test", server.url, "6.3.1", "1.1.1", "--timeout", "0.3"])
    #expect(run.code == 1)
    #expect(run.output.contains("FAIL ws/utf8/split/surrogate-in-one-frame (Autobahn 6.3.1)"), "\(run.output)")
    #expect(run.output.contains("2 judged: 1 pass, 1 fail"))
    #expect(try Wirecheck(["test", server.url, "6.3.1", "--timeout", "0.3", "--fail-on", "never"]).code == 0)
  }

  @Test("a server that is killed in mid-run ends the run with 3, and the report says what was not run")
  func killed() throws {
    let server = try ServedEcho(arguments: [])
    // One at a time: after the first tenth there are dozens of cases left, one of them with a pause.
    let run = try RunningWirecheck(["test", server.url, "5.*", "7.*", "--jobs", "1"])
    run.waitForError(containing: "10 %")
    server.stop()
    let report = try run.finish()
    #expect(run.code == 3)
    let verdicts = try #require(report["cases"] as? [[String: Any]]).compactMap { $0["verdict"] as? String }
    #expect(verdicts.count == 57)
    #expect(verdicts.contains("pass") && verdicts.contains("not-run") && !verdicts.contains("fail"))
  }

  @Test("an interrupted run ends with 130 or 143 and its report", arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func interrupted(signal: Int32, code: Int32) throws {
    // The server answers no Ping, so that the run is in its long wait once it has begun.
    let server = try ServedEcho(arguments: ["--fault", "no-pong"])
    defer { server.stop() }
    let run = try RunningWirecheck(["test", server.url, "--timeout", "60", "2.1", "2.2"])
    run.waitForError(containing: "running 2 cases")
    run.send(signal)
    let report = try run.finish()
    #expect(run.code == code)
    #expect((report["exit"] as? [String: Any])?["code"] as? Int == Int(code))
  }

  @Test("cases are listed and shown, for people and for programs")
  func cases() throws {
    #expect(try Wirecheck(["cases", "list"]).output.split(separator: "\n").count == 301)
    let shown = try Wirecheck(["cases", "show", "5.6"])
    #expect(shown.output.contains("ws/fragmentation/ping-between") && shown.output.contains("RFC 6455 §5.4"))
    for arguments in [["cases", "list", "1.*"], ["cases", "show", "5.6"]] {
      let run = try Wirecheck(arguments + ["--format", "json"])
      let list = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
      #expect(list.count == (arguments.count == 3 && arguments[1] == "list" ? 16 : 1))
      #expect(list.allSatisfy { $0["id"] is String && $0["section"] is String })
    }
  }
}

/// The program while it runs, writing a JSON report to a file.
final class RunningWirecheck {
  private let process = Process()
  private let errors = Pipe()
  private let folder = FileManager.default.temporaryDirectory.appending(path: "wirecheck-run-\(UUID().uuidString)")
  private var seen = ""

  init(_ arguments: [String]) throws {
    process.executableURL = try Wirecheck.program()
    process.arguments = arguments + ["--out", folder.path, "--report", "json"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
  }

  var code: Int32 { process.terminationStatus }

  /// Reads standard error until it holds `words` or ends.
  func waitForError(containing words: String) {
    while !seen.contains(words) {
      let part = errors.fileHandleForReading.availableData
      if part.isEmpty { return }
      seen += String(decoding: part, as: UTF8.self)
    }
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end and returns the report.
  func finish() throws -> [String: Any] {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let report = try Data(contentsOf: folder.appending(path: "report.json"))
    return try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
  }
}

/// `wirecheck serve echo` as a process.
final class ServedEcho: @unchecked Sendable {
  private let process = Process()
  let url: String

  init(arguments: [String]) throws {
    process.executableURL = try Wirecheck.program()
    process.arguments = ["serve", "echo", "--listen", "127.0.0.1:0"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    // The server prints one line as soon as it listens.
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    url = String(try #require(line.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
