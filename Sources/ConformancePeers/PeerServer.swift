public import Transport

/// Serves a ``PeerMachine`` on every connection it accepts.
public final class PeerServer {
  private let loop: Loop
  private let tls: TLSServerContext?
  private let makeMachine: (Duration) -> any PeerMachine
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: MachineConnection] = [:]
  private var remainingConnections: Int

  /// The address listened on, with the port that was chosen for port 0.
  public private(set) var localAddress: SocketAddress

  /// Listens on `address`.
  ///
  /// - Parameters:
  ///   - address: The local address; port 0 chooses a free port.
  ///   - loop: The loop whose turns serve the connections.
  ///   - tls: What to show and to demand. Default: no TLS.
  ///   - lifetime: After how many connections the server dies: it stops listening and resets every connection. Default: never.
  ///   - makeMachine: Makes the machine for a connection just accepted, given the present time.
  /// - Throws: `TransportError`.
  public init(
    _ address: SocketAddress, on loop: Loop, tls: TLSServerContext? = nil, dyingAfter lifetime: Int = .max,
    makeMachine: @escaping (Duration) -> any PeerMachine
  ) throws(TransportError) {
    var onAccept: (TCPStream) -> Void = { $0.abort() }
    let listener = try TCPListener(address, on: loop) { onAccept($0) }
    self.loop = loop
    self.tls = tls
    self.makeMachine = makeMachine
    self.listener = listener
    localAddress = listener.localAddress
    remainingConnections = lifetime
    onAccept = { [weak self] in
      guard let self else { return $0.abort() }
      accept($0)
    }
  }

  /// Stops listening and resets every connection.
  public func die() {
    listener?.close()
    listener = nil
    for connection in connections.values { connection.abort() }
  }

  private func accept(_ accepted: TCPStream) {
    let stream: any ByteStream = if let tls { TLSStream(server: accepted, context: tls, on: loop, delegate: nil) } else { accepted }
    let connection = MachineConnection(stream, on: loop, machine: makeMachine(loop.now)) { [weak self] in
      self?.connections[ObjectIdentifier($0)] = nil
    }
    connections[ObjectIdentifier(connection)] = connection
    connection.settle()
    remainingConnections -= 1
    if remainingConnections <= 0 { die() }
  }
}

/// Moves octets between a machine and its TCP connection.
private final class MachineConnection: ByteStreamDelegate {
  private let stream: any ByteStream
  private let loop: Loop
  private var machine: any PeerMachine
  private var onClosed: ((MachineConnection) -> Void)?
  private var isEnding = false

  init(_ stream: any ByteStream, on loop: Loop, machine: any PeerMachine, onClosed: @escaping (MachineConnection) -> Void) {
    self.stream = stream
    self.loop = loop
    self.machine = machine
    self.onClosed = onClosed
    stream.delegate = self
  }

  func abort() { stream.abort() }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    machine.receive(octets, now: loop.now)
    settle()
  }

  func receivedEndOfFile(from stream: any ByteStream) {
    machine.receivedEndOfFile(now: loop.now)
    settle()
    stream.close()
  }

  func drained(_ stream: any ByteStream) { settle() }

  func closed(_ stream: any ByteStream, reason: CloseReason) {
    onClosed?(self)
    onClosed = nil
  }

  func settle() {
    guard !isEnding else { return }
    while stream.pendingOutputBytes < stream.highWatermark {
      let segments = machine.takeOutput()
      if segments.isEmpty { break }
      // At once: a reset throws away what waits for the end of the turn.
      for segment in segments { stream.writeNow(segment) }
    }
    guard let ending = machine.ending else { return }
    isEnding = true
    switch ending {
    case .endOfFile: stream.closeGracefully(within: .seconds(2))
    case .reset: stream.abort()
    }
  }
}
