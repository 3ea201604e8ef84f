/// Reads the responses of a connection, as a client does (RFC 9112).
///
/// A response can only be framed by who knows its request, so every request sent is announced with ``requestSent(method:offering:)``.
/// Call ``receive(_:at:)`` until it returns `nil`, then give it the next octets. Content is handed on as ranges of the span given, never
/// copied. The first failure is final; responses that were complete before it have been reported by then.
public struct ResponseParser: Sendable {
  /// What came of some octets.
  public enum Event: Sendable, Equatable {
    /// An interim response (1xx); another response to the same request follows.
    case interim(ResponseHead)
    /// The final response to the oldest outstanding request begins.
    case head(ResponseHead, BodyFraming)
    /// Content: these indices of the span given.
    case content(Range<Int>)
    /// The trailers of the response, unless there are none; kept apart from its fields.
    case trailers(FieldSection)
    /// The response is complete.
    case end(AfterMessage)
  }

  private struct Request {
    let method: String
    let offers: [String]
  }

  private enum Phase {
    case head
    case body(then: AfterMessage)
    case ending(AfterMessage)
    case closed
    case handedOver
  }

  private let limits: HTTPLimits
  private let leniencies: HTTPLeniencies
  private var reader: HeadReader<StatusLineRules>
  private var phase = Phase.head
  private var body: BodyReader
  private var outstanding: [Request] = []
  private var interimCount = 0

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
    body = BodyReader(limits: limits, leniencies: leniencies, isResponse: true)
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

  /// How many requests have no final response yet; between responses octets that come while it is 0 are `unsolicited-response`.
  public var outstandingRequests: Int { outstanding.count }

  /// What may follow the response whose head was read last; `nil` between responses.
  package var afterResponse: AfterMessage? {
    switch phase {
    case .body(let next), .ending(let next): next
    case .head, .closed, .handedOver: nil
    }
  }

  /// Notes that a request was sent.
  ///
  /// - Parameters:
  ///   - method: Its method.
  ///   - protocols: The protocols it offered to switch to, as in its Upgrade field. Default none.
  public mutating func requestSent(method: String, offering protocols: [String] = []) {
    outstanding.append(Request(method: method, offers: protocols))
  }

  /// Takes octets, beginning at `index`, up to the next event.
  ///
  /// - Returns: The next event, or `nil` when `index` is at the end of the span or the connection was handed over.
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Event? {
    try reader.throwFailure()
    switch phase {
    case .head:
      if index < octets.count, try !beginsHead(octets[index]) { return try receive(octets, at: &index) }
      guard let completion = try reader.read(octets, at: &index) else { return nil }
      return try begin(ResponseHead(fields: completion.fields))
    case .body(let next):
      switch try reader.pass(octets, at: &index, to: &body) {
      case nil: return nil
      case .content(let range): return .content(range)
      case .end(let trailers):
        guard let trailers, !trailers.lines.isEmpty else { return end(next) }
        phase = .ending(next)
        return .trailers(trailers)
      }
    case .ending(let next): return end(next)
    case .handedOver: return nil
    case .closed:
      reader.passOver(octets.count - index)
      index = octets.count
      return nil
    }
  }

  /// Notes that the server will send nothing more.
  ///
  /// - Returns: The end of a response whose content ends with the connection, else `nil`.
  /// - Throws: `unexpected-eof` inside a response, or while a request is without its final response.
  public mutating func endOfInput() throws(HTTPParseError) -> Event? {
    try reader.throwFailure()
    switch phase {
    case .body(let next) where body.endsWithConnection: return end(next)
    case .ending(let next): return end(next)
    case .closed, .handedOver: return nil
    case .head:
      if outstanding.isEmpty {
        try reader.endOfInput()
        return nil
      }
    case .body: break
    }
    try reader.fail(HTTPParseError(.unexpectedEOF, at: reader.offset))
    return nil
  }

  /// Whether `octet` is to be read as part of a head; content without a head begins where ``HTTPLeniencies/http09`` allows it.
  private mutating func beginsHead(_ octet: UInt8) throws(HTTPParseError) -> Bool {
    guard reader.isAtStart else { return true }
    if outstanding.isEmpty { try reader.fail(HTTPParseError(.unsolicitedResponse, at: reader.offset, octet: octet)) }
    guard leniencies.contains(.http09), ![0x48, 0x0D, 0x0A].contains(octet), !(octet == 0x49 && leniencies.contains(.icy)) else {
      return true
    }
    outstanding.removeFirst()
    try body.begin(.untilClose(codings: []), offset: reader.offset)
    phase = .body(then: .closes(.closeDelimited))
    return false
  }

  private mutating func begin(_ head: ResponseHead) throws(HTTPParseError) -> Event? {
    do throws(HTTPParseError) {
      guard let request = outstanding.first else { throw HTTPParseError(.unsolicitedResponse, at: head.offset) }
      if head.isInterim {
        interimCount += 1
        guard interimCount <= limits.maximumInterimResponses else {
          throw HTTPParseError(.limitInterim, at: head.offset, limit: limits.maximumInterimResponses, actual: interimCount)
        }
        return .interim(head)
      }
      let framing = try BodyFraming(of: head, toMethod: request.method, limits: limits, leniencies: leniencies)
      let next = try afterMessage(head, request, framing)
      try body.begin(framing, offset: reader.offset)
      outstanding.removeFirst()
      interimCount = 0
      phase = .body(then: next)
      return .head(head, framing)
    } catch {
      try reader.fail(error)
      return nil
    }
  }

  private func afterMessage(
    _ head: ResponseHead, _ request: Request, _ framing: BodyFraming
  ) throws(HTTPParseError) -> AfterMessage {
    let options = try ConnectionOptions(head.fields, maximumElements: limits.maximumListElements)
    if head.status == 101 {
      let accepted = try ListPieces.all(in: head.fields, head.fields.marks.upgrade, maximum: limits.maximumListElements)
      let wasOffered = accepted.allSatisfy { choice in
        request.offers.contains { ASCII.equalsIgnoringCase(choice.octets, $0.utf8) }
      }
      guard !accepted.isEmpty, wasOffered, options.hasUpgrade, head.version >= .http11 else {
        throw HTTPParseError(.unexpectedUpgrade, at: head.offset)
      }
      return .handsOver(.upgrade)
    }
    if request.method == "CONNECT", (200...299).contains(head.status) { return .handsOver(.connect) }
    if case .untilClose = framing { return .closes(.closeDelimited) }
    if case .chunked = framing {
      if head.version < .http11 { return .closes(.codingInHTTP10) }
      if head.fields.marks.contentLength.isEmpty == false { return .closes(.lengthAndCoding) }
    }
    return options.closeReason(version: head.version).map { .closes($0) } ?? .continues
  }

  private mutating func end(_ next: AfterMessage) -> Event {
    phase =
      switch next {
      case .continues: .head
      case .closes: .closed
      case .handsOver: .handedOver
      }
    return .end(next)
  }
}
