import Foundation
import TestCertificates
import ProgramTesting
import Testing
import Transport

@Suite("The module's file", .timeLimit(.minutes(10)))
struct ModuleFileTests {
  /// What a program of the toolchain's says about the module.
  private func read(_ words: String...) throws -> [Substring] {
    let run = try StockLua.run(["/usr/bin/env", "LC_ALL=C"] + words + [StockLua.module().path])
    try #require(run.code == 0, "\(run.errors)")
    return run.output.split(separator: "\n")
  }

  @Test("LN-118: stock lua5.4 loads it in an empty environment")
  func loads() throws {
    let run = try StockLua.run(script: #"local net = require "net"; print(type(net), net == require "net", net.poll(), net.pending())"#)
    #expect(run.output == "table\ttrue\t0\t0\n", "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-118: it echoes over wss with an authority from a file, and trusts no other")
  func secure() throws {
    let identity = TLSIdentity(certificateFile: Certificates.path("valid.pem"), keyFile: Certificates.path("key.key"))
    let peer = try Peer(tls: TLSServerContext(TLSServerConfiguration(identity: identity)))
    let run = try StockLua.run(
      script:
        """
        local net = require "net"
        local url = "wss://localhost:\(peer.port)/"
        net.ws:connect(url, {
          ca_file = "\(Certificates.path("ca.pem"))",
          on_open = function(id) net.ws:send(id, "over TLS") end,
          on_message = function(id, message) print(message) net.ws:close(id) end,
          on_error = function(id, why) print(why) end,
        })
        net.run()
        net.ws:connect(url, {on_open = function() print "open" end, on_error = function(id, why) print(why:match "^tls:") end})
        net.run()
        """)
    #expect(run.output == "over TLS\ntls:\n", "\(run.errors)")
    #expect(run.code == 0)
  }

  @Test("LN-118: it links libraries that every system has, and none of Swift's")
  func libraries() throws {
    let lines = try read("readelf", "-d")
    let needed = lines.filter { $0.contains("(NEEDED)") }.compactMap { $0.split(whereSeparator: { "[]".contains($0) }).last }
    let expected: Set = ["libc", "libm", "libgcc_s", "libstdc++", "libssl", "libcrypto", "ld-linux-x86-64", "ld-linux-aarch64"]
    #expect(needed.count > 5)
    for library in needed { #expect(expected.contains(String(library.prefix { $0 != "." })), "\(library)") }
    // Where else it looks for them: nowhere but beside itself.
    for path in lines where path.contains("PATH)") { #expect(path.hasSuffix("[$ORIGIN]"), "\(path)") }
    #expect(lines.contains { $0.contains("NODELETE") })
  }

  @Test("LN-118: alone in a folder, it maps no file but itself, the interpreter's and the system's")
  func maps() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "luanet-module-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: StockLua.module(), to: folder.appending(path: "net.so"))
    let script = #"require "net"; for line in io.lines "/proc/self/maps" do print(line:match "(/%S+)$" or "") end"#
    let run = try StockLua.run(["/usr/bin/env", "-i", "LUA_CPATH=\(folder.path)/?.so", "lua5.4", "-e", script])
    let files = Set(run.output.split(separator: "\n"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(files.contains { $0.hasSuffix("/net.so") })
    for file in files {
      #expect(file.hasPrefix(folder.path) || file.hasPrefix("/usr/") || file.hasPrefix("/lib"), "\(file)")
      #expect(!file.contains("swift") && !file.contains("libz"), "\(file)")
    }
  }

  @Test("LN-120: it exports the functions of luanet.h and nothing else")
  func exports() throws {
    let header = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../../../Sources/CLuaBridge/include/luanet.h").standardizedFileURL
    let declared = try String(contentsOf: header, encoding: .utf8).matches(of: #/(?m)^[a-z][A-Za-z0-9_ ]* \*?(lua[a-z_]+)\(/#).map(\.1)
    let exported = try read("nm", "-D", "--defined-only", "--extern-only").compactMap { $0.split(separator: " ").last }
    #expect(declared.count > 7)
    #expect(Set(exported) == Set(declared))
  }
}
