import HTTPParse
import WSProtocol

/// What a client handshake answers to received octets.
public enum ClientHandshakeProgress: Sendable, Equatable {
  /// The answer is not complete; all octets were taken.
  case needsMore
  /// The connection is open; `consumed` octets of this span belong to the handshake, the rest are frames.
  case established(Agreement, consumed: Int)
}

/// The client's side of the opening handshake, RFC 6455 §4.1.
///
/// Send ``requestOctets``, then feed what arrives to ``receive(_:)``. Deadlines are the caller's. The first failure is final.
public struct ClientHandshake: Sendable {
  private let offer: ClientOffer
  private let offeredExtensions: [String]
  private let limits: HandshakeLimits
  private let expectedAccept: [UInt8]
  private var parser: ResponseHeadParser
  private var interimResponses = 0
  private var outcome: Result<Agreement, HandshakeError>?

  /// The octets of the request, to be sent first.
  public let requestOctets: [UInt8]

  /// Creates a handshake.
  ///
  /// - Parameters:
  ///   - offer: What to ask for.
  ///   - nonce: 16 octets of unpredictable randomness, fresh for each connection.
  ///   - limits: How much of the answer is accepted.
  /// - Throws: `offer` when something cannot be sent; nothing invalid ever reaches ``requestOctets``.
  public init(_ offer: ClientOffer, nonce: [UInt8], limits: HandshakeLimits = HandshakeLimits()) throws(HandshakeError) {
    guard nonce.count == AcceptKey.nonceBytes else {
      throw HandshakeError(.offer, "the nonce does not have 16 octets", limit: AcceptKey.nonceBytes, actual: nonce.count)
    }
    let key = AcceptKey.key(nonce: nonce)
    self.offer = offer
    self.limits = limits
    offeredExtensions = try offer.extensionNames
    requestOctets = try offer.requestOctets(key: key)
    expectedAccept = AcceptKey.accept(key: key)
    parser = ResponseHeadParser(limits: limits.http)
  }

  /// Takes the next octets of the answer.
  ///
  /// Interim responses are read over. Octets after the answer are not looked at: they are frames, and valid only once the answer is.
  ///
  /// - Throws: `http` for a malformed head, `refused` for another status than 101, and the class of the field that is wrong; again on every
  ///   later call. Once established, later calls return the same agreement and consume nothing.
  public mutating func receive(_ octets: Span<UInt8>) throws(HandshakeError) -> ClientHandshakeProgress {
    switch outcome {
    case .success(let agreement): return .established(agreement, consumed: 0)
    case .failure(let error): throw error
    case nil: break
    }
    do throws(HandshakeError) {
      return try read(octets)
    } catch {
      outcome = .failure(error)
      throw error
    }
  }

  /// Notes that the server will send nothing more.
  ///
  /// - Throws: `unexpected-eof`, or `http` when a head has begun, unless the connection is established.
  public mutating func endOfInput() throws(HandshakeError) {
    guard try !isEstablished() else { return }
    var error = HandshakeError(.unexpectedEOF, "the connection ended before the answer", at: parser.offset)
    do throws(HTTPParseError) {
      try parser.endOfInput()
    } catch let fault {
      error = HandshakeError(fault)
    }
    outcome = .failure(error)
    throw error
  }

  /// Notes that the server took too long.
  ///
  /// - Throws: `timeout`, or the failure before, unless the connection is established.
  public mutating func timeOut() throws(HandshakeError) {
    guard try !isEstablished() else { return }
    let error = HandshakeError(.timeout, "the answer was not complete in time", at: parser.offset)
    outcome = .failure(error)
    throw error
  }

  private func isEstablished() throws(HandshakeError) -> Bool {
    switch outcome {
    case .success: return true
    case .failure(let error): throw error
    case nil: return false
    }
  }

