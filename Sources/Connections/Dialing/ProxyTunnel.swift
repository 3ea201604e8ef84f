internal import HTTPParse
internal import WSHandshake

/// The client's side of CONNECT (RFC 9110 §9.3.6), without I/O.
struct ProxyTunnel {
  private let hasCredentials: Bool
  private var parser = ResponseParser(limits: Self.limits)

  /// Limits of an answer that has nothing to say but a status.
  private static let limits = {
    var limits = HTTPLimits()
    limits.maximumHeadBytes = 16 * 1024
    return limits
  }()

  /// The octets to be sent.
  let request: [UInt8]

  /// Prepares a request for a tunnel.
  ///
  /// - Parameter authority: The host and the port of the peer.
  init(to authority: String, credentials: ProxyCredentials?) throws(ProxyFailure) {
    hasCredentials = credentials != nil
    var authorization: String?
    if let credentials {
      guard let userPass = credentials.userPass else { throw .unusableCredentials }
      authorization = "Basic " + String(decoding: Base64.encode(userPass), as: UTF8.self)
    }
    do throws(HTTPParseError) {
      var lines = [try FieldLine(name: "Host", value: authority)]
      if let authorization { lines.append(try FieldLine(name: "Proxy-Authorization", value: authorization)) }
      request = try MessageSerializer.requestHead(method: "CONNECT", target: authority, fields: FieldSection(lines), framing: .none)
    } catch {
      throw .unusableTarget(error)
    }
    parser.requestSent(method: "CONNECT")
  }

  /// Takes octets of the proxy.
  ///
  /// - Returns: Whether the tunnel is there.
  mutating func receive(_ octets: Span<UInt8>) throws(ProxyFailure) -> Bool {
    var index = 0
    while let event = try nextEvent(octets, at: &index) {
      switch event {
      case .interim, .content, .trailers: break
      case .head(let head, _):
        switch head.status {
        case 200...299: break
        case 407: throw .authenticationRequired(hadCredentials: hasCredentials)
        default: throw .refused(status: head.status, reasonPhrase: Array(head.reasonPhrase))
        }
      case .end:
        guard index == octets.count else { throw .surplus(octets: octets.count - index) }
        return true
      }
    }
    return false
  }

  private mutating func nextEvent(_ octets: Span<UInt8>, at index: inout Int) throws(ProxyFailure) -> ResponseParser.Event? {
    do throws(HTTPParseError) {
      return try parser.receive(octets, at: &index)
    } catch {
      throw .malformed(error)
    }
  }
}
