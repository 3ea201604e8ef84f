/// R5: the strict subset of RFC 3986 that names a host: `scheme "://" [ userinfo "@" ] host [ ":" port ] path-abempty [ "?" query ]
/// [ "#" fragment ]`, the host not empty, an IP literal an IPv6 address, the port 1 to 65535 or left out.
package struct URLModel: Equatable, Sendable {
  /// A host.
  package enum Host: Equatable, Sendable {
    case name([UInt8])
    case ipv4([UInt8])
    case ipv6([UInt16])
  }

  package var scheme: [UInt8]
  package var userinfo: [UInt8]?
  package var host: Host
  package var port: Int?
  package var path: [UInt8]
  package var query: [UInt8]?
  package var fragment: [UInt8]?

  package init(
    scheme: [UInt8], userinfo: [UInt8]?, host: Host, port: Int?, path: [UInt8], query: [UInt8]? = nil, fragment: [UInt8]? = nil
  ) {
    self.scheme = scheme
    self.userinfo = userinfo
    self.host = host
    self.port = port
    self.path = path
    self.query = query
    self.fragment = fragment
  }

  /// Reads a whole text.
  package static func read(_ octets: [UInt8]) -> URLModel? {
    var cursor = LineCursor(octets)
    do throws(Stop) {
      let url = try read(&cursor, asTarget: false)
      try cursor.requireEnd()
      return url
    } catch {
      return nil
    }
  }

  /// Reads up to the first octet that belongs to no part; as a request target it has neither userinfo nor fragment (RFC 9112 §3.2.2).
  package static func read(_ cursor: inout LineCursor, asTarget: Bool) throws(Stop) -> URLModel {
    var scheme = [try cursor.takeOne(where: Grammar.isAlpha)]
    scheme += try cursor.takeAll { Grammar.isAlpha($0) || Grammar.isDigit($0) || Array("+-.".utf8).contains($0) }
    try cursor.take(0x3A)
    try cursor.take(0x2F)
    try cursor.take(0x2F)
    let text = try authorityText(&cursor)
    var rest = text[...]
    var userinfo: [UInt8]?
    if let at = text.firstIndex(of: 0x40) {
      guard !asTarget else { throw .rejected }
      let part = Array(text[..<at])
      guard isSequence(part, extra: ":") else { throw .rejected }
      userinfo = part
      rest = text[(at + 1)...]
    }
    guard let (host, port) = readHostAndPort(Array(rest)) else { throw .rejected }
    var url = URLModel(scheme: Grammar.lowercased(scheme), userinfo: userinfo, host: host, port: port.flatMap { $0 }, path: [])
    if try cursor.peek() == 0x2F { url.path = try pathAndMore(&cursor, extra: ":@/") }
    if try cursor.takeOptional(0x3F) { url.query = try pathAndMore(&cursor, extra: ":@/?") }
    if !asTarget, try cursor.takeOptional(0x23) { url.fragment = try pathAndMore(&cursor, extra: ":@/?") }
    return url
  }

  /// Everything from `//` to the next `/`, `?`, `#`, space or the end; while it is not whole nothing is certain.
  private static func authorityText(_ cursor: inout LineCursor) throws(Stop) -> [UInt8] {
    do throws(Stop) {
      return try cursor.takeAll { ![0x2F, 0x3F, 0x23, 0x20].contains($0) }
    } catch {
      throw error == .needsMore ? .unsure : error
    }
  }

  /// `*( unreserved / pct-encoded / sub-delims / extra )` up to the first octet that is none of these.
  private static func pathAndMore(_ cursor: inout LineCursor, extra: String) throws(Stop) -> [UInt8] {
    var taken: [UInt8] = []
    while let octet = try cursor.peek() {
      if octet == 0x25 {
        try cursor.take(0x25)
        let digits = [try cursor.takeOne { Grammar.hexValue($0) != nil }, try cursor.takeOne { Grammar.hexValue($0) != nil }]
        taken += [octet] + digits
      } else if isUnreservedOrSubDelim(octet) || extra.utf8.contains(octet) {
        taken.append(try cursor.takeOne { _ in true })
      } else {
        break
      }
    }
    return taken
  }

  /// `origin-form = absolute-path [ "?" query ]`, RFC 9112 §3.2.1.
  package static func readOriginForm(_ cursor: inout LineCursor) throws(Stop) {
    guard try cursor.peek() == 0x2F else { throw .rejected }
    _ = try pathAndMore(&cursor, extra: ":@/")
    if try cursor.takeOptional(0x3F) { _ = try pathAndMore(&cursor, extra: ":@/?") }
  }

  private static func isUnreservedOrSubDelim(_ octet: UInt8) -> Bool {
    Grammar.isAlpha(octet) || Grammar.isDigit(octet) || Array("-._~!$&'()*+,;=".utf8).contains(octet)
  }

  private static func isSequence(_ octets: [UInt8], extra: String) -> Bool {
    var cursor = LineCursor(octets)
    do throws(Stop) {
      _ = try pathAndMore(&cursor, extra: extra)
      try cursor.requireEnd()
      return true
    } catch {
      return false
    }
  }

  /// `uri-host [ ":" port ]`.
  ///
  /// The port is `nil` without a colon, `.some(nil)` if nothing follows the colon.
  package static func readHostAndPort(_ octets: [UInt8]) -> (Host, port: Int??)? {
    let host: Host
    let rest: ArraySlice<UInt8>
    if octets.first == 0x5B {
      guard let close = octets.firstIndex(of: 0x5D), let groups = ipv6(Array(octets[1..<close])) else { return nil }
      host = .ipv6(groups)
      rest = octets[(close + 1)...]
    } else {
      let end = octets.firstIndex(of: 0x3A) ?? octets.count
      let name = Array(octets[..<end])
      guard !name.isEmpty, isSequence(name, extra: "") else { return nil }
      host = ipv4(name).map(Host.ipv4) ?? .name(Grammar.lowercased(name))
      rest = octets[end...]
    }
    guard let colon = rest.first else { return (host, nil) }
    guard colon == 0x3A else { return nil }
    let digits = rest.dropFirst()
    guard digits.allSatisfy(Grammar.isDigit) else { return nil }
    if digits.isEmpty { return (host, .some(nil)) }
    var port = 0
    for digit in digits { port = min(port * 10 + Int(digit) - 0x30, 100_000) }
    return (1...65_535).contains(port) ? (host, port) : nil
  }

  /// `IPv4address`, RFC 3986 §3.2.2: four `dec-octet`.
  static func ipv4(_ octets: [UInt8]) -> [UInt8]? {
    let parts = octets.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var result: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy(Grammar.isDigit), part.count == 1 || part.first != 0x30 else { return nil }
      guard let value = UInt8(String(decoding: part, as: UTF8.self)) else { return nil }
      result.append(value)
    }
    return result
  }

  /// `IPv6address`, RFC 3986 §3.2.2: eight groups of 16 bits, the last two perhaps an IPv4 address, a run of them perhaps `::`.
  static func ipv6(_ octets: [UInt8]) -> [UInt16]? {
    let gaps = octets.indices.dropLast().filter { octets[$0] == 0x3A && octets[$0 + 1] == 0x3A }
    guard let gap = gaps.first else {
      guard let all = groups(octets, mayEndInIPv4: true), all.count == 8 else { return nil }
      return all
    }
    guard gaps.count == 1 else { return nil }
    guard let left = groups(Array(octets[..<gap]), mayEndInIPv4: false), let right = groups(Array(octets[(gap + 2)...]), mayEndInIPv4: true)
    else { return nil }
    guard left.count + right.count <= 7 else { return nil }
    return left + Array(repeating: 0, count: 8 - left.count - right.count) + right
  }

  private static func groups(_ octets: [UInt8], mayEndInIPv4: Bool) -> [UInt16]? {
    if octets.isEmpty { return [] }
    var result: [UInt16] = []
    let parts = octets.split(separator: 0x3A, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, let address = ipv4(Array(part)) {
        result += [UInt16(address[0]) * 256 + UInt16(address[1]), UInt16(address[2]) * 256 + UInt16(address[3])]
      } else {
        guard (1...4).contains(part.count) else { return nil }
        var value = 0
        for octet in part {
          guard let digit = Grammar.hexValue(octet) else { return nil }
          value = value * 16 + digit
        }
        result.append(UInt16(value))
      }
    }
    return result
  }
}
