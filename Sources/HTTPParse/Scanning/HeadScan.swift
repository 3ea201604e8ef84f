/// What a scan of a whole head came to.
public enum HeadScanOutcome: Sendable, Equatable {
  /// The head is valid and ends before this index of the span.
  case complete(consumed: Int)
  /// The span ends before the head does; scan again when there is more.
  case needsMore
  /// The head is not plainly valid: it is wrong, or right in a rare way. ``RequestHeadParser`` or ``ResponseHeadParser`` tells which.
  case notPlain
}

/// Scans whole heads of requests out of contiguous octets, in one pass and without allocating.
///
/// For who has a head in one piece and wants nothing but its parts. Only what the strict grammar of RFC 9112 allows is
/// accepted: token names, values without control octets, lines that end in CRLF, a target in origin-form. All else, and heads beyond the
/// limits, is `notPlain`; the parsers say why, or read it. Rules about what fields mean (Host, framing) are not applied.
///
/// A scan is storage for one head at a time: keep it and use it again.
public struct RequestHeadScan: Sendable {
  private var table = HeadTable()
  private let bounds: HeadBounds

  /// Creates storage.
  ///
  /// - Parameter limits: How much is accepted.
  public init(limits: HTTPLimits = HTTPLimits()) { bounds = HeadBounds(limits, startLine: limits.maximumRequestLineBytes) }

  /// Scans the head that begins with the first of `octets`; the parts have a meaning only after `complete`.
  ///
  /// Each call looks at the octets again: after `needsMore` call it when more has come, or go on with ``RequestHeadParser``, which takes
  /// octets in any pieces at a cost that is linear however they are cut. As many octets as a head may have never need more.
  public mutating func scan(_ octets: Span<UInt8>) -> HeadScanOutcome { table.scanRequest(octets, within: bounds) }

  /// Where the method is; a token.
  public var method: Range<Int> { table.parts.method }
  /// Where the request target is, in origin-form.
  public var target: Range<Int> { table.parts.target }
  /// The version; its major number is 1.
  public var version: HTTPVersion { table.parts.version }
  /// How many field lines there are.
  public var lineCount: Int { Int(table.parts.lineCount) }
  /// Where the name of a field line is; lines count from 0 to ``lineCount``, which it is an error of the program to pass.
  public func name(line: Int) -> Range<Int> { table.entries[line].name }
  /// Where the value of a field line is, without white space at its ends.
  public func value(line: Int) -> Range<Int> { table.entries[line].value }
}

/// Scans whole heads of responses out of contiguous octets, in one pass and without allocating.
///
/// As ``RequestHeadScan``, with a status line instead of a request line. Folded lines are `notPlain`.
public struct ResponseHeadScan: Sendable {
  private var table = HeadTable()
  private let bounds: HeadBounds

  /// Creates storage.
  ///
  /// - Parameter limits: How much is accepted.
  public init(limits: HTTPLimits = HTTPLimits()) { bounds = HeadBounds(limits, startLine: limits.maximumStatusLineBytes) }

  /// Scans the head that begins with the first of `octets`; see ``RequestHeadScan/scan(_:)``.
  public mutating func scan(_ octets: Span<UInt8>) -> HeadScanOutcome { table.scanResponse(octets, within: bounds) }

  /// The version; its major number is 1.
  public var version: HTTPVersion { table.parts.version }
  /// The status code, 100 to 999.
  public var status: Int { Int(table.parts.status) }
  /// Where the reason phrase is; it may be empty.
  public var reasonPhrase: Range<Int> { table.parts.reasonPhrase }
  /// How many field lines there are.
  public var lineCount: Int { Int(table.parts.lineCount) }
  /// Where the name of a field line is; lines count from 0 to ``lineCount``, which it is an error of the program to pass.
  public func name(line: Int) -> Range<Int> { table.entries[line].name }
  /// Where the value of a field line is, without white space at its ends.
  public func value(line: Int) -> Range<Int> { table.entries[line].value }
}
