import Transport
import WSHandshake

/// A server of octets on a thread of its own: it keeps what comes, and sends what it was given.
final class WirePeer: Sendable {
  /// One connection, so far.
  struct Connection: Sendable {
    var received: [UInt8] = []
    /// Whether the client has ended its direction, or the connection.
    var isEnded = false
    var reason: CloseReason?
  }

  /// What becomes of the connection after the answer.
  enum Ending: Sendable { case none, finish, abort }
  /// What is sent when the head of a request is complete.
  typealias Answer = @Sendable (_ request: String) -> (octets: [UInt8], ending: Ending)

  let port: UInt16
  private let thread: LoopThread
  private let log = Lock<[Connection]>([])
  private let acceptor = Acceptor()

  /// Listens; without an answer nothing is ever sent.
  init(_ answer: Answer? = nil) throws {
    let thread = try LoopThread()
    self.thread = thread
    port = thread.performAndWait { [acceptor, log] loop in acceptor.listen(on: loop, answer, log) } ?? 0
  }

  deinit { thread.stop() }

  /// A server that opens the connection and then sends `frames`.
  static func opening(_ frames: [UInt8] = [], _ ending: Ending = .none, further: String = "") throws -> WirePeer {
    try WirePeer { request in (switchingAnswer(to: request, further: further) + frames, ending) }
  }

  var url: String { "ws://127.0.0.1:\(port)/" }
  var connections: [Connection] { log.withLock { $0 } }
  /// The request of the last client.
  var request: String { String(decoding: connections.last?.received ?? [], as: UTF8.self) }
  /// What the last client sent behind its request.
  var frames: [UInt8] {
    guard let received = connections.last?.received, let end = endOfHead(in: received) else { return [] }
    return Array(received[end...])
  }

  /// Does something on the last connection.
  func perform(_ work: @escaping @Sendable (TCPStream) -> Void) {
    thread.perform { [acceptor] _ in if let stream = acceptor.last { work(stream) } }
  }

  func write(_ octets: [UInt8]) { perform { $0.write(octets) } }

  /// Touched on the loop's thread only.
  private final class Acceptor: @unchecked Sendable {
    private var listener: TCPListener?
    weak var last: TCPStream?

    func listen(on loop: Loop, _ answer: Answer?, _ log: Lock<[Connection]>) -> UInt16 {
      listener = try? TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        let number = log.withLock { log in
          log.append(Connection())
          return log.count - 1
        }
        stream.delegate = Conversation(number, answer, log)
        self.last = stream
      }
      return listener?.localAddress.port ?? 0
    }
  }

  private final class Conversation: ByteStreamDelegate {
    private let number: Int
    private var answer: Answer?
    private let log: Lock<[Connection]>

    init(_ number: Int, _ answer: Answer?, _ log: Lock<[Connection]>) {
      self.number = number
      self.answer = answer
      self.log = log
    }

    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
      let copy = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
      let received = log.withLock { [number] log in
        log[number].received += copy
        return answer == nil ? [] : log[number].received
      }
      guard let answer, let end = endOfHead(in: received) else { return }
      self.answer = nil
      let (octets, ending) = answer(String(decoding: received[..<end], as: UTF8.self))
      stream.write(octets)
      switch ending {
      case .none: break
      case .finish: stream.closeGracefully(within: .seconds(2))
      case .abort: stream.abort()
      }
    }

    func receivedEndOfFile(from stream: any ByteStream) {
      log.withLock { [number] in $0[number].isEnded = true }
      stream.close()
    }

    func closed(_ stream: any ByteStream, reason: CloseReason) {
      log.withLock { [number] log in
        log[number].isEnded = true
        log[number].reason = reason
      }
    }
  }
}

/// The place behind the empty line; nil without one.
func endOfHead(in octets: [UInt8]) -> Int? {
  octets.indices.dropLast(3).first { octets[$0] == 13 && octets[$0...].starts(with: [13, 10, 13, 10]) }.map { $0 + 4 }
}

/// The answer that opens a connection; `accept` replaces what the key demands.
func switchingAnswer(to request: String, accept: String? = nil, further: String = "") -> [UInt8] {
  let key = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-key:") }?.split(separator: " ").last ?? ""
  let value = accept ?? String(decoding: AcceptKey.accept(key: Array(key.utf8)), as: UTF8.self)
  return Array(
    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(value)\r\n\(further)\r\n")
      .utf8)
}

/// A frame of a server.
func serverFrame(_ first: UInt8, _ payload: [UInt8] = [], declaring length: Int? = nil) -> [UInt8] {
  let length = length ?? payload.count
  switch length {
  case ..<126: return [first, UInt8(length)] + payload
  case ..<65536: return [first, 126, UInt8(length >> 8), UInt8(length & 255)] + payload
  default: return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) } + payload
  }
}
