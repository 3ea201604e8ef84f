public import HTTPParse

/// Answering the present request; the session frames the answer and manages the connection.
extension HTTPServerSession {
  /// Sends an interim answer (1xx), such as 103 (Early Hints).
  ///
  /// 100 (Continue) is sent by itself when it is due; one sent here replaces it.
  ///
  /// - Throws: `HTTPConnectionError.Code.notNow` unless an answer is due and not begun; `status` unless it is 100 or 102 to 199, and for
  ///   a client of HTTP/1.0, which knows none (RFC 9110 §15.2); `ownedField`, `unsendable`.
  public mutating func sendInterim(_ status: Int, fields: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    let present = try unanswered()
    guard (100...199).contains(status), status != 101, present.head.version >= .http11 else { throw HTTPConnectionError(.status) }
    try OwnedFields.requireNone(in: fields, isRequest: false)
    output.append(try head(status, "", fields, .none, present))
    if status == 100 { exchange?.awaitsContinue = false }
  }

  /// Sends the head of the answer.
  ///
  /// Content that is given to an answer to HEAD, or with 304 (Not Modified), is not sent: such an answer can be given as if it were one to GET.
  /// An answer to a client that waits for 100 (Continue) is the last on its connection: its content may come or not.
  ///
  /// - Parameters:
  ///   - status: The status code, 200 to 999.
  ///   - reasonPhrase: Text without control octets. Default empty.
  ///   - fields: The fields, without those that frame the message and manage the connection.
  ///   - length: How much content will follow; `nil` if that is not known, so that it is sent in chunks, or to a client of HTTP/1.0 until
  ///     the connection ends.
  ///   - closing: Whether the connection is to end after the answer. Default false: the session decides.
  ///   - now: The present time.
  /// - Throws: `HTTPConnectionError.Code.notNow` unless an answer is due and not begun; `status`, also for 2xx to CONNECT; `ownedField`,
  ///   `unsendable`; `contentNotAllowed` for content with 204 or 205. Nothing is sent then, and another answer can be given.
  public mutating func sendHead(
    status: Int, reasonPhrase: String = "", fields: FieldSection = FieldSection(), length: Int?, closing: Bool = false, now: Duration
  ) throws(HTTPConnectionError) {
    var present = try unanswered()
    let isConnect = present.head.method == "CONNECT"
    guard (200...999).contains(status), !(isConnect && status < 300) else { throw HTTPConnectionError(.status) }
    try OwnedFields.requireNone(in: fields, isRequest: false)
    let (framing, writer) = try framing(status, length, present)
    present.closes = present.closes || closing || framing == .untilClose(codings: []) || present.awaitsContinue
    var options = present.closes ? ["close"] : present.head.version < .http11 ? ["keep-alive"] : []
    if !fields.lines(named: "Upgrade").isEmpty { options.append("upgrade") }
    var lines = OwnedFields.connection(options)
    if let date, fields.lines(named: "Date").isEmpty { lines.append((name: "Date", value: date)) }
    output.append(try head(status, reasonPhrase, OwnedFields.adding(lines, to: fields), framing, present))
    present.answer = .begun(writer)
    exchange = present
  }

  /// Sends a whole answer.
  ///
  /// It is the last on its connection if the request is not complete and more of it is to come than
  /// ``HTTPConnectionLimits/maximumDrainedBytes``.
  ///
  /// - Throws: As ``sendHead(status:reasonPhrase:fields:length:closing:now:)``.
  public mutating func respond(
    status: Int, reasonPhrase: String = "", fields: FieldSection = FieldSection(), content: [UInt8] = [], closing: Bool = false,
    now: Duration
  ) throws(HTTPConnectionError) {
    try sendHead(
      status: status, reasonPhrase: reasonPhrase, fields: fields, length: content.count, closing: closing || !canReadOn, now: now)
    try write(content)
    try end(now: now)
  }

  /// Sends a piece of the answer's content.
  ///
  /// - Throws: `HTTPConnectionError.Code.notNow` unless the answer has begun; `contentTooLong`, `contentNotAllowed`: then the piece is not sent.
  public mutating func write(_ content: consuming [UInt8]) throws(HTTPConnectionError) {
    guard case .begun(var writer) = exchange?.answer else { throw HTTPConnectionError(.notNow) }
    output.append(try writer.write(content))
    exchange?.answer = .begun(writer)
  }

