internal import Transport
internal import WSProtocol

/// What a host wants done on the loop.
enum Command: Sendable {
  /// Sends what the line's gauge has accepted.
  case send(Line, Message)
  case perform(@Sendable (Loop) -> Void)

  func run(on loop: Loop) {
    switch self {
    case .send(let line, let message): line.send(message, on: loop)
    case .perform(let work): work(loop)
    }
  }
}
