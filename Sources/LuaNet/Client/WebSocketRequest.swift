internal import Connections
internal import HTTPParse
internal import Transport
internal import WSHandshake
internal import WireBytes

/// What a script wants to connect to, as it said it.
struct WebSocketRequest: Sendable {
  var url: [UInt8]
  var fields: [(name: [UInt8], value: [UInt8])] = []
  var protocols: [String] = []
  var timeout = Limits.openingTimeout
  var isInsecure = false
  /// Nil: the certificates that the system trusts.
  var caFile: String?
}

extension WebSocketRequest {
  /// The server, by what the URL says.
  var target: WireURL {
    get throws(Failure) {
      guard url.count <= Limits.urlBytes else { throw Failure(.url, "the URL is longer than \(Limits.urlBytes) octets") }
      let url: WireURL
      do throws(WireURLError) {
        url = try WireURL(String(decoding: Self.percentEncoded(self.url), as: UTF8.self))
      } catch {
        throw Failure(.url, "\(error)")
      }
      guard url.scheme == "ws" || url.scheme == "wss" else { throw Failure(.url, "the scheme is \(url.scheme), and not ws or wss") }
      guard url.userinfo == nil else { throw Failure(.url, "a URL must not have a user name or password: give an Authorization header") }
      guard url.fragment == nil else { throw Failure(.url, "a fragment (#) has no meaning for a WebSocket") }
      return url
    }
  }

  /// Percent-encodes what is not ASCII in the path and the query; a host is left as it is, to be refused.
  private static func percentEncoded(_ url: [UInt8]) -> [UInt8] {
    let slashes = url.indices.dropLast(2).first { url[$0...].starts(with: "://".utf8) }
    guard let slashes, let path = url[(slashes + 3)...].firstIndex(where: { "/?#".utf8.contains($0) }) else { return url }
    return url[..<path] + url[path...].flatMap { $0 < 0x80 ? [$0] : Array("%\(EscapedText.hexadecimal($0))".utf8) }
  }

  /// Whom to trust; nil when no TLS is spoken.
  func trust(for url: WireURL) throws(Failure) -> TLSTrust? {
    guard url.scheme == "wss" else { return nil }
    guard let caFile else { return isInsecure ? .insecure : .system }
    guard !isInsecure else { throw Failure(.tls, "insecure trusts any certificate: leave ca_file out, or insecure") }
    return .file(path: caFile)
  }

  /// What to ask the server for; nothing that could not be sent.
  func offer(for url: WireURL) throws(Failure) -> ClientOffer {
    var offer = ClientOffer(host: url.hostField, target: url.requestTarget)
    offer.subprotocols = protocols
    for (name, value) in fields {
      let line = try Self.line(name, value)
      if line.isNamed("Host") {
        offer.host = String(decoding: value, as: UTF8.self)
      } else if line.isNamed("Origin") {
        offer.origin = String(decoding: value, as: UTF8.self)
      } else {
        guard !ClientOffer.isReserved(line) else { throw Failure(.http, "header not allowed: \(Self.shown(name))") }
        offer.fields.append(line)
      }
    }
    do throws(HandshakeError) {
      _ = try ClientHandshake(offer, nonce: [UInt8](repeating: 0, count: 16))
    } catch {
      throw Failure(.http, error.reason)
    }
    return offer
  }

  private static func line(_ name: [UInt8], _ value: [UInt8]) throws(Failure) -> FieldLine {
    guard let text = String(validating: name, as: UTF8.self), let valueText = String(validating: value, as: UTF8.self) else {
      throw Failure(.http, "the header \(shown(name)) is not UTF-8")
    }
    do throws(HTTPParseError) {
      return try FieldLine(name: text, value: valueText)
    } catch {
      throw Failure(.http, "the header \(shown(name)) cannot be sent: \(error.summary)")
    }
  }

  private static func shown(_ name: [UInt8]) -> String { EscapedText.utf8(name, limit: 100) }
}
