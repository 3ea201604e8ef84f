internal import Connections
internal import WSProtocol

/// One server, as the host and the loop share it, like ``Line``.
final class Listener: @unchecked Sendable {
  #if DEBUG
    private let mark = Census.Mark()
  #endif

  let id: Int64
  let scope: Scope
  /// The reference of the callbacks.
  let callbacks: Int32

  // MARK: Host half

  /// Whether it was not closed.
  var isOpen = true
  /// The clients whose `on_open` was called and whose `on_close` was not.
  var clients: [Int64: Line] = [:]

  // MARK: Loop half

  var server: WebSocketServer?

  init(id: Int64, scope: Scope, callbacks: Int32) {
    self.id = id
    self.scope = scope
    self.callbacks = callbacks
  }
}

extension Context {
  /// Closes a server whose script is gone, with all its clients, and tells nobody.
  func discard(_ listener: Listener) {
    for line in listener.clients.values { line.phase = .closed }
    listener.clients = [:]
    listener.isOpen = false
    listeners[listener.id] = nil
    release(listener.callbacks)
    performAndWait { loop in listener.stop() }
  }

  /// Lets go of a server that is closed and has no client left to tell about.
  func forgetIfOver(_ listener: Listener) {
    guard !listener.isOpen, listener.clients.isEmpty, listener.scope.listeners.removeValue(forKey: listener.id) != nil else { return }
    release(listener.callbacks)
  }
}

extension Listener {
  /// Releases the port and ends all connections with the closing handshake, on the loop.
  func stop() {
    try? server?.shutdown(code: .goingAway, within: Limits.leavingTimeout)
    server = nil
  }
}
