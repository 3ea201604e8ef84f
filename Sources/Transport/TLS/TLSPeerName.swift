/// What a client expects the server's certificate to be for.
enum TLSPeerName: Equatable {
  /// A DNS name in lower case without a final dot, as it is sent (SNI, RFC 6066 section 3) and verified.
  case name(String)
  /// An address literal, which is verified and never sent.
  case address(String)

  /// Nil when `host` is neither an address nor a DNS name of ASCII letters, digits and hyphens (RFC 1123 section 2.1).
  init?(host: String) {
    if let address = SocketAddress(literal: host, port: 0) {
      // A zone means something on this machine only.
      self = .address(String(address.host.prefix { $0 != "%" }))
      return
    }
    let octets = host.utf8.last == 0x2E ? host.utf8.dropLast() : host.utf8[...]
    let labels = octets.split(separator: 0x2E, omittingEmptySubsequences: false)
    // A name whose last label is a number is an address that someone misspelled (RFC 1123 section 2.1).
    guard octets.count <= 253, labels.allSatisfy(Self.isLabel), labels.last?.allSatisfy(Self.isDigit) == false else { return nil }
    self = .name(String(decoding: octets, as: UTF8.self).lowercased())
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
      && label.allSatisfy { isDigit($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
  }

  private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
}
