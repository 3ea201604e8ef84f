/// The rules that several documents share: RFC 5234 appendix B.1 and RFC 9110 §5.6.
package enum Grammar {
  package static func isAlpha(_ octet: UInt8) -> Bool { (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet) }

  package static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

  package static func hexValue(_ octet: UInt8) -> Int? {
    switch octet {
    case 0x30...0x39: Int(octet) - 0x30
    case 0x41...0x46: Int(octet) - 0x41 + 10
    case 0x61...0x66: Int(octet) - 0x61 + 10
    default: nil
    }
  }

  /// `tchar`, RFC 9110 §5.6.2.
  package static func isTokenCharacter(_ octet: UInt8) -> Bool {
    isAlpha(octet) || isDigit(octet) || Array("!#$%&'*+-.^_`|~".utf8).contains(octet)
  }

  /// `SP / HTAB`.
  package static func isWhitespace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  /// `field-vchar / SP / HTAB`, RFC 9110 §5.5.
  package static func isFieldValueCharacter(_ octet: UInt8) -> Bool {
    isWhitespace(octet) || (0x21...0x7E).contains(octet) || octet >= 0x80
  }

  package static func lowercased(_ octets: [UInt8]) -> [UInt8] { octets.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }

  package static func areSame(_ left: [UInt8], _ right: String) -> Bool { lowercased(left) == lowercased(Array(right.utf8)) }

  /// `octets` without OWS at both ends.
  package static func trimmed(_ octets: [UInt8]) -> [UInt8] {
    var rest = octets[...]
    while let first = rest.first, isWhitespace(first) { rest.removeFirst() }
    while let last = rest.last, isWhitespace(last) { rest.removeLast() }
    return Array(rest)
  }

  /// The pieces between commas without OWS around them, empty ones included.
  package static func pieces(_ value: [UInt8]) -> [[UInt8]] {
    value.split(separator: 0x2C, omittingEmptySubsequences: false).map { trimmed(Array($0)) }
  }

  package static func isToken(_ octets: [UInt8]) -> Bool { !octets.isEmpty && octets.allSatisfy(isTokenCharacter) }
}

extension LineCursor {
  /// `token`.
  mutating func token() throws(Stop) -> [UInt8] {
    let taken = try takeAll(where: Grammar.isTokenCharacter)
    guard !taken.isEmpty else { throw .rejected }
    return taken
  }

  /// `quoted-string`, RFC 9110 §5.6.4; its content with quoted pairs undone.
  mutating func quotedString() throws(Stop) -> [UInt8] {
    try take(0x22)
    var content: [UInt8] = []
    while true {
      guard let octet = try peek() else { throw .rejected }
      switch octet {
      case 0x22:
        try take(0x22)
        return content
      case 0x5C:
        try take(0x5C)
        content.append(try takeOne(where: Grammar.isFieldValueCharacter))
      default:
        content.append(try takeOne(where: Grammar.isFieldValueCharacter))
      }
    }
  }

  /// `OWS` or `BWS`.
  mutating func whitespace() throws(Stop) { try takeAll(where: Grammar.isWhitespace) }
}
