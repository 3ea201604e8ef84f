/// The parts of one head as ranges, filled by ``HeadKernel`` and used again for the next head.
struct HeadTable: Sendable {
  /// Room for lines; as many as the head has lines are in use.
  var entries: [FieldEntry] = []
  var parts = HeadParts()
}

/// The limits of a head as the fast path applies them: what may pass one of them by a little is left to ``HeadReader``, which is exact.
struct HeadBounds: Sendable {
  let lines: Int
  private let startLine: Int
  private let line: Int
  private let section: Int
  /// A head that ends behind so many octets is not taken.
  let head: Int
  /// No head of this length or less passes a limit on octets.
  private let always: Int

  init(_ limits: HTTPLimits, startLine: Int) {
    lines = limits.maximumFieldLines
    self.startLine = startLine
    line = limits.maximumFieldLineBytes
    section = limits.maximumFieldSectionBytes
    head = min(limits.maximumHeadBytes, SectionLimits.longestHead)
    always = min(min(startLine, line), min(section, head))
  }

  func contain(_ table: HeadTable, end: Int) -> Bool {
    let count = Int(table.parts.lineCount)
    if end <= always { return count <= lines }
    let startLineEnd = Int(table.parts.startLineEnd)
    guard end <= head, end - startLineEnd <= section, startLineEnd <= startLine, count <= lines else { return false }
    for index in 0..<count {
      let next = index + 1 < count ? Int(table.entries[index + 1].nameStart) : end - 2
      if next - 2 - Int(table.entries[index].nameStart) > line { return false }
    }
    return true
  }
}
