/// Reads heads from a stream: lines from the scanner, judged by the rules, bounded by the limits; a failure is final.
struct HeadReader<Start: StartLineRules>: Sendable {
  /// A head whose lines are without fault.
  struct Lines {
    let startLine: [UInt8]
    let startLineOffset: Int
    let fields: FieldSection
    /// The stream offset just past the head.
    let end: Int
  }

  private enum Phase {
    case startLine(Start)
    case fieldLine(FieldLineRules)
  }

  private let limits: HTTPLimits
  private var scanner: LineScanner
  private var phase = Phase.startLine(Start())
  private var hasSkippedEmptyLine = false
  private var startLine: [UInt8] = []
  private var startLineOffset = 0
  private var fields = FieldSection()
  private var sectionBytes = 0
  private var unfoldedLineBytes = 0
  private var failure: HTTPParseError?
  /// How often an octet was looked at, for tests of linear work.
  private(set) var octetsExamined = 0

  init(limits: HTTPLimits, offset: Int) {
    self.limits = limits
    scanner = LineScanner(offset: offset)
  }

  /// The stream offset of the next octet.
  var offset: Int { scanner.offset }

  /// Reads up to the end of a head; after that the next head begins.
  ///
  /// - Returns: The head and how many of `octets` belong to it, or `nil` when all were taken and more are needed.
  mutating func read(_ octets: Span<UInt8>) throws(HTTPParseError) -> (lines: Lines, consumed: Int)? {
    if let failure { throw failure }
    for index in octets.indices {
      if let lines = try take(octets[index]) { return (lines, index + 1) }
    }
    return nil
  }

  /// Notes the end of the input.
  mutating func endOfInput() throws(HTTPParseError) {
    if let failure { throw failure }
    if case .startLine = phase, scanner.content.isEmpty { return }
    try fail(HTTPParseError(.unexpectedEOF, at: scanner.offset))
  }

  /// Makes `error` the final outcome.
  mutating func fail(_ error: HTTPParseError) throws(HTTPParseError) {
    failure = error
    throw error
  }

  private mutating func take(_ octet: UInt8) throws(HTTPParseError) -> Lines? {
    octetsExamined &+= 1
    let step = scanner.scan(octet)
    switch step {
    case .held: return nil
    case .content:
      try judgeLast(octet)
      try checkLimits(octet)
      return nil
    case .bareCarriageReturn:
      try failAtPending(else: HTTPParseError(.bareCR, at: scanner.offset - 2, octet: 0x0D))
      return nil
    case .end(.lf):
      try failAtPending(else: HTTPParseError(.bareLF, at: scanner.offset - 1, octet: octet))
      return nil
    case .end(.crlf):
      octetsExamined &+= scanner.content.count
      let lines = try endLine()
      scanner.beginLine()
      return lines
    }
  }

  private mutating func judgeLast(_ octet: UInt8) throws(HTTPParseError) {
    let fault: LineFault?
    switch phase {
    case .startLine(var rules):
      fault = rules.judgeLast(of: scanner.content)
      phase = .startLine(rules)
    case .fieldLine(var rules):
      fault = rules.judgeLast(of: scanner.content)
      phase = .fieldLine(rules)
    }
    if let fault { try fail(located(fault)) }
  }

  private mutating func checkLimits(_ octet: UInt8) throws(HTTPParseError) {
    let lineBytes = scanner.content.count
    switch phase {
    case .startLine:
      if lineBytes == 1 { startLineOffset = scanner.lineOffset }
      let headBytes = scanner.offset - startLineOffset
      try check(lineBytes, Start.maximumLineBytes(limits), Start.limitCode)
      try check(headBytes, limits.maximumHeadBytes, Start.limitCode)
    case .fieldLine:
      if lineBytes == 1, !Grammar.isWhitespace(octet) {
        unfoldedLineBytes = 0
        try check(fields.lines.count + 1, limits.maximumFieldLines, .limitFields)
      }
      try check(unfoldedLineBytes + lineBytes, limits.maximumFieldLineBytes, .limitField)
      try check(sectionBytes + lineBytes, limits.maximumFieldSectionBytes, .limitSection)
      try check(scanner.offset - startLineOffset, limits.maximumHeadBytes, .limitSection)
    }
  }

  private mutating func check(_ actual: Int, _ limit: Int, _ code: HTTPParseError.Code) throws(HTTPParseError) {
    guard actual > limit else { return }
    try failAtPending(else: HTTPParseError(code, at: scanner.offset - 1, limit: limit, actual: actual))
  }

  private mutating func endLine() throws(HTTPParseError) -> Lines? {
    let line = scanner.content
    switch phase {
    case .startLine(let rules):
      if line.isEmpty, !hasSkippedEmptyLine {
        hasSkippedEmptyLine = true
        return nil
      }
      if let fault = rules.judgeEnd(of: line) { try fail(located(fault)) }
      startLine = line
    case .fieldLine(let rules):
      if line.isEmpty { return endHead() }
      if let fault = rules.judgeEnd(of: line) { try fail(located(fault)) }
      endFieldLine(line)
    }
    phase = .fieldLine(FieldLineRules(isFirst: fields.lines.isEmpty, unfolds: Start.unfoldsFields))
    return nil
  }

  private mutating func endFieldLine(_ line: [UInt8]) {
    sectionBytes &+= line.count &+ 2
    unfoldedLineBytes &+= line.count &+ 2
    if let first = line.first, Grammar.isWhitespace(first) {
      fields.unfoldIntoLast(line)
      return
    }
    let scan = FieldLineScan(line)
    let value = scan.value ?? 0..<0
    let start = scanner.lineOffset
    fields.append(
      FieldLine(name: Array(line[scan.name]), value: Array(line[value]), nameOffset: start, valueOffset: start + value.lowerBound))
  }

  private mutating func endHead() -> Lines {
    let lines = Lines(startLine: startLine, startLineOffset: startLineOffset, fields: fields, end: scanner.offset)
    phase = .startLine(Start())
    hasSkippedEmptyLine = false
    fields = FieldSection()
    sectionBytes = 0
    unfoldedLineBytes = 0
    return lines
  }

  private mutating func failAtPending(else error: HTTPParseError) throws(HTTPParseError) {
    let pending =
      switch phase {
      case .startLine(let rules): rules.pendingFault(in: scanner.content)
      case .fieldLine(let rules): rules.pendingFault(in: scanner.content)
      }
    if let pending = pending.map(located), pending.offset < error.offset { try fail(pending) }
    try fail(error)
  }

  private func located(_ fault: LineFault) -> HTTPParseError {
    let octet = scanner.content.indices.contains(fault.index) ? scanner.content[fault.index] : nil
    return HTTPParseError(fault.code, at: scanner.lineOffset + fault.index, octet: octet)
  }
}
