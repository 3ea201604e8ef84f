public import HTTPParse

/// The server's side of one connection of HTTP/1.1 without I/O or clock: octets and time in, requests and the octets of answers out.
///
/// Requests are delivered one at a time, in order: the next one is parsed when the last one was answered, however many were sent
/// at once (RFC 9112 §9.3.2). Give it what was received with ``receive(_:)``, take events with ``nextEvent(now:)`` until there is none, and
/// write what ``takeOutput()`` returns. Answer the present request with ``sendHead(status:reasonPhrase:fields:length:closing:now:)``,
/// ``write(_:)`` and ``end(trailers:now:)``, at any time after its head came. A request that breaks a rule is refused with its status, and
/// the connection ends: what follows can no longer be told from requests.
public struct HTTPServerSession: ~Copyable {
  /// What the application has to know.
  public enum Event: Sendable, Equatable {
    /// A request begins.
    case head(RequestHead, BodyFraming)
    /// A piece of its content.
    case content([UInt8])
    /// Its trailers, unless there are none; kept apart from its fields.
    case trailers(FieldSection)
    /// The request is complete.
    case end
    /// The request under way, or one that was about to begin, failed and the connection ends; a refusal, if one can be sent, is in the output.
    case failed(HTTPConnectionError)
  }

  /// How the connection is to be ended.
  public enum Ending: Sendable, Equatable {
    /// In order, once the output was written.
    case close
    /// At once, so that the peer does not take what it has for the whole.
    case abort
    /// Not at all: it speaks another protocol now.
    case handOver
  }

  /// Where reading stands.
  enum Reading: Sendable {
    /// Nothing of the next request has come.
    case awaiting(until: Duration)
    /// A head has begun.
    case head(until: Duration)
    /// A head was read, the request is not complete.
    case content(RateDeadline)
    /// The request is complete and its answer is not.
    case answerDue
    /// The answer is complete, and the rest of the request is dropped.
    case draining(until: Duration, droppedBytes: Int)
    /// No further octet means anything.
    case over
  }

  /// The request that was delivered last, and its answer.
  struct Exchange {
    let head: RequestHead
    /// Whether nothing may follow; settled when the head of the answer is written.
    var closes: Bool
    /// Whether the client waits for 100 (Continue).
    var awaitsContinue: Bool
    /// How much content is still to come, if the head said so; else `nil`.
    var remainingBytes: Int?
    var handover: AfterMessage.Handover?
    var answer = Answer.due
  }

  enum Answer: Sendable {
    case due
    case begun(ContentWriter)
    case complete
  }

  /// How much, and how long, the client is borne with.
  public let limits: HTTPConnectionLimits
  /// How the connection is to be ended; `nil` while it goes on.
  public internal(set) var ending: Ending?
  /// The value of the Date field of answers that bring none; set it as time goes by, see ``HTTPDate``.
  ///
  /// Default `nil`: no Date, as is due from a server without a clock (RFC 9110 §6.6.1).
  public var date: String?
  /// How many requests were delivered; the number of the present one.
  public internal(set) var requestNumber = 0

  var parser: RequestParser
  var held = HeldOctets()
  var reading: Reading
  var exchange: Exchange?
  var output = SessionOutput()
  var pause = InputPause()
  private var inputEnded = false

  /// Creates a session for a connection that was just accepted.
  ///
  /// - Parameters:
  ///   - limits: How much, and how long, the client is borne with.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  ///   - now: The present time, since any origin that later calls share.
  public init(limits: HTTPConnectionLimits = HTTPConnectionLimits(), leniencies: HTTPLeniencies = [], now: Duration) {
    self.limits = limits
    parser = RequestParser(limits: limits.messages, leniencies: leniencies)
    reading = .awaiting(until: now + limits.headDeadline)
  }

  /// Whether further octets of the client should be read; what is given nevertheless is held.
  public var wantsInput: Bool {
    switch reading {
    case .over: false
    case .answerDue: held.count < limits.maximumHeldBytes
    case .awaiting, .head, .content, .draining: pause.isEmpty
    }
  }

  /// How many octets are held.
  package var heldBytes: Int { held.count }

  /// Whether an answer is to be given, or completed.
  public var isAnswerDue: Bool {
    switch exchange?.answer {
    case .due, .begun: ending == nil
    case .complete, nil: false
    }
  }

  /// Whether nothing of the answer was sent.
  var isAnswerUnbegun: Bool {
    if case .due = exchange?.answer { true } else { false }
  }

  // MARK: Input

  /// Takes octets of the client; they become events with ``nextEvent(now:)``.
  public mutating func receive(_ octets: Span<UInt8>) {
    if case .over = reading { return }
    held.append(octets)
  }

  /// Notes that the client will send nothing more; what it sent is still served.
  public mutating func endOfInput() { inputEnded = true }

