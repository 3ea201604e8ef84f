/// A start line with its runs of white space made single, for ``HTTPLeniencies/looseStartLine``.
struct LooseStartLine {
  /// The line as the strict rules want it.
  private(set) var octets: [UInt8] = []
  /// For each octet its index in the line as received, and at the end the length of that.
  private(set) var indices: [Int] = []

  /// Drops white space at both ends and makes each run of it one space; after the second one of a status line all is kept.
  init(_ line: [UInt8], keepsThirdPart: Bool) {
    var spaces = 0
    var run: Int?
    for (index, octet) in line.enumerated() {
      if Grammar.isWhitespace(octet), !(keepsThirdPart && spaces == 2) {
        run = run ?? index
        continue
      }
      if let start = run.take(), !octets.isEmpty {
        octets.append(0x20)
        indices.append(start)
        spaces += 1
      }
      octets.append(octet)
      indices.append(index)
    }
    indices.append(line.count)
  }

  /// The first fault of the line by strict rules, or `nil`.
  func firstFault(by rules: consuming some StartLineRules) -> LineFault? {
    rules.firstFault(in: octets).map { LineFault($0.code, at: indices[min($0.index, octets.count)]) }
  }
}
