internal import Connections
internal import Transport
internal import WSHandshake
internal import WSProtocol

// What happens on the loop's thread.
extension Line {
  /// Sends what the gauge has accepted; a connection that is closing takes nothing any more.
  func send(_ message: Message, on loop: Loop) {
    let bytes = message.octets.count
    let connection = connection
    try? connection?.send(message)
    let pendingBytes = connection?.pendingOutputBytes ?? 0
    gauge.handedOver(bytes, pendingBytes: pendingBytes)
    if pendingBytes >= Limits.watchedBacklogBytes { watchBacklog(on: loop) }
  }

  /// Tells the gauge how much waits for the peer until it is little.
  private func watchBacklog(on loop: Loop) {
    guard !isBacklogWatched else { return }
    isBacklogWatched = true
    loop.schedule(at: loop.now + Limits.backlogWatch) { [weak self, weak loop] in
      guard let self, let loop else { return }
      isBacklogWatched = false
      let pendingBytes = connection?.pendingOutputBytes ?? 0
      gauge.measured(pendingBytes)
      if pendingBytes >= Limits.watchedBacklogBytes { watchBacklog(on: loop) }
    }
  }

  /// Reads again after the queue was too long, unless it is so again.
  func readAgain() { if !gauge.isHeldBack { connection?.isHeldBack = false } }

  /// Begins the closing handshake, if the connection is open.
  func close(_ payload: ClosePayload) {
    guard let connection, (try? connection.close(payload)) != nil else { return }
    localClose = Ending(payload)
  }

  /// Ends the connection because its script is gone: told politely, and after a second at once.
  func leave(on loop: Loop) {
    isOver = true
    dial?.cancel()
    guard let connection else { return }
    guard hasOpened, let payload = try? ClosePayload(code: .goingAway) else { return connection.abort() }
    // One that is closing already goes on with that.
    try? connection.close(payload)
    loop.schedule(at: loop.now + Limits.leavingTimeout) { [weak connection] in connection?.abort() }
  }

  /// Queues what the script is to hear of an event.
  func report(_ event: WebSocketSession.Event, on connection: WebSocketConnection, to queue: EventQueue) {
    guard !isOver else { return }
    switch event {
    case .opened:
      hasOpened = true
      queue.push(.line(self, .opened))
    case .endpoint(let event): report(event, on: connection, to: queue)
    case .refused(let error, _): fail(Failure(error), to: queue)
    case .closed(let closure):
      if hasOpened { return end(.abnormal, to: queue) }
      fail(Failure(.closed, "the server ended the connection: \(closure.transport)"), to: queue)
    }
  }

  private func report(_ event: Endpoint.Event, on connection: WebSocketConnection, to queue: EventQueue) {
    switch event {
    case .message(let message):
      if gauge.queued(message.octets.count) { connection.isHeldBack = true }
      queue.push(.line(self, .message(message)))
    case .failed(let error): fail(Failure(error), as: error.closeCode.map { Ending($0) } ?? .abnormal, to: queue)
    case .closeReceived(let payload): end(Ending(payload), isClean: true, to: queue)
    case .ping, .pong: break
    }
  }

  /// Queues the failure of the connection, and its end.
  func fail(_ failure: Failure, as ending: Ending = .abnormal, to queue: EventQueue) {
    guard !isOver else { return }
    queue.push(.line(self, .failed("\(failure)")))
    end(ending, to: queue)
  }

  /// Queues the end of the connection, which is known before that of its stream.
  ///
  /// What this side has closed it with counts more; to a client only if the peer has answered, which is clean.
  func end(_ ending: Ending, isClean: Bool = false, to queue: EventQueue) {
    guard !isOver else { return }
    isOver = true
    var ending = ending
    if let localClose { ending = isServerSide || isClean ? localClose : .abnormal }
    queue.push(.line(self, .closed(ending)))
  }

  private var isServerSide: Bool {
    switch owner {
    case .scope: false
    case .listener: true
    }
  }
}
