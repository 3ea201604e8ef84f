public import HTTPParse
public import WSProtocol

/// What a client asks for in its opening handshake.
public struct ClientOffer: Sendable, Equatable {
  /// The value of the Host field: the host, and the port unless it is the scheme's default.
  public var host: String
  /// The request target: path and query, beginning with `/`; or an absolute URL.
  public var target: String
  /// The subprotocols, the preferred one first.
  ///
  /// Default none.
  public var subprotocols: [String] = []
  /// The extensions, each as it stands in `Sec-WebSocket-Extensions`, such as `permessage-deflate; client_max_window_bits`.
  ///
  /// Default none.
  public var extensions: [String] = []
  /// The offers of permessage-deflate, the preferred one first; they follow ``extensions``.
  ///
  /// Default none: the length of a compressed message tells of secrets in it. With any, the answer is held to them, and
  /// ``Agreement/compression`` says what was agreed on.
  public var compression: [PerMessageDeflateOffer] = []
  /// The value of the Origin field; only browsers must send one.
  ///
  /// Default none.
  public var origin: String?
  /// Further fields, such as Authorization.
  ///
  /// Default none.
  ///
  /// Not those the handshake sets itself: Host, Upgrade, Connection, Origin, Content-Length, Transfer-Encoding and `Sec-WebSocket-…`.
  public var fields: [FieldLine] = []

  /// Creates an offer; it is checked when a ``ClientHandshake`` is made of it.
  public init(host: String, target: String) {
    self.host = host
    self.target = target
  }

  /// Creates an offer for a URL.
  ///
  /// User information is not sent: whoever wants it to be makes an Authorization field of it.
  ///
  /// - Throws: `offer` when the scheme is not `ws` or `wss`, or there is a fragment (RFC 6455 §3).
  public init(url: WireURL) throws(HandshakeError) {
    guard url.scheme == "ws" || url.scheme == "wss" else { throw HandshakeError(.offer, "the URL's scheme is not ws or wss") }
    guard url.fragment == nil else { throw HandshakeError(.offer, "the URL has a fragment, which has no meaning for a WebSocket") }
    self.init(host: url.hostField, target: url.requestTarget)
  }

  /// The names of the extensions offered.
  var extensionNames: [String] {
    get throws(HandshakeError) { try extensionList().map(\.name) + compression.map { _ in PerMessageDeflate.name } }
  }

  /// The octets of the request.
  ///
  /// - Throws: `offer`.
  func requestOctets(key: [UInt8]) throws(HandshakeError) -> [UInt8] {
    var lines = [
      FieldLine("Host", try checkedHost()), FieldLine("Upgrade", "websocket"), FieldLine("Connection", "Upgrade"),
      FieldLine("Sec-WebSocket-Key", key), FieldLine("Sec-WebSocket-Version", "13"),
    ]
    if let origin { lines.append(try checkedLine("Origin", origin)) }
    if !subprotocols.isEmpty { lines.append(FieldLine("Sec-WebSocket-Protocol", try checkedSubprotocols())) }
    _ = try extensionList()
    let offered = extensions + compression.map(\.description)
    if !offered.isEmpty { lines.append(try checkedLine("Sec-WebSocket-Extensions", offered.joined(separator: ", "))) }
    for line in fields {
      guard !Self.isReserved(line) else { throw HandshakeError(.offer, "a further field is one that the handshake sets itself") }
      lines.append(line)
    }
    return Array("GET \(try checkedTarget()) HTTP/1.1\r\n".utf8) + FieldSection(lines).octets
  }

  private func checkedHost() throws(HandshakeError) -> String {
    do throws(WireURLError) {
      _ = try Authority(hostField: Array(host.utf8))
      return host
    } catch {
      throw HandshakeError(.offer, "the host is not valid: \(error)")
    }
  }

  private func checkedTarget() throws(HandshakeError) -> String {
    do throws(HTTPParseError) {
      return try RequestTarget(Array(target.utf8), method: "GET").text
    } catch {
      throw HandshakeError(.offer, "the request target is not valid: \(error.summary)")
    }
  }

  private func checkedSubprotocols() throws(HandshakeError) -> String {
    guard subprotocols.allSatisfy({ ASCII.isToken($0.utf8) }) else { throw HandshakeError(.offer, "a subprotocol is not a token") }
    guard Set(subprotocols).count == subprotocols.count else { throw HandshakeError(.offer, "a subprotocol is offered twice") }
    return subprotocols.joined(separator: ", ")
  }

  private func extensionList() throws(HandshakeError) -> [WebSocketExtension] {
    var list: [WebSocketExtension] = []
    for text in extensions {
      let line = try checkedLine("Sec-WebSocket-Extensions", text)
      do throws(HandshakeError) {
        list += try WebSocketExtension.list(in: FieldSection([line]))
      } catch {
        throw HandshakeError(.offer, "an extension is not valid: \(error.reason)")
      }
    }
    return list
  }

  private func checkedLine(_ name: String, _ value: String) throws(HandshakeError) -> FieldLine {
    do throws(HTTPParseError) {
      return try FieldLine(name: name, value: value)
    } catch {
      throw HandshakeError(.offer, "the value of \(name) is not valid: \(error.summary)")
    }
  }

  /// Whether a field is one that the handshake sets itself.
  package static func isReserved(_ line: FieldLine) -> Bool {
    ["Host", "Upgrade", "Connection", "Origin", "Content-Length", "Transfer-Encoding"].contains(where: line.isNamed)
      || ASCII.equalsIgnoringCase(line.name.prefix(14), "Sec-WebSocket-".utf8)
  }
}
