import Transport

@testable import Connections

/// A listener on the test's own loop that answers each request with the same octets and then does one more thing.
final class ScriptedProxy: ByteStreamDelegate {
  enum Ending: Sendable {
    case stay, close, reset, echo
    /// A TLS server at the other end of the tunnel, or behind nothing when there is no request for one; it echoes.
    case tls(TLSServerContext, afterRequest: Bool = true)
  }

  private let pieces: [String]
  private let ending: Ending
  /// Whether the first octets are answered, whatever they are.
  private let answersAnything: Bool
  private var listener: TCPListener?
  private var head: [UInt8] = []
  private(set) var streams: [TCPStream] = []
  /// How much came behind the request.
  private(set) var tunnelledOctets = 0
  private(set) var secured: [TLSStream] = []
  private(set) var reasons: [CloseReason] = []

  /// Sends one of `pieces` in each turn.
  init(on loop: Loop, _ pieces: [String], then ending: Ending, answersAnything: Bool = false) throws {
    self.pieces = pieces
    self.answersAnything = answersAnything
    self.ending = ending
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [weak self, weak loop] stream in
      guard let self, let loop else { return stream.abort() }
      self.loop = loop
      streams.append(stream)
      if case .tls(let context, afterRequest: false) = ending {
        startTLS(stream, context, on: loop)
      } else {
        stream.delegate = self
      }
    }
  }

  private weak var loop: Loop?

  var port: UInt16 { listener?.localAddress.port ?? 0 }
  /// What the client sent up to the end of its head.
  var request: String { String(decoding: head, as: UTF8.self) }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    if request.hasSuffix("\r\n\r\n") {
      tunnelledOctets += octets.count
      if case .echo = ending { stream.write(octets.indices.map { octets[$0] }) }
      return
    }
    for index in octets.indices { head.append(octets[index]) }
    if answersAnything || request.hasSuffix("\r\n\r\n") { answer(stream, pieces[...]) }
  }

  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) { reasons.append(reason) }

  private func startTLS(_ stream: any ByteStream, _ context: TLSServerContext, on loop: Loop) {
    secured.append(TLSStream(server: stream, context: context, on: loop, delegate: Echo(of: self)))
  }

  fileprivate func note(_ reason: CloseReason) { reasons.append(reason) }

  private func answer(_ stream: any ByteStream, _ rest: ArraySlice<String>) {
    guard let piece = rest.first else {
      switch ending {
      case .stay, .echo: return
      case .close: return stream.close()
      case .reset: return stream.abort()
      case .tls(let context, _): return loop.map { startTLS(stream, context, on: $0) } ?? ()
      }
    }
    stream.writeNow(Array(piece.utf8))
    guard let loop else { return }
    loop.schedule(at: loop.now) { self.answer(stream, rest.dropFirst()) }
  }
}

/// The server that a tunnel leads to.
private final class Echo: ByteStreamDelegate {
  private weak var proxy: ScriptedProxy?

  init(of proxy: ScriptedProxy) { self.proxy = proxy }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { stream.write(octets.indices.map { octets[$0] }) }
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) { proxy?.note(reason) }
}

/// What a dialer completed with.
final class DialOutcome {
  private(set) var results: [Result<any ByteStream, DialError>] = []

  func take(_ result: Result<any ByteStream, DialError>) { results.append(result) }

  var stream: (any ByteStream)? { try? results.first?.get() }
  var error: DialError? {
    guard case .failure(let error) = results.first else { return nil }
    return error
  }
}

/// Keeps what arrives.
final class Keeper: ByteStreamDelegate {
  private(set) var text = ""
  private(set) var reasons: [CloseReason] = []

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    text += String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
  }
  func receivedEndOfFile(from stream: any ByteStream) {}
  func closed(_ stream: any ByteStream, reason: CloseReason) { reasons.append(reason) }
}

extension Resolver {
  /// A resolver that knows no name.
  static func knowingNothing(on loop: Loop) -> Resolver {
    Resolver(on: loop) { name, _, _ throws(NameFailure) in throw NameFailure(name, .notFound) }
  }
}
