import Foundation
import TestCertificates
import Testing
import Transport

/// A program of somebody else at the other end of a connection.
final class PeerProgram {
  static let nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  /// Starts a program that is found on PATH.
  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit { kill() }

  var isRunning: Bool { process.isRunning }

  func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }
  func endInput() throws { try input.fileHandleForWriting.close() }

  /// What it has printed, once it has ended.
  func printed() -> String { String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }

  /// `openssl s_server`, which sends back every line with its letters reversed, and where it listens.
  static func opensslServer(_ certificate: String, _ options: [String]) throws -> (PeerProgram, SocketAddress) {
    let identity = ["-cert", Certificates.path("\(certificate).pem"), "-key", Certificates.path("key.key")]
    let program = try PeerProgram(["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev"] + identity + options)
    var text = ""
    while true {
      let piece = program.output.fileHandleForReading.availableData
      text += String(decoding: piece, as: UTF8.self)
      if let port = text.firstMatch(of: /ACCEPT 127\.0\.0\.1:([0-9]+)\n/)?.1 {
        return (program, .loopbackIPv4(port: try #require(UInt16(port))))
      }
      try #require(!piece.isEmpty, "s_server says: \(text)")
    }
  }

  /// nginx with one server for each of `servers`, which are directives, and their addresses.
  static func nginxServer(on loop: Loop, _ servers: [String]) throws -> (PeerProgram, [SocketAddress]) {
    let folder = Certificates.path("nginx")
    try FileManager.default.createDirectory(atPath: "\(folder)/html", withIntermediateDirectories: true)
    try "hello from nginx\n".write(toFile: "\(folder)/html/index.html", atomically: true, encoding: .utf8)
    // Ports that were free a moment ago.
    let listeners = try servers.map { _ in try TCPListener(.loopbackIPv4(port: 0), on: loop) { _ in } }
    for listener in listeners { listener.close() }
    let addresses = listeners.map(\.localAddress)
    let key = "ssl_certificate_key \(Certificates.path("key.key")); root \(folder)/html;"
    let blocks = zip(addresses, servers).map { "server { listen \($0)\($1.contains("ssl_certificate") ? " ssl" : ""); \(key) \($1) }" }
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }
    try """
    daemon off; master_process off; pid \(folder)/pid; error_log stderr crit; events {}
    http { access_log off; \(paths.joined(separator: " "))
    \(blocks.joined(separator: "\n"))
    }
    """.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
    let program = try PeerProgram([try #require(nginx), "-p", folder, "-e", "stderr", "-c", "\(folder)/nginx.conf"])
    try loop.expect("nginx listens") {
      let recorder = Recorder()
      recorder.on = { callback, stream in
        if callback == .connected { stream.close() }
      }
      _ = TCPStream.connect(to: addresses[0], on: loop, delegate: recorder)
      _ = try? loop.run(within: .seconds(1)) { recorder.reason != nil }
      loop.waker.wake()
      return recorder.count(.connected) == 1
    }
    return (program, addresses)
  }
}
