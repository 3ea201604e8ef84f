/// R3: the opening handshake over a head that lies there as a whole (RFC 6455 §4.1 and §4.2.1).
package enum HandshakeModel {
  /// What a server decides on.
  package enum Decision: Equatable, Sendable {
    /// More is needed.
    case waits
    /// As `waits`, but a reader may know already that it refuses.
    case unsure
    /// 101, to this key, with this subprotocol; the handshake ends at `end`.
    case accepts(key: [UInt8], subprotocol: [UInt8]?, extensions: [ExtensionModel], end: Int)
    /// Another status; certain by now only if `isDue`.
    case refuses(isDue: Bool)
  }

  /// What a head that could not be read to its end leaves to decide.
  private static func decision(_ stop: HTTPModel.Outcome) -> Decision {
    switch stop {
    case .idle, .inside, .stopped: .waits
    case .unsure: .unsure
    case .rejected(let isDue): .refuses(isDue: isDue)
    }
  }

  /// What a server wants.
  package struct Server: Sendable {
    package var subprotocols: [String] = []
    package var checksOrigin = true

    package init() {}
  }

  /// What a server answers to octets.
  package static func judgeRequest(_ octets: [UInt8], server: Server) -> Decision {
    let head: HTTPModel.Head
    switch HTTPModel.requestHead(octets) {
    case .success(let found): head = found
    case .failure(let stop): return decision(stop)
    }
    func values(_ name: String) -> [[UInt8]] { HTTPModel.values(name, in: head.fields) }
    func names(_ name: String) -> [[UInt8]] { values(name).flatMap(Grammar.pieces).filter { !$0.isEmpty } }

    // 1. A GET request of HTTP/1.1 or higher, 2. for a host.
    guard head.start[0] == Array("GET".utf8), head.start[2] != Array("HTTP/1.0".utf8) else { return .refuses(isDue: true) }
    guard let authority = authority(of: head) else { return .refuses(isDue: true) }
    // No content: what follows the head must be frames for every reader.
    guard values("Transfer-Encoding").isEmpty else { return .refuses(isDue: true) }
    let lengths = values("Content-Length")
    guard lengths.isEmpty || lengths.count == 1 && !lengths[0].isEmpty && lengths[0].allSatisfy({ $0 == 0x30 }) else {
      return .refuses(isDue: true)
    }
    // 3. Upgrade names websocket, and nothing in it is malformed.
    let protocols = names("Upgrade")
    guard protocols.allSatisfy(isProtocol), protocols.filter({ Grammar.areSame($0, "websocket") }).count == 1 else {
      return .refuses(isDue: true)
    }
    // 4. Connection names Upgrade.
    guard let options = ExtensionModel.tokens(values("Connection")), options.contains(where: { Grammar.areSame($0, "upgrade") }) else {
      return .refuses(isDue: true)
    }
    // 5. A key, 6. version 13.
    let keys = values("Sec-WebSocket-Key")
    guard keys.count == 1, DigestModel.nonce(ofKey: keys[0]) != nil, values("Sec-WebSocket-Version") == [Array("13".utf8)] else {
      return .refuses(isDue: true)
    }
    // 7. Origin, 8. subprotocols, 9. extensions.
    let origins = values("Origin")
    guard origins.count <= 1, !server.checksOrigin || origins.allSatisfy({ originIsSame($0, as: authority) }) else {
      return .refuses(isDue: true)
    }
    guard let offered = ExtensionModel.subprotocols(values("Sec-WebSocket-Protocol")),
      let extensions = ExtensionModel.list(values("Sec-WebSocket-Extensions"))
    else { return .refuses(isDue: true) }
    let chosen = offered.first { name in server.subprotocols.contains { Array($0.utf8) == name } }
    return .accepts(key: keys[0], subprotocol: chosen, extensions: extensions, end: head.range.upperBound)
  }

  /// `protocol-name [ "/" protocol-version ]`.
  private static func isProtocol(_ octets: [UInt8]) -> Bool {
    let parts = octets.split(separator: 0x2F, omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { Grammar.isToken(Array($0)) }
  }

  /// The host and port that the request is for: of the target, else of the Host field.
  private static func authority(of head: HTTPModel.Head) -> (host: URLModel.Host, port: Int)? {
    if head.start[1].first != 0x2F, let url = URLModel.read(head.start[1]) { return (url.host, url.port ?? 80) }
    guard let value = HTTPModel.values("Host", in: head.fields).first, let (host, port) = URLModel.readHostAndPort(value) else {
      return nil
    }
    return (host, port.flatMap { $0 } ?? 80)
  }

  /// Whether an origin is `http`, host and port of the server (RFC 6454 §4, §6.1).
  private static func originIsSame(_ value: [UInt8], as authority: (host: URLModel.Host, port: Int)) -> Bool {
    guard let url = URLModel.read(value) else { return false }
    return url.scheme == Array("http".utf8) && url.userinfo == nil && url.path.isEmpty && url.query == nil && url.fragment == nil
      && url.host == authority.host && url.port ?? 80 == authority.port
  }

  /// What a client has offered.
  package struct Client: Sendable {
    package var key: [UInt8] = []
    package var subprotocols: [String] = []
    package var extensions: [String] = []
    package var compression: [DeflateParametersModel] = []

    package init() {}
  }

  /// What a client makes of an answer.
  package static func judgeResponse(_ octets: [UInt8], client: Client) -> Decision {
    let head: HTTPModel.Head
    switch HTTPModel.finalResponseHead(octets) {
    case .success(let found): head = found
    case .failure(let stop): return decision(stop)
    }
    func values(_ name: String) -> [[UInt8]] { HTTPModel.values(name, in: head.fields) }

    // 1. The status, 2. Upgrade, 3. Connection, 4. the accept value.
    guard head.start[1] == Array("101".utf8), head.start[0] != Array("HTTP/1.0".utf8) else { return .refuses(isDue: true) }
    let upgrades = values("Upgrade")
    guard upgrades.count == 1, Grammar.areSame(upgrades[0], "websocket") else { return .refuses(isDue: true) }
    guard let options = ExtensionModel.tokens(values("Connection")), options.contains(where: { Grammar.areSame($0, "upgrade") }) else {
      return .refuses(isDue: true)
    }
    guard values("Sec-WebSocket-Accept") == [DigestModel.accept(key: client.key)] else { return .refuses(isDue: true) }
    // 5. Extensions that were offered, each with an answer that fits.
    guard let extensions = ExtensionModel.list(values("Sec-WebSocket-Extensions")) else { return .refuses(isDue: true) }
    let deflate = Array("permessage-deflate".utf8)
    for used in extensions {
      let isKnown = client.extensions.contains { Array($0.utf8) == used.name } || used.name == deflate && !client.compression.isEmpty
      guard isKnown else { return .refuses(isDue: true) }
    }
    let answers = extensions.filter { $0.name == deflate }
    if !client.compression.isEmpty, let answer = answers.first {
      guard answers.count == 1, let parameters = DeflateParametersModel(answer.parameters),
        client.compression.contains(where: parameters.answers)
      else { return .refuses(isDue: true) }
    }
    // 6. One subprotocol that was offered.
    let chosen = values("Sec-WebSocket-Protocol")
    guard chosen.isEmpty || chosen.count == 1 && client.subprotocols.contains(where: { Array($0.utf8) == chosen[0] }) else {
      return .refuses(isDue: true)
    }
    return .accepts(key: client.key, subprotocol: chosen.first, extensions: extensions, end: head.range.upperBound)
  }
}
