import WireBytes

/// The rules for a status line, RFC 9112 §4.
///
/// A status line that ends after its status code, without the space before an absent reason phrase, is accepted: servers send it.
package struct StatusLineRules: StartLineRules {
  package init() {}

  package static let limitCode = HTTPParseError.Code.limitStatusLine
  package static let unfoldsFields = true
  package static func maximumLineBytes(_ limits: HTTPLimits) -> Int { limits.maximumStatusLineBytes }

  package func judgeLast(of line: [UInt8]) -> LineFault? {
    guard let octet = line.last else { return nil }
    let index = line.count - 1
    switch index {
    case 0...7:
      return VersionRule.mismatch(in: line[...]) == index ? LineFault(index < 5 ? .notHTTP : .version, at: index) : nil
    case 8:
      guard octet == 0x20 else { return LineFault(Grammar.isDigit(octet) ? .version : .statusLine, at: index) }
      return line[5] == 0x31 ? nil : LineFault(.versionUnsupported, at: 5)
    case 9: return (0x31...0x39).contains(octet) ? nil : LineFault(.statusCode, at: index)
    case 10, 11: return Grammar.isDigit(octet) ? nil : LineFault(.statusCode, at: index)
    case 12: return octet == 0x20 ? nil : LineFault(.statusCode, at: index)
    default: return Grammar.text.contains(octet) ? nil : LineFault(.statusLine, at: index)
    }
  }

  package func judgeEnd(of line: [UInt8]) -> LineFault? {
    switch line.count {
    case 0..<5: LineFault(.notHTTP, at: line.count)
    case 5..<8: LineFault(.version, at: line.count)
    case 8: LineFault(.statusLine, at: line.count)
    case 9..<12: LineFault(.statusCode, at: line.count)
    default: nil
    }
  }

  package func pendingFault(in line: [UInt8]) -> LineFault? { nil }
}
