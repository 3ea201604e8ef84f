public import Foundation

/// A run of a program to its end.
public struct ProgramRun: Sendable {
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
  /// The exit status; the signal that ended it, where one did.
  public let code: Int32

  /// Runs a program without input, in the environment of the tests with changes.
  public init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: a full pipe would stop the program.
    let folder = FileManager.default.temporaryDirectory.appending(path: "wirecheck-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try ["out", "err"].map { name in
      let file = folder.appending(path: name)
      try Data().write(to: file)
      return file
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    output = String(decoding: try Data(contentsOf: files[0]), as: UTF8.self)
    errors = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
    code = process.terminationStatus
  }
}

/// A file of the build, which stands beside the test bundle.
public func builtFile(_ name: String) throws -> URL {
  let candidates =
    [Bundle.main.executableURL, Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0])].compactMap { $0 }
    + Bundle.allBundles.map(\.bundleURL)
  for candidate in candidates {
    var folder = candidate
    for _ in 0..<4 {
      folder = folder.deletingLastPathComponent()
      let file = folder.appending(path: name)
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
  }
  throw CocoaError(.fileNoSuchFile)
}
