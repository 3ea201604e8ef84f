/// Which addresses of a host are used.
public enum AddressFamily: Hashable, Sendable {
  /// IPv6 and IPv4.
  case any
  /// IPv4 only.
  case ipv4
  /// IPv6 only.
  case ipv6

  /// Whether `address` is of this family.
  func includes(_ address: SocketAddress) -> Bool {
    switch self {
    case .any: true
    case .ipv4: !address.isIPv6
    case .ipv6: address.isIPv6
    }
  }

  /// The addresses as they are called in messages.
  var words: String {
    switch self {
    case .any: "IP"
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}
