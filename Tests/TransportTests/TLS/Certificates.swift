import Foundation
import Testing

/// The files of Scripts/test-certificates, made once for the whole run.
enum Certificates {
  /// The folder that holds them, in a temporary place; it is removed at the end of the process.
  static let folder: String = {
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

  private static let temporaryFolder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "wirecheck-certificates-\(ProcessInfo.processInfo.processIdentifier)"
  ).path

  static func path(_ file: String) -> String { "\(folder)/\(file)" }
}
