/// The rules for a field line, RFC 9112 §5 and RFC 9110 §5.
package struct FieldLineRules: LineRules {
  private enum Part: Sendable {
    case name
    case whitespaceAfterName(start: Int)
    case spacedName(start: Int)
    case value
  }

  private var part = Part.name
  private let isFirst: Bool
  private let unfolds: Bool
  private let leniencies: HTTPLeniencies

  /// Creates rules for a fresh line.
  ///
  /// - Parameters:
  ///   - isFirst: Whether the line is the first of its section, which cannot continue another.
  ///   - unfolds: Whether a line that begins with white space continues the one before (RFC 9112 §5.2) or is refused.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  package init(isFirst: Bool, unfolds: Bool, leniencies: HTTPLeniencies = []) {
    self.leniencies = leniencies
    self.isFirst = isFirst
    self.unfolds = unfolds
  }

  /// Octets that may follow at least one octet of a line without any being a fault; `nil` if it depends on more than the octet.
  var plainOctets: OctetClass? {
    switch part {
    case .name: .token
    case .value: .text
    case .whitespaceAfterName, .spacedName: nil
    }
  }

  package mutating func judgeLast(of line: [UInt8]) -> LineFault? {
    guard let octet = line.last else { return nil }
    let index = line.count - 1
    switch part {
    case .name:
      if OctetClass.token.contains(octet) { return nil }
      if octet == 0x3A, index > 0 {
        part = .value
        return nil
      }
      guard Grammar.isWhitespace(octet) else { return LineFault(.fieldName, at: index) }
      if index > 0 {
        part = .whitespaceAfterName(start: index)
        return nil
      }
      if isFirst { return LineFault(.leadingWhitespace, at: index) }
      part = .value
      return unfolds ? nil : LineFault(.obsFold, at: index)
    case .whitespaceAfterName(let start):
      if Grammar.isWhitespace(octet) { return nil }
      if octet == 0x3A, leniencies.contains(.spaceBeforeColon) {
        part = .value
        return nil
      }
      if octet == 0x3A { return LineFault(.spaceBeforeColon, at: start) }
      part = .spacedName(start: start)
      return nil
    case .spacedName(let start):
      // Whether a field name is wrong or the line is no field at all is told by a colon or its absence.
      return octet == 0x3A ? LineFault(.fieldName, at: start) : nil
    case .value:
      if octet != 0, leniencies.contains(.controlInValue) { return nil }
      return OctetClass.text.contains(octet) ? nil : LineFault(.fieldValue, at: index)
    }
  }

  package func judgeEnd(of line: [UInt8]) -> LineFault? {
    switch part {
    case .name, .whitespaceAfterName, .spacedName: LineFault(.fieldLine, at: line.count)
    case .value: nil
    }
  }

  package func pendingFault(in line: [UInt8]) -> LineFault? {
    switch part {
    case .whitespaceAfterName(let start), .spacedName(let start): LineFault(.fieldName, at: start)
    case .name, .value: nil
    }
  }
}
