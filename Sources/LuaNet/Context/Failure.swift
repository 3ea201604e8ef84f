internal import Connections
internal import HTTPParse
internal import Transport
internal import WSHandshake
internal import WSProtocol
internal import WireBytes

/// Why a connection failed, as scripts are told: a kind that they can look for, and words.
struct Failure: Error, CustomStringConvertible {
  enum Kind: String {
    /// It cannot be connected to what the URL says.
    case url
    /// The name has no address.
    case dns
    /// No address was reached.
    case connect
    /// There is no TLS connection, or no trust in the server.
    case tls
    /// It took too long.
    case timeout
    /// The server did not open the connection, or may not be asked so.
    case http
    /// More came than is accepted.
    case tooLarge = "too_large"
    /// The peer broke the protocol.
    case `protocol`
    /// The peer ended the connection too early.
    case closed
  }

  let kind: Kind
  let text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  var description: String { "\(kind.rawValue): \(text)" }
}

extension Failure {
  init(_ error: DialError) {
    let kind: Kind =
      switch error.cause {
      case .connect(let error), .proxyConnect(let error): Self.kind(ofConnecting: error)
      case .proxy: .connect
      case .proxyDeadline: .timeout
      case .tls(let error): error.errorName == "ETIMEDOUT" ? .timeout : .tls
      }
    self.init(kind, "\(error)")
  }

  private static func kind(ofConnecting error: TransportError) -> Kind {
    if error.errorName == "ETIMEDOUT" { return .timeout }
    guard case .name(let failure) = error.cause else { return .connect }
    if case .malformed = failure.reason { return .url }
    return .dns
  }

  init(_ error: HandshakeError) {
    switch error.code {
    case .timeout: self.init(.timeout, error.summary)
    case .unexpectedEOF: self.init(.closed, error.summary)
    case .refused: self.init(.http, "the server answered \(error.response.map(Self.answer) ?? "with another status") instead of 101")
    case .http, .httpVersion, .method, .content, .upgrade, .upgradeRequired, .connection, .version, .versionUnsupported, .key, .accept,
      .subprotocol, .extension, .compression, .limitList, .limitInterim, .host, .origin, .offer:
      self.init(error.limit == nil ? .http : .tooLarge, error.summary)
    }
  }

  private static func answer(_ head: ResponseHead) -> String {
    "\(head.status)" + (head.reasonPhrase.isEmpty ? "" : " \(EscapedText.utf8(head.reasonPhrase, limit: 100))")
  }

  init(_ error: WSError) {
    let kind: Kind =
      switch error.code {
      case .frameTooLong, .messageTooLong: .tooLarge
      case .frameTooOld, .messageTooOld, .closeHandshakeTimeout, .keepaliveTimeout, .outputStalled: .timeout
      case .notOpen, .unsendable: .closed
      case .frame, .invalidUTF8, .malformedCompression, .decompressorUnavailable, .truncatedCloseCode, .forbiddenCloseCode,
        .tooManyFragments, .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames:
        .protocol
      }
    self.init(kind, "\(error)")
  }
}
