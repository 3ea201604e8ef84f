public import HTTPParse

/// Sending the request; the session frames its content and manages the connection.
extension HTTPClientSession {
  /// Begins an exchange: sends the head of a request.
  ///
  /// - Parameters:
  ///   - request: The request; if it has content, that is to follow.
  ///   - limit: How long the exchange may take in total. Default ``HTTPConnectionLimits/exchangeDeadline``.
  ///   - now: The present time, since any origin that later calls share.
  /// - Throws: `HTTPConnectionError.Code.notNow` while another exchange is under way; `notOpen`; `method`, `contentNotAllowed`,
  ///   `ownedField`, `unsendable`. Nothing was sent then.
  public mutating func send(
    _ request: HTTPClientRequest, within limit: Duration? = nil, now: Duration
  ) throws(HTTPConnectionError) {
    guard exchange == nil else { throw HTTPConnectionError(.notNow) }
    guard isReusable else { throw HTTPConnectionError(.notOpen) }
    output.append(try request.head())
    parser.requestSent(method: request.method, offering: request.upgrade)
    let writer = ContentWriter(request.framing)
    let sending: Sending =
      if request.expectsContinue {
        .awaitingContinue(writer, held: [], isComplete: false, until: now + limits.continueWait)
      } else if request.content == .none {
        .complete
      } else {
        .content(writer)
      }
    let limit = limit ?? limits.exchangeDeadline
    exchange = Exchange(request: request, deadline: now + limit, limit: limit, sending: sending)
  }

  /// Sends a piece of the request's content; nothing happens once the answer made it pointless.
  ///
  /// - Throws: `HTTPConnectionError.Code.notNow` unless content is due; `contentTooLong`: then the piece is not sent.
  public mutating func write(_ content: consuming [UInt8]) throws(HTTPConnectionError) {
    guard let octets = try exchange?.sending.write(content) else { throw HTTPConnectionError(.notNow) }
    append(octets)
  }

  /// Ends the request's content.
  ///
  /// - Throws: `HTTPConnectionError.Code.notNow` unless content is due; `contentTooShort`; `unsendable`, `contentNotAllowed` for the
  ///   trailers. The content goes on then.
  public mutating func end(trailers: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    guard let octets = try exchange?.sending.end(trailers: trailers) else { throw HTTPConnectionError(.notNow) }
    append(octets)
  }

  /// Takes the octets to be written, in order.
  public mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return output
  }

  private mutating func append(_ octets: [UInt8]) {
    if !octets.isEmpty { output.append(octets) }
  }

  mutating func stopWaitingForContinue() {
    for octets in exchange?.sending.stopWaiting() ?? [] { append(octets) }
  }
}

// Of the copyable enum, not of the session: Swift 6.3 leaks a payload that a method of a noncopyable structure takes out of its own
// stored property and puts back changed.
extension HTTPClientSession.Sending {
  /// Takes a piece of content; returns what to send of it now.
  mutating func write(_ content: consuming [UInt8]) throws(HTTPConnectionError) -> [UInt8] {
    switch self {
    case .content(var writer):
      let octets = try writer.write(content)
      self = .content(writer)
      return octets
    case .awaitingContinue(var writer, let held, false, let until):
      let octets = try writer.write(content)
      self = .awaitingContinue(writer, held: held + [octets], isComplete: false, until: until)
      return []
    case .pointless: return []
    case .awaitingContinue, .complete: throw HTTPConnectionError(.notNow)
    }
  }

  /// Ends the content; returns what to send for that now.
  mutating func end(trailers: FieldSection) throws(HTTPConnectionError) -> [UInt8] {
    switch self {
    case .content(var writer):
      let octets = try writer.end(trailers: trailers)
      self = .complete
      return octets
    case .awaitingContinue(var writer, let held, false, let until):
      let octets = try writer.end(trailers: trailers)
      self = .awaitingContinue(writer, held: held + [octets], isComplete: true, until: until)
      return []
    case .pointless: return []
    case .awaitingContinue, .complete: throw HTTPConnectionError(.notNow)
    }
  }

  /// Waits for 100 (Continue) no longer; returns what was held back.
  mutating func stopWaiting() -> [[UInt8]] {
    guard case .awaitingContinue(let writer, let held, let isComplete, _) = self else { return [] }
    self = isComplete ? .complete : .content(writer)
    return held
  }
}
