public import Transport

/// Why there is no connection to a peer: on the way to whom it failed, at which step, and what to do.
///
/// Credentials of a proxy are not part of it.
public struct DialError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What failed.
  public enum Cause: Error, Equatable, Sendable {
    /// Finding or reaching the peer.
    case connect(TransportError)
    /// Finding or reaching the proxy.
    case proxyConnect(TransportError)
    /// The proxy was reached and made no tunnel.
    case proxy(ProxyFailure)
    /// The proxy did not answer within the time that the caller allowed for all.
    case proxyDeadline(Duration)
    /// TLS with the peer; also when its handshake was not done within the time that the caller allowed for all.
    case tls(TransportError)
  }

  /// The peer, as HOST:PORT; safe to show.
  public let target: String
  /// The proxy, as HOST:PORT, safe to show; nil without one.
  public let proxy: String?
  /// What failed.
  public let cause: Cause

  /// Whether the same would come of another attempt.
  package var isPermanent: Bool {
    switch cause {
    case .connect(let error), .proxyConnect(let error), .tls(let error): error.isPermanent
    case .proxy(let failure): failure.isPermanent
    case .proxyDeadline: false
    }
  }

  /// The whole message in one line.
  public var description: String {
    switch cause {
    case .connect(let error): "\(error)"
    case .tls(let error): "\(target): \(error)"
    case .proxyConnect(let error): "no tunnel to \(target): the proxy is not reached: \(error)"
    case .proxy(let failure):
      "no tunnel to \(target): the proxy \(proxy ?? "") \(failure.words)" + (failure.advice.isEmpty ? "" : ". \(failure.advice)")
    case .proxyDeadline(let limit):
      "no tunnel to \(target): the proxy \(proxy ?? "") did not answer within \(limit). Is it an HTTP proxy, and can it reach the target?"
    }
  }
}
