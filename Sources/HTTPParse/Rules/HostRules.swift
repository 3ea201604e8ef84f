import WireBytes

/// The rules for the Host field of a request, RFC 9112 §3.2.
package enum HostRules {
  /// The first fault of the Host fields of a request whose head ends at stream offset `headEnd`, or `nil`.
  ///
  /// A request of HTTP/1.0 need not have one. An empty value is grammatical: a target without authority has no other.
  package static func fault(in fields: FieldSection, version: HTTPVersion, headEnd: Int) -> HTTPParseError? {
    guard let host = fields.firstLine(fields.marks.host) else {
      return version >= .http11 ? HTTPParseError(.hostMissing, at: headEnd, headEnd: headEnd) : nil
    }
    if !host.value.isEmpty, !isPlain(host.value) {
      do throws(WireURLError) {
        _ = try Authority(host.value)
      } catch {
        let index = host.value.startIndex + error.offset
        return HTTPParseError(.hostInvalid, at: host.streamOffset(ofValueIndex: index), octet: error.octet, headEnd: headEnd)
      }
    }
    guard fields.marks.host.count > 1, let second = fields.lines(fields.marks.host).dropFirst().first(where: { _ in true }) else {
      return nil
    }
    return HTTPParseError(.hostDuplicate, at: second.nameOffset, headEnd: headEnd)
  }

  /// Whether a value is a name without percent-encoding and perhaps a port, as nearly all are; nothing is made of it.
  private static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
    var index = value.startIndex
    while index < value.endIndex, Grammar.registeredName.contains(value[index]) { index += 1 }
    guard index > value.startIndex else { return false }
    guard index < value.endIndex else { return true }
    guard value[index] == 0x3A, value.endIndex - index <= 6 else { return false }
    let digits = value[(index + 1)...]
    let port = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    return digits.allSatisfy(Grammar.isDigit) && (1...65535).contains(port)
  }
}
