import CSockets
import Testing

@testable import Transport

@Suite("Socket address")
struct SocketAddressTests {
  @Test(
    "literals are read and written as in a URI",
    arguments: [
      ("IPv4", "127.0.0.1", "127.0.0.1:80", true), ("IPv4 of a network", "10.1.2.255", "10.1.2.255:80", false),
      ("IPv6 loopback", "::1", "[::1]:80", true), ("brackets", "[::1]", "[::1]:80", true),
      ("IPv6 is shortened", "2001:0DB8:0:0:0:0:0:00Ff", "[2001:db8::ff]:80", false), ("any", "0.0.0.0", "0.0.0.0:80", false),
      ("the whole of 127.0.0.0/8", "127.255.0.9", "127.255.0.9:80", true),
      ("IPv4 in IPv6", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]:80", false),
      ("a link-local address of an interface", "[fe80::1%2]", "[fe80::1%2]:80", false),
      (
        "the longest", "febf:ffff:ffff:ffff:ffff:ffff:ffff:fffe%4294967295", "[febf:ffff:ffff:ffff:ffff:ffff:ffff:fffe%4294967295]:80",
        false
      ),
    ])
  func literal(name: String, literal: String, description: String, isLoopback: Bool) throws {
    let address = try #require(SocketAddress(literal: literal, port: 80))
    #expect(address.description == description)
    #expect(address.isLoopback == isLoopback)
    #expect(address.isIPv6 == literal.contains(":"))
    #expect(SocketAddress.known(host: literal, port: 80) == [address])
  }

  @Test(
    "anything else has to be looked up",
    arguments: [
      "", "example.org", "127.0.0.1:80", "127.1", "127.0.0.01", "0x7f.0.0.1", "2130706433", " 127.0.0.1", "127.0.0.1\0", "::1\0x",
      "[127.0.0.1]",
      "[::1", "::1]", "[]", "fe80::1%eth0", "fe80::1%", "fe80::1%0", "fe80::1%02", "fe80::1%+2",
      "fe80::1%4294967296", "fe80::1%18446744073709551618", "::1%1", "127.0.0.1%1", "fe80::1%2%3", String(repeating: "1", count: 5000),
      "localhost.example", "1.2.3.256", ":::1",
    ])
  func name(host: String) {
    #expect(SocketAddress.known(host: host, port: 1) == nil)
  }

  @Test("a certificate is for an address without its zone")
  func zoneInCertificate() { #expect(TLSPeerName(host: "[fe80::1%2]") == .address("fe80::1")) }

  @Test("localhost stands for both loopback addresses", arguments: ["localhost", "LocalHost", "localhost."])
  func localhost(host: String) throws {
    #expect(SocketAddress.known(host: host, port: 9)?.map(\.description) == ["127.0.0.1:9", "[::1]:9"])
  }
}

@Suite("Transport error")
struct TransportErrorTests {
  @Test(
    "the text says what was tried, where, why, and what to do",
    arguments: [
      (
        TransportError.Operation.bind, CS_EACCES,
        "cannot bind to 127.0.0.1:80: permission denied (EACCES 13). Low ports are reserved: choose one above 1023"
      ),
      (
        .receive, CS_ECONNRESET,
        "cannot receive from 127.0.0.1:80: connection reset by peer (ECONNRESET 104). The peer dropped the connection: its log may say why"
      ), (.send, 22, "cannot send to 127.0.0.1:80: invalid argument (EINVAL 22)"),
    ])
  func text(operation: TransportError.Operation, number: Int32, text: String) {
    #expect(TransportError(operation, .system(errorNumber: number), address: .loopbackIPv4(port: 80)).description == text)
  }

  @Test("an IPv6 address that no address of ours reaches is not taken for a lack of ports")
  func noSourceAddress() {
    let error = TransportError(.connect, .system(errorNumber: CS_EADDRNOTAVAIL), address: SocketAddress(literal: "2001:db8::1", port: 80))
    #expect(error.advice.hasPrefix("This machine has no IPv6 address that reaches it"))
  }
}

@Suite("Entropy")
struct EntropyTests {
  @Test("octets have the length asked for and do not repeat")
  func octets() throws {
    let entropy = SystemEntropy()
    #expect(try entropy.octets(0).isEmpty)
    let nonces = try (0..<100).map { _ in try entropy.octets(16) }
    #expect(nonces.allSatisfy { $0.count == 16 })
    #expect(Set(nonces).count == 100)
    #expect(try entropy.octets(100_000).count == 100_000)
  }

  @Test("buffered words do not repeat across refills, and every bit varies")
  func words() throws {
    let entropy = SystemEntropy()
    let words = try (0..<1000).map { _ in try entropy.nextUInt32() }
    // Two equal words among a thousand happen about once in 8,600 runs, three of them never.
    #expect(Set(words).count >= 998)
    #expect(words.reduce(0, |) == .max)
    #expect(words.reduce(.max, &) == 0)
  }
}
