internal import Connections
internal import Transport
internal import WSHandshake
internal import WSProtocol

// What happens on the loop's thread.
extension Line {
  /// Sends what the gauge has accepted; a connection that is closing takes nothing any more.
  func send(_ message: Message) {
    let bytes = message.octets.count
    try? connection?.send(message)
    gauge.handedOver(bytes, pendingBytes: connection?.pendingOutputBytes ?? 0)
  }

  /// Reads again after the queue was too long.
  func readAgain() { connection?.isHeldBack = false }

  /// Ends the connection because its script is gone: told politely, and after a second at once.
  func leave(on loop: Loop) {
    dial?.cancel()
    guard let connection else { return }
    guard let payload = try? ClosePayload(code: .goingAway), (try? connection.close(payload)) != nil else { return connection.abort() }
    loop.schedule(at: loop.now + Limits.leavingTimeout) { [weak connection] in connection?.abort() }
  }

  /// Queues what the script is to hear of an event.
  func report(_ event: WebSocketSession.Event, on connection: WebSocketConnection, to queue: EventQueue) {
    switch event {
    case .opened:
      hasOpened = true
      queue.push(.line(self, .opened))
    case .endpoint(let event): report(event, on: connection, to: queue)
    case .refused(let error, _):
      switch owner {
      case .scope: fail("\(error.code == .timeout ? "timeout" : "http"): \(error)", to: queue)
      case .listener(let listener): queue.push(.log("net.ws_server \(listener.id): refused \(connection.peerAddress): \(error)"))
      }
    case .closed(let closure):
      let (code, reason) = ending(closure)
      if !hasOpened, !isServerSide, !hasFailed { fail("closed: the server ended the connection: \(closure.transport)", to: queue) }
      if hasOpened || !isServerSide { queue.push(.line(self, .closed(code: code, reason: reason))) }
    }
  }

  private func report(_ event: Endpoint.Event, on connection: WebSocketConnection, to queue: EventQueue) {
    switch event {
    case .message(let message):
      if gauge.queued(message.octets.count) { connection.isHeldBack = true }
      queue.push(.line(self, .message(message)))
    case .failed(let error): fail("\(Self.kind(of: error)): \(error)", to: queue)
    case .ping, .pong, .closeReceived: break
    }
  }

  /// Queues the failure of the connection.
  func fail(_ text: String, to queue: EventQueue) {
    hasFailed = true
    queue.push(.line(self, .failed(text)))
  }

  private var isServerSide: Bool {
    switch owner {
    case .scope: false
    case .listener: true
    }
  }

  /// The code and the reason for `on_close`: ours where we began, the code the peer was told where it failed, else the peer's.
  private func ending(_ closure: WebSocketClosure) -> (code: Int32, reason: String) {
    if let localClose, isServerSide || closure.isClean { return localClose }
    if let code = closure.failure?.closeCode { return (Int32(code.rawValue), "") }
    return (Int32(closure.code.rawValue), closure.reason)
  }

  private static func kind(of error: WSError) -> String {
    switch error.code {
    case .frameTooLong, .messageTooLong: "too_large"
    case .frameTooOld, .messageTooOld, .closeHandshakeTimeout, .keepaliveTimeout, .outputStalled: "timeout"
    case .notOpen, .unsendable: "closed"
    case .frame, .invalidUTF8, .malformedCompression, .decompressorUnavailable, .truncatedCloseCode, .forbiddenCloseCode, .tooManyFragments,
      .tooManyEmptyFragments, .fragmentsTooSmall, .tooManyControlFrames:
      "protocol"
    }
  }
}
