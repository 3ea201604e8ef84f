import LuaTesting
import Testing
import Transport
import WSHandshake

/// Servers of octets on a thread of their own: what scripts connect to when the peer is to be silent, rude or stubborn.
final class Peers: Sendable {
  /// How a server behaves.
  enum Manner: Sendable {
    /// Reads, and says nothing.
    case silent
    /// Answers every request with these octets.
    case answers(String)
    /// Does the opening handshake, and then only listens: it never answers a Close frame.
    case stubborn
    /// Does the opening handshake, and reads no more.
    case stalled
  }

  /// What servers have seen.
  struct Log: Sendable {
    var accepted = 0
    /// All that came on the connections, behind the head of the request.
    var received: [UInt8] = []
    /// How many connections the other side has ended.
    var ended = 0
  }

  private let thread: LoopThread
  private let log = Lock(Log())

  init() throws { thread = try LoopThread() }

  deinit { thread.stop() }

  var seen: Log { log.withLock { $0 } }

  /// Starts a server; returns its port.
  func serve(_ manner: Manner) throws -> UInt16 {
    let log = log
    let port = thread.performAndWait { loop in
      let listener = try? TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
        log.withLock { $0.accepted += 1 }
        stream.delegate = Conversation(manner, log)
      }
      return listener?.localAddress.port
    }
    return try #require(port ?? nil)
  }
}

/// One connection of a server.
private final class Conversation: ByteStreamDelegate {
  private let manner: Peers.Manner
  private let log: Lock<Peers.Log>
  private var head: [UInt8]? = []

  init(_ manner: Peers.Manner, _ log: Lock<Peers.Log>) {
    self.manner = manner
    self.log = log
  }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    let octets = unsafe octets.withUnsafeBufferPointer { unsafe Array($0) }
    guard var head else { return log.withLock { $0.received += octets } }
    head += octets
    self.head = head
    let text = String(decoding: head, as: UTF8.self)
    guard text.hasSuffix("\r\n\r\n") else { return }
    switch manner {
    case .silent: break
    case .answers(let answer):
      stream.write(Array(answer.utf8))
      stream.closeGracefully(within: .seconds(1))
    case .stubborn, .stalled:
      self.head = nil
      stream.write(Array(Self.acceptance(of: text).utf8))
      if case .stalled = manner { stream.pauseReading() }
    }
  }

  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }

  func closed(_ stream: any ByteStream, reason: CloseReason) { log.withLock { $0.ended += 1 } }

  private static func acceptance(of request: String) -> String {
    let line = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-key:") } ?? ""
    let key = Array(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }.utf8)
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: \(String(decoding: AcceptKey.accept(key: key), as: UTF8.self))\r\n\r\n"
  }
}

/// Ports of 127.0.0.1 at which nobody ever answers; the system alone looks after them.
final class DeadEnds {
  private let loop: Loop
  private var held: [AnyObject] = []
  /// Connections are established, and that is all.
  let silentPort: UInt16
  /// Connections are not even established: the queue of those that were not accepted is full.
  let blackholePort: UInt16
  /// Connections are refused.
  static let closedPort: UInt16 = 1

  init() throws {
    loop = try Loop()
    let silent = try TCPListener(.loopbackIPv4(port: 0), on: loop, backlog: 4096) { _ in }
    let full = try TCPListener(.loopbackIPv4(port: 0), on: loop, backlog: 0) { _ in }
    silentPort = silent.localAddress.port
    blackholePort = full.localAddress.port
    held = [silent, full] + (0..<4).map { _ in TCPStream.connect(to: full.localAddress, on: loop, delegate: Deaf()) }
  }
}

private final class Deaf: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
