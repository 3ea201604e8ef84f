public import HTTPParse
public import Transport

/// The client's side of one connection of HTTP/1.1 without I/O or clock: one request after the other, each with its answer.
///
/// Begin an exchange with ``send(_:within:now:)``, give the content with ``write(_:)`` and ``end(trailers:)``, write what ``takeOutput()``
/// returns; give what was received to ``receive(_:)`` and take events with ``nextEvent(now:)`` until there is none. An answer may come
/// while content is still being sent. Afterwards ``isReusable`` says whether the connection can carry another exchange. The first failure
/// ends the connection: what follows can no longer be told from an answer.
public struct HTTPClientSession: ~Copyable {
  /// What came of an exchange.
  public enum Event: Sendable, Equatable {
    /// An interim answer (1xx); the final one follows.
    case interim(ResponseHead)
    /// The final answer begins.
    case head(ResponseHead, BodyFraming)
    /// A piece of its content.
    case content([UInt8])
    /// Its trailers, unless there are none; kept apart from its fields.
    case trailers(FieldSection)
    /// The answer and the exchange are complete.
    case end
    /// The server agreed to the other protocol that its head (101) names; what it has sent already in that protocol.
    case switched(leftover: [UInt8])
    /// The exchange failed and the connection ends.
    case failed(HTTPClientFailure)
  }

  /// How the connection is to be ended.
  public enum Ending: Sendable, Equatable {
    /// In order.
    case close
    /// At once, with all output.
    case abort
    /// Not at all: it speaks another protocol now.
    case handOver
  }

  /// How far the request's content has come.
  enum Sending: Sendable {
    /// Held back until then, or until the server says 100 (Continue).
    case awaitingContinue(ContentWriter, held: [[UInt8]], isComplete: Bool, until: Duration)
    case content(ContentWriter)
    case complete
    /// The answer made it pointless before it was complete.
    case pointless
  }

  struct Exchange {
    let request: HTTPClientRequest
    let deadline: Duration
    let limit: Duration
    var sending: Sending
    /// Octets of content that the answer's head declared, and those that came.
    var declaredBytes: Int?
    var contentBytes = 0
    /// Whether anything of the answer came, even an octet.
    var isAnswered = false
    /// Whether the head of the final answer came.
    var hasHead = false
    /// Whether the answer is complete, while the request is not.
    var isAnswerComplete = false
  }

  /// How much, and how long, the server is borne with.
  public let limits: HTTPConnectionLimits
  /// How the connection is to be ended; `nil` while it goes on.
  public private(set) var ending: Ending?
  /// How many exchanges were complete.
  public private(set) var exchangeCount = 0

  var parser: ResponseParser
  var held = HeldOctets()
  var exchange: Exchange?
  var output: [[UInt8]] = []
  private var isPaused = false
  private var inputEnded = false

