/// The rules for a request line, RFC 9112 §3.
package struct RequestLineRules: StartLineRules {
  private enum Part: Sendable {
    case method
    case badMethod(start: Int)
    case target(start: Int)
    case version(start: Int)
  }

  private var part = Part.method
  private var methodEnd = 0
  private var hexadecimalDigitsDue = 0
  private var targetFault: LineFault?

  private let leniencies: HTTPLeniencies

  package init(_ leniencies: HTTPLeniencies = []) { self.leniencies = leniencies }

  package static let limitCode = HTTPParseError.Code.limitRequestLine
  package static let unfoldsFields = false
  package static func maximumLineBytes(_ limits: HTTPLimits) -> Int { limits.maximumRequestLineBytes }

  func plainOctets(after line: [UInt8]) -> OctetClass? {
    guard case .target(let start) = part, start < line.count, line[start] == 0x2F, hexadecimalDigitsDue == 0,
      !leniencies.contains(.looseStartLine)
    else { return nil }
    return .query
  }

  static func meaning(of line: [UInt8]) -> [UInt8] { line }

  static func parts(of line: [UInt8]) -> HeadParts {
    let scan = RequestLineScan(line)
    var parts = HeadParts(startLineEnd: UInt32(truncatingIfNeeded: line.count))
    parts.methodEnd = UInt32(truncatingIfNeeded: scan.method.upperBound)
    parts.targetEnd = UInt32(truncatingIfNeeded: scan.target?.upperBound ?? line.count)
    parts.minorVersion = VersionRule.version(of: line[(scan.version ?? line.indices)]).minor
    return parts
  }

  package mutating func judgeLast(of line: [UInt8]) -> LineFault? {
    guard let octet = line.last, !leniencies.contains(.looseStartLine) else { return nil }
    let index = line.count - 1
    switch part {
    case .method:
      if OctetClass.token.contains(octet) { return nil }
      if OctetClass.visible.contains(octet) {
        part = .badMethod(start: index)
        return nil
      }
      guard index > 0, Grammar.isWhitespace(octet) else { return LineFault(.method, at: index) }
      guard octet == 0x20 else { return LineFault(.requestLine, at: index) }
      methodEnd = index
      part = .target(start: index + 1)
      return nil
    case .badMethod(let start):
      // Whether a method is wrong or the line is no request at all is told by a space or its absence.
      return OctetClass.visible.contains(octet) ? nil : LineFault(.method, at: start)
    case .target(let start):
      return judgeTarget(octet, at: index, start: start, line: line)
    case .version(let start):
      if Grammar.isWhitespace(octet) { return LineFault(.requestLine, at: index) }
      guard !OctetClass.visible.contains(octet) else { return nil }
      return LineFault(.version, at: min(index, VersionRule.mismatch(in: line[start...]) ?? index))
    }
  }

  package func judgeEnd(of line: [UInt8]) -> LineFault? {
    if leniencies.contains(.looseStartLine) {
      return LooseStartLine(line, keepsThirdPart: false).firstFault(by: Self(leniencies.subtracting(.looseStartLine)))
    }
    guard case .version(let start) = part, start < line.count else { return LineFault(.requestLine, at: line.count) }
    if let mismatch = VersionRule.mismatch(in: line[start...]) { return LineFault(.version, at: mismatch) }
    return VersionRule.version(of: line[start...]).major == 1 ? targetFault : LineFault(.versionUnsupported, at: start + 5)
  }

  package func pendingFault(in line: [UInt8]) -> LineFault? {
    if let targetFault { return targetFault }
    switch part {
    case .method, .target: return nil
    case .badMethod(let start): return LineFault(.method, at: start)
    case .version(let start):
      guard let mismatch = VersionRule.mismatch(in: line[start...]), mismatch < line.count else { return nil }
      return LineFault(.version, at: mismatch)
    }
  }

  private var isRaw: Bool { leniencies.contains(.rawTarget) }

  /// A target in origin-form is judged octet by octet; of the other forms, which are rare, the whole, and after the version: what speaks
  /// another protocol is told so.
  private mutating func judgeTarget(_ octet: UInt8, at index: Int, start: Int, line: [UInt8]) -> LineFault? {
    if Grammar.isWhitespace(octet) {
      guard octet == 0x20, index > start else { return LineFault(.requestLine, at: index) }
      if hexadecimalDigitsDue > 0 { return LineFault(.target, at: index) }
      part = .version(start: index + 1)
      targetFault = RequestTarget.faultIndex(line[start..<index], method: line[..<methodEnd], isRaw: isRaw)
        .map { LineFault(.target, at: $0) }
      return nil
    }
    guard line[start] == 0x2F else {
      guard !OctetClass.visible.contains(octet) || octet == 0x23 else { return nil }
      let earlier = RequestTarget.faultIndex(line[start..<index], method: line[..<methodEnd], isRaw: isRaw)
      return LineFault(.target, at: min(index, earlier ?? index))
    }
    if isRaw { return OctetClass.rawTarget.contains(octet) ? nil : LineFault(.target, at: index) }
    if hexadecimalDigitsDue > 0 {
      hexadecimalDigitsDue -= 1
      return Grammar.hexadecimalValue(octet) == nil ? LineFault(.target, at: index) : nil
    }
    if octet == 0x25 {
      hexadecimalDigitsDue = 2
      return nil
    }
    return OctetClass.query.contains(octet) ? nil : LineFault(.target, at: index)
  }
}