  /// Goes on with what was received.
  ///
  /// - Returns: The next event, or `nil` when more octets, time, an answer or the end of a pause are needed.
  public mutating func nextEvent(now: Duration) -> Event? {
    while pause.isEmpty, isParsing {
      beginHead(now: now)
      let octets = held.octets
      var index = held.index
      do throws(HTTPParseError) {
        let event = try parser.receive(octets.span, at: &index)
        held.index = index
        if let event {
          if let event = take(event, in: octets, now: now) { return event }
          continue
        }
        // The parser leaves octets only where it hands over, and then this is no longer reached.
        held = HeldOctets()
        sendContinueIfAwaited()
        guard inputEnded else { return nil }
        try parser.endOfInput()
        end(.close)
      } catch {
        // What is wrong with content that nobody wants is nobody's concern.
        guard isDelivering || exchange == nil else { return endQuietly() }
        return fail(HTTPConnectionError(error.code == .unexpectedEOF ? .incomplete : .message, message: error))
      }
    }
    return nil
  }

  private var isParsing: Bool {
    switch reading {
    case .awaiting, .head, .content, .draining: true
    case .answerDue, .over: false
    }
  }

  private mutating func beginHead(now: Duration) {
    guard case .awaiting = reading, held.count > 0 else { return }
    reading = .head(until: now + limits.headDeadline)
  }

  private mutating func take(_ event: RequestParser.Event, in octets: [UInt8], now: Duration) -> Event? {
    switch event {
    case .head(let head, let framing):
      requestNumber += 1
      var remaining: Int?
      if case .length(let length) = framing { remaining = length }
      exchange = Exchange(
        head: head, closes: parser.closeReason != nil, awaitsContinue: head.expectsContinue && framing != .none && remaining != 0,
        remainingBytes: remaining)
      reading = .content(RateDeadline(bytesPerSecond: limits.minimumBytesPerSecond, grace: limits.contentGrace, now: now))
      return .head(head, framing)
    case .content(let range):
      exchange?.awaitsContinue = false
      if let remaining = exchange?.remainingBytes { exchange?.remainingBytes = remaining - range.count }
      switch reading {
      case .content(var rate):
        rate.moved(range.count, now: now)
        reading = .content(rate)
        return .content(Array(octets[range]))
      case .draining(let until, let dropped):
        let sum = dropped + range.count
        reading = .draining(until: until, droppedBytes: sum)
        if sum > limits.maximumDrainedBytes { end(.close) }
        return nil
      case .awaiting, .head, .answerDue, .over: return nil
      }
    case .trailers(let trailers): return isDelivering ? .trailers(trailers) : nil
    case .end(let after):
      if case .handsOver(let handover) = after { exchange?.handover = handover }
      guard isDelivering else {
        endExchange(now: now)
        return nil
      }
      reading = .answerDue
      return .end
    }
  }

  var isDelivering: Bool {
    if case .content = reading { true } else { false }
  }

  /// Encourages a client that waits to send its content; not before the application had its chance to refuse it, see ``pauseReading(now:)``.
  private mutating func sendContinueIfAwaited() {
    guard let awaiting = exchange, awaiting.awaitsContinue, case .due = awaiting.answer else { return }
    exchange?.awaitsContinue = false
    output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
  }

  // MARK: Ends

  /// Ends the connection over a failure, with a refusal if none of the answer was sent.
  mutating func fail(_ error: HTTPConnectionError) -> Event {
    if case .begun = exchange?.answer {
      // In order, what was sent could pass for the whole answer.
      end(.abort)
    } else {
      if let status = error.status { refuse(status, error) }
      end(.close)
    }
    return .failed(error)
  }

  private mutating func endQuietly() -> Event? {
    end(.close)
    return nil
  }

  /// Without content: whether the refused request was HEAD, and content would be taken for something else, is not always known.
  private mutating func refuse(_ status: Int, _ error: HTTPConnectionError) {
    let lines = [(name: "Connection", value: "close")] + (date.map { [(name: "Date", value: $0)] } ?? [])
    guard let fields = try? OwnedFields.adding(lines, to: FieldSection()),
      let head = try? MessageSerializer.responseHead(
        status: status, reasonPhrase: error.message?.code.rawValue ?? error.code.rawValue, fields: fields, framing: .length(0),
        toMethod: "GET")
    else { return }
    output.append(head)
  }

  /// Ends the connection, whatever was under way.
  mutating func end(_ how: Ending) {
    reading = .over
    held = HeldOctets()
    exchange = nil
    pause = InputPause()
    ending = how
  }

  /// Goes on after an exchange whose both sides are complete.
  mutating func endExchange(now: Duration) {
    exchange = nil
    parser.resume()
    reading = .awaiting(until: now + limits.idleDeadline)
  }
}
