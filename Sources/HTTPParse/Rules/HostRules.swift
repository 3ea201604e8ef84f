/// The rules for the Host field of a request, RFC 9112 §3.2.
package enum HostRules {
  /// The first fault of the Host fields of a request whose head ends at stream offset `headEnd`, or `nil`.
  ///
  /// A request of HTTP/1.0 need not have one. An empty value is grammatical: a target without authority has no other.
  package static func fault(in fields: FieldSection, version: HTTPVersion, headEnd: Int) -> HTTPParseError? {
    let mark = fields.marks.host
    guard let place = fields.place(of: mark) else {
      return version >= .http11 ? HTTPParseError(.hostMissing, at: headEnd, headEnd: headEnd) : nil
    }
    let value = fields.value(at: place)
    if !value.isEmpty, !isPlain(fields.octets, value) {
      do throws(WireURLError) {
        _ = try Authority(fields.octets[value])
      } catch {
        let offset = fields.line(at: place).streamOffset(ofValueIndex: value.lowerBound + error.offset)
        return HTTPParseError(.hostInvalid, at: offset, octet: error.octet, headEnd: headEnd)
      }
    }
    guard let second = fields.place(of: mark, from: place + 1) else { return nil }
    return HTTPParseError(.hostDuplicate, at: fields.line(at: second).nameOffset, headEnd: headEnd)
  }

  /// Whether a value is a name without percent-encoding and perhaps a port, as nearly all are; nothing is made of it.
  private static func isPlain(_ octets: [UInt8], _ value: Range<Int>) -> Bool {
    var index = value.lowerBound
    while index < value.upperBound, OctetClass.registeredName.contains(octets[index]) { index += 1 }
    guard index > value.lowerBound else { return false }
    guard index < value.upperBound else { return true }
    guard octets[index] == 0x3A, value.upperBound - index <= 6 else { return false }
    var port = 0
    for digit in (index + 1)..<value.upperBound {
      guard Grammar.isDigit(octets[digit]) else { return false }
      port = port * 10 + Int(octets[digit] &- 0x30)
    }
    return (1...65535).contains(port)
  }
}
