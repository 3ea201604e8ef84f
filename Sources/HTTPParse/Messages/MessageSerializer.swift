/// Writes messages that cannot be made to mean something else.
///
/// Every part is judged by the rules it is read with: no CR, LF or NUL gets into a head, and the framing fields are written from the
/// framing alone, so that a length never stands beside a coding. Nothing is repaired; what cannot be sent as it is, is refused.
/// Offsets in errors count in the part that is wrong.
public enum MessageSerializer {
  /// Writes the head of a request of HTTP/1.1.
  ///
  /// - Parameters:
  ///   - method: A token.
  ///   - target: A request target of a form that the method allows.
  ///   - fields: The fields, with exactly one Host and without Content-Length and Transfer-Encoding.
  ///   - framing: How the content will be delimited; not by the end of the connection.
  /// - Throws: `method`, `target`, `field-name`, `field-value`, a fault of Host, `content-length` or `transfer-coding`.
  public static func requestHead(
    method: String, target: String, fields: FieldSection, framing: BodyFraming
  ) throws(HTTPParseError) -> [UInt8] {
    let methodOctets = Array(method.utf8)
    guard ASCII.isToken(methodOctets) else { throw HTTPParseError(.method, at: 0) }
    let target = try RequestTarget(Array(target.utf8), method: method)
    if let fault = HostRules.fault(in: fields, version: .http11, headEnd: 0) { throw fault }
    if case .untilClose = framing { throw HTTPParseError(.transferCoding, at: 0) }
    var head = methodOctets + [0x20] + target.octets
    head += Array(" HTTP/1.1\r\n".utf8)
    try append(fields, to: &head)
    try append(framing, to: &head)
    return head + [0x0D, 0x0A]
  }

  /// Writes the head of a response of HTTP/1.1.
  ///
  /// A response that may have content and has none is given a Content-Length of 0, one that ends with the connection the close option.
  ///
  /// - Parameters:
  ///   - status: The status code, 100 to 999.
  ///   - reasonPhrase: Text without control octets; may be empty, which is the default.
  ///   - fields: The fields, without Content-Length and Transfer-Encoding.
  ///   - framing: How the content will be delimited; of a response to HEAD, or a 304, how it would be.
  ///   - method: The method of the request.
  ///   - version: The version of the request; HTTP/1.0 knows no chunks. Default HTTP/1.1.
  /// - Throws: `status-code`, `status-line`, `field-name`, `field-value`, `content-length`, `transfer-coding` or `te-http10`; the last
  ///   three also for framing that a response with this status to this method must not have (RFC 9110 §8.6, RFC 9112 §6.1).
  public static func responseHead(
    status: Int, reasonPhrase: String = "", fields: FieldSection, framing: BodyFraming, toMethod method: String,
    version: HTTPVersion = .http11
  ) throws(HTTPParseError) -> [UInt8] {
    guard (100...999).contains(status) else { throw HTTPParseError(.statusCode, at: 0) }
    let reason = Array(reasonPhrase.utf8)
    if let index = reason.firstIndex(where: { !OctetClass.text.contains($0) }) {
      throw HTTPParseError(.statusLine, at: index, octet: reason[index])
    }
    if case .chunked = framing, version < .http11 { throw HTTPParseError(.transferEncodingInHTTP10, at: 0) }
    var head = Array("HTTP/1.1 \(status) ".utf8) + reason + [0x0D, 0x0A]
    try append(fields, to: &head)
    switch status {
    case 100...199, 204: try requireNone(framing)
    case 200...299 where method == "CONNECT": try requireNone(framing)
    case 304: try append(framing, to: &head)
    default: try append(framing == .none && method != "HEAD" ? .length(0) : framing, to: &head)
    }
    if case .untilClose = framing, !fields.elements(of: "Connection").contains(where: { ASCII.equalsIgnoringCase($0.octets, "close".utf8) })
    {
      head += Array("Connection: close\r\n".utf8)
    }
    return head + [0x0D, 0x0A]
  }

  /// Writes one chunk; nothing for no content, since an empty chunk would end the body.
  public static func chunk(_ content: some Collection<UInt8>) -> [UInt8] {
    content.isEmpty ? [] : Array(String(content.count, radix: 16).utf8) + [0x0D, 0x0A] + content + [0x0D, 0x0A]
  }

  /// Writes the end of a chunked body.
  ///
  /// - Throws: `field-name` or `field-value`; `field-name` also for fields that frame, route, authenticate or describe a message, which must
  ///   not be trailers (RFC 9110 §6.5.1).
  public static func lastChunk(trailers: FieldSection = FieldSection()) throws(HTTPParseError) -> [UInt8] {
    var end = Array("0\r\n".utf8)
    if trailers.lines.contains(where: { line in forbiddenTrailers.contains { line.isNamed($0) } }) {
      throw HTTPParseError(.fieldName, at: 0)
    }
    try append(trailers, to: &end)
    return end + [0x0D, 0x0A]
  }

  private static let forbiddenTrailers = [
    "Content-Length", "Transfer-Encoding", "Host", "Trailer", "TE", "Connection", "Upgrade", "Expect", "Content-Encoding", "Content-Type",
    "Content-Range", "Cache-Control", "Max-Forwards", "Range", "Authorization", "Proxy-Authorization", "Proxy-Authenticate",
    "WWW-Authenticate", "Cookie", "Set-Cookie", "Location", "Date", "Age", "Expires", "Vary",
  ]

  private static func append(_ fields: FieldSection, to head: inout [UInt8]) throws(HTTPParseError) {
    for line in fields.lines {
      if let fault = FieldLine.faultToSend(name: line.name, value: line.value) { throw fault }
      if line.isNamed("Content-Length") { throw HTTPParseError(.contentLength, at: 0) }
      if line.isNamed("Transfer-Encoding") { throw HTTPParseError(.transferCoding, at: 0) }
      head += line.name
      head += [0x3A, 0x20]
      head += line.value
      head += [0x0D, 0x0A]
    }
  }

  private static func append(_ framing: BodyFraming, to head: inout [UInt8]) throws(HTTPParseError) {
    switch framing {
    case .none: break
    case .length(let length):
      guard length >= 0 else { throw HTTPParseError(.contentLength, at: 0) }
      head += Array("Content-Length: \(length)\r\n".utf8)
    case .chunked(let codings): try append(codings + ["chunked"], to: &head)
    case .untilClose(let codings): if !codings.isEmpty { try append(codings, to: &head) }
    }
  }

  private static func append(_ codings: [String], to head: inout [UInt8]) throws(HTTPParseError) {
    guard codings.allSatisfy({ ASCII.isToken(Array($0.utf8)) }), !codings.dropLast().contains(where: { $0.lowercased() == "chunked" })
    else { throw HTTPParseError(.transferCoding, at: 0) }
    head += Array("Transfer-Encoding: \(codings.joined(separator: ", "))\r\n".utf8)
  }

  private static func requireNone(_ framing: BodyFraming) throws(HTTPParseError) {
    switch framing {
    case .none: break
    case .length: throw HTTPParseError(.contentLength, at: 0)
    case .chunked, .untilClose: throw HTTPParseError(.transferCoding, at: 0)
    }
  }
}
