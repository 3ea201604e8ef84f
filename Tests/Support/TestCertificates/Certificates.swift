import Foundation
import Transport

/// The files of Scripts/test-certificates, made once for the whole run.
public enum Certificates {
  /// The folder that holds them, in a temporary place; it is removed at the end of the process that made it.
  public static let folder: String = {
    if let folder = inherited.withLock({ $0 }) { return folder }
    let scripts = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("../../../Scripts")
    let process = Process()
    process.executableURL = scripts.appendingPathComponent("test-certificates").standardizedFileURL
    process.arguments = [temporaryFolder]
    removeLeftovers()
    do {
      try process.run()
    } catch {
      fatalError("Scripts/test-certificates cannot be run: \(error)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { fatalError("Scripts/test-certificates ended with \(process.terminationStatus)") }
    atexit { try? FileManager.default.removeItem(atPath: temporaryFolder) }
    return temporaryFolder
  }()

  /// Has an exit test use the folder of the process that started it.
  public static func inherit(_ folder: String) { inherited.withLock { $0 = folder } }

  /// The path of one of the files.
  public static func path(_ file: String) -> String { "\(folder)/\(file)" }

  /// Removes the folders of processes that were killed, which could not do so themselves.
  private static func removeLeftovers() {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: files.temporaryDirectory.path)) ?? [] where name.hasPrefix(folderPrefix) {
      guard let process = Int32(name.dropFirst(folderPrefix.count)), kill(process, 0) != 0, errno == ESRCH else { continue }
      try? files.removeItem(at: files.temporaryDirectory.appendingPathComponent(name))
    }
  }

  private static let folderPrefix = "wirecheck-certificates-"
  private static let inherited = Lock<String?>(nil)
  private static let temporaryFolder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "\(folderPrefix)\(ProcessInfo.processInfo.processIdentifier)"
  ).path
}
