import HTTPParse
import WSProtocol

/// The rules for a client's opening handshake, RFC 6455 §4.2.1, applied to a request head in a fixed order.
struct RequestJudge {
  let request: RequestHead
  let policy: HandshakePolicy
  let limits: HandshakeLimits

  /// What a valid request asked for.
  struct Accepted {
    let key: [UInt8]
    let subprotocol: String?
    /// The answer to an offer of permessage-deflate, and what it amounts to.
    let compression: (answer: PerMessageDeflateParameters, agreed: PerMessageDeflate)?
  }

  /// Returns what the request asks for.
  ///
  /// - Throws: The first rule it breaks: of HTTP, of the upgrade, of the WebSocket fields, of the policy.
  func judge() throws(HandshakeError) -> Accepted {
    try judgeRequestLine()
    try judgeContent()
    guard let authority = request.authority else {
      throw HandshakeError(HTTPParseError(.hostInvalid, at: request.offset(of: "Host")))
    }
    try judgeUpgrade()
    try judgeVersion()
    let key = try judgeKey()
    let subprotocols = try offeredSubprotocols()
    let extensions = try WebSocketExtension.list(in: request.fields, limits: limits)
    if let breach = policy.breach(by: request, for: authority) { throw breach }
    let offers = extensions.filter { $0.name == PerMessageDeflate.name }.map(\.pairs)
    return Accepted(
      key: key, subprotocol: subprotocols.first(where: policy.subprotocols.contains),
      compression: policy.compression?.choose(among: offers))
  }

  private func judgeRequestLine() throws(HandshakeError) {
    guard request.version >= .http11 else {
      throw HandshakeError(.httpVersion, "the request is in HTTP/1.0, which cannot switch protocols", at: request.offset)
    }
    guard request.method == "GET" else { throw HandshakeError(.method, "the method is not GET", at: request.offset) }
  }

  /// A body between the request and the first frame is where two readers of the stream part ways.
  private func judgeContent() throws(HandshakeError) {
    if let line = request.fields.lines(named: "Transfer-Encoding").first {
      throw HandshakeError(.content, "the request has a Transfer-Encoding field", at: line.nameOffset)
    }
    let lengths = request.fields.lines(named: "Content-Length")
    let isZero = lengths.count == 1 && !lengths[0].value.isEmpty && lengths[0].value.allSatisfy { $0 == 0x30 }
    guard lengths.isEmpty || isZero else {
      throw HandshakeError(.content, "the request has a Content-Length that is not 0", at: lengths[0].valueOffset)
    }
  }

  private func judgeUpgrade() throws(HandshakeError) {
    let protocols = request.fields.elements(of: "Upgrade")
    for element in protocols {
      let parts = element.octets.split(separator: 0x2F, omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy({ ASCII.isToken($0) }) else {
        throw HandshakeError(.upgrade, "the Upgrade field is malformed", at: element.offset)
      }
    }
    let matches = protocols.filter { ASCII.equalsIgnoringCase($0.octets, "websocket".utf8) }
    guard matches.count <= 1 else { throw HandshakeError(.upgrade, "the Upgrade field names websocket twice", at: matches[1].offset) }
    guard matches.count == 1 else {
      throw HandshakeError(.upgradeRequired, "the request does not ask to upgrade to websocket", at: request.offset(of: "Upgrade"))
    }
    guard let options = request.fields.tokens(of: "Connection"), options.contains(where: { $0.lowercased() == "upgrade" }) else {
      throw HandshakeError(.connection, "the Connection field is malformed or lacks Upgrade", at: request.offset(of: "Connection"))
    }
  }

  private func judgeVersion() throws(HandshakeError) {
    let fault: HandshakeError.Code = policy.answersAnyVersionWith426 ? .versionUnsupported : .version
    let line = try single("Sec-WebSocket-Version", else: fault)
    let digits = line.value.filter { (0x30...0x39).contains($0) }
    let isWellFormed =
      (1...3).contains(digits.count) && digits.elementsEqual(line.value) && (digits.count == 1 || digits[0] != 0x30)
      && digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
    guard isWellFormed else {
      throw HandshakeError(fault, "Sec-WebSocket-Version is not a number from 0 to 255", at: line.valueOffset)
    }
    guard digits.elementsEqual("13".utf8) else {
      throw HandshakeError(.versionUnsupported, "the only supported Sec-WebSocket-Version is 13", at: line.valueOffset)
    }
  }

  private func judgeKey() throws(HandshakeError) -> [UInt8] {
    let line = try single("Sec-WebSocket-Key", else: .key)
    let key = Array(line.value)
    guard AcceptKey.isValid(key: key) else {
      throw HandshakeError(.key, "Sec-WebSocket-Key is not the Base64 of 16 octets", at: line.valueOffset)
    }
    return key
  }

  private func offeredSubprotocols() throws(HandshakeError) -> [String] {
    let lines = request.fields.lines(named: "Sec-WebSocket-Protocol")
    guard let first = lines.first else { return [] }
    try limits.checkListBytes(lines)
    guard let names = request.fields.tokens(of: "Sec-WebSocket-Protocol"), !names.isEmpty else {
      throw HandshakeError(.subprotocol, "Sec-WebSocket-Protocol is not a list of tokens", at: first.valueOffset)
    }
    guard names.count <= limits.maximumSubprotocols else {
      throw HandshakeError(
        .limitList, "there are too many subprotocols", at: first.valueOffset, limit: limits.maximumSubprotocols, actual: names.count)
    }
    guard Set(names).count == names.count else {
      throw HandshakeError(.subprotocol, "Sec-WebSocket-Protocol names a subprotocol twice", at: first.valueOffset)
    }
    return names
  }

  private func single(_ name: String, else code: HandshakeError.Code) throws(HandshakeError) -> FieldLine {
    let lines = request.fields.lines(named: name)
    guard let line = lines.first else { throw HandshakeError(code, "the request has no \(name) field", at: request.offset) }
    guard lines.count == 1 else { throw HandshakeError(code, "the request has several \(name) fields", at: lines[1].nameOffset) }
    return line
  }
}
