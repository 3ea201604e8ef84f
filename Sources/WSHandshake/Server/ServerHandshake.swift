public import HTTPParse

/// What a server handshake answers to received octets.
public enum ServerHandshakeProgress: Sendable, Equatable {
  /// The request is not complete; all octets were taken.
  case needsMore
  /// Send `responseOctets`; the connection is then open. `consumed` octets of this span belong to the handshake, the rest are frames.
  case accepted(request: RequestHead, responseOctets: [UInt8], agreement: Agreement, consumed: Int)
  /// Send `responseOctets` and close the connection.
  case rejected(responseOctets: [UInt8], error: HandshakeError)
}

/// The server's side of the opening handshake, RFC 6455 §4.2.
///
/// Feed what arrives to ``receive(_:)`` and send the response it returns. Extensions offered are checked and declined, but for
/// permessage-deflate where ``HandshakePolicy/compression`` accepts it. Deadlines are
/// the caller's. The outcome is final: later calls return it again and consume nothing.
public struct ServerHandshake: Sendable {
  private let policy: HandshakePolicy
  private let limits: HandshakeLimits
  private var parser: RequestHeadParser
  private var outcome: ServerHandshakeProgress?

  /// Creates a handshake.
  ///
  /// - Parameters:
  ///   - policy: What is accepted beyond what the protocol requires. Default: origins of the same host only.
  ///   - limits: How much of the request is accepted.
  public init(policy: HandshakePolicy = HandshakePolicy(), limits: HandshakeLimits = HandshakeLimits()) {
    self.policy = policy
    self.limits = limits
    parser = RequestHeadParser(limits: limits.http)
  }

  /// Takes the next octets of the request.
  public mutating func receive(_ octets: Span<UInt8>) -> ServerHandshakeProgress {
    if let outcome { return outcome }
    do throws(HandshakeError) {
      guard case .complete(let request, let consumed) = try read(octets) else { return .needsMore }
      let accepted = try RequestJudge(request: request, policy: policy, limits: limits).judge()
      let response = ServerResponse.switching(accepted)
      let agreement = Agreement(
        response: response, subprotocol: accepted.subprotocol,
        extensions: accepted.compression.map { [WebSocketExtension($0.answer)] } ?? [],
        compression: accepted.compression?.agreed)
      outcome = .accepted(request: request, responseOctets: response.octets, agreement: agreement, consumed: 0)
      return .accepted(request: request, responseOctets: response.octets, agreement: agreement, consumed: consumed)
    } catch {
      return reject(error)
    }
  }

  /// Notes that the client will send nothing more.
  ///
  /// - Returns: A rejection when a request had begun, or the outcome reached before; ``ServerHandshakeProgress/needsMore`` when nothing
  ///   had been received, which is no fault.
  public mutating func endOfInput() -> ServerHandshakeProgress {
    if let outcome { return outcome }
    do throws(HTTPParseError) {
      try parser.endOfInput()
      return .needsMore
    } catch {
      return reject(HandshakeError(error))
    }
  }

  /// Notes that the client took too long.
  ///
  /// - Returns: A rejection (408), or the outcome reached before.
  public mutating func timeOut() -> ServerHandshakeProgress {
    outcome ?? reject(HandshakeError(.timeout, "the request was not complete in time"))
  }

  private mutating func read(_ octets: Span<UInt8>) throws(HandshakeError) -> HeadProgress<RequestHead> {
    do throws(HTTPParseError) {
      return try parser.receive(octets)
    } catch {
      throw HandshakeError(error)
    }
  }

  private mutating func reject(_ error: HandshakeError) -> ServerHandshakeProgress {
    let rejection = ServerHandshakeProgress.rejected(responseOctets: ServerResponse.rejection(error), error: error)
    outcome = rejection
    return rejection
  }
}
