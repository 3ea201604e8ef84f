/// Reads heads from a stream: lines from the scanner, judged by the rules, bounded by the limits; a failure is final.
///
/// A head that lies whole and plainly valid in the octets given is taken at once by the fast path, which decides nothing else: what is cut,
/// wrong or rare is read octet by octet, and each octet is looked at by either a fixed number of times.
struct HeadReader<Start: StartLineRules>: Sendable {
  /// A head without fault.
  struct Completion {
    let fields: FieldSection
    /// The stream offset just past the head.
    let end: Int
    /// Whether the fast path read it, so that its target, if it has one, is in origin-form.
    let isPlain: Bool
  }

  private enum Phase {
    case startLine
    case fieldLine
  }

  /// Whether whole heads are taken at once; without, tests see what the reader of octets makes of them.
  var usesFastPaths = true
  private let bounds: HeadBounds
  /// The storage of the last whole head, which is used again if no one else holds it any more.
  private var storage = HeadStorage()

  private let limits: HTTPLimits
  private let leniencies: HTTPLeniencies
  private let section: SectionLimits
  private let unfolds: Bool
  private var scanner: LineScanner
  private var phase: Phase
  // The rules stand beside the phase, not in it: a payload would be copied twice for each octet.
  private var startRules: Start
  private var fieldRules: FieldLineRules
  private var skippedEmptyLines = 0
  private var isSkippingLine = false
  private var hasSkippedLast = false
  private var startLineOffset = 0
  private var fields = FieldSection()
  private var sectionBytes = 0
  private var unfoldedLineBytes = 0
  private var failure: HTTPParseError?
  /// How often an octet was looked at, for tests of linear work.
  private(set) var octetsExamined = 0

  init(limits: HTTPLimits, leniencies: HTTPLeniencies = [], offset: Int) {
    self.limits = limits
    self.leniencies = Start.unfoldsFields ? leniencies : leniencies.subtracting(.responsesOnly)
    section = SectionLimits(head: limits)
    unfolds = Start.unfoldsFields || leniencies.contains(.obsFold)
    scanner = LineScanner(offset: offset)
    phase = .startLine
    startRules = Start(leniencies)
    fieldRules = FieldLineRules(isFirst: true, unfolds: unfolds, leniencies: self.leniencies)
    bounds = HeadBounds(limits, startLine: Start.maximumLineBytes(limits))
  }

  /// Creates a reader of one trailer section, which is a head without a start line (RFC 9112 §7.1.2).
  init(trailersAt offset: Int, limits: HTTPLimits, leniencies: HTTPLeniencies, unfolds: Bool) {
    self.limits = limits
    self.leniencies = leniencies.subtracting(.responsesOnly)
    section = SectionLimits(trailers: limits)
    self.unfolds = unfolds || leniencies.contains(.obsFold)
    scanner = LineScanner(offset: offset)
    startLineOffset = offset
    phase = .fieldLine
    startRules = Start(leniencies)
    fieldRules = FieldLineRules(isFirst: true, unfolds: false, leniencies: self.leniencies)
    bounds = HeadBounds(limits, startLine: 0)
  }

  /// The stream offset of the next octet.
  var offset: Int { scanner.offset }

  /// Whether no octet of a head has been taken.
  var isAtStart: Bool {
    switch phase {
    case .startLine: scanner.offset == scanner.lineOffset
    case .fieldLine: false
    }
  }

  /// Whether the failure, or the need for more, is before the first octet of a head but for empty lines.
  var isBetweenHeads: Bool {
    switch phase {
    case .startLine: scanner.content.isEmpty
    case .fieldLine: false
    }
  }

  /// Passes over octets that belong to no head.
  mutating func passOver(_ count: Int) { scanner.passOver(count) }

  /// Lets `body`, which stands between two heads, take octets; counts them and keeps its failure.
  mutating func pass(_ octets: Span<UInt8>, at index: inout Int, to body: inout BodyReader) throws(HTTPParseError) -> BodyReader.Step? {
    let start = index
    do throws(HTTPParseError) {
      let step = try body.receive(octets, at: &index, offset: offset)
      passOver(index - start)
      return step
    } catch {
      try fail(error)
      return nil
    }
  }

  /// Reads up to the end of a head; after that the next head begins.
  ///
  /// - Returns: The head and how many of `octets` belong to it, or `nil` when all were taken and more are needed.
  mutating func read(_ octets: Span<UInt8>) throws(HTTPParseError) -> (completion: Completion, consumed: Int)? {
    var index = 0
    return try read(octets, at: &index).map { ($0, index) }
  }

