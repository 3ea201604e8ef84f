/// The rule for `HTTP-version`, RFC 9112 §2.3.
enum VersionRule {
  /// The index in `octets` of the first octet that departs from `HTTP/` DIGIT `.` DIGIT; its end if it is too short; `nil` if it is valid.
  static func mismatch(in octets: ArraySlice<UInt8>) -> Int? {
    var index = octets.startIndex
    for expected in [0x48, 0x54, 0x54, 0x50, 0x2F, nil, 0x2E, nil] as [UInt8?] {
      guard index < octets.endIndex else { return index }
      let octet = octets[index]
      guard expected.map({ $0 == octet }) ?? Grammar.isDigit(octet) else { return index }
      index += 1
    }
    return index == octets.endIndex ? nil : index
  }

  /// The version of octets without a ``mismatch(in:)``.
  static func version(of octets: ArraySlice<UInt8>) -> HTTPVersion {
    let digits = octets.filter(Grammar.isDigit)
    return HTTPVersion(major: (digits.first ?? 0x30) &- 0x30, minor: (digits.last ?? 0x30) &- 0x30)
  }
}
