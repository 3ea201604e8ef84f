/// Reads the heads of requests, strictly (RFC 9112 §2 to §5).
///
/// Feed it octets in any pieces. Each octet is looked at a fixed number of times, so work is linear however finely the input is cut.
/// Lines must end in CRLF; one empty line before the request line is ignored; folded lines are refused. The first failure is final.
public struct RequestHeadParser: Sendable {
  private var reader: HeadReader<RequestLineRules>

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

  /// Takes the next octets of the stream.
  ///
  /// After a complete head the next octets given begin another one.
  ///
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>) throws(HTTPParseError) -> HeadProgress<RequestHead> {
    guard let (completion, consumed) = try reader.read(octets) else { return .needsMore }
    let head = RequestHead(completion)
    if let fault = HostRules.fault(in: head.fields, version: head.version, headEnd: completion.end) { try reader.fail(fault) }
    return .complete(head, consumed: consumed)
  }

  /// Notes that the peer will send nothing more.
  ///
  /// - Throws: `unexpected-eof` when a head has begun.
  public mutating func endOfInput() throws(HTTPParseError) { try reader.endOfInput() }
}

extension RequestHead {
  init(_ completion: HeadReader<RequestLineRules>.Completion) {
    let fields = completion.fields
    var form = RequestTarget.Form.origin
    if !completion.isPlain { form = RequestTarget.form(fields.octets[fields.parts.target], method: fields.octets[fields.parts.method]) }
    self.init(form: form, fields: fields)
  }
}
