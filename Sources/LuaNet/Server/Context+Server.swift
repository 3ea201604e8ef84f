internal import Transport
internal import WSProtocol

/// Why there is no server.
struct ListenFailure: Error, CustomStringConvertible {
  let description: String
}

extension Context {
  // MARK: Listening

  /// Opens a server for the script of `scope`, which is open.
  func listen(scope: Int64, callbacks: Int32, _ settings: ServerSettings) throws(ListenFailure) -> Listener {
    guard let scope = scopes[scope] else { throw ListenFailure(description: "the script was unloaded") }
    let listener = Listener(id: Identifiers.server.next(), scope: scope, callbacks: callbacks)
    do throws(TransportError) {
      try start()
      let queue = queue
      guard let started = performAndWait({ loop in listener.start(settings, on: loop, to: queue) }) else {
        throw TransportError(.listen, .loopStopped)
      }
      listener.port = try started.get()
    } catch {
      throw ListenFailure(description: "\(error)")
    }
    listeners[listener.id] = listener
    scope.listeners[listener.id] = listener
    return listener
  }

  // MARK: Sending

  /// Sends text to a client.
  ///
  /// - Returns: Why not; nil when it was accepted.
  func send(_ octets: UnsafeRawBufferPointer, to client: Int64, of server: Int64) -> Refusal? {
    guard let listener = listeners[server] else { return .serverClosed }
    guard let line = listener.clients[client], line.phase == .open else { return .notConnected }
    if let refusal = unsafe Refusal(of: Message.Kind.text, octets) { return refusal }
    guard line.gauge.accept(octets.count) else { return .clientBacklog }
    submit(.send(line, Message(.text, unsafe Array(octets))))
    return nil
  }

  /// Sends text to all clients but those that have a backlog; they share its content.
  ///
  /// - Returns: To how many, or why to none.
  func broadcast(_ octets: UnsafeRawBufferPointer, of server: Int64) -> (count: Int, refusal: Refusal?) {
    guard let listener = listeners[server] else { return (0, .serverClosed) }
    if let refusal = unsafe Refusal(of: Message.Kind.text, octets) { return (0, refusal) }
    let lines = listener.clients.values.filter { $0.phase == .open && $0.gauge.accept(octets.count) }
    guard !lines.isEmpty else { return (0, nil) }
    let message = Message(.text, unsafe Array(octets))
    perform { loop in for line in lines { line.send(message, on: loop) } }
    return (lines.count, nil)
  }

  // MARK: Closing

  /// Begins the closing handshake with a client; nothing but `on_close` is called for it any more.
  func disconnect(_ client: Int64, of server: Int64, code: CloseCode, reason: String) {
    guard let line = listeners[server]?.clients[client], line.phase == .open else { return }
    guard let payload = try? ClosePayload(code: code, reason: reason) else { return }
    line.phase = .closing
    perform { _ in line.close(payload) }
  }

  /// Releases the port and begins the closing handshake with all clients; nothing but `on_close` is called for them any more.
  func closeServer(_ id: Int64) {
    guard let listener = listeners.removeValue(forKey: id) else { return }
    for line in listener.clients.values { line.phase = .closing }
    performAndWait { _ in listener.stop() }
    forgetIfOver(listener)
  }

  /// Closes a server whose script is gone, with all its clients, and tells nobody.
  func discard(_ listener: Listener) {
    for line in listener.clients.values { line.phase = .closed }
    listener.clients = [:]
    listeners[listener.id] = nil
    release(listener.callbacks)
    performAndWait { _ in listener.stop() }
  }

  /// Lets go of a server that is closed and has no client left to tell about.
  func forgetIfOver(_ listener: Listener) {
    guard listeners[listener.id] == nil, listener.clients.isEmpty, listener.scope.listeners.removeValue(forKey: listener.id) != nil else {
      return
    }
    release(listener.callbacks)
  }
}
