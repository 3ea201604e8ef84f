public import HTTPParse
public import Transport
internal import WireBytes

/// Why a proxy that was reached made no tunnel.
public enum ProxyFailure: Error, Equatable, Sendable {
  /// The credentials cannot be sent: a colon in the user name, or a control character.
  case unusableCredentials
  /// The request for a tunnel could not be written.
  case unusableTarget(HTTPParseError)
  /// The proxy demands credentials (407): such as were not given, or others than were.
  case authenticationRequired(hadCredentials: Bool)
  /// The proxy answered with another status than 2xx.
  case refused(status: Int, reasonPhrase: [UInt8])
  /// The answer is no HTTP response, or is beyond a limit.
  case malformed(HTTPParseError)
  /// The proxy sent this many octets behind its answer, although nothing had been sent through the tunnel.
  ///
  /// They cannot come from a server that waits to be spoken to; taken for its answer they would forge one.
  case surplus(octets: Int)
  /// The proxy ended the connection before its answer was complete.
  case closed
  /// The connection to the proxy failed before its answer was complete.
  case lost(TransportError)

  /// Whether the same would come of another attempt.
  var isPermanent: Bool {
    switch self {
    case .unusableCredentials, .unusableTarget, .authenticationRequired, .malformed, .surplus: true
    case .refused(let status, _): status < 500
    case .closed, .lost: false
    }
  }

  /// What happened, in words that follow "the proxy P".
  var words: String {
    switch self {
    case .unusableCredentials: "cannot be given the credentials: there is a colon in the user name, or a control character"
    case .unusableTarget(let error): "cannot be asked for it: \(error.summary)"
    case .authenticationRequired(false): "demands credentials (407)"
    case .authenticationRequired(true): "does not accept the credentials (407)"
    case .refused(let status, let reasonPhrase):
      "refused with status \(status)" + (reasonPhrase.isEmpty ? "" : " (\(EscapedText.utf8(reasonPhrase, limit: 100)))")
    case .malformed(let error): "gave no valid answer: \(error.summary)"
    case .surplus(let octets): "sent \(octets) octets behind its answer before anything was sent through the tunnel"
    case .closed: "closed the connection before it had answered"
    case .lost(let error): "was lost before it had answered: \(error)"
    }
  }

  /// What to do about it; empty when the words say it.
  var advice: String {
    switch self {
    case .unusableCredentials: "Give others"
    case .unusableTarget: "Check the host and the port"
    case .authenticationRequired(false): "Give a user name and a password for the proxy"
    case .authenticationRequired(true): "Check the user name and the password for the proxy"
    case .refused(405, _), .refused(501, _), .malformed, .closed: "Is it an HTTP proxy that allows CONNECT?"
    case .refused: "The proxy's log may say why"
    case .surplus: "Do not trust this proxy"
    case .lost: ""
    }
  }
}
