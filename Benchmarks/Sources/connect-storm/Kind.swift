import Connections
import Dispatch
import Transport

/// A way in which dialling fails.
struct Kind {
  let name: String
  /// How long one dial may take.
  var limit = Duration.seconds(10)
  let route: Route
  /// What looks names up.
  var lookup: NameLookup = { name, _, _ throws(NameFailure) in throw NameFailure(name, .notFound) }
  /// Whether the error is the right one.
  let isExpected: (DialError) -> Bool
  /// What has to live while the kind runs.
  var holding: [AnyObject] = []
  /// Lets hanging threads end, called after the last dial.
  var release: () -> Void = {}
  /// Each dial is cancelled at once, or when it has come so far; there is no error then.
  var cancels = false
}

extension Kind {
  /// All kinds, with their servers on `loop`.
  static func all(on loop: Loop, certificates: String) throws -> [Kind] {
    try plain() + named() + proxied(on: loop) + secured(on: loop, certificates)
  }

  private static func plain() throws -> [Kind] {
    let closed = HeldSocket()
    let silent = try SilentAddress()
    let refused: (DialError) -> Bool = { error in
      guard case .connect(let error) = error.cause else { return false }
      return error.errorName == "ECONNREFUSED"
    }
    return [
      Kind(name: "refused", route: Route(host: "127.0.0.1", port: closed.address.port), isExpected: refused, holding: [closed]),
      Kind(
        name: "refused by four addresses of a name", route: Route(host: "db.test", port: 7),
        lookup: { [address = closed.address] _, _, _ in
          (1...4).compactMap { SocketAddress(literal: "127.0.0.\($0)", port: address.port) }
        }, isExpected: refused, holding: [closed]),
      Kind(
        name: "no answer to SYN", limit: .milliseconds(20), route: Route(host: "127.0.0.1", port: silent.address.port),
        isExpected: { error in
          guard case .connect(let error) = error.cause, case .deadlineExceeded = error.cause else { return false }
          return true
        }, holding: [silent]),
      Kind(
        name: "cancelled while connecting", route: Route(host: "127.0.0.1", port: silent.address.port), isExpected: { _ in false },
        holding: [silent], cancels: true),
    ]
  }

  private static func named() -> [Kind] {
    let gate = DispatchSemaphore(value: 0)
    func fails(_ isRight: @escaping (NameFailure.Reason) -> Bool) -> (DialError) -> Bool {
      { error in
        guard case .connect(let error) = error.cause, case .name(let failure) = error.cause else { return false }
        return isRight(failure.reason)
      }
    }
    return [
      Kind(name: "name not found", route: Route(host: "no.test", port: 7), isExpected: fails { $0 == .notFound }),
      Kind(name: "no host name", route: Route(host: "0x7f.1", port: 7), isExpected: fails { $0 == .malformed(.number) }),
      Kind(
        name: "name servers that never answer", limit: .milliseconds(20), route: Route(host: "db.test", port: 7),
        lookup: { _, _, _ in
          gate.wait()
          return []
        }, isExpected: fails { $0 == .deadlineExceeded(.milliseconds(20)) },
        release: {
          while gate.signal() != 0 {}
          // The last signal woke nobody.
          gate.wait()
        }),
    ]
  }

  private static func proxied(on loop: Loop) throws -> [Kind] {
    func kind(_ name: String, _ answer: String, ends: Bool, limit: Duration = .seconds(10), _ isRight: @escaping (DialError.Cause) -> Bool)
      throws -> Kind
    {
      let proxy = try Scripted(on: loop, answering: answer, ends: ends)
      var route = Route(host: "target.test", port: 443)
      route.proxy = ProxyTarget(host: "127.0.0.1", port: proxy.address.port, credentials: ProxyCredentials(user: "me", password: "secret"))
      return Kind(name: name, limit: limit, route: route, isExpected: { isRight($0.cause) }, holding: [proxy])
    }
    return [
      try kind("proxy refuses", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ends: true) {
        $0 == .proxy(.refused(status: 403, reasonPhrase: Array("Forbidden".utf8)))
      },
      try kind("proxy speaks another protocol", "220 ready\r\n", ends: true) {
        if case .proxy(.malformed) = $0 { true } else { false }
      },
      try kind("proxy hangs up", "", ends: true) { $0 == .proxy(.closed) },
      try kind("proxy is silent", "", ends: false, limit: .milliseconds(20)) { $0 == .proxyDeadline(.milliseconds(20)) },
    ]
  }

  private static func secured(on loop: Loop, _ certificates: String) throws -> [Kind] {
    let context = try TLSClientContext(TLSClientConfiguration(trust: .file(path: certificates + "/ca.pem")))
    func kind(
      _ name: String, _ address: SocketAddress, _ server: AnyObject, limit: Duration = .seconds(10), host: String = "server.test",
      _ isRight: @escaping (TLSFailure) -> Bool
    ) -> Kind {
      var route = Route(host: host, port: 443, tls: context)
      route.pinned = address
      return Kind(
        name: name, limit: limit, route: route,
        isExpected: { error in
          guard case .tls(let error) = error.cause, case .tls(let failure) = error.cause else { return false }
          return isRight(failure)
        }, holding: [server])
    }
    func isRejection(_ failure: TLSFailure) -> Bool { if case .certificateRejected = failure { true } else { false } }
    let key = certificates + "/key.key"
    let expired = try Secured(on: loop, TLSIdentity(certificateFile: certificates + "/expired.pem", keyFile: key))
    let valid = try Secured(on: loop, TLSIdentity(certificateFile: certificates + "/valid.pem", keyFile: key))
    let plain = try Scripted(on: loop, answering: "HTTP/1.1 400 Bad Request\r\n\r\n", ends: true)
    let silent = try Scripted(on: loop, answering: "", ends: false)
    return [
      kind("TLS: expired certificate", expired.address, expired, isRejection),
      kind("TLS: certificate for another name", valid.address, valid, host: "other.test", isRejection),
      kind("TLS: peer without TLS", plain.address, plain) { if case .notTLS = $0 { true } else { false } },
      kind("TLS: peer is silent", silent.address, silent, limit: .milliseconds(30)) { $0 == .handshakeTimeout(.milliseconds(30)) },
    ]
  }
}
