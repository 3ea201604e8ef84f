/// A cursor over the octets of a URL; every octet is looked at a fixed number of times.
struct URLParser {
  let octets: ArraySlice<UInt8>
  private(set) var index: Int

  init(_ octets: ArraySlice<UInt8>) {
    self.octets = octets
    index = octets.startIndex
  }

  var current: UInt8? { index < octets.endIndex ? octets[index] : nil }

  var offset: Int { index - octets.startIndex }

  func fault(_ code: WireURLError.Code) -> WireURLError { WireURLError(code, at: offset, in: octets) }

  mutating func skip(_ octet: UInt8) -> Bool {
    guard current == octet else { return false }
    index += 1
    return true
  }

  /// Skips octets of `allowed` and percent-encodings up to one of `terminators` or the end, and returns them.
  @discardableResult
  mutating func skip(
    _ allowed: OctetClass, else code: WireURLError.Code, until terminators: [UInt8]
  ) throws(WireURLError) -> ArraySlice<UInt8> {
    let start = index
    while let octet = current, !terminators.contains(octet) {
      if octet == 0x25 {
        for _ in 0..<2 {
          index += 1
          guard let digit = current, Grammar.hexadecimalValue(digit) != nil else { throw fault(code) }
        }
      } else if !allowed.contains(octet) {
        throw fault(code)
      }
      index += 1
    }
    return octets[start..<index]
  }

  /// Reads `scheme ":"`, lower-cased.
  mutating func scheme() throws(WireURLError) -> String {
    guard let first = current, Grammar.isLetter(first) else { throw fault(.scheme) }
    let start = index
    while let octet = current, octet != 0x3A {
      guard Grammar.isInScheme(octet) else { throw fault(.scheme) }
      index += 1
    }
    let scheme = octets[start..<index]
    guard skip(0x3A) else { throw fault(.scheme) }
    return String(decoding: scheme.map(ASCII.lowercased), as: UTF8.self)
  }

  /// Reads `[ userinfo "@" ]`.
  mutating func userinfo() throws(WireURLError) -> String? {
    let authorityEnd = octets[index...].firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? octets.endIndex
    guard octets[index..<authorityEnd].contains(0x40) else { return nil }
    let text = try skip(OctetClass.userinfo, else: .userinfo, until: [0x40])
    index += 1
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads `host [ ":" port ]`, which ends at `/`, `?`, `#` or the end.
  mutating func authority() throws(WireURLError) -> Authority {
    let host = try host()
    var port: UInt16?
    if skip(0x3A) {
      port = try self.port()
    } else if let octet = current, ![0x2F, 0x3F, 0x23].contains(octet) {
      throw fault(.host)
    }
    return Authority(host: host, port: port)
  }

  private mutating func host() throws(WireURLError) -> URLHost {
    guard skip(0x5B) else {
      let name = try skip(OctetClass.registeredName, else: .host, until: [0x3A, 0x2F, 0x3F, 0x23])
      guard !name.isEmpty else { throw fault(.host) }
      return URLHost(registeredName: name)
    }
    let start = index
    while let octet = current, octet != 0x5D {
      guard Grammar.hexadecimalValue(octet) != nil || octet == 0x3A || octet == 0x2E else { throw fault(.host) }
      index += 1
    }
    guard current == 0x5D, let address = IPv6Address(octets[start..<index]) else { throw fault(.host) }
    index += 1
    return .ipv6(address)
  }

  private mutating func port() throws(WireURLError) -> UInt16? {
    let start = offset
    var port = 0
    while let octet = current, ![0x2F, 0x3F, 0x23].contains(octet) {
      guard Grammar.isDigit(octet) else { throw fault(.port) }
      port = port * 10 + Int(octet - 0x30)
      guard port <= 65535 else { throw WireURLError(.port, at: start, in: octets) }
      index += 1
    }
    guard offset > start else { return nil }
    guard port > 0 else { throw WireURLError(.port, at: start, in: octets) }
    return UInt16(exactly: port)
  }
}
