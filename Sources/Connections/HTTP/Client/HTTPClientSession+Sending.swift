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
    switch exchange?.sending {
    case .content(var writer):
      append(try writer.write(content))
      exchange?.sending = .content(writer)
    case .awaitingContinue(var writer, let held, false, let until):
      let octets = try writer.write(content)
      exchange?.sending = .awaitingContinue(writer, held: held + [octets], isComplete: false, until: until)
    case .pointless: return
    case .awaitingContinue, .complete, nil: throw HTTPConnectionError(.notNow)
    }
  }

  /// Ends the request's content.
  ///
  /// - Throws: `HTTPConnectionError.Code.notNow` unless content is due; `contentTooShort`; `unsendable`, `contentNotAllowed` for the
  ///   trailers. The content goes on then.
  public mutating func end(trailers: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    switch exchange?.sending {
    case .content(var writer):
      append(try writer.end(trailers: trailers))
      exchange?.sending = .complete
    case .awaitingContinue(var writer, let held, false, let until):
      let octets = try writer.end(trailers: trailers)
      exchange?.sending = .awaitingContinue(writer, held: held + [octets], isComplete: true, until: until)
    case .pointless: return
    case .awaitingContinue, .complete, nil: throw HTTPConnectionError(.notNow)
    }
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
    guard case .awaitingContinue(let writer, let held, let isComplete, _) = exchange?.sending else { return }
    for octets in held { append(octets) }
    exchange?.sending = isComplete ? .complete : .content(writer)
  }
}
