import Testing
import Transport

extension TLSIdentity {
  /// A certificate of the tests with its key.
  static func test(_ name: String) -> TLSIdentity {
    TLSIdentity(certificateFile: Certificates.path("\(name).pem"), keyFile: Certificates.path("key.key"))
  }
}

extension TLSTrust {
  /// The CA of the tests.
  static var testAuthority: TLSTrust { .file(path: Certificates.path("ca.pem")) }
}

/// Both versions, or each alone.
enum Version: String, CaseIterable, Sendable {
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
  let loop: Loop
  let client: TLSStream
  let clientRecorder = Recorder()
  let serverRecorder = Recorder()
  private(set) var server: TLSStream?
  let clientLower: TCPStream
  private(set) var serverLower: TCPStream?
  private let listener: TCPListener

  init(
    on loop: Loop, client: TLSClientConfiguration = TLSClientConfiguration(trust: .testAuthority),
    server: TLSServerConfiguration = TLSServerConfiguration(identity: .test("valid")), host: String = "server.test",
    clientLimit: Duration = .seconds(10), serverLimit: Duration = .seconds(10)
  ) throws {
    self.loop = loop
    let context = try TLSServerContext(server)
    final class Box { var accept: (TCPStream) -> Void = { _ in } }
    let box = Box()
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { box.accept($0) }
    clientLower = TCPStream.connect(to: listener.localAddress, on: loop, delegate: Recorder())
    self.client = TLSStream(
      client: clientLower, context: try TLSClientContext(client), host: host, on: loop, handshakeLimit: clientLimit,
      delegate: clientRecorder)
    box.accept = { [unowned self] stream in
      serverLower = stream
      self.server = TLSStream(server: stream, context: context, on: loop, handshakeLimit: serverLimit, delegate: serverRecorder)
    }
  }

  /// Runs the loop until both handshakes are done.
  @discardableResult
  func connected() throws -> TLSStream {
    try loop.expect("both are connected") { clientRecorder.count(.connected) == 1 && serverRecorder.count(.connected) == 1 }
    return try #require(server)
  }

  /// Runs the loop until both sides are closed.
  func closed() throws {
    try loop.expect("both are closed") { clientRecorder.reason != nil && serverRecorder.reason != nil }
  }
}
