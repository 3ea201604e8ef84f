public import HTTPParse
public import Transport

/// What answers one request of an ``HTTPServerConnection``.
///
/// It can be kept and used later; once its request is answered, or the connection gone, all it does is throw.
public struct HTTPResponder {
  /// The connection of the request.
  public let connection: HTTPServerConnection
  /// The number of the request on its connection, from 1.
  public let requestNumber: Int

  /// Whether the request can still be answered, or its answer be completed.
  public var isDue: Bool { connection.isAnswerDue(to: requestNumber) }

  /// Sends a whole answer.
  ///
  /// - Throws: As ``HTTPServerSession/respond(status:reasonPhrase:fields:content:closing:now:)``, and `notOpen`; nothing was sent then.
  public func respond(
    status: Int, reasonPhrase: String = "", fields: FieldSection = FieldSection(), content: [UInt8] = [], closing: Bool = false
  ) throws(HTTPConnectionError) {
    try connection.answer(requestNumber) { session, now throws(HTTPConnectionError) in
      try session.respond(status: status, reasonPhrase: reasonPhrase, fields: fields, content: content, closing: closing, now: now)
    }
  }

  /// Sends the head of an answer whose content follows in pieces.
  ///
  /// - Throws: As ``HTTPServerSession/sendHead(status:reasonPhrase:fields:length:closing:now:)``, and `notOpen`.
  public func sendHead(
    status: Int, reasonPhrase: String = "", fields: FieldSection = FieldSection(), length: Int?, closing: Bool = false
  ) throws(HTTPConnectionError) {
    try connection.answer(requestNumber) { session, now throws(HTTPConnectionError) in
      try session.sendHead(
        status: status, reasonPhrase: reasonPhrase, fields: fields, length: length, closing: closing, now: now)
    }
  }

  /// Sends a piece of content; see ``HTTPServerConnection/isWritable``.
  ///
  /// - Throws: As ``HTTPServerSession/write(_:)``, and `notOpen`; `outputStalled` if too much waits for the client, which is then cut off.
  public func write(_ content: [UInt8]) throws(HTTPConnectionError) {
    try connection.write(content, to: requestNumber)
  }

  /// Ends the answer.
  ///
  /// - Throws: As ``HTTPServerSession/end(trailers:now:)``, and `notOpen`.
  public func end(trailers: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    try connection.answer(requestNumber) { session, now throws(HTTPConnectionError) in try session.end(trailers: trailers, now: now) }
  }

  /// Sends an interim answer.
  ///
  /// - Throws: As ``HTTPServerSession/sendInterim(_:fields:)``, and `notOpen`.
  public func sendInterim(_ status: Int, fields: FieldSection = FieldSection()) throws(HTTPConnectionError) {
    try connection.answer(requestNumber) { session, _ throws(HTTPConnectionError) in try session.sendInterim(status, fields: fields) }
  }

  /// Answers 101 (Switching Protocols) and gives the stream away.
  ///
  /// - Parameters:
  ///   - name: One of the protocols that the client offered.
  ///   - fields: Further fields.
  /// - Returns: The stream, without a delegate, so that it does not read, and what the client has sent already in the new protocol.
  /// - Throws: As ``HTTPServerSession/switchProtocols(to:fields:)``, and `notOpen`.
  public func switchProtocols(
    to name: String, fields: FieldSection = FieldSection()
  ) throws(HTTPConnectionError) -> (stream: any ByteStream, leftover: [UInt8]) {
    let leftover = try connection.answer(requestNumber) { session, _ throws(HTTPConnectionError) in
      try session.switchProtocols(to: name, fields: fields)
    }
    return (connection.handOver(), leftover)
  }
}
