import Foundation

/// A run of the system's Lua interpreter, which loads the module's file: an environment without a toolchain, as users have it.
struct StockLua: Sendable {
  let output: String
  let errors: String
  let code: Int32

  /// Runs a script that may `require "net"`; default disposition of signals, at most a minute.
  init(_ script: String) throws {
    self = try Self.run([
      "/usr/bin/env", "-i", "--default-signal", "LUA_CPATH=\(try Self.module().path)", "timeout", "60", "lua5.4", "-e", " \(script)",
    ])
  }

  private init(output: String, errors: String, code: Int32) {
    (self.output, self.errors, self.code) = (output, errors, code)
  }

  /// Runs a program of the system.
  static func run(_ words: [String]) throws -> StockLua {
    let process = Process()
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    // Files, not pipes: a full pipe would stop the program.
    let folder = FileManager.default.temporaryDirectory.appending(path: "luanet-test-\(UUID().uuidString)")
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
    return StockLua(
      output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self), code: process.terminationStatus)
  }

  /// The module's file, which is built with the tests and stands beside them; `LUANET_MODULE` names another one.
  static func module() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["LUANET_MODULE"] { return URL(filePath: path) }
    let candidates =
      [Bundle.main.executableURL, Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0])].compactMap { $0 }
      + Bundle.allBundles.map(\.bundleURL)
    for candidate in candidates {
      var folder = candidate
      for _ in 0..<4 {
        folder = folder.deletingLastPathComponent()
        let file = folder.appending(path: "libluanet.so")
        if FileManager.default.fileExists(atPath: file.path) { return file }
      }
    }
    throw CocoaError(.fileNoSuchFile)
  }

}