  private mutating func read(_ octets: Span<UInt8>) throws(HandshakeError) -> ClientHandshakeProgress {
    var consumed = 0
    while case .complete(let head, let length) = try readHead(octets.extracting(consumed..<octets.count)) {
      consumed += length
      if head.isInterim {
        interimResponses += 1
        guard interimResponses <= limits.http.maximumInterimResponses else {
          throw HandshakeError(
            .limitInterim, "there are too many interim responses", at: head.offset, limit: limits.http.maximumInterimResponses,
            actual: interimResponses)
        }
        continue
      }
      do throws(HandshakeError) {
        let agreement = try judge(head)
        outcome = .success(agreement)
        return .established(agreement, consumed: consumed)
      } catch {
        throw error.about(head, end: parser.offset)
      }
    }
    return .needsMore
  }

  private mutating func readHead(_ octets: Span<UInt8>) throws(HandshakeError) -> HeadProgress<ResponseHead> {
    do throws(HTTPParseError) {
      return try parser.receive(octets)
    } catch {
      throw HandshakeError(error)
    }
  }

  /// Applies the six steps of RFC 6455 §4.1 to the final response.
  private func judge(_ head: ResponseHead) throws(HandshakeError) -> Agreement {
    guard head.status == 101 else {
      throw HandshakeError(.refused, "the server answered with status \(head.status) instead of 101", at: head.offset)
    }
    guard head.version >= .http11 else {
      throw HandshakeError(.httpVersion, "the server answered 101 in HTTP/1.0", at: head.offset)
    }
    let upgrade = try single("Upgrade", in: head, else: .upgrade)
    guard ASCII.equalsIgnoringCase(upgrade.value, "websocket".utf8) else {
      throw HandshakeError(.upgrade, "the Upgrade field is not websocket", at: upgrade.valueOffset)
    }
    guard let options = head.fields.tokens(of: "Connection"), options.contains(where: { $0.lowercased() == "upgrade" }) else {
      throw HandshakeError(
        .connection, "the Connection field lacks Upgrade", at: head.fields.lines(named: "Connection").first?.valueOffset ?? head.offset)
    }
    let accept = try single("Sec-WebSocket-Accept", in: head, else: .accept)
    guard accept.value.elementsEqual(expectedAccept) else {
      throw HandshakeError(.accept, "Sec-WebSocket-Accept does not answer the key that was sent", at: accept.valueOffset)
    }
    let extensions = try WebSocketExtension.list(in: head.fields, limits: limits)
    guard extensions.allSatisfy({ offeredExtensions.contains($0.name) }) else {
      throw HandshakeError(
        .extension, "the server uses an extension that was not offered",
        at: head.fields.lines(named: "Sec-WebSocket-Extensions").first?.valueOffset)
    }
    return Agreement(
      response: head, subprotocol: try subprotocol(in: head), extensions: extensions, compression: try compression(in: extensions))
  }

  private func compression(in extensions: [WebSocketExtension]) throws(HandshakeError) -> PerMessageDeflate? {
    let answers = extensions.filter { $0.name == PerMessageDeflate.name }
    guard !offer.compression.isEmpty, let answer = answers.first else { return nil }
    guard answers.count == 1 else { throw HandshakeError(.compression, "the server accepts permessage-deflate twice") }
    do throws(PerMessageDeflateError) {
      return try PerMessageDeflate(answer: answer.pairs, to: offer.compression)
    } catch {
      throw HandshakeError(.compression, "the answer is not acceptable: \(error)")
    }
  }

  private func subprotocol(in head: ResponseHead) throws(HandshakeError) -> String? {
    guard !head.fields.lines(named: "Sec-WebSocket-Protocol").isEmpty else { return nil }
    let line = try single("Sec-WebSocket-Protocol", in: head, else: .subprotocol)
    let name = String(decoding: line.value, as: UTF8.self)
    guard offer.subprotocols.contains(name) else {
      throw HandshakeError(.subprotocol, "the server chose a subprotocol that was not offered", at: line.valueOffset)
    }
    return name
  }

  private func single(_ name: String, in head: ResponseHead, else code: HandshakeError.Code) throws(HandshakeError) -> FieldLine {
    let lines = head.fields.lines(named: name)
    guard let line = lines.first else { throw HandshakeError(code, "the answer has no \(name) field", at: head.offset) }
    guard lines.count == 1 else { throw HandshakeError(code, "the answer has several \(name) fields", at: lines[1].nameOffset) }
    return line
  }
}
