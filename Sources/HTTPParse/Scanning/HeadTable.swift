/// The parts of one head as ranges, filled by ``HeadKernel`` and used again for the next head.
struct HeadTable: Sendable {
  private let limits: HeadBounds
  /// Room for lines; as many as the head has lines are in use.
  private(set) var entries: [FieldEntry]
  private(set) var parts = HeadParts()

  init(limits: HTTPLimits, startLine: Int) {
    self.limits = HeadBounds(limits, startLine: startLine)
    entries = Array(repeating: .empty, count: min(32, max(1, limits.maximumFieldLines)))
  }

  mutating func scanRequest(_ octets: Span<UInt8>) -> HeadScanOutcome {
    unsafe scan(octets) { (kernel: inout HeadKernel, lines, capacity) in unsafe kernel.request(lines, capacity: capacity) }
  }

  mutating func scanResponse(_ octets: Span<UInt8>) -> HeadScanOutcome {
    unsafe scan(octets) { (kernel: inout HeadKernel, lines, capacity) in unsafe kernel.response(lines, capacity: capacity) }
  }

  @inline(__always)
  private mutating func scan(
    _ octets: Span<UInt8>, _ read: (inout HeadKernel, UnsafeMutablePointer<FieldEntry>, Int) -> HeadKernel.Outcome
  ) -> HeadScanOutcome {
    while true {
      let outcome = unsafe octets.withUnsafeBytes { bytes -> HeadKernel.Outcome in
        guard let base = bytes.baseAddress, bytes.count >= HeadKernel.blockLength else { return .needsMore }
        var kernel = unsafe HeadKernel(base: base, count: bytes.count)
        let outcome = unsafe entries.withUnsafeMutableBufferPointer { lines in
          guard let first = lines.baseAddress else { return HeadKernel.Outcome.full }
          return unsafe read(&kernel, first, lines.count)
        }
        if case .complete = outcome { parts = kernel.parts }
        return outcome
      }
      switch outcome {
      case .needsMore: return .needsMore
      case .notPlain: return .notPlain
      case .complete(let end): return limits.contain(self, end: end) ? .complete(consumed: end) : .notPlain
      case .full:
        guard entries.count < limits.lines else { return .notPlain }
        entries += Array(repeating: .empty, count: min(entries.count, limits.lines - entries.count))
      }
    }
  }
}

/// The limits of a head as the fast path applies them: what may pass one of them by a little is left to ``HeadReader``, which is exact.
struct HeadBounds: Sendable {
  let lines: Int
  private let startLine: Int
  private let line: Int
  private let section: Int
  private let head: Int
  /// No head of this length or less passes a limit on octets.
  private let always: Int

  init(_ limits: HTTPLimits, startLine: Int) {
    lines = limits.maximumFieldLines
    self.startLine = startLine
    line = limits.maximumFieldLineBytes
    section = limits.maximumFieldSectionBytes
    head = min(limits.maximumHeadBytes, Int(Int32.max))
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
