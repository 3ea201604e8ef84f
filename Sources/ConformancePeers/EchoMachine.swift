import Connections
import WSHandshake
import WSProtocol

/// The conforming echo server as a machine.
public struct EchoMachine: PeerMachine {
  private let box: Box

  /// A machine is copied as a value; the session it drives is not copyable.
  private final class Box {
    var session: WebSocketSession
    init(_ session: consuming WebSocketSession) { self.session = session }
  }

  /// Creates the machine for a connection just accepted.
  public init(now: Duration) {
    var policy = HandshakePolicy()
    policy.isEnforced = false
    box = Box(WebSocketSession(policy: policy, now: now))
  }

  /// Takes octets of the client and echoes messages.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    var index = 0
    while let event = box.session.receive(octets, at: &index, now: now) {
      if case .endpoint(.message(let message)) = event { try? box.session.send(message) }
    }
  }

  /// Takes the octets to be written.
  public mutating func takeOutput() -> [[UInt8]] { box.session.takeOutput() }

  /// The end of the connection once the session is finished.
  public var ending: PeerEnding? { box.session.isFinished ? .endOfFile : nil }
}
