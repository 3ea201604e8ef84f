import CLuaTesting
import Foundation
import LuaTesting
import Testing
import Transport

@Suite("Listening", .timeLimit(.minutes(10)))
struct ListeningTests {
  @Test("LN-89: a server is reached by 127.0.0.1 and by no other local address", arguments: LuaState.Driver.allCases)
  func loopback(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    let port = try lua.serve()
    for host in ["127.0.0.2", "::1"] + localAddresses() where host != "127.0.0.1" {
      let address = try #require(SocketAddress(literal: host, port: port), "\(host)")
      let client = clients.wire(address, [])
      try lua.pump { client.seen.reason != nil }
      #expect(!client.seen.isConnected, "\(host): \(client.seen)")
    }
    let client = clients.wire(port, [])
    try lua.pump { client.seen.isConnected }
    // The system's lists of sockets: 0A is one that listens, the address stands in the order of the machine's octets.
    let place = ":" + String(port, radix: 16, uppercase: true).leftPadded(to: 4)
    let listening = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path in
      ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").compactMap { line -> Substring? in
        let words = line.split(separator: " ")
        return words.count > 3 && words[3] == "0A" && words[1].hasSuffix(place) ? words[1] : nil
      }
    }
    #expect(listening == ["0100007F\(place)"])
  }

  @Test("LN-89: no option widens where a server listens", arguments: ["host", "address", "bind", "interface"])
  func noOption(name: String) throws {
    let lua = try LuaState(.inline)
    let failure = try #require(lua.failure("net.ws_server:listen(0, { \(name) = '0.0.0.0' })"))
    #expect(failure.contains("net.ws_server:listen: callbacks has the unknown key '\(name)'"))
  }

  @Test(
    "LN-90: a busy port gives nil and a reason", arguments: LuaState.Driver.allCases,
    ["this script", "another script", "another state", "a program on 127.0.0.1", "a program on 0.0.0.0"])
  func busy(driver: LuaState.Driver, holder: String) throws {
    let lua = try LuaState(driver)
    let other = try LuaState(driver)
    let program = Program()
    defer { program.stop() }
    let port =
      switch holder {
      case "this script": try lua.value("net.ws_server:listen(0, {}).port")
      case "another script": try lua.value("host_net.ws_server:listen(0, {}).port")
      case "another state": try other.value("net.ws_server:listen(0, {}).port")
      case "a program on 127.0.0.1": try program.listen(on: "127.0.0.1")
      default: try program.listen(on: "0.0.0.0")
      }
    let pending = try lua.value("net.pending()")
    #expect(try lua.value("select('#', net.ws_server:listen(\(port), {}))") == "2")
    #expect(try lua.value("(net.ws_server:listen(\(port), {}))") == "nil")
    let reason = try lua.value("select(2, net.ws_server:listen(\(port), {}))")
    #expect(reason.contains("127.0.0.1:\(port): address already in use"), "\(reason)")
    #expect(try lua.value("net.pending()") == pending)
  }

  @Test("LN-90: what listen returns is a userdata", arguments: LuaState.Driver.allCases)
  func userdata(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    #expect(try lua.value("type(net.ws_server:listen(0, {}))") == "userdata")
  }

  @Test(
    "LN-91: a port that is no integer raises", arguments: ["'8080'", "1.5", "0/0", "1/0", "-1/0", "nil", "{}", "true"])
  func noInteger(value: String) throws {
    let lua = try LuaState(.inline)
    let failure = try #require(lua.failure("net.ws_server:listen(\(value), {})"))
    #expect(failure.contains("net.ws_server:listen: port must be an integer, not "), "\(failure)")
    #expect(try lua.value("net.pending()") == "0")
  }

  @Test(
    "LN-91: a port outside 0 to 65535 gives nil and a reason",
    arguments: LuaState.Driver.allCases, ["-1", "65536", "70000.0", "2^53", "math.maxinteger", "math.mininteger"])
  func outside(driver: LuaState.Driver, value: String) throws {
    let lua = try LuaState(driver)
    #expect(try lua.value("(net.ws_server:listen(\(value), {}))") == "nil")
    #expect(try lua.value("select(2, net.ws_server:listen(\(value), {}))") == "the port must be from 0 to 65535")
  }

  @Test("LN-91: a privileged port gives nil and a reason", arguments: LuaState.Driver.allCases)
  func privileged(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    try #require(lt_set_privileged(false))
    defer { lt_set_privileged(true) }
    #expect(try lua.value("(net.ws_server:listen(80, {}))") == "nil")
    #expect(try lua.value("select(2, net.ws_server:listen(80, {}))").contains("127.0.0.1:80: permission denied"))
  }

  @Test("LN-91: port 0 is any free port, which srv.port tells", arguments: LuaState.Driver.allCases)
  func anyPort(driver: LuaState.Driver) throws {
    let lua = try LuaState(driver)
    let clients = try Clients()
    try lua.run("a, b = net.ws_server:listen(0, {}), net.ws_server:listen(0, {})")
    #expect(try lua.holds("math.type(a.port) == 'integer' and a.port > 0 and b.port > 0 and a.port ~= b.port"))
    let client = clients.web(try #require(UInt16(try lua.value("a.port"))))
    try lua.pump { client.isOpen }
  }

  // In a process of its own: one that another test starts has, between its fork and its exec, our listener, too.
  @Test("LN-92: a port can be listened on again at once, 1,000 times with a client each", arguments: LuaState.Driver.allCases)
  func again(driver: LuaState.Driver) async {
    await #expect(processExitsWith: .success) { [driver] in
      let lua = try LuaState(driver)
      let clients = try Clients()
      let port = try lua.serveOnOwnPort()
      for round in 1...1000 {
        let client = clients.web(port)
        try lua.pump { try client.isOpen && lua.holds("srv:client_count() == 1") }
        try lua.run("srv:close(); local why; srv, why = net.ws_server:listen(\(port), recorder {}); assert(srv, why)")
        try #require(lua.errors.isEmpty, "round \(round)")
      }
      try lua.run("srv:close()")
      try lua.pump(until: "net.pending() == 0")
      #expect(try lua.history.count { $0.hasPrefix("close ") && $0.hasSuffix(" 1001 ") } == 1000)
    }
  }

  /// The addresses of this machine's interfaces.
  private func localAddresses() -> [String] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&list) == 0 else { return [] }
    defer { unsafe freeifaddrs(list) }
    var addresses: [String] = []
    var entry = unsafe list
    while let current = unsafe entry {
      unsafe entry = current.pointee.ifa_next
      var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      guard let address = unsafe current.pointee.ifa_addr, [AF_INET, AF_INET6].contains(Int32(unsafe address.pointee.sa_family)) else {
        continue
      }
      let length = unsafe address.pointee.sa_family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      guard unsafe getnameinfo(address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else { continue }
      let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // The number of a link-local address's interface is a name here.
      if !text.contains("%") { addresses.append(text) }
    }
    return addresses
  }
}

extension String {
  fileprivate func leftPadded(to count: Int) -> String { String(repeating: "0", count: Swift.max(0, count - self.count)) + self }
}

/// A program that holds a port.
private final class Program {
  private let process = Process()
  private let input = Pipe()

  /// Returns the port.
  func listen(on address: String) throws -> String {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/perl")
    process.arguments = [
      "-MIO::Socket::INET", "-e",
      """
      $| = 1;
      my $s = IO::Socket::INET->new(LocalAddr => '\(address)', LocalPort => 0, Listen => 5, ReuseAddr => 1) or die;
      print $s->sockport;
      close STDOUT;
      <STDIN>;
      """,
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  func stop() {
    guard process.isRunning else { return }
    input.fileHandleForWriting.closeFile()
    process.waitUntilExit()
  }
}
