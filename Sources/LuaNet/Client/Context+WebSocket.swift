internal import Transport
internal import WSProtocol

extension Context {
  /// Begins to open a connection for the script of `scope`.
  ///
  /// - Returns: Its id; 0 when the script was unloaded.
  func connect(scope: Int64, callbacks: Int32, _ request: WebSocketRequest) -> Int64 {
    guard let scope = scopes[scope] else { return 0 }
    let line = Line(id: Identifiers.webSocket.next(), owner: .scope(scope, callbacks: callbacks))
    scope.lines[line.id] = line
    do throws(TransportError) {
      try start()
      let (opener, queue) = (opener, queue)
      perform { loop in opener.open(line, request, on: loop, to: queue) }
    } catch {
      // There is no loop whose half this could be.
      line.fail(Failure(.connect, "\(error)"), to: queue)
    }
    return line.id
  }

  /// Sends a message on a connection.
  ///
  /// - Returns: Why not; nil when it was accepted.
  func send(_ kind: Message.Kind, _ octets: UnsafeRawBufferPointer, on id: Int64, of scope: Int64) -> Refusal? {
    guard let line = scopes[scope]?.lines[id], line.phase == .open else { return .notOpen }
    if let refusal = unsafe Refusal(of: kind, octets) { return refusal }
    guard line.gauge.accept(octets.count) else { return .serverBacklog }
    submit(.send(line, Message(kind, unsafe Array(octets))))
    return nil
  }

  /// Begins the closing handshake, or gives up connecting; nothing but `on_close` is called for the connection any more.
  func close(_ id: Int64, of scope: Int64, code: CloseCode, reason: String) {
    guard let line = scopes[scope]?.lines[id], let payload = try? ClosePayload(code: code, reason: reason) else { return }
    let queue = queue
    switch line.phase {
    case .opening: perform { _ in line.giveUp(payload, to: queue) }
    case .open: perform { _ in line.close(payload) }
    case .closing, .closed: return
    }
    line.phase = .closing
  }

  /// Whether messages can be sent on a connection.
  func isOpen(_ id: Int64, of scope: Int64) -> Bool { scopes[scope]?.lines[id]?.phase == .open }
}
