/// The rules for a status line, RFC 9112 §4.
///
/// A status line that ends after its status code, without the space before an absent reason phrase, is accepted: servers send it.
package struct StatusLineRules: StartLineRules {
  private let leniencies: HTTPLeniencies

  package init(_ leniencies: HTTPLeniencies = []) { self.leniencies = leniencies }

  package static let limitCode = HTTPParseError.Code.limitStatusLine
  package static let unfoldsFields = true
  package static func maximumLineBytes(_ limits: HTTPLimits) -> Int { limits.maximumStatusLineBytes }

  package func judgeLast(of line: [UInt8]) -> LineFault? {
    guard let octet = line.last, !leniencies.contains(.looseStartLine) else { return nil }
    let index = line.count - 1
    if leniencies.contains(.icy), line.first == 0x49 { return isICY(line) ? nil : LineFault(.notHTTP, at: index) }
    switch index {
    case 0...7:
      return VersionRule.mismatch(in: line[...]) == index ? LineFault(index < 5 ? .notHTTP : .version, at: index) : nil
    case 8:
      guard octet == 0x20 else { return LineFault(Grammar.isDigit(octet) ? .version : .statusLine, at: index) }
      return line[5] == 0x31 ? nil : LineFault(.versionUnsupported, at: 5)
    case 9: return (0x31...0x39).contains(octet) ? nil : LineFault(.statusCode, at: index)
    case 10, 11: return Grammar.isDigit(octet) ? nil : LineFault(.statusCode, at: index)
    case 12: return octet == 0x20 ? nil : LineFault(.statusCode, at: index)
    default: return OctetClass.text.contains(octet) ? nil : LineFault(.statusLine, at: index)
    }
  }

  package func judgeEnd(of line: [UInt8]) -> LineFault? {
    if leniencies.contains(.looseStartLine), !isICY(line) {
      return LooseStartLine(line, keepsThirdPart: true).firstFault(by: Self(leniencies.subtracting(.looseStartLine)))
    }
    if isICY(line) {
      // An ICY line is judged as the line of HTTP/1.0 it stands for, which is five octets longer.
      return Self([]).firstFault(in: Self.http10(icy: line)).map { LineFault($0.code, at: max(0, $0.index - 5)) }
    }
    return switch line.count {
    case 0..<5: LineFault(.notHTTP, at: line.count)
    case 5..<8: LineFault(.version, at: line.count)
    case 8: LineFault(.statusLine, at: line.count)
    case 9..<12: LineFault(.statusCode, at: line.count)
    default: nil
    }
  }

  package func pendingFault(in line: [UInt8]) -> LineFault? { nil }

  func plainOctets(after line: [UInt8]) -> OctetClass? {
    line.count >= 13 && !leniencies.contains(.looseStartLine) && line[0] == 0x48 ? .text : nil
  }

  static func meaning(of line: [UInt8]) -> [UInt8] { line.starts(with: "ICY".utf8) ? http10(icy: line) : line }

  static func parts(of line: [UInt8]) -> HeadParts {
    let scan = StatusLineScan(line)
    var parts = HeadParts(startLineEnd: UInt32(truncatingIfNeeded: line.count))
    parts.status = line[scan.statusCode ?? 0..<0].reduce(0) { $0 &* 10 &+ UInt16($1 &- 0x30) }
    parts.minorVersion = VersionRule.version(of: line[scan.version]).minor
    return parts
  }

  /// The status line of HTTP/1.0 that an ICY line stands for.
  static func http10(icy line: [UInt8]) -> [UInt8] { Array("HTTP/1.0".utf8) + line.dropFirst(3) }

  /// Whether the line may be, or become, one that begins with `ICY`.
  private func isICY(_ line: [UInt8]) -> Bool {
    leniencies.contains(.icy) && !line.isEmpty && zip(line, "ICY".utf8).allSatisfy { $0 == $1 }
  }
}
