import WSHandshake

/// Peers that are no WebSocket echo server at all, or stop being one after the opening handshake.
public struct RudeMachine: PeerMachine {
  /// What the peer does.
  public enum Manner: String, Sendable, Hashable, CaseIterable {
    /// Completes the opening handshake and then says nothing.
    case silent
    /// Completes the opening handshake and closes the TCP connection.
    case hangsUp = "hangs-up"
    /// Completes the opening handshake and resets the TCP connection.
    case resets
    /// Completes the opening handshake and sends back every octet as it came.
    case rawEcho = "raw-echo"
    /// Completes the opening handshake and sends frames without end.
    case floods
    /// Completes the opening handshake and sends octets that are no frames.
    case garbage
    /// Closes the TCP connection at once.
    case closesAtOnce = "closes-at-once"
    /// Never answers the opening handshake.
    case neverAnswers = "never-answers"
    /// Answers the opening handshake with something that is not HTTP.
    case notHTTP = "not-http"
    /// Answers the opening handshake with a web page.
    case webPage = "web-page"
    /// Answers with a wrong `Sec-WebSocket-Accept`.
    case wrongAccept = "wrong-accept"
  }

  private let manner: Manner
  private var handshake: ServerHandshake?
  private var output: [[UInt8]] = []

  /// How the connection is to be dropped.
  public private(set) var ending: PeerEnding?

  /// Creates the machine for a connection just accepted.
  public init(_ manner: Manner) {
    self.manner = manner
    var policy = HandshakePolicy()
    policy.isEnforced = false
    handshake = ServerHandshake(policy: policy)
    if manner == .closesAtOnce { ending = .endOfFile }
  }

  /// Takes the octets to be written.
  public mutating func takeOutput() -> [[UInt8]] {
    // A flood: as much again whenever what was there has gone.
    if manner == .floods, handshake == nil, output.isEmpty {
      return [Array(repeating: [0x81, 0x04, 0x66, 0x6F, 0x6F, 0x21], count: 8192).flatMap { $0 }]
    }
    defer { output = [] }
    return output
  }

  /// Takes octets of the client.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    guard var current = handshake else {
      if manner == .rawEcho { output.append(octets.indices.map { octets[$0] }) }
      return
    }
    guard case .accepted(_, let response, _, let consumed) = current.receive(octets) else {
      handshake = current
      return
    }
    switch manner {
    case .closesAtOnce, .neverAnswers: return
    case .notHTTP:
      output.append(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))
      return
    case .webPage:
      output.append(
        Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n<script>\u{1B}[2J</".utf8))
      return
    case .wrongAccept:
      output.append(
        Array(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
            .utf8))
      return
    case .silent, .hangsUp, .resets, .rawEcho, .floods, .garbage: break
    }
    output.append(response)
    handshake = nil
    switch manner {
    case .hangsUp: ending = .endOfFile
    case .resets: ending = .reset
    case .rawEcho: if consumed < octets.count { receive(octets.extracting(consumed...), now: now) }
    case .garbage: output.append(Array(repeating: 0xFF, count: 1000))
    case .silent, .floods, .closesAtOnce, .neverAnswers, .notHTTP, .webPage, .wrongAccept: break
    }
  }
}
