import Foundation
import Testing
import Transport

/// The files of Scripts/test-certificates, made once for the whole run.
enum Certificates {
  /// The folder that holds them, in a temporary place; it is removed at the end of the process that made it.
  static let folder: String = {
    if let folder = inherited.withLock({ $0 }) { return folder }
    do {
      let scripts = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("../../../Scripts")
      let process = Process()
      process.executableURL = scripts.appendingPathComponent("test-certificates").standardizedFileURL
      process.arguments = [temporaryFolder]
      try process.run()
      process.waitUntilExit()
      if process.terminationStatus != 0 { Issue.record("test-certificates ended with \(process.terminationStatus)") }
    } catch {
      Issue.record("test-certificates: \(error)")
    }
    atexit { try? FileManager.default.removeItem(atPath: temporaryFolder) }
    return temporaryFolder
  }()

  /// Has an exit test use the folder of the process that started it.
  static func inherit(_ folder: String) { inherited.withLock { $0 = folder } }

  private static let inherited = Lock<String?>(nil)
  private static let temporaryFolder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "wirecheck-certificates-\(ProcessInfo.processInfo.processIdentifier)"
  ).path

  static func path(_ file: String) -> String { "\(folder)/\(file)" }
}
