package import FuzzModels
import HTTPParse
package import WSHandshake
import WSProtocol

/// T11: the client's handshake: open only if every condition of RFC 6455 §4.1 holds, and then.
package enum ClientHandshakeProperty {
  /// What a client makes of an answer.
  package enum Event: Equatable, Sendable {
    case established(subprotocol: [UInt8]?, extensions: [ExtensionModel], end: Int)
    case refused
  }

  /// The nonce of every input; its key is `AQIDBAUGBwgJCgsMDQ4PEA==`.
  package static let nonce: [UInt8] = Array(1...16)

  /// Control octets: one of choices, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], ClientOffer) -> Trace<Event> = handshake
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let seed = input.word()
    let stream = input.payload
    var offer = ClientOffer(host: "a", target: "/")
    var client = HandshakeModel.Client()
    client.key = DigestModel.base64(nonce)
    if choices.next() {
      client.subprotocols = ["chat", "superchat"]
      offer.subprotocols = client.subprotocols
    }
    if choices.next() {
      client.extensions = ["x-one", "x-two"]
      offer.extensions = ["x-one; a=1", "x-two"]
    }
    for (offers, parameters) in compressionOffers where choices.next() {
      offer.compression.append(offers)
      client.compression.append(parameters)
    }
    let seen = try traceInEveryDelivery("T11", stream, seed: seed) { subject($0, offer) }
    let due = HandshakeModel.judgeResponse(stream, client: client)
    let isRight: Bool =
      switch (seen.events.first, due) {
      case (nil, .waits), (nil, .unsure), (nil, .refuses(isDue: false)): true
      case (.refused, .refuses), (.refused, .unsure): true
      case (.established(let subprotocol, let extensions, let end), .accepts(_, let chosen, let used, let dueEnd)):
        subprotocol == chosen && extensions == used && end == dueEnd
      default: false
      }
    guard isRight else {
      throw OracleFailure("T11", .model, "\(seen.events.first.map { "\($0)" } ?? "nothing") (\(seen.failure ?? "no failure")), not \(due)")
    }
  }

  /// Two offers of permessage-deflate: the default one, and one that demands.
  private static let compressionOffers: [(PerMessageDeflateOffer, DeflateParametersModel)] = {
    var demanding = PerMessageDeflateParameters()
    demanding.serverNoContextTakeover = true
    demanding.serverMaxWindowBits = 10
    return [PerMessageDeflateOffer(), PerMessageDeflateOffer(demanding)].map { ($0, DeflateParametersModel($0.parameters)) }
  }()

  /// Runs the handshake of `WSHandshake`; afterwards the outcome must stay.
  package static func handshake(_ pieces: [[UInt8]], _ offer: ClientOffer) -> Trace<Event> {
    var trace = Trace<Event>()
    do throws(HandshakeError) {
      var handshake = try ClientHandshake(offer, nonce: nonce)
      if let breach = requestBreach(handshake.requestOctets) { trace.note(.wireForm, breach) }
      var base = 0
      for piece in pieces {
        do throws(HandshakeError) {
          if case .established(let agreement, let consumed) = try handshake.receive(piece.span) {
            trace.boundaries.append(base + consumed)
            trace.events.append(
              .established(
                subprotocol: agreement.subprotocol.map { Array($0.utf8) }, extensions: agreement.extensions.map(ExtensionModel.init),
                end: base + consumed))
            if case .established(_, let more)? = try? handshake.receive(piece.span), more == 0 { return trace }
            trace.note(.silenceAfterEnd, "octets are looked at after the connection was established")
            return trace
          }
        } catch {
          trace.events.append(.refused)
          trace.failure = "\(error.code.rawValue) at \(error.offset.map(String.init) ?? "no octet")"
          do throws(HandshakeError) {
            _ = try handshake.receive(piece.span)
            trace.note(.stickyError, "no failure after \(error.code.rawValue)")
          } catch let second {
            if second != error { trace.note(.stickyError, "\(second.code.rawValue) after \(error.code.rawValue)") }
          }
          return trace
        }
        base += piece.count
      }
    } catch {
      trace.note(.agreement, "the offer is refused: \(error.code.rawValue)")
    }
    return trace
  }

  /// What is wrong with the request, which R3 must accept.
  private static func requestBreach(_ request: [UInt8]) -> String? {
    var server = HandshakeModel.Server()
    server.subprotocols = ["chat", "superchat"]
    guard case .accepts(let key, _, _, let end) = HandshakeModel.judgeRequest(request, server: server) else {
      return "R3 refuses the request of \(request.count) octets"
    }
    return key == DigestModel.base64(nonce) && end == request.count ? nil : "the request has another key, or octets after its end"
  }
}
