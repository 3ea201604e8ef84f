import Foundation
import ProgramTesting

/// The system's Lua interpreter, which loads the module's file: an environment without a toolchain, as users have it.
enum StockLua {
  /// Runs a script that may `require "net"`; default disposition of signals, at most a minute.
  static func run(script: String) throws -> ProgramRun {
    try run([
      "/usr/bin/env", "-i", "--default-signal", "LUA_CPATH=\(module().path)", "timeout", "60", "lua5.4", "-e", " \(script)",
    ])
  }

  /// Runs a program of the system.
  static func run(_ words: [String]) throws -> ProgramRun { try ProgramRun(URL(filePath: words[0]), Array(words.dropFirst())) }

  /// The module's file, which is built with the tests; `LUANET_MODULE` names another one.
  static func module() throws -> URL {
    try ProcessInfo.processInfo.environment["LUANET_MODULE"].map { URL(filePath: $0) } ?? builtFile("libluanet.so")
  }
}
