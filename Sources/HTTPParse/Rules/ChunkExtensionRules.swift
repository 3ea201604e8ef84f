/// The rules for what follows a chunk size on its line, RFC 9112 §7.1.1, octet by octet; CR and LF are not its business.
package struct ChunkExtensionRules: Sendable {
  private enum Part {
    case afterSize
    case beforeName
    case name
    case afterName
    case beforeValue
    case token
    case quoted
    case escaped
    case afterQuoted
    case afterValue
  }

  private var part = Part.afterSize

  package init() {}

  /// Takes one octet and returns the class of its fault, or `nil`.
  package mutating func take(_ octet: UInt8) -> HTTPParseError.Code? {
    switch part {
    case .afterSize:
      if octet == 0x3B { part = .beforeName } else if !Grammar.isWhitespace(octet) { return .chunkSize }
    case .beforeName:
      if OctetClass.token.contains(octet) { part = .name } else if !Grammar.isWhitespace(octet) { return .chunkExtension }
    case .name:
      if !OctetClass.token.contains(octet) { return takeAfterName(octet) }
    case .afterName: return takeAfterName(octet)
    case .beforeValue:
      if octet == 0x22 {
        part = .quoted
      } else if OctetClass.token.contains(octet) {
        part = .token
      } else if !Grammar.isWhitespace(octet) {
        return .chunkExtension
      }
    case .token:
      if !OctetClass.token.contains(octet) { return takeAfterValue(octet) }
    case .quoted:
      if octet == 0x22 {
        part = .afterQuoted
      } else if octet == 0x5C {
        part = .escaped
      } else if !OctetClass.text.contains(octet) {
        return .chunkExtension
      }
    case .escaped:
      guard OctetClass.text.contains(octet) else { return .chunkExtension }
      part = .quoted
    case .afterQuoted, .afterValue: return takeAfterValue(octet)
    }
    return nil
  }

  /// The class of the fault if the line ends here, or `nil`.
  package func faultAtEnd(spaceMayFollowSize: Bool) -> HTTPParseError.Code? {
    switch part {
    case .name, .token, .afterQuoted: nil
    case .afterSize: spaceMayFollowSize ? nil : .chunkSize
    case .beforeName, .afterName, .beforeValue, .quoted, .escaped, .afterValue: .chunkExtension
    }
  }

  private mutating func takeAfterName(_ octet: UInt8) -> HTTPParseError.Code? {
    if octet == 0x3D {
      part = .beforeValue
      return nil
    }
    part = .afterName
    return takeSeparator(octet)
  }

  private mutating func takeAfterValue(_ octet: UInt8) -> HTTPParseError.Code? {
    part = .afterValue
    return takeSeparator(octet)
  }

  private mutating func takeSeparator(_ octet: UInt8) -> HTTPParseError.Code? {
    if octet == 0x3B {
      part = .beforeName
      return nil
    }
    return Grammar.isWhitespace(octet) ? nil : .chunkExtension
  }
}
