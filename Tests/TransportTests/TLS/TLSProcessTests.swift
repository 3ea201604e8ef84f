import CSockets
import Foundation
import TestCertificates
import Testing
import Transport

/// Tests that need a process of their own: they measure memory and descriptors, or look at signals.
///
/// Without a time limit, as the other ones.
@Suite("TLS process")
struct TLSProcessTests {
  enum Kind: String, CaseIterable, Codable, Sendable {
    case answered, rejected, clientRefused, notTLS, resetInHandshake, cutInHandshake, truncated, aborted, wrongFiles
  }

  @Test("memory and descriptors return to the baseline after 100 connections of each kind", arguments: Kind.allCases)
  func baseline(kind: Kind) async {
    await #expect(processExitsWith: .success) { [kind = kind as Kind, folder = Certificates.folder as String] in
      Certificates.inherit(folder)
      let loop = try Loop()
      for _ in 0..<100 { try TLSProcessTests.connect(kind, on: loop) }
      let sockets = try ProcessTests.openSockets()
      // The first measurement of all allocates for itself.
      _ = try TLSProcessTests.allocatedBytes()
      let before = try TLSProcessTests.allocatedBytes()
      #expect(before > 100_000)
      for _ in 0..<100 { try TLSProcessTests.connect(kind, on: loop) }
      let grown = try TLSProcessTests.allocatedBytes() - before
      // What was not freed would be more: a session alone has several thousand octets. Less may lie in the allocator's caches.
      #expect(grown < 100 * 1000, "\(grown) octets more")
      #expect(try ProcessTests.openSockets() == sockets)
    }
  }

  static func connect(_ kind: Kind, on loop: Loop) throws {
    var client = TLSClientConfiguration(trust: .testAuthority)
    var server = TLSServerConfiguration(identity: .test("valid"))
    switch kind {
    case .rejected: server.identity = .test("hostile-name")
    case .clientRefused:
      client.identity = .test("foreign-client")
      server.clientTrust = .testAuthority
    case .wrongFiles:
      server.identity.keyFile = Certificates.path("ca.key")
      if (try? TLSServerContext(server)) != nil { Issue.record("the key is not that of the certificate") }
      return
    case .answered, .notTLS, .resetInHandshake, .cutInHandshake, .truncated, .aborted: break
    }
    let link = try TLSLink(on: loop, client: client, server: server)
    defer { link.close() }
    switch kind {
    case .answered:
      let server = try link.connected()
      server.write(pattern(100_000))
      server.shutdownWrite()
      link.clientRecorder.on = { callback, stream in
        if callback == .endOfFile { stream.closeGracefully(within: .seconds(2)) }
      }
    case .rejected, .clientRefused, .wrongFiles: break
    case .notTLS: link.clientLower.write(Array("GET / HTTP/1.1\r\n".utf8))
    case .resetInHandshake, .cutInHandshake:
      try loop.expect("a server") { link.server != nil }
      if kind == .cutInHandshake { link.serverLower?.shutdownWrite() } else { link.serverLower?.abort() }
    case .truncated:
      try link.connected()
      link.serverLower?.shutdownWrite()
    case .aborted: try link.connected().abort()
    }
    try link.closed()
  }

  @Test("writing to a peer that is gone raises no signal, and the disposition of SIGPIPE stays", arguments: Version.allCases)
  func brokenPipe(version: Version) async {
    await #expect(processExitsWith: .success) { [version = version as Version, folder = Certificates.folder as String] in
      Certificates.inherit(folder)
      _ = signal(SIGPIPE, SIG_DFL)
      let loop = try Loop()
      let link = try TLSLink(on: loop, client: TLSClientConfiguration(trust: .testAuthority, versions: version.range))
      let server = try link.connected()
      link.client.pauseReading()
      server.abort()
      for _ in 0..<5 { link.client.writeNow([1]) }
      link.client.write([2])
      link.client.resumeReading()
      try link.closed()
      link.clientRecorder.expectReset()
      let disposition = signal(SIGPIPE, SIG_DFL)
      #expect(unsafe unsafeBitCast(disposition, to: Int.self) == 0)
    }
  }

  /// The octets in use on all heaps of the C library, which OpenSSL and Swift share.
  static func allocatedBytes() throws -> Int {
    typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
    var text: UnsafeMutablePointer<CChar>?
    var count = 0
    guard let symbol = unsafe dlsym(nil, "malloc_info"), let file = unsafe open_memstream(&text, &count) else { return 0 }
    let result = unsafe unsafeBitCast(symbol, to: Report.self)(0, file)
    _ = unsafe fclose(file)
    guard result == 0, let start = unsafe text else { return 0 }
    // The sums over all heaps are at the end.
    let report = unsafe String(cString: start)
    unsafe free(start)
    func sum(_ element: String) throws -> Int {
      let line = try #require(report.split(separator: "\n").last { $0.hasPrefix(element) })
      let size = try #require(line.firstMatch(of: /size="([0-9]+)"/))
      return try #require(Int(size.1))
    }
    let free = try sum("<total type=\"fast\"") + sum("<total type=\"rest\"")
    return try sum("<system type=\"current\"") - free + sum("<total type=\"mmap\"")
  }
}
