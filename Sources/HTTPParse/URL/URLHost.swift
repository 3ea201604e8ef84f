/// A host as it stands in a URL or a Host field, RFC 3986 §3.2.2.
public enum URLHost: Sendable, Hashable {
  /// A name, lower-cased; percent-encoding is left as it is.
  case registeredName(String)
  /// An address of four decimal octets, the first in the most significant place.
  case ipv4(UInt32)
  /// An address that stood in brackets.
  case ipv6(IPv6Address)

  /// Reads a host that is not in brackets; four decimal octets without leading zeros are an address, all else is a name.
  init(registeredName octets: ArraySlice<UInt8>) {
    if let address = ipv4Address(octets) {
      self = .ipv4(address)
    } else {
      self = .registeredName(String(decoding: octets.map(ASCII.lowercased), as: UTF8.self))
    }
  }

  /// Whether the host is `localhost`, in 127.0.0.0/8, or ::1.
  public var isLoopback: Bool {
    switch self {
    case .registeredName(let name): name == "localhost"
    case .ipv4(let address): address >> 24 == 127
    case .ipv6(let address): address == .loopback
    }
  }
}

extension URLHost: CustomStringConvertible {
  /// The host as it stands in a URL, an IPv6 address in brackets.
  public var description: String {
    switch self {
    case .registeredName(let name): name
    case .ipv4(let address): "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    case .ipv6(let address): "[\(address)]"
    }
  }
}

/// An IPv6 address.
public struct IPv6Address: Sendable, Hashable, CustomStringConvertible {
  /// The eight groups of 16 bits in order.
  public let groups: [UInt16]

  /// The address ::1.
  public static let loopback = IPv6Address(groups: [0, 0, 0, 0, 0, 0, 0, 1])

  private init(groups: [UInt16]) { self.groups = groups }

  /// Reads the text form without brackets or zone (RFC 4291 §2.2), or returns `nil`.
  public init?(_ octets: ArraySlice<UInt8>) {
    var groups: [UInt16] = []
    var gap: Int?
    var rest = octets
    if rest.starts(with: [0x3A, 0x3A]) {
      gap = 0
      rest = rest.dropFirst(2)
    }
    while !rest.isEmpty {
      guard groups.count < 8 else { return nil }
      let group = rest.prefix { $0 != 0x3A }
      if group.contains(0x2E) {
        guard group.endIndex == rest.endIndex, groups.count <= 6, let address = ipv4Address(group) else { return nil }
        groups += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
        break
      }
      guard (1...4).contains(group.count) else { return nil }
      var value: UInt16 = 0
      for octet in group {
        guard let digit = Grammar.hexadecimalValue(octet) else { return nil }
        value = value << 4 | UInt16(digit)
      }
      groups.append(value)
      rest = rest.dropFirst(group.count)
      if rest.starts(with: [0x3A, 0x3A]) {
        guard gap == nil else { return nil }
        gap = groups.count
        rest = rest.dropFirst(2)
      } else if !rest.isEmpty {
        rest = rest.dropFirst()
        if rest.isEmpty { return nil }
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    self.groups = groups
  }

  /// The eight groups in hexadecimal, the first longest run of two or more zero groups as `::` (RFC 5952 §4).
  public var description: String {
    var best = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > max(best.count, 1) { best = start..<index }
      start = index + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }
}

private func ipv4Address(_ octets: ArraySlice<UInt8>) -> UInt32? {
  let parts = octets.split(separator: 0x2E, omittingEmptySubsequences: false)
  guard octets.count <= 15, parts.count == 4 else { return nil }
  var address: UInt32 = 0
  for part in parts {
    guard (1...3).contains(part.count), part.allSatisfy(Grammar.isDigit), part.count == 1 || part.first != 0x30 else { return nil }
    let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
    guard value <= 255 else { return nil }
    address = address << 8 | value
  }
  return address
}
