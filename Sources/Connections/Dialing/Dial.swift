internal import Transport
internal import WireBytes

/// One connection in the making, see ``Dialer``.
///
/// The loop holds it, by what is under way; it holds nothing of that, so that all goes away with the loop.
public final class Dial {
  private weak var loop: Loop?
  private let route: Route
  private let limit: Duration
  private let deadline: Duration
  /// Nil once the dial is over.
  private var completion: ((Result<any ByteStream, DialError>) -> Void)?

  private weak var race: Race?
  private weak var stream: (any ByteStream)?
  private var tunnel: ProxyTunnel?
  private var timer: Loop.Timer?

  init(_ route: Route, within limit: Duration, on loop: Loop?, _ completion: @escaping (Result<any ByteStream, DialError>) -> Void) {
    self.route = route
    self.limit = limit
    self.loop = loop
    deadline = (loop?.now ?? .zero) + limit
    self.completion = completion
  }

  /// Ends the dial without calling its completion; does nothing when it was called before.
  public func cancel() {
    completion = nil
    tunnel = nil
    if let timer { loop?.cancel(timer) }
    timer = nil
    race?.cancel()
    stream?.delegate = nil
    stream?.close()
    stream = nil
  }

  func start(by connector: Connector, allowing isAllowed: @escaping (SocketAddress) -> Bool) {
    guard let proxy = route.proxy else {
      let (host, port, family) = route.pinned.map { ($0.host, $0.port, .any) } ?? (route.host, route.port, route.family)
      race = connector.connect(host: host, port: port, family: family, within: limit, allowing: isAllowed) { result in
        switch result {
        case .success(let stream): self.secure(stream)
        case .failure(let error): self.fail(.connect(error))
        }
      }
      return
    }
    do throws(DialError.Cause) {
      tunnel = try prepareTunnel(for: proxy, allowing: isAllowed)
    } catch {
      // From the loop's turn, as every completion.
      loop?.schedule(at: deadline - limit) { self.fail(error) }
      return
    }
    race = connector.connect(host: proxy.host, port: proxy.port, family: route.family, within: limit) { result in
      switch result {
      case .success(let stream): self.ask(stream)
      case .failure(let error): self.fail(.proxyConnect(error))
      }
    }
  }

  // MARK: The tunnel

  private func prepareTunnel(
    for proxy: ProxyTarget, allowing isAllowed: (SocketAddress) -> Bool
  ) throws(DialError.Cause) -> ProxyTunnel {
    var authority = "\(route.host):\(route.port)"
    if let address = route.pinned ?? SocketAddress(literal: route.host, port: route.port) {
      guard isAllowed(address.unmapped) else { throw .connect(TransportError(.connect, .addressNotAllowed, address: address)) }
      authority = "\(address)"
    } else if let fault = NameFault(of: route.host) {
      throw .connect(TransportError(.resolve, .name(NameFailure(route.host, .malformed(fault)))))
    }
    do throws(ProxyFailure) {
      return try ProxyTunnel(to: authority, credentials: proxy.credentials)
    } catch {
      throw .proxy(error)
    }
  }

  private func ask(_ stream: any ByteStream) {
    guard let tunnel else { return }
    self.stream = stream
    arm { dial in .proxyDeadline(dial.limit) }
    stream.write(tunnel.request)
    stream.delegate = ProxyAnswer(of: self)
  }

  fileprivate func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    do throws(ProxyFailure) {
      guard try tunnel?.receive(octets) == true else { return }
    } catch {
      return fail(.proxy(error))
    }
    tunnel = nil
    secure(stream)
  }

  // MARK: TLS

  private func secure(_ stream: any ByteStream) {
    guard let context = route.tls, let loop else { return finish(stream) }
    // Armed before that of the handshake, for the same time: whose words are told does not depend on the way.
    arm { dial in dial.tlsFailure(dial.pendingReason) }
    // Held by the stream below it, as this is by the loop.
    let secured = TLSStream(
      client: stream, context: context, host: route.tlsName ?? route.host, on: loop, handshakeLimit: deadline - loop.now,
      delegate: TLSHandshake(of: self))
    self.stream = secured
  }

  /// Why a stream whose end waits for the peer is about to be closed.
  var pendingReason: CloseReason? { (stream as? TLSStream)?.reasonToClose }

  fileprivate func tlsFailure(_ reason: CloseReason?) -> DialError.Cause {
    .tls(reason?.error ?? TransportError(.handshake, .tls(.handshakeTimeout(limit)), address: stream?.peerAddress))
  }

  /// Has the dial fail at its deadline.
  private func arm(_ cause: @escaping (Dial) -> DialError.Cause) {
    if let timer { loop?.cancel(timer) }
    timer = loop?.schedule(at: deadline) { [weak self] in
      guard let self else { return }
      fail(cause(self))
    }
  }

  // MARK: The end

  fileprivate func finish(_ stream: any ByteStream) {
    self.stream = nil
    stream.delegate = nil
    end(.success(stream))
  }

  fileprivate func fail(_ cause: DialError.Cause) {
    let proxy = route.proxy.map { Self.place($0.host, $0.port) }
    end(.failure(DialError(target: Self.place(route.host, route.port), proxy: proxy, cause: cause)))
  }

  private func end(_ result: Result<any ByteStream, DialError>) {
    let completion = self.completion
    cancel()
    completion?(result)
  }

  private static func place(_ host: String, _ port: UInt16) -> String {
    SocketAddress(literal: host, port: port)?.description ?? "\(EscapedText.utf8(Array(host.utf8), limit: 255)):\(port)"
  }
}

/// Hears how the handshake ends, and holds the dial while the loop holds the connection.
private final class TLSHandshake: ByteStreamDelegate {
  private let dial: Dial

  init(of dial: Dial) { self.dial = dial }

  func connected(_ stream: any ByteStream) { dial.finish(stream) }
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) { dial.fail(dial.tlsFailure(reason)) }
}

/// Hears what the proxy says, and holds the dial while the loop holds the connection to it.
private final class ProxyAnswer: ByteStreamDelegate {
  private let dial: Dial

  init(of dial: Dial) { self.dial = dial }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { dial.received(octets, from: stream) }
  func receivedEndOfFile(from stream: any ByteStream) { dial.fail(.proxy(.closed)) }
  func closed(_ stream: any ByteStream, reason: CloseReason) { dial.fail(.proxy(reason.error.map { .lost($0) } ?? .closed)) }
}