  /// Reads from `index` up to the end of a head, past which it leaves `index`.
  mutating func read(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Completion? {
    if let failure { throw failure }
    if usesFastPaths, isAtStart, skippedEmptyLines == 0, let completion = takeWhole(octets, at: &index) { return completion }
    while index < octets.count {
      if usesFastPaths { takeRun(octets, at: &index) }
      guard index < octets.count else { return nil }
      let octet = octets[index]
      index += 1
      if let completion = try take(octet) { return completion }
    }
    return nil
  }

  /// Takes a head that is whole and plainly valid; otherwise nothing.
  private mutating func takeWhole(_ octets: Span<UInt8>, at index: inout Int) -> Completion? {
    guard octets.count - index >= HeadKernel.blockLength else { return nil }
    let rest = octets.extracting(droppingFirst: index)
    if !isKnownUniquelyReferenced(&storage) { storage = HeadStorage() }
    let outcome =
      Start.unfoldsFields ? storage.table.scanResponse(rest, within: bounds) : storage.table.scanRequest(rest, within: bounds)
    guard case .complete(let count) = outcome else {
      octetsExamined &+= rest.count
      return nil
    }
    octetsExamined &+= count
    storage.octets.replaceAll(with: rest.extracting(first: count))
    storage.base = scanner.offset
    index += count
    passOver(count)
    return Completion(fields: FieldSection(storage), end: scanner.offset, isPlain: true)
  }

  /// Takes octets that the rules would accept one by one, up to the first that may be anything else or may pass a limit.
  private mutating func takeRun(_ octets: Span<UInt8>, at index: inout Int) {
    let line = scanner.content
    guard !line.isEmpty, !scanner.holdsCarriageReturn else { return }
    let headRest = section.headBytes - (scanner.offset - startLineOffset)
    let plain: OctetClass?
    let rest: Int
    switch phase {
    case .startLine:
      plain = startRules.plainOctets(after: line)
      rest = min(Start.maximumLineBytes(limits) - line.count, headRest)
    case .fieldLine:
      plain = isSkippingLine ? nil : fieldRules.plainOctets
      rest = min(min(section.lineBytes - unfoldedLineBytes, section.bytes - sectionBytes) - line.count, headRest)
    }
    guard let plain, rest > 0 else { return }
    let limit = rest < octets.count - index ? index + rest : octets.count
    var end = index
    while end < limit, plain.contains(octets[end]) { end += 1 }
    guard end > index else { return }
    octetsExamined &+= end - index
    scanner.take(octets.extracting(index..<end))
    index = end
  }

  /// Notes the end of the input.
  mutating func endOfInput() throws(HTTPParseError) {
    if let failure { throw failure }
    if isBetweenHeads { return }
    try fail(HTTPParseError(.unexpectedEOF, at: scanner.offset))
  }

  /// Throws the failure, if there was one.
  func throwFailure() throws(HTTPParseError) {
    if let failure { throw failure }
  }

  /// Makes `error` the final outcome.
  mutating func fail(_ error: HTTPParseError) throws(HTTPParseError) {
    failure = error
    throw error
  }

  private mutating func take(_ octet: UInt8) throws(HTTPParseError) -> Completion? {
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
    case .end(let ending):
      if ending == .lf, !leniencies.contains(.bareLF) {
        try failAtPending(else: HTTPParseError(.bareLF, at: scanner.offset - 1, octet: octet))
      }
      octetsExamined &+= scanner.content.count
      let completion = try endLine()
      scanner.beginLine()
      return completion
    }
  }

  private mutating func judgeLast(_ octet: UInt8) throws(HTTPParseError) {
    let fault: LineFault?
    switch phase {
    case .startLine: fault = startRules.judgeLast(of: scanner.content)
    case .fieldLine: fault = isSkippingLine ? nil : fieldRules.judgeLast(of: scanner.content)
    }
    guard let fault else { return }
    switch phase {
    case .startLine: try fail(located(fault))
    case .fieldLine: try failOrSkip(fault)
    }
  }

