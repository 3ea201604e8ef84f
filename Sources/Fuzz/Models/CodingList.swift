/// `#transfer-coding` in one field value, RFC 9110 §10.1.4 and §5.6.1; chunked must not have parameters (RFC 9112 §7.1).
struct CodingList {
  /// The names in order, lower-cased.
  private(set) var codings: [[UInt8]] = []
  /// How many elements there are, empty ones included.
  private(set) var pieces = 1

  /// Reads a whole value, or fails.
  init?(_ value: [UInt8]) {
    var rest = value[...]
    while true {
      Self.takeWhitespace(&rest)
      if let first = rest.first, first != 0x2C {
        guard let name = Self.takeToken(&rest) else { return nil }
        Self.takeWhitespace(&rest)
        var parameters = 0
        while rest.first == 0x3B {
          rest.removeFirst()
          guard Self.takeParameter(&rest) else { return nil }
          parameters += 1
        }
        let coding = Grammar.lowercased(name)
        guard coding != Array("chunked".utf8) || parameters == 0 else { return nil }
        codings.append(coding)
      }
      guard let comma = rest.first else { return }
      guard comma == 0x2C else { return nil }
      rest.removeFirst()
      pieces += 1
    }
  }

  /// `OWS token BWS "=" BWS ( token / quoted-string ) OWS`.
  private static func takeParameter(_ rest: inout ArraySlice<UInt8>) -> Bool {
    takeWhitespace(&rest)
    guard takeToken(&rest) != nil else { return false }
    takeWhitespace(&rest)
    guard rest.first == 0x3D else { return false }
    rest.removeFirst()
    takeWhitespace(&rest)
    guard rest.first == 0x22 ? takeQuotedString(&rest) : takeToken(&rest) != nil else { return false }
    takeWhitespace(&rest)
    return true
  }

  private static func takeQuotedString(_ rest: inout ArraySlice<UInt8>) -> Bool {
    rest.removeFirst()
    while let octet = rest.popFirst() {
      if octet == 0x22 { return true }
      let quoted = octet == 0x5C ? rest.popFirst() : octet
      guard let quoted, Grammar.isFieldValueCharacter(quoted) else { return false }
    }
    return false
  }

  private static func takeToken(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    let token = Array(rest.prefix { Grammar.isTokenCharacter($0) })
    rest = rest.dropFirst(token.count)
    return token.isEmpty ? nil : token
  }

  private static func takeWhitespace(_ rest: inout ArraySlice<UInt8>) { rest = rest.drop { Grammar.isWhitespace($0) } }
}