  /// Ends the answer; the next request may follow.
  ///
  /// What is still to come of the present request is dropped, up to the limits for that, and no event tells of it.
  ///
  /// - Parameters:
  ///   - trailers: Fields after the content; left out where the client could not read them. Default none.
  ///   - now: The present time.
  /// - Throws: `HTTPConnectionError.Code.notNow` unless the answer has begun; `contentTooShort`; `unsendable`, `contentNotAllowed` for the
  ///   trailers. The answer goes on then.
  public mutating func end(trailers: FieldSection = FieldSection(), now: Duration) throws(HTTPConnectionError) {
    guard let present = exchange, case .begun(var writer) = present.answer else { throw HTTPConnectionError(.notNow) }
    output.append(try writer.end(trailers: trailers))
    exchange?.answer = .complete
    if present.closes || !canReadOn { return end(.close) }
    switch reading {
    case .content:
      // The pause was the application's, which has no say any more.
      resumeReading(now: now)
      reading = .draining(until: now + limits.drainDeadline, droppedBytes: 0)
    case .answerDue: endExchange(now: now)
    case .awaiting, .head, .draining, .over: break
    }
  }

  /// Answers 101 (Switching Protocols): the connection speaks another protocol from now on.
  ///
  /// - Parameters:
  ///   - name: One of the protocols that the client offered.
  ///   - fields: Further fields.
  /// - Returns: What the client has sent already in the new protocol. The output is still to be written.
  /// - Throws: `HTTPConnectionError.Code.upgradeNotOffered` unless the protocol was offered and the request is complete, its content
  ///   included, so that no octet of HTTP is taken for the other protocol; `notNow`, `ownedField`, `unsendable`.
  public mutating func switchProtocols(to name: String, fields: FieldSection = FieldSection()) throws(HTTPConnectionError) -> [UInt8] {
    let present = try unanswered()
    guard present.handover == .upgrade, present.head.upgradeOffers.contains(name) else { throw HTTPConnectionError(.upgradeNotOffered) }
    try OwnedFields.requireNone(in: fields, isRequest: true)
    let lines = OwnedFields.connection(["upgrade"]) + [(name: "Upgrade", value: name)]
    output.append(try head(101, "Switching Protocols", OwnedFields.adding(lines, to: fields), .none, present))
    let leftover = held.takeAll()
    end(.handOver)
    return leftover
  }

  private func unanswered() throws(HTTPConnectionError) -> Exchange {
    guard ending == nil else { throw HTTPConnectionError(.notOpen) }
    guard let exchange, case .due = exchange.answer else { throw HTTPConnectionError(.notNow) }
    return exchange
  }

  /// How content is framed, and what may be written of it, RFC 9110 §8.6 and §15.
  private func framing(
    _ status: Int, _ length: Int?, _ present: Exchange
  ) throws(HTTPConnectionError) -> (BodyFraming, ContentWriter) {
    let isModern = present.head.version >= .http11
    switch status {
    case 204, 205:
      guard length ?? 0 == 0 else { throw HTTPConnectionError(.contentNotAllowed) }
      return (.none, .forbidding)
    case 304: return (length.map { .length($0) } ?? .none, .discarding)
    default: break
    }
    let framing: BodyFraming = length.map { .length($0) } ?? (isModern ? .chunked(codings: []) : .untilClose(codings: []))
    guard present.head.method == "HEAD" else { return (framing, ContentWriter(framing)) }
    return (framing == .untilClose(codings: []) ? .none : framing, .discarding)
  }

  /// Whether what is still to come of the request will be read, so that the next one can be found.
  private var canReadOn: Bool { exchange?.remainingBytes ?? 0 <= limits.maximumDrainedBytes }

  private func head(
    _ status: Int, _ reasonPhrase: String, _ fields: FieldSection, _ framing: BodyFraming, _ present: Exchange
  ) throws(HTTPConnectionError) -> [UInt8] {
    do throws(HTTPParseError) {
      return try MessageSerializer.responseHead(
        status: status, reasonPhrase: reasonPhrase, fields: fields, framing: framing, toMethod: present.head.method,
        version: present.head.version)
    } catch {
      throw HTTPConnectionError(.unsendable, message: error)
    }
  }
}
