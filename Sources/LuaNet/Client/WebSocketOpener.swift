internal import Connections
internal import HTTPParse
internal import Transport
internal import WSHandshake
internal import WSProtocol

/// Opens the connections that the scripts of a context ask for; on the loop only.
final class WebSocketOpener: @unchecked Sendable {
  private let contexts = TLSContexts()
  private var dialer: Dialer?

  /// Begins to open a connection; what becomes of it is told to the queue.
  func open(_ line: Line, _ request: WebSocketRequest, on loop: Loop, to queue: EventQueue) {
    let deadline = loop.now + request.timeout
    do throws(Failure) {
      let url = try request.target
      let offer = try request.offer(for: url)
      let trust = try request.trust(for: url)
      var route = Route(host: "\(url.host)", port: url.effectivePort ?? 0)
      let dial: (Route) -> Void = { route in self.dial(line, route, offer, until: deadline, on: loop, to: queue) }
      guard let trust else { return dial(route) }
      // A file may be such that reading it never ends.
      let timer = loop.schedule(at: deadline) { line.fail(Failure(.timeout, "the certificates were not read in time"), to: queue) }
      contexts.use(trust, on: loop) { [weak loop] result in
        loop?.cancel(timer)
        switch result {
        case .success(let context):
          route.tls = context
          dial(route)
        case .failure(let error): line.fail(Failure(.tls, "\(error)"), to: queue)
        }
      }
    } catch {
      line.fail(error, to: queue)
    }
  }

  private func dial(_ line: Line, _ route: Route, _ offer: ClientOffer, until deadline: Duration, on loop: Loop, to queue: EventQueue) {
    // It may have been given up meanwhile.
    guard !line.isOver else { return }
    let dialer = dialer ?? Dialer(on: loop)
    self.dialer = dialer
    line.dial = dialer.dial(route, within: deadline - loop.now) { [weak loop] result in
      guard let loop else { return }
      switch result {
      case .success(let stream): self.ask(line, over: stream, offer, until: deadline, on: loop, to: queue)
      case .failure(let error): line.fail(Failure(error), to: queue)
      }
    }
  }

  private func ask(
    _ line: Line, over stream: any ByteStream, _ offer: ClientOffer, until deadline: Duration, on loop: Loop, to queue: EventQueue
  ) {
    do throws(HandshakeError) {
      let connection = try WebSocketConnection(
        client: stream, on: loop, offer: offer, limits: Limits.webSocket, handshakeLimits: Limits.clientHandshake,
        openingTimeout: deadline - loop.now
      ) { connection, event in line.report(event, on: connection, to: queue) }
      line.connection = connection
    } catch {
      stream.abort()
      line.fail(Failure(error), to: queue)
    }
  }
}

extension Line {
  /// Gives up a connection that its script closed before it heard that it is open.
  func giveUp(_ payload: ClosePayload, to queue: EventQueue) {
    dial?.cancel()
    if hasOpened { try? connection?.close(payload) } else { connection?.abort() }
    end(.abnormal, to: queue)
  }
}
