internal import CSockets

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// Whether the address is an IPv6 address.
  public let isIPv6: Bool
  /// The TCP port; 0 lets a listener choose a free one.
  public let port: UInt16
  private let high: UInt64
  private let low: UInt64
  private let zone: UInt32

  /// Creates an address from a literal, or returns nil when `literal` is none.
  ///
  /// - Parameters:
  ///   - literal: An IPv4 address in dotted decimal ("127.0.0.1") or an IPv6 address ("::1"); brackets are allowed. A link-local one may end
  ///     in the number of its interface ("fe80::1%2", RFC 4007 §11), without which the system does not know where to send.
  ///   - port: The TCP port.
  public init?(literal: String, port: UInt16) {
    let isBracketed = literal.hasPrefix("[") && literal.hasSuffix("]")
    let text = isBracketed ? String(literal.dropFirst().dropLast()) : literal
    var raw = cs_address()
    // A NUL would end the text early for the C library.
    guard !text.utf8.contains(0), unsafe cs_parse_address(text, &raw) == 1, !isBracketed || raw.is_ipv6 != 0 else { return nil }
    raw.port = port
    self.init(raw)
  }

  /// 127.0.0.1 with `port`.
  public static func loopbackIPv4(port: UInt16) -> SocketAddress {
    SocketAddress(cs_address(high: 0, low: 0x7F00_0001, zone: 0, port: port, is_ipv6: 0))
  }

  /// ::1 with `port`.
  public static func loopbackIPv6(port: UInt16) -> SocketAddress {
    SocketAddress(cs_address(high: 0, low: 1, zone: 0, port: port, is_ipv6: 1))
  }

  /// Returns the addresses that `host` stands for without being looked up, or nil when it has to be.
  ///
  /// - Parameters:
  ///   - host: An address literal, or "localhost" in any case, with or without a dot at its end (RFC 6761 §6.3), which stands for 127.0.0.1
  ///     and ::1.
  ///   - port: The TCP port of the addresses.
  public static func known(host: String, port: UInt16) -> [SocketAddress]? {
    switch host.lowercased() {
    case "localhost", "localhost.": [loopbackIPv4(port: port), loopbackIPv6(port: port)]
    default: SocketAddress(literal: host, port: port).map { [$0] }
    }
  }

  /// Whether the address can only be reached from this machine: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool { isIPv6 ? high == 0 && low == 1 : low >> 24 == 127 }

  /// The IPv4 address that an IPv6 address such as ::ffff:127.0.0.1 stands for (RFC 4291 §2.5.5.2); any other address as it is.
  public var unmapped: SocketAddress {
    guard isIPv6, high == 0, low >> 32 == 0xFFFF else { return self }
    return SocketAddress(cs_address(high: 0, low: low & 0xFFFF_FFFF, zone: 0, port: port, is_ipv6: 0))
  }

  /// The address without its port and without brackets.
  public var host: String {
    var raw = self.raw
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CS_ADDRESS_TEXT_BYTES)) { text in
      guard let start = text.baseAddress else { return "" }
      unsafe cs_format_address(&raw, start)
      return unsafe String(cString: start)
    }
  }

  /// The address as in a URI: "127.0.0.1:80", "[::1]:80".
  public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  init(_ raw: cs_address) {
    isIPv6 = raw.is_ipv6 != 0
    port = raw.port
    high = raw.high
    low = raw.low
    zone = raw.zone
  }

  var raw: cs_address { cs_address(high: high, low: low, zone: zone, port: port, is_ipv6: isIPv6 ? 1 : 0) }
}
