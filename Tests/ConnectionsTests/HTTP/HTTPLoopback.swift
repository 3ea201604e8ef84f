import Connections
import HTTPParse
import TestCertificates
import Testing
import Transport

/// A server and a client on one loop, and a log of what the server was told.
final class HTTPLoopback {
  let loop: Loop
  private(set) var server: HTTPServer?
  let address: SocketAddress
  private(set) var log: [String] = []
  /// Called for every event at the server.
  var onServer: (HTTPServerConnection, HTTPServerSession.Event) throws -> Void

  private let isTLS: Bool

  init(
    limits: HTTPConnectionLimits = HTTPConnectionLimits(), tls isTLS: Bool = false, maximumConnections: Int = 100,
    onServer: @escaping (HTTPServerConnection, HTTPServerSession.Event) throws -> Void = HTTPLoopback.echo
  ) throws {
    loop = try Loop()
    self.onServer = onServer
    self.isTLS = isTLS
    let tls = isTLS ? try TLSServerContext(TLSServerConfiguration(identity: Self.identity)) : nil
    var relay: HTTPServerConnection.Handler = { _, _ in }
    server = try HTTPServer(
      .loopbackIPv4(port: 0), on: loop, limits: limits, tls: tls, maximumConnections: maximumConnections
    ) { relay($0, $1) }
    address = try #require(server).localAddress
    relay = { [weak self] in self?.take($0, $1) }
  }

  /// Answers with what comes, as it comes; stops reading while the client does not take it.
  static func echo(_ connection: HTTPServerConnection, _ event: HTTPServerSession.Event) throws {
    switch event {
    case .head: try connection.responder?.sendHead(status: 200, length: nil)
    case .content(let piece): try connection.responder?.write(piece)
    case .end: try connection.responder?.end()
    case .trailers, .failed: break
    }
  }

  func connect(_ limits: HTTPConnectionLimits = HTTPConnectionLimits()) throws -> HTTPClientConnection {
    HTTPClientConnection(try stream(), on: loop, limits: limits)
  }

  /// A connection to the server without a delegate that cares.
  func stream() throws -> any ByteStream {
    let plain = TCPStream.connect(to: address, on: loop, delegate: Carrier())
    guard isTLS else { return plain }
    return TLSStream(client: plain, context: try Self.clientContext(), host: "server.test", on: loop, delegate: Carrier())
  }

  /// What the tests' server shows.
  static var identity: TLSIdentity {
    TLSIdentity(certificateFile: Certificates.path("valid.pem"), keyFile: Certificates.path("key.key"))
  }

  static func clientContext() throws -> TLSClientContext {
    try TLSClientContext(TLSClientConfiguration(trust: .file(path: Certificates.path("ca.pem"))))
  }

  func run(within limit: Duration = .seconds(20), until condition: () -> Bool) throws -> Bool {
    try loop.run(within: limit, until: condition)
  }

  /// Runs until the server has no connection any more.
  func runUntilServerIsEmpty() throws -> Bool { try run { server?.connectionCount == 0 } }

  func dropServer() { server = nil }

  private func take(_ connection: HTTPServerConnection, _ event: HTTPServerSession.Event) {
    switch event {
    case .head(let head, _): log.append("\(head.method) \(head.target.text)")
    case .content, .trailers: break
    case .end: log.append("end")
    case .failed(let error): log.append("failed \(error.message?.code.rawValue ?? error.code.rawValue)")
    }
    do { try onServer(connection, event) } catch { log.append("refused \(error)") }
  }
}

/// Stands in until a connection takes the stream over.
private final class Carrier: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}

/// What came of one exchange.
final class Exchange {
  private(set) var head: ResponseHead?
  private(set) var content: [UInt8] = []
  private(set) var trailers: FieldSection?
  private(set) var interims: [Int] = []
  private(set) var isComplete = false
  private(set) var failure: HTTPClientFailure?
  private(set) var leftover: [UInt8]?
  /// Called for every event.
  var on: (HTTPClientConnection, HTTPClientSession.Event) -> Void = { _, _ in }

  var isOver: Bool { isComplete || failure != nil || leftover != nil }
  var text: String { String(decoding: content, as: UTF8.self) }

  func take(_ connection: HTTPClientConnection, _ event: HTTPClientSession.Event) {
    switch event {
    case .interim(let head): interims.append(head.status)
    case .head(let head, _): self.head = head
    case .content(let piece): content += piece
    case .trailers(let trailers): self.trailers = trailers
    case .end: isComplete = true
    case .switched(let octets): leftover = octets
    case .failed(let failure): self.failure = failure
    }
    on(connection, event)
  }
}
