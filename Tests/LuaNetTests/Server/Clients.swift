import Connections
import LuaTesting
import Transport
import WSHandshake
import WSProtocol

/// Clients of the servers under test, on a thread of their own.
final class Clients: Sendable {
  private let thread: LoopThread

  init() throws { thread = try LoopThread() }

  deinit { thread.stop() }

  /// A WebSocket client that has begun to connect to 127.0.0.1.
  func web(_ port: UInt16, origin: String? = nil, limits: WSLimits = Clients.limits) -> WebClient {
    let client = WebClient(thread)
    thread.perform { loop in client.connect(port: port, origin: origin, limits: limits, on: loop) }
    return client
  }

  /// So many of them.
  func web(_ port: UInt16, count: Int) -> [WebClient] { (0..<count).map { _ in web(port) } }

  /// A client that sends given octets and keeps what comes.
  func wire(_ address: SocketAddress, _ octets: [UInt8]) -> WireClient {
    let client = WireClient(thread)
    thread.perform { loop in client.connect(to: address, sending: octets, on: loop) }
    return client
  }

  /// The same to 127.0.0.1.
  func wire(_ port: UInt16, _ octets: [UInt8]) -> WireClient { wire(.loopbackIPv4(port: port), octets) }

  /// The same, after the request of an opening handshake.
  func opened(_ port: UInt16, _ frames: [UInt8] = []) -> WireClient { wire(port, upgradeRequest(port) + frames) }

  /// More than servers accept.
  static let limits: WSLimits = {
    var limits = WSLimits()
    limits.maximumMessageBytes = 128 << 20
    limits.maximumFramePayloadBytes = 128 << 20
    return limits
  }()
}

/// The request of an opening handshake; `change` may replace what stands in it.
func upgradeRequest(_ port: UInt16, host: String? = nil, further: String = "") -> [UInt8] {
  Array(
    ("GET /any?path HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(further)\r\n").utf8)
}

/// A frame of a client, masked with zeros.
func clientFrame(_ first: UInt8, _ payload: [UInt8], declaring length: Int? = nil) -> [UInt8] {
  let length = length ?? payload.count
  var frame = [first]
  switch length {
  case ..<126: frame.append(0x80 | UInt8(length))
  case ..<65536: frame += [0xFE, UInt8(length >> 8), UInt8(length & 255)]
  default: frame += [0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
  }
  return frame + [0, 0, 0, 0] + payload
}

/// A WebSocket client; its connection is touched on the loop's thread only.
final class WebClient: @unchecked Sendable {
  struct Log {
    var isOpen = false
    var refusal: HandshakeError?
    var messages: [Message] = []
    var messageCount = 0
    var keepsMessages = true
    var pongs: [[UInt8]] = []
    var closure: WebSocketClosure?
    var failure: TransportError?
  }

  private let thread: LoopThread
  private let log = Lock(Log())
  private var connection: WebSocketConnection?
  /// What is to be done once the connection is open.
  private var waiting: [(WebSocketConnection) -> Void] = []

  init(_ thread: LoopThread) { self.thread = thread }

  fileprivate func connect(port: UInt16, origin: String?, limits: WSLimits, on loop: Loop) {
    let stream = TCPStream.connect(to: .loopbackIPv4(port: port), on: loop, delegate: Idle())
    var offer = ClientOffer(host: "127.0.0.1:\(port)", target: "/")
    offer.origin = origin
    connection = try? WebSocketConnection(client: stream, on: loop, offer: offer, limits: limits) { [self] connection, event in
      log.withLock { log in
        switch event {
        case .opened: log.isOpen = true
        case .refused(let error, _): log.refusal = error
        case .endpoint(.message(let message)):
          log.messageCount += 1
          if log.keepsMessages { log.messages.append(message) }
        case .endpoint(.pong(let payload)): log.pongs.append(payload)
        case .endpoint: break
        case .closed(let closure): log.closure = closure
        }
      }
      switch event {
      case .opened:
        for work in waiting { work(connection) }
        waiting = []
      case .closed: self.connection = nil
      case .refused, .endpoint: break
      }
    }
  }

  /// What happened so far.
  var seen: Log { log.withLock { $0 } }
  var isOpen: Bool { seen.isOpen }
  var closure: WebSocketClosure? { seen.closure }
  var texts: [String] { seen.messages.map { String(decoding: $0.octets, as: UTF8.self) } }

  /// Counts messages from now on, and forgets their content.
  func countOnly() { log.withLock { $0.keepsMessages = false } }

  func perform(_ work: @escaping @Sendable (WebSocketConnection) -> Void) {
    thread.perform { [self] _ in if let connection { work(connection) } }
  }

  /// The same, once the connection is open.
  private func performOpen(_ work: @escaping @Sendable (WebSocketConnection) -> Void) {
    thread.perform { [self] _ in
      guard let connection else { return }
      if connection.isOpen { work(connection) } else { waiting.append(work) }
    }
  }

  func send(_ text: String) { send(.text, Array(text.utf8)) }
  func send(_ kind: Message.Kind, _ octets: [UInt8]) { performOpen { try? $0.send(Message(kind, octets)) } }
  func close(_ code: CloseCode = .normal, _ reason: String = "") {
    performOpen { connection in if let payload = try? ClosePayload(code: code, reason: reason) { try? connection.close(payload) } }
  }
  func abort() { perform { $0.abort() } }
  /// Stops reading, or reads again.
  func stall(_ isStalled: Bool = true) { perform { $0.isHeldBack = isStalled } }
}

/// A client of octets; its stream is touched on the loop's thread only.
final class WireClient: ByteStreamDelegate, @unchecked Sendable {
  struct Log {
    var received: [UInt8] = []
    var isConnected = false
    var isEnded = false
    var reason: CloseReason?
  }

  private let thread: LoopThread
  private let log = Lock(Log())
  private var stream: TCPStream?

  init(_ thread: LoopThread) { self.thread = thread }

  fileprivate func connect(to address: SocketAddress, sending octets: [UInt8], on loop: Loop) {
    stream = TCPStream.connect(to: address, on: loop, delegate: self)
    stream?.write(octets)
  }

  /// What happened so far.
  var seen: Log { log.withLock { $0 } }
  var received: [UInt8] { seen.received }
  var text: String { String(decoding: received, as: UTF8.self) }
  /// Whether the server has ended the connection.
  var isOver: Bool {
    let log = seen
    return log.isEnded || log.reason != nil
  }
  /// What came behind the head of the answer.
  var frames: [UInt8] {
    let received = received
    let end: [UInt8] = [13, 10, 13, 10]
    guard received.count >= 4 else { return [] }
    for index in 0...received.count - 4 where received[index..<index + 4].elementsEqual(end) { return Array(received[(index + 4)...]) }
    return []
  }

  func write(_ octets: [UInt8]) { thread.perform { [self] _ in stream?.write(octets) } }
  func pause() { thread.perform { [self] _ in stream?.pauseReading() } }
  func resume() { thread.perform { [self] _ in stream?.resumeReading() } }
  func abort() { thread.perform { [self] _ in stream?.abort() } }
  func finish() { thread.perform { [self] _ in stream?.shutdownWrite() } }

  func connected(_ stream: any ByteStream) { log.withLock { $0.isConnected = true } }
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    let copy = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
    log.withLock { $0.received += copy }
  }
  func receivedEndOfFile(from stream: any ByteStream) { log.withLock { $0.isEnded = true } }
  func closed(_ stream: any ByteStream, reason: CloseReason) {
    log.withLock { $0.reason = reason }
    self.stream = nil
  }
}

/// For a stream whose delegate is about to be set.
private final class Idle: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
