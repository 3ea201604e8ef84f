/// Reads the heads of responses, strictly (RFC 9112 §2, §4 and §5).
///
/// As ``RequestHeadParser``, but folded lines are unfolded, which RFC 9112 §5.2 asks of a user agent, and a status line
/// may end after its status code.
public struct ResponseHeadParser: Sendable {
  private var reader: HeadReader<StatusLineRules>

  /// Creates a parser for a stream.
  ///
  /// - Parameters:
  ///   - limits: How much is accepted.
  ///   - offset: The stream offset of the first octet it will receive, for error messages. Default 0.
  public init(limits: HTTPLimits = HTTPLimits(), offset: Int = 0) {
    reader = HeadReader(limits: limits, offset: offset)
  }

  /// Whether whole heads are taken at once; tests turn it off.
  package var usesFastPaths: Bool {
    get { reader.usesFastPaths }
    set { reader.usesFastPaths = newValue }
  }

  /// How often an octet was looked at.
  package var octetsExamined: Int { reader.octetsExamined }

  /// The stream offset of the next octet.
  package var offset: Int { reader.offset }

  /// Takes the next octets of the stream.
  ///
  /// After a complete head the next octets given begin another one.
  ///
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>) throws(HTTPParseError) -> HeadProgress<ResponseHead> {
    guard let (completion, consumed) = try reader.read(octets) else { return .needsMore }
    return .complete(ResponseHead(fields: completion.fields), consumed: consumed)
  }

  /// Notes that the peer will send nothing more.
  ///
  /// - Throws: `unexpected-eof` when a head has begun.
  public mutating func endOfInput() throws(HTTPParseError) { try reader.endOfInput() }
}
