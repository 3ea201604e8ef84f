internal import WSHandshake

/// What a script wants its server to be like.
struct ServerSettings: Sendable {
  /// Which pages other than local ones may connect.
  enum Origins: Sendable {
    case listed([String])
    case any
  }

  /// 0 chooses a free one.
  var port: UInt16 = 0
  var origins = Origins.listed([])
  var maximumClients = Limits.clients

  /// Which requests are accepted at a server that listens on `port`.
  func policy(port: UInt16) -> HandshakePolicy {
    var policy = HandshakePolicy()
    policy.hosts = .loopback(port: port)
    policy.origins =
      switch origins {
      case .listed(let list): .loopback(orListed: list)
      case .any: .any
      }
    policy.originAdvice = "list it in the option origins of net.ws_server:listen"
    policy.answersAnyVersionWith426 = true
    return policy
  }
}