  private mutating func checkLimits(_ octet: UInt8) throws(HTTPParseError) {
    let lineBytes = scanner.content.count
    switch phase {
    case .startLine:
      if lineBytes == 1 { startLineOffset = scanner.lineOffset }
      let headBytes = scanner.offset - startLineOffset
      try check(lineBytes, Start.maximumLineBytes(limits), Start.limitCode)
      try check(headBytes, section.headBytes, Start.limitCode)
    case .fieldLine:
      if lineBytes == 1, !Grammar.isWhitespace(octet) {
        unfoldedLineBytes = 0
        try check(fields.receivedCount + 1, section.lines, section.linesCode)
      }
      try check(unfoldedLineBytes + lineBytes, section.lineBytes, section.lineBytesCode)
      try check(sectionBytes + lineBytes, section.bytes, section.bytesCode)
      try check(scanner.offset - startLineOffset, section.headBytes, section.bytesCode)
    }
  }

  private mutating func check(_ actual: Int, _ limit: Int, _ code: HTTPParseError.Code) throws(HTTPParseError) {
    guard actual > limit else { return }
    try failAtPending(else: HTTPParseError(code, at: scanner.offset - 1, limit: limit, actual: actual))
  }

  private mutating func endLine() throws(HTTPParseError) -> Completion? {
    let line = scanner.content
    switch phase {
    case .startLine:
      if line.isEmpty, skippedEmptyLines < limits.maximumLeadingEmptyLines {
        skippedEmptyLines += 1
        return nil
      }
      if let fault = startRules.judgeEnd(of: line) { try fail(located(fault)) }
      let startLine = Start.meaning(of: isLoose(line) ? LooseStartLine(line, keepsThirdPart: Start.unfoldsFields).octets : line)
      fields.begin(startLine: startLine, parts: Start.parts(of: startLine), base: startLineOffset)
      phase = .fieldLine
    case .fieldLine:
      if line.isEmpty { return endHead() }
      if !isSkippingLine, let fault = fieldRules.judgeEnd(of: line) { try failOrSkip(fault) }
      endFieldLine(line)
    }
    fieldRules = FieldLineRules(isFirst: fields.receivedCount == 0, unfolds: unfolds, leniencies: leniencies)
    return nil
  }

  /// Whether a start line, which has no fault, is valid by its leniency only: a line that is valid anyway means the same with and without.
  private func isLoose(_ line: [UInt8]) -> Bool {
    leniencies.contains(.looseStartLine) && Start(leniencies.subtracting(.looseStartLine)).firstFault(in: line) != nil
  }

  /// Fails, or drops the line if that is allowed.
  ///
  /// A line that begins with white space belongs to one before it, and is always a failure.
  private mutating func failOrSkip(_ fault: LineFault) throws(HTTPParseError) {
    guard leniencies.contains(.skipBadFields), let first = scanner.content.first, !Grammar.isWhitespace(first) else {
      try fail(located(fault))
      return
    }
    isSkippingLine = true
    fields.noteSkippedLine(at: scanner.lineOffset)
  }

  private mutating func endFieldLine(_ line: [UInt8]) {
    sectionBytes &+= line.count &+ 2
    unfoldedLineBytes &+= line.count &+ 2
    if let first = line.first, Grammar.isWhitespace(first) {
      if !hasSkippedLast { fields.unfoldIntoLast(line) }
      return
    }
    hasSkippedLast = isSkippingLine
    isSkippingLine = false
    guard !hasSkippedLast else { return }
    let scan = FieldLineScan(line)
    let value = scan.value ?? 0..<0
    let start = scanner.lineOffset
    fields.append(name: ASCII.trimmed(line[scan.name]), value: line[value], nameOffset: start, valueOffset: start + value.lowerBound)
  }

  private mutating func endHead() -> Completion {
    phase = .startLine
    startRules = Start(leniencies)
    skippedEmptyLines = 0
    hasSkippedLast = false
    sectionBytes = 0
    unfoldedLineBytes = 0
    defer { fields = FieldSection() }
    return Completion(fields: fields, end: scanner.offset, isPlain: false)
  }

  private mutating func failAtPending(else error: HTTPParseError) throws(HTTPParseError) {
    let pending =
      switch phase {
      case .startLine: startRules.pendingFault(in: scanner.content)
      case .fieldLine: fieldRules.pendingFault(in: scanner.content)
      }
    if let pending = pending.map(located), pending.offset < error.offset { try fail(pending) }
    try fail(error)
  }

  private func located(_ fault: LineFault) -> HTTPParseError {
    let octet = scanner.content.indices.contains(fault.index) ? scanner.content[fault.index] : nil
    return HTTPParseError(fault.code, at: scanner.lineOffset + fault.index, octet: octet)
  }
}
