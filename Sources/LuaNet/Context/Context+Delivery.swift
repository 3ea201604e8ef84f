internal import Transport
internal import WSProtocol

/// What one call of a callback, or the host's log, is given.
struct Delivery {
  /// Whose callback; nil for the log.
  let line: Line?
  let callback: Callback
  /// The message, the error, or the reason.
  var content: [UInt8] = []
  /// The close code.
  var code: Int32 = 0
  var isBinary = false

  enum Callback { case log, open, message, error, close }

  init(_ line: Line?, _ callback: Callback, _ content: [UInt8] = [], code: Int32 = 0, isBinary: Bool = false) {
    self.line = line
    self.callback = callback
    self.content = content
    self.code = code
    self.isBinary = isBinary
  }
}

extension Context {
  /// Notes what happened, just before the script hears of it.
  ///
  /// - Returns: `nil` when the script is not to hear of it any more.
  func deliver(_ happening: Event.Happening, on line: Line) -> Delivery? {
    switch happening {
    case .opened:
      guard line.phase == .opening else { return nil }
      if case .listener(let listener) = line.owner {
        guard listeners[listener.id] != nil else {
          // It was closed before the script heard of this client, and so it never does.
          line.phase = .closed
          return nil
        }
        listener.clients[line.id] = line
      }
      line.phase = .open
      return Delivery(line, .open)
    case .message(let message):
      if line.gauge.delivered(message.octets.count) { submit(.perform { _ in line.readAgain() }) }
      guard line.phase == .open else { return nil }
      return Delivery(line, .message, message.octets, isBinary: message.kind == .binary)
    case .failed(let text):
      guard line.phase == .opening || line.phase == .open else { return nil }
      return Delivery(line, .error, Array(text.utf8))
    case .closed(let ending):
      if case .listener(let listener) = line.owner { listener.present.withLock { $0 -= 1 } }
      guard line.phase != .closed else { return nil }
      line.phase = .closed
      forget(line)
      return Delivery(line, .close, ending.reason, code: ending.code)
    }
  }

  /// Lets go of a connection whose last event is delivered.
  private func forget(_ line: Line) {
    switch line.owner {
    case .scope(let scope, let callbacks):
      scope.lines[line.id] = nil
      release(callbacks)
    case .listener(let listener):
      listener.clients[line.id] = nil
      forgetIfOver(listener)
    }
  }
}
