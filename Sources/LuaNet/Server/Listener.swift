internal import Connections
internal import Transport
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

  /// How many clients there are of whose end the script was not told, which grows while nobody pumps.
  let present = Lock(0)

  // MARK: Host half

  /// The port listened on.
  var port: UInt16 = 0
  /// The clients whose `on_open` was called and whose `on_close` was not.
  var clients: [Int64: Line] = [:]

  // MARK: Loop half

  private var server: WebSocketServer?
  /// The clients by the numbers that the server gives them.
  ///
  /// Who has not heard of a client's end holds its line: the script's side, and the events on their way to it.
  private var lines: [Int: WeakLine] = [:]

  init(id: Int64, scope: Scope, callbacks: Int32) {
    self.id = id
    self.scope = scope
    self.callbacks = callbacks
  }
}

/// A loop that ends reports nothing: what it holds must not hold the line, which holds its listener.
private struct WeakLine {
  weak var line: Line?
}

// What happens on the loop's thread.
extension Listener {
  /// Listens on 127.0.0.1, and nowhere else.
  ///
  /// - Returns: The port.
  func start(_ settings: ServerSettings, on loop: Loop, to queue: EventQueue) -> Result<UInt16, TransportError> {
    do throws(TransportError) {
      let server = try WebSocketServer(
        .loopbackIPv4(port: settings.port), on: loop, policy: { settings.policy(port: $0.port) }, limits: Limits.server,
        handshakeLimits: Limits.serverHandshake, openingTimeout: Limits.openingTimeout, maximumConnections: settings.maximumClients,
        maximumHeldBytes: Limits.heldBytes
      ) { connection, event in
        self.handle(event, on: connection, atMost: settings.maximumClients, to: queue)
      }
      self.server = server
      return .success(server.localAddress.port)
    } catch {
      return .failure(error)
    }
  }

  private func handle(
    _ event: WebSocketSession.Event, on connection: WebSocketConnection, atMost maximumClients: Int, to queue: EventQueue
  ) {
    switch event {
    case .opened:
      guard noteClient(atMost: maximumClients) else { return connection.abort() }
      let line = Line(id: Identifiers.client.next(), owner: .listener(self))
      line.connection = connection
      lines[connection.id] = WeakLine(line: line)
      line.report(event, on: connection, to: queue)
    case .endpoint: lines[connection.id]?.line?.report(event, on: connection, to: queue)
    case .refused(let error, _): queue.push(.log("net.ws_server \(id): refused \(connection.peerAddress): \(error)"))
    case .closed: lines.removeValue(forKey: connection.id)?.line?.report(event, on: connection, to: queue)
    }
  }

  /// Counts a client, unless that is too many.
  private func noteClient(atMost maximumClients: Int) -> Bool {
    present.withLock { present in
      guard present < maximumClients else { return false }
      present += 1
      return true
    }
  }

  /// Releases the port and ends all connections with the closing handshake.
  func stop() {
    guard let server else { return }
    for case let line? in lines.values.map(\.line) where line.connection?.isOpen == true { line.localClose = Ending(.goingAway) }
    try? server.shutdown(code: .goingAway, within: Limits.leavingTimeout)
    self.server = nil
  }
}
