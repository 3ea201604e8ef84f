/// Reads the requests of a connection, as a server does (RFC 9112).
///
/// Call ``receive(_:at:)`` until it returns `nil`, then give it the next octets. Requests may be pipelined. Content is handed on as ranges
/// of the span given, never copied. The first failure is final; requests that were complete before it have been reported by then.
///
/// After a CONNECT request and after one that offers an upgrade the parser stops, leaving the octets that follow: see ``resume()``.
public struct RequestParser: Sendable {
  /// What came of some octets.
  public enum Event: Sendable, Equatable {
    /// A request begins.
    case head(RequestHead, BodyFraming)
    /// Content: these indices of the span given.
    case content(Range<Int>)
    /// The trailers of the request, unless there are none; kept apart from its fields.
    case trailers(FieldSection)
    /// The request is complete.
    case end(AfterMessage)
  }

  private enum Phase {
    case head
    case body(then: Verdict)
    case ending(Verdict)
    case stopped(Verdict)
    case closed
  }

  private struct Verdict {
    var handover: AfterMessage.Handover?
    var close: AfterMessage.CloseReason?

    var afterMessage: AfterMessage { handover.map { .handsOver($0) } ?? close.map { .closes($0) } ?? .continues }
  }

  private let limits: HTTPLimits
  private let leniencies: HTTPLeniencies
  private var reader: HeadReader<RequestLineRules>
  private var phase = Phase.head
  private var body: BodyReader
  private var requestCount = 0

  /// Creates a parser for a connection.
  ///
  /// - Parameters:
  ///   - limits: How much is accepted.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  ///   - offset: The stream offset of the first octet it will receive, for error messages. Default 0.
  public init(limits: HTTPLimits = HTTPLimits(), leniencies: HTTPLeniencies = [], offset: Int = 0) {
    self.limits = limits
    self.leniencies = leniencies
    reader = HeadReader(limits: limits, leniencies: leniencies, offset: offset)
    body = BodyReader(limits: limits, leniencies: leniencies, isResponse: false)
  }

  /// Whether plain input is read in large steps; tests turn it off.
  package var usesFastPaths: Bool {
    get { reader.usesFastPaths }
    set {
      reader.usesFastPaths = newValue
      body.usesFastPaths = newValue
    }
  }

  /// How often an octet of a head was looked at.
  package var octetsExamined: Int { reader.octetsExamined }

  /// The stream offset of the next octet.
  public var offset: Int { reader.offset }

  /// Whether no request has begun, but for empty lines before it.
  package var isBetweenRequests: Bool {
    switch phase {
    case .head: reader.isBetweenHeads
    case .body, .ending, .stopped: false
    case .closed: true
    }
  }

  /// Why nothing may follow the request whose head was read last, if it is answered in HTTP; known once its head is.
  package var closeReason: AfterMessage.CloseReason? {
    switch phase {
    case .body(let verdict), .ending(let verdict), .stopped(let verdict):
      verdict.close ?? (verdict.handover == .connect ? .connectRefused : nil)
    case .head, .closed: nil
    }
  }

  /// Takes octets, beginning at `index`, up to the next event.
  ///
  /// - Returns: The next event, or `nil` when `index` is at the end of the span or the parser has handed over.
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Event? {
    try reader.throwFailure()
    switch phase {
    case .head:
      guard let completion = try reader.read(octets, at: &index) else { return nil }
      return try begin(completion)
    case .body(let verdict):
      switch try reader.pass(octets, at: &index, to: &body) {
      case nil: return nil
      case .content(let range): return .content(range)
      case .end(let trailers):
        guard let trailers, !trailers.lines.isEmpty else { return end(verdict) }
        phase = .ending(verdict)
        return .trailers(trailers)
      }
    case .ending(let verdict): return end(verdict)
    case .stopped: return nil
    case .closed:
      reader.passOver(octets.count - index)
      index = octets.count
      return nil
    }
  }

  /// Goes on with HTTP after a hand-over that was declined; the octets left then are to be given again.
  ///
  /// After a declined upgrade the next request may follow. After a refused CONNECT nothing may: what the client sent into the tunnel
  /// cannot be told from requests, and is discarded.
  ///
  /// - Returns: What may follow; ``AfterMessage/continues`` if the parser has not handed over.
  @discardableResult
  public mutating func resume() -> AfterMessage {
    guard case .stopped(var verdict) = phase else { return .continues }
    if verdict.handover == .connect { verdict.close = .connectRefused }
    verdict.handover = nil
    phase = verdict.close == nil ? .head : .closed
    return verdict.afterMessage
  }

  /// Notes that the client will send nothing more.
  ///
  /// - Throws: `unexpected-eof` inside a request; a request is never ended by the end of its connection.
  public mutating func endOfInput() throws(HTTPParseError) {
    switch phase {
    case .head: try reader.endOfInput()
    case .body:
      try reader.throwFailure()
      try reader.fail(HTTPParseError(.unexpectedEOF, at: reader.offset))
    case .ending, .stopped, .closed: try reader.throwFailure()
    }
  }

  private mutating func begin(_ completion: HeadReader<RequestLineRules>.Completion) throws(HTTPParseError) -> Event? {
    do throws(HTTPParseError) {
      let head = RequestHead(completion)
      let framing = try framing(of: head, headEnd: completion.end)
      let options = try ConnectionOptions(head.fields, maximumElements: limits.maximumListElements)
      requestCount += 1
      var verdict = Verdict(close: options.closeReason(version: head.version))
      if requestCount >= limits.maximumRequestsPerConnection { verdict.close = verdict.close ?? .requestLimit }
      if head.isConnect {
        verdict.handover = .connect
      } else if head.offersUpgrade(options) {
        verdict.handover = .upgrade
      }
      try body.begin(framing, offset: completion.end)
      phase = .body(then: verdict)
      return .head(head, framing)
    } catch {
      try reader.fail(error)
      return nil
    }
  }

  /// The framing of a request; a Host fault goes before its faults, but leaves the connection usable only if it has none.
  private func framing(of head: RequestHead, headEnd: Int) throws(HTTPParseError) -> BodyFraming {
    let hostFault = HostRules.fault(in: head.fields, version: head.version, headEnd: headEnd)
    do throws(HTTPParseError) {
      let framing = try BodyFraming(of: head, maximumElements: limits.maximumListElements, leniencies: leniencies)
      if let hostFault { throw hostFault }
      return framing
    } catch {
      guard let hostFault, hostFault != error else { throw error }
      throw HTTPParseError(hostFault.code, at: hostFault.offset, octet: hostFault.octet)
    }
  }

  private mutating func end(_ verdict: Verdict) -> Event {
    if verdict.handover != nil {
      phase = .stopped(verdict)
    } else {
      phase = verdict.close == nil ? .head : .closed
    }
    return .end(verdict.afterMessage)
  }
}
