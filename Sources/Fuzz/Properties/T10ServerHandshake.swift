import FuzzModels
import HTTPParse
package import WSHandshake
import WSProtocol

/// T10: the server's handshake: 101 only if every condition of R3 holds, and then; the response is what it must be and nothing else.
package enum ServerHandshakeProperty {
  /// What a server answers.
  package enum Event: Equatable, Sendable {
    case accepted(response: [UInt8], subprotocol: String?, compresses: Bool, end: Int)
    case rejected(response: [UInt8])
  }

  /// Control octets: one of choices, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], HandshakePolicy) -> Trace<Event> = handshake
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let seed = input.word()
    let stream = input.payload
    var policy = HandshakePolicy()
    var server = HandshakeModel.Server()
    if choices.next() {
      server.subprotocols = ["chat", "superchat"]
      policy.subprotocols = server.subprotocols
    }
    if choices.next() {
      server.checksOrigin = false
      policy.origins = .any
    }
    if choices.next() { policy.compression = PerMessageDeflatePolicy() }
    let seen = try traceInEveryDelivery("T10", stream, seed: seed) { subject($0, policy) }
    let due = HandshakeModel.judgeRequest(stream, server: server)

    switch (seen.events.first, due) {
    case (nil, .waits), (nil, .unsure), (nil, .refuses(isDue: false)): break
    case (.rejected(let response), .refuses), (.rejected(let response), .unsure): try checkRefusal(response)
    case (.accepted(let response, let subprotocol, let compresses, let end), .accepts(let key, let chosen, _, let dueEnd)):
      guard end == dueEnd, subprotocol.map({ Array($0.utf8) }) == chosen else {
        throw OracleFailure("T10", .model, "accepted up to \(end) with \(subprotocol ?? "no subprotocol"), not \(due)")
      }
      try checkAcceptance(response, key: key, subprotocol: chosen, compresses: compresses)
      if !compresses { try checkWithClient(response, key: key, subprotocol: subprotocol) }
    default: throw OracleFailure("T10", .model, "\(seen.events.first.map { "\($0)" } ?? "nothing"), not \(due)")
    }
  }

  private static let refusalFields = [
    "Allow", "Connection", "Content-Length", "Content-Type", "Sec-WebSocket-Version", "Upgrade", "Cache-Control",
  ]

  /// A refusal is one whole response that closes the connection, of fields that no octet of the peer's gets into.
  private static func checkRefusal(_ response: [UInt8]) throws(OracleFailure) {
    let read = HTTPModel.responses(response, sent: [.init(method: "GET")], inputEnds: true)
    guard case .head(let start, let fields, _)? = read.events.first, read.events.last == .end(.closes),
      read.outcome == .stopped(at: response.count),
      let status = Int(String(decoding: start[1], as: UTF8.self)), status >= 400
    else { throw OracleFailure("T10", .wireForm, "a refusal is \(read.outcome), \(read.events.count) events: \(response.count) octets") }
    for field in fields where !refusalFields.contains(where: { Grammar.areSame(field.name, $0) }) {
      throw OracleFailure("T10", .injection, "a refusal has the field \(field)")
    }
  }

  /// RFC 6455 §4.2.2: the fields of a 101 response, each once, and no other.
  private static func checkAcceptance(
    _ response: [UInt8], key: [UInt8], subprotocol: [UInt8]?, compresses: Bool
  ) throws(OracleFailure) {
    let read = HTTPModel.responses(response, sent: [.init(method: "GET", offersUpgrade: ["websocket"])], inputEnds: true)
    guard case .head(_, let fields, _)? = read.events.first, read.events == [read.events[0], .end(.handsOver)],
      read.outcome == .stopped(at: response.count)
    else { throw OracleFailure("T10", .wireForm, "the acceptance is \(read.outcome)") }
    var due: [(String, [UInt8])] = [
      ("Upgrade", Array("websocket".utf8)), ("Connection", Array("Upgrade".utf8)), ("Sec-WebSocket-Accept", DigestModel.accept(key: key)),
    ]
    if let subprotocol { due.append(("Sec-WebSocket-Protocol", subprotocol)) }
    for (name, value) in due {
      guard HTTPModel.values(name, in: fields) == [value] else {
        throw OracleFailure("T10", .wireForm, "\(name) is not \(value) in \(fields)")
      }
    }
    let extensions = HTTPModel.values("Sec-WebSocket-Extensions", in: fields)
    guard extensions.count == (compresses ? 1 : 0), fields.count == due.count + extensions.count else {
      throw OracleFailure("T10", .injection, "the acceptance has other fields: \(fields)")
    }
  }

  /// Our own client takes the response to its key.
  private static func checkWithClient(
    _ response: [UInt8], key: [UInt8], subprotocol: String?
  ) throws(OracleFailure) {
    guard let nonce = DigestModel.nonce(ofKey: key), DigestModel.base64(nonce) == key else { return }
    var offer = ClientOffer(host: "a", target: "/")
    offer.subprotocols = [subprotocol].compactMap { $0 }
    let progress: ClientHandshakeProgress
    do throws(HandshakeError) {
      var client = try ClientHandshake(offer, nonce: nonce)
      progress = try client.receive(response.span)
    } catch {
      throw OracleFailure("T10", .agreement, "our client refuses the response: \(error.code.rawValue)")
    }
    guard case .established(let agreement, let consumed) = progress, consumed == response.count, agreement.subprotocol == subprotocol,
      agreement.extensions.isEmpty
    else { throw OracleFailure("T10", .agreement, "our client does not take the whole response") }
  }

  /// Runs the handshake of `WSHandshake`; afterwards the outcome must stay.
  package static func handshake(_ pieces: [[UInt8]], _ policy: HandshakePolicy) -> Trace<Event> {
    var trace = Trace<Event>()
    var handshake = ServerHandshake(policy: policy)
    var base = 0
    for piece in pieces {
      switch handshake.receive(piece.span) {
      case .needsMore: break
      case .accepted(_, let response, let agreement, let consumed):
        if consumed > piece.count { trace.note(.progress, "\(consumed) octets taken of \(piece.count)") }
        trace.boundaries.append(base + consumed)
        trace.events.append(
          .accepted(
            response: response, subprotocol: agreement.subprotocol, compresses: agreement.compression != nil, end: base + consumed))
      case .rejected(let response, _): trace.events.append(.rejected(response: response))
      }
      base += piece.count
      if !trace.events.isEmpty { break }
    }
    guard let outcome = trace.events.first else { return trace }
    switch (handshake.receive(Array("GET ".utf8).span), outcome) {
    case (.accepted(_, let response, _, let consumed), .accepted(let first, _, _, _)):
      if response != first || consumed != 0 { trace.note(.silenceAfterEnd, "the second outcome takes \(consumed) octets") }
    case (.rejected(let response, _), .rejected(let first)):
      if response != first { trace.note(.stickyError, "the second refusal is another") }
    default: trace.note(.stickyError, "the outcome changed after \(outcome)")
    }
    return trace
  }
}
