/// What rules ask of single octets beside their ``OctetClass``.
enum Grammar {
  /// The tail of a `scheme`, RFC 3986 §3.1.
  static func isInScheme(_ octet: UInt8) -> Bool { isLetter(octet) || isDigit(octet) || [0x2B, 0x2D, 0x2E].contains(octet) }

  static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

  static func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet | 0x20) }

  static func isWhitespace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  static func hexadecimalValue(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x30...0x39: octet &- 0x30
    case 0x41...0x46: octet &- 0x37
    case 0x61...0x66: octet &- 0x57
    default: nil
    }
  }
}

/// ASCII helpers on received octets; letters are folded only from A to Z, never by locale.
public enum ASCII {
  /// Whether `left` and `right` are equal but for the case of ASCII letters.
  public static func equalsIgnoringCase(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    left.elementsEqual(right) { lowercased($0) == lowercased($1) }
  }

  /// Whether `octets` are one token, RFC 9110 §5.6.2.
  public static func isToken(_ octets: some Collection<UInt8>) -> Bool {
    !octets.isEmpty && octets.allSatisfy(OctetClass.token.contains)
  }

  /// Returns `octets` without the spaces and tabs at both ends (OWS, RFC 9110 §5.6.3).
  public static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = octets.drop(while: Grammar.isWhitespace)
    while let last = rest.last, Grammar.isWhitespace(last) { rest.removeLast() }
    return rest
  }

  static func lowercased(_ octet: UInt8) -> UInt8 {
    (0x41...0x5A).contains(octet) ? octet | 0x20 : octet
  }
}
