/// What is wrong with a line, and where in it.
package struct LineFault: Sendable, Equatable {
  /// The class of the fault.
  package let code: HTTPParseError.Code
  /// The index in the line of the first octet that cannot be part of a valid line; the line's length if it ended too early.
  package let index: Int

  package init(_ code: HTTPParseError.Code, at index: Int) {
    self.code = code
    self.index = index
  }
}

/// The rules for one kind of line, applied to each octet as it comes.
///
/// Judging octet by octet refuses a hostile line at its first bad octet, however long it would become, and looks at each octet
/// a fixed number of times.
package protocol LineRules: Sendable {
  /// Judges the last octet of `line`; the octets before it were judged by earlier calls.
  mutating func judgeLast(of line: [UInt8]) -> LineFault?
  /// Judges the end of `line`.
  func judgeEnd(of line: [UInt8]) -> LineFault?
  /// A fault of the octets so far that waited for a later octet to be told from another.
  func pendingFault(in line: [UInt8]) -> LineFault?
}

extension LineRules {
  /// The first fault of a whole line, or `nil`; the rules must be fresh.
  package consuming func firstFault(in line: [UInt8]) -> LineFault? {
    var judged: [UInt8] = []
    judged.reserveCapacity(line.count)
    for octet in line {
      judged.append(octet)
      if let fault = judgeLast(of: judged) { return fault }
    }
    return judgeEnd(of: judged)
  }
}

/// The rules for the first line of a head.
protocol StartLineRules: LineRules {
  /// Creates rules for a fresh line.
  init(_ leniencies: HTTPLeniencies)
  /// The class of an overlong line.
  static var limitCode: HTTPParseError.Code { get }
  /// The greatest length of a line in octets.
  static func maximumLineBytes(_ limits: HTTPLimits) -> Int
  /// Whether a folded field line is replaced by one with spaces (responses) or refused (requests), RFC 9112 §5.2.
  static var unfoldsFields: Bool { get }
  /// Octets that may follow `line`, whose octets were judged, without any being a fault; `nil` if it depends on more than the octet.
  func plainOctets(after line: [UInt8]) -> OctetClass?
  /// The parts of a line without fault.
  static func parts(of line: [UInt8]) -> HeadParts
  /// The line that a line without fault stands for.
  static func meaning(of line: [UInt8]) -> [UInt8]
}
