import Connections
import Transport
import WSHandshake
import WSProtocol

/// A WebSocket server on a thread of its own; what scripts connect to.
final class Peer: Sendable {
  /// What happened, so far.
  struct Log: Sendable {
    var openedCount = 0
    var messages: [Message] = []
    var messageCount = 0
    var messageBytes = 0
    var keepsMessages = true
    var pongs: [[UInt8]] = []
    var closes: [ClosePayload] = []
    var closures: [WebSocketClosure] = []
  }

  /// What it does upon an event, after it was noted.
  typealias Behaviour = @Sendable (WebSocketConnection, WebSocketSession.Event) -> Void

  let port: UInt16
  private let thread: LoopThread
  private let log: Lock<Log>
  private let connections = Connections()

  /// Touched on the loop's thread only.
  private final class Connections: @unchecked Sendable {
    var server: WebSocketServer?
    var all: [WebSocketConnection] = []
  }

  init(
    tls: TLSServerContext? = nil, subprotocols: [String] = [], limits: WSLimits = Peer.limits, _ behaviour: @escaping Behaviour = Peer.echo
  ) throws {
    let thread = try LoopThread()
    let log = Lock(Log())
    let connections = connections
    let port = thread.performAndWait { loop -> UInt16 in
      connections.server = try? WebSocketServer(
        .loopbackIPv4(port: 0), on: loop, tls: tls,
        policy: { _ in
          var policy = HandshakePolicy()
          policy.isEnforced = false
          policy.subprotocols = subprotocols
          return policy
        }, limits: limits, maximumHeldBytes: 1 << 30
      ) { connection, event in
        log.withLock { $0.note(event) }
        switch event {
        case .opened: connections.all.append(connection)
        case .closed: connections.all.removeAll { $0 === connection }
        case .endpoint, .refused: break
        }
        behaviour(connection, event)
      }
      return connections.server?.localAddress.port ?? 0
    }
    self.thread = thread
    self.log = log
    self.port = port ?? 0
  }

  deinit { thread.stop() }

  var url: String { "ws://127.0.0.1:\(port)/" }
  var seen: Log { log.withLock { $0 } }
  var texts: [String] { seen.messages.map { String(decoding: $0.octets, as: UTF8.self) } }

  /// Counts messages from now on, and forgets their content.
  func countOnly() { log.withLock { $0.keepsMessages = false } }

  /// Does something on every open connection.
  func perform(_ work: @escaping @Sendable (WebSocketConnection) -> Void) {
    thread.perform { [connections] _ in for connection in connections.all { work(connection) } }
  }

  func send(_ kind: Message.Kind = .text, _ octets: [UInt8]) { perform { try? $0.send(Message(kind, octets)) } }
  func send(_ text: String) { send(.text, Array(text.utf8)) }
  func close(_ code: CloseCode, _ reason: String = "") {
    perform { connection in if let payload = try? ClosePayload(code: code, reason: reason) { try? connection.close(payload) } }
  }

  /// Sends back what came.
  @Sendable static func echo(_ connection: WebSocketConnection, _ event: WebSocketSession.Event) {
    if case .endpoint(.message(let message)) = event { try? connection.send(message) }
  }

  /// Only notes what came.
  @Sendable static func listen(_ connection: WebSocketConnection, _ event: WebSocketSession.Event) {}

  /// More than scripts may send.
  static let limits: WSLimits = {
    var limits = WSLimits()
    limits.maximumMessageBytes = 128 << 20
    limits.maximumFramePayloadBytes = 128 << 20
    return limits
  }()
}

extension Peer.Log {
  fileprivate mutating func note(_ event: WebSocketSession.Event) {
    switch event {
    case .opened: openedCount += 1
    case .endpoint(.message(let message)):
      messageCount += 1
      messageBytes += message.octets.count
      if keepsMessages { messages.append(message) }
    case .endpoint(.pong(let payload)): pongs.append(payload)
    case .endpoint(.closeReceived(let payload)): closes.append(payload)
    case .endpoint, .refused: break
    case .closed(let closure): closures.append(closure)
    }
  }
}