  /// Creates a session for a connection that is established.
  ///
  /// - Parameters:
  ///   - limits: How much, and how long, the server is borne with.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  public init(limits: HTTPConnectionLimits = HTTPConnectionLimits(), leniencies: HTTPLeniencies = []) {
    self.limits = limits
    parser = ResponseParser(limits: limits.messages, leniencies: leniencies)
  }

  /// Whether another exchange can be begun: none is under way, and nothing spoke against it (RFC 9112 §9.3).
  public var isReusable: Bool { ending == nil && exchange == nil && !inputEnded && held.count == 0 }

  /// Whether an exchange is under way.
  public var isBusy: Bool { exchange != nil }

  /// Whether content is still of use; false when there is none to send, or once an answer made it pointless.
  public var isContentWanted: Bool {
    switch exchange?.sending {
    case .awaitingContinue(_, _, let isComplete, _): !isComplete
    case .content: true
    case .complete, .pointless, nil: false
    }
  }

  /// Whether content is held back for 100 (Continue), so that it is no time to give more of it.
  public var isAwaitingContinue: Bool {
    if case .awaitingContinue = exchange?.sending { true } else { false }
  }

  /// Whether further octets of the server should be read; what is given nevertheless is held.
  public var wantsInput: Bool { ending == nil && !isPaused }

  /// When ``handleDeadline(now:)`` is due.
  public var nextDeadline: Duration? {
    guard let exchange else { return nil }
    if case .awaitingContinue(_, _, _, let until) = exchange.sending { return min(until, exchange.deadline) }
    return exchange.deadline
  }

  // MARK: The answer

  /// Takes octets of the server; they become events with ``nextEvent(now:)``.
  public mutating func receive(_ octets: Span<UInt8>) {
    guard ending == nil, !octets.isEmpty else { return }
    exchange?.isAnswered = true
    held.append(octets)
  }

  /// Notes that the server will send nothing more.
  public mutating func endOfInput() { inputEnded = true }

  /// Delivers nothing more until ``resumeReading()``; the deadline of the exchange goes on.
  public mutating func pauseReading() { if exchange != nil { isPaused = true } }

  /// Goes on delivering.
  public mutating func resumeReading() { isPaused = false }

  /// Goes on with what was received.
  ///
  /// - Returns: The next event, or `nil` when more octets, time or the end of a pause are needed. A connection that the server ended, or
  ///   spoke on, while no exchange was under way is no event: ``ending`` tells.
  public mutating func nextEvent(now: Duration) -> Event? {
    guard ending == nil, !isPaused else { return nil }
    if exchange?.isAnswerComplete == true { return isSent || inputEnded || held.count > 0 ? finish(closing: false) : nil }
    let octets = held.octets
    var index = held.index
    do throws(HTTPParseError) {
      if let event = try parser.receive(octets.span, at: &index) {
        held.index = index
        return take(event, in: octets)
      }
      held = HeldOctets()
      guard inputEnded else { return nil }
      if let event = try parser.endOfInput() { return take(event, in: octets) }
      return end(.close, nil)
    } catch {
      guard error.code == .unexpectedEOF else { return fail(HTTPConnectionError(.message, message: error)) }
      return fail(cutShort(error, nil))
    }
  }

  private mutating func take(_ event: ResponseParser.Event, in octets: [UInt8]) -> Event? {
    switch event {
    case .interim(let head):
      if head.status == 100 { stopWaitingForContinue() }
      return .interim(head)
    case .head(let head, let framing):
      exchange?.hasHead = true
      if case .length(let length) = framing { exchange?.declaredBytes = length }
      judgeContent(by: head, after: parser.afterResponse)
      return .head(head, framing)
    case .content(let range):
      exchange?.contentBytes += range.count
      return .content(Array(octets[range]))
    case .trailers(let trailers): return .trailers(trailers)
    case .end(let after): return end(after)
    }
  }

  /// Stops sending content that the server has refused, or that it will not read (RFC 9112 §9.5).
  private mutating func judgeContent(by head: ResponseHead, after: AfterMessage?) {
    let mayBeRead = head.status < 300 && after == .continues
    switch exchange?.sending {
    case .awaitingContinue: exchange?.sending = .pointless
    case .content: if !mayBeRead { exchange?.sending = .pointless }
    case .complete, .pointless, nil: break
    }
  }

  private mutating func end(_ after: AfterMessage) -> Event? {
    switch after {
    case .handsOver:
      let leftover = held.takeAll()
      return end(.handOver, .switched(leftover: leftover))
    case .closes: return finish(closing: true)
    case .continues:
      // The server reads on: what is left of the content is no less a part of the request.
      guard case .content = exchange?.sending else { return finish(closing: false) }
      exchange?.isAnswerComplete = true
      return nil
    }
  }

  private var isSent: Bool {
    if case .complete = exchange?.sending { true } else { false }
  }

  /// Ends an exchange whose answer is complete.
  private mutating func finish(closing: Bool) -> Event? {
    exchangeCount += 1
    // A request that is cut short is no request: nothing can follow it.
    guard isSent else { return end(.abort, .end) }
    if closing || exchange?.request.isLast == true { return end(.close, .end) }
    exchange = nil
    isPaused = false
    return .end
  }

  // MARK: Failure

  /// Acts upon a deadline that has passed; does nothing before it.
  ///
  /// - Returns: The failure it led to, or `nil`.
  public mutating func handleDeadline(now: Duration) -> Event? {
    guard let exchange else { return nil }
    if now >= exchange.deadline { return fail(HTTPConnectionError(.exchangeDeadline, limit: Int(exchange.limit.components.seconds))) }
    if case .awaitingContinue(_, _, _, let until) = exchange.sending, now >= until { stopWaitingForContinue() }
    return nil
  }

  /// Notes that the connection is gone.
  ///
  /// - Returns: The failure of the exchange under way, or `nil` if there was none.
  public mutating func connectionLost(_ reason: CloseReason) -> Event? {
    exchange?.isAnswerComplete == true ? finish(closing: true) : fail(cutShort(nil, reason))
  }

  /// What the end of the connection means to the exchange under way.
  private func cutShort(_ message: HTTPParseError?, _ reason: CloseReason?) -> HTTPConnectionError {
    guard let exchange, exchange.isAnswered else { return HTTPConnectionError(.noAnswer, closeReason: reason) }
    let actual = exchange.hasHead ? exchange.contentBytes : nil
    return HTTPConnectionError(.incomplete, message: message, closeReason: reason, limit: exchange.declaredBytes, actual: actual)
  }

  private mutating func fail(_ error: HTTPConnectionError) -> Event? {
    let isSafe =
      error.code == .noAnswer && exchangeCount > 0 && exchange?.request.isIdempotent == true && exchange?.isAnswered == false
    return end(.abort, exchange == nil ? nil : .failed(HTTPClientFailure(error: error, isSafeToRetry: isSafe)))
  }

  private mutating func end(_ how: Ending, _ event: Event?) -> Event? {
    if ending == nil { ending = how }
    exchange = nil
    held = HeldOctets()
    isPaused = false
    return event
  }
}
