import WireBytes

/// The rules for a request line, RFC 9112 §3.
package struct RequestLineRules: StartLineRules {
  private enum Part: Sendable {
    case method
    case target(start: Int)
    case version(start: Int)
  }

  private var part = Part.method
  private var methodEnd = 0
  private var hexadecimalDigitsDue = 0

  package init() {}

  package static let limitCode = HTTPParseError.Code.limitRequestLine
  package static let unfoldsFields = false
  package static func maximumLineBytes(_ limits: HTTPLimits) -> Int { limits.maximumRequestLineBytes }

  package mutating func judgeLast(of line: [UInt8]) -> LineFault? {
    guard let octet = line.last else { return nil }
    let index = line.count - 1
    switch part {
    case .method:
      if Grammar.token.contains(octet) { return nil }
      guard index > 0, Grammar.isWhitespace(octet) else { return LineFault(.method, at: index) }
      guard octet == 0x20 else { return LineFault(.requestLine, at: index) }
      methodEnd = index
      part = .target(start: index + 1)
      return nil
    case .target(let start):
      return judgeTarget(octet, at: index, start: start, line: line)
    case .version(let start):
      if Grammar.isWhitespace(octet) { return LineFault(.requestLine, at: index) }
      guard !Grammar.visible.contains(octet) else { return nil }
      return LineFault(.version, at: min(index, VersionRule.mismatch(in: line[start...]) ?? index))
    }
  }

  package func judgeEnd(of line: [UInt8]) -> LineFault? {
    guard case .version(let start) = part, start < line.count else { return LineFault(.requestLine, at: line.count) }
    if let mismatch = VersionRule.mismatch(in: line[start...]) { return LineFault(.version, at: mismatch) }
    return VersionRule.version(of: line[start...]).major == 1 ? nil : LineFault(.versionUnsupported, at: start + 5)
  }

  package func pendingFault(in line: [UInt8]) -> LineFault? {
    guard case .version(let start) = part, let mismatch = VersionRule.mismatch(in: line[start...]), mismatch < line.count else {
      return nil
    }
    return LineFault(.version, at: mismatch)
  }

  /// A target in origin-form is judged octet by octet; of the other forms, which are rare, the whole once it has ended.
  private mutating func judgeTarget(_ octet: UInt8, at index: Int, start: Int, line: [UInt8]) -> LineFault? {
    if Grammar.isWhitespace(octet) {
      guard octet == 0x20, index > start else { return LineFault(.requestLine, at: index) }
      if hexadecimalDigitsDue > 0 { return LineFault(.target, at: index) }
      part = .version(start: index + 1)
      return RequestTarget.faultIndex(line[start..<index], method: line[..<methodEnd]).map { LineFault(.target, at: $0) }
    }
    guard line[start] == 0x2F else {
      guard !Grammar.visible.contains(octet) || octet == 0x23 else { return nil }
      let earlier = RequestTarget.faultIndex(line[start..<index], method: line[..<methodEnd])
      return LineFault(.target, at: min(index, earlier ?? index))
    }
    if hexadecimalDigitsDue > 0 {
      hexadecimalDigitsDue -= 1
      return Grammar.hexadecimalValue(octet) == nil ? LineFault(.target, at: index) : nil
    }
    if octet == 0x25 {
      hexadecimalDigitsDue = 2
      return nil
    }
    return Grammar.query.contains(octet) ? nil : LineFault(.target, at: index)
  }
}
