import TestCertificates
import Testing
import Transport

extension TLSIdentity {
  /// A certificate of the tests with its key.
  static func test(_ name: String, key: String = "key") -> TLSIdentity {
    TLSIdentity(certificateFile: Certificates.path("\(name).pem"), keyFile: Certificates.path("\(key).key"))
  }
}

extension TLSTrust {
  /// The CA of the tests.
  static var testAuthority: TLSTrust { .file(path: Certificates.path("ca.pem")) }
}

/// Both versions, or each alone.
enum Version: String, CaseIterable, Codable, Sendable {
  case tls12, tls13

  var range: ClosedRange<TLSVersion> {
    switch self {
    case .tls12: .tls12 ... .tls12
    case .tls13: .tls13 ... .tls13
    }
  }
}

/// A TLS client and a TLS server of one loop, each with a recorder.
final class TLSLink {
  /// What is below.
  enum Medium: CustomTestStringConvertible, Sendable {
    case tcp
    case memory(pieceBytes: Int)

    var testDescription: String {
      switch self {
      case .tcp: "TCP"
      case .memory(let count): "memory, \(count) octets at a time"
      }
    }
  }

  let loop: Loop
  let client: TLSStream
  let clientRecorder = Recorder()
  let serverRecorder = Recorder()
  private(set) var server: TLSStream?
  let clientLower: any ByteStream
  private(set) var serverLower: (any ByteStream)?
  private let listener: TCPListener?

  convenience init(
    on loop: Loop, client: TLSClientConfiguration = TLSClientConfiguration(trust: .testAuthority),
    server: TLSServerConfiguration = TLSServerConfiguration(identity: .test("valid")), host: String = "server.test",
    over medium: Medium = .tcp
  ) throws {
    let serverContext = try TLSServerContext(server)
    try self.init(on: loop, clientContext: TLSClientContext(client), serverContext: serverContext, host: host, over: medium)
  }

  init(
    on loop: Loop, clientContext: TLSClientContext, serverContext: TLSServerContext, host: String = "server.test",
    over medium: Medium = .tcp
  ) throws {
    self.loop = loop
    final class Box { var accept: (any ByteStream) -> Void = { _ in } }
    let box = Box()
    var accepted: MemoryStream?
    switch medium {
    case .tcp:
      let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { box.accept($0) }
      self.listener = listener
      clientLower = TCPStream.connect(to: listener.localAddress, on: loop, delegate: Recorder())
    case .memory(let pieceBytes):
      listener = nil
      (clientLower, accepted) = MemoryStream.pair(on: loop, pieceBytes: pieceBytes)
    }
    client = TLSStream(client: clientLower, context: clientContext, host: host, on: loop, delegate: clientRecorder)
    box.accept = { [unowned self, unowned loop] stream in
      serverLower = stream
      server = TLSStream(server: stream, context: serverContext, on: loop, delegate: serverRecorder)
    }
    if let accepted { box.accept(accepted) }
  }

  /// Stops listening.
  func close() { listener?.close() }

  /// Runs the loop until both handshakes are done.
  @discardableResult
  func connected() throws -> TLSStream {
    try loop.expect("both are connected") { clientRecorder.count(.connected) == 1 && serverRecorder.count(.connected) == 1 }
    return try #require(server)
  }

  /// Runs the loop until both sides are closed, after `action`.
  func closed(after action: (TLSLink) -> Void = { _ in }) throws {
    action(self)
    try loop.expect("both are closed") { clientRecorder.reason != nil && serverRecorder.reason != nil }
  }
}

extension Recorder {
  /// The stream was closed because the peer dropped the connection.
  func expectReset(sourceLocation: SourceLocation = #_sourceLocation) {
    if case .resetByPeer = reason { return }
    Issue.record("no reset: \(String(describing: reason))", sourceLocation: sourceLocation)
  }
}
