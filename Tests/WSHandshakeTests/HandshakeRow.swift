import HTTPParse
import ProtocolTesting
import Testing
import WSHandshake

/// One handshake message with what a strict reader says of it.
///
/// The mark `‸` in the text stands before the octet to blame, or at the end of an accepted message.
/// Without a mark the place does not matter.
struct HandshakeRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let octets: [UInt8]
  let mark: Int?
  /// `open`, or the class of the fault, or `http/` and the class of the HTTP fault.
  let outcome: String
  let status: Int

  init(_ name: String, _ text: String, _ outcome: String = "open", status: Int = 400) {
    testDescription = name
    let parts = text.unicodeScalars.split(separator: "‸", maxSplits: 1, omittingEmptySubsequences: false)
    octets = parts.flatMap { Array(String($0).utf8) }
    mark = parts.count > 1 ? String(parts[0]).utf8.count : nil
    self.outcome = outcome
    self.status = status
  }

  /// A valid request with `lines` put in before the empty line, and the fields named in `without` left out.
  static func request(
    _ name: String, _ lines: String, without: [String] = [], _ outcome: String = "open", status: Int = 400
  ) -> HandshakeRow {
    HandshakeRow(name, requestText(lines, without: without), outcome, status: status)
  }

  /// A valid response with `lines` put in before the empty line, and the fields named in `without` left out.
  static func response(_ name: String, _ lines: String, without: [String] = [], _ outcome: String = "open") -> HandshakeRow {
    HandshakeRow(name, head(responseLines, lines, without: without), outcome)
  }
}

private let requestLines = [
  "GET /chat HTTP/1.1", "Host: h.test:81", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
]

private let responseLines = [
  "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
]

private func head(_ all: [String], _ lines: String, without: [String]) -> String {
  let kept = all.filter { line in !without.contains { line.hasPrefix($0 + ":") || line.hasPrefix($0 + " ") } }
  return kept.map { $0 + "\r\n" }.joined() + lines + "\r\n"
}

func requestText(_ lines: String = "", without: [String] = []) -> String { head(requestLines, lines, without: without) }

func responseText(_ lines: String = "", without: [String] = []) -> String { head(responseLines, lines, without: without) }

/// An error in one word and its place.
func words(_ error: HandshakeError) -> String {
  (error.http.map { "http/" + $0.code.rawValue } ?? error.code.rawValue) + " at \(error.offset ?? -1)"
}

/// Feeds pieces to a server handshake until it has decided.
func traceServer(
  _ pieces: [[UInt8]], policy: HandshakePolicy = HandshakePolicy(), limits: HandshakeLimits = HandshakeLimits()
) -> ParseTrace<String> {
  var handshake = ServerHandshake(policy: policy, limits: limits)
  var trace = ParseTrace<String>()
  var offset = 0
  for piece in pieces {
    switch handshake.receive(piece.span) {
    case .needsMore: offset += piece.count
    case .accepted(_, let response, let agreement, let consumed):
      trace.events.append("open \(agreement.subprotocol ?? "none") to \(offset + consumed) \(String(decoding: response, as: UTF8.self))")
      return trace
    case .rejected(let response, let error):
      trace.failure = words(error) + " " + String(decoding: response, as: UTF8.self)
      return trace
    }
  }
  return trace
}

/// The offer whose request the responses of the tests answer.
func exampleOffer(_ change: (inout ClientOffer) -> Void = { _ in }) -> ClientOffer {
  var offer = ClientOffer(host: "h.test:81", target: "/chat")
  change(&offer)
  return offer
}

let exampleNonce = Array("the sample nonce".utf8)

/// Feeds pieces to a client handshake until it has decided.
func traceClient(_ pieces: [[UInt8]], offer: ClientOffer = exampleOffer()) -> ParseTrace<String> {
  var trace = ParseTrace<String>()
  var offset = 0
  do throws(HandshakeError) {
    var handshake = try ClientHandshake(offer, nonce: exampleNonce)
    for piece in pieces {
      switch try handshake.receive(piece.span) {
      case .needsMore: offset += piece.count
      case .established(let agreement, let consumed):
        trace.events.append("open \(agreement.subprotocol ?? "none") \(agreement.extensions.map(\.name)) to \(offset + consumed)")
        return trace
      }
    }
  } catch {
    trace.failure = words(error)
  }
  return trace
}

/// Checks a row's outcome, every way of cutting it, and every prefix.
func check(_ row: HandshakeRow, run: ([[UInt8]]) -> ParseTrace<String>) {
  checkOutcome(row, of: run([row.octets]))
  #expect(splitEverywhere(row.testDescription, row.octets, run: run).map(\.description) == [])
  #expect(everyPrefix(row.testDescription, row.octets, run: run).map(\.description) == [])
}

/// Checks a row's outcome.
func checkOutcome(_ row: HandshakeRow, of whole: ParseTrace<String>) {
  if row.outcome == "open" {
    #expect(whole.failure == nil)
    #expect(whole.events.count == 1)
    if let mark = row.mark { #expect(whole.events.first?.contains(" to \(mark)") == true, "\(whole)") }
  } else {
    #expect(whole.failure?.hasPrefix("\(row.outcome) at \(row.mark.map(String.init) ?? "")") == true, "\(whole)")
  }
}
