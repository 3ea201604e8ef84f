import FuzzModels
import HTTPParse

/// T15: what is written is refused, or is one message that reads back as meant; no text of a caller's changes its structure.
package enum SerializingProperty {
  /// A message to be written, of parts that may be anything.
  package struct Message: Sendable {
    package var isRequest = true
    package var start: [String] = []
    package var status = 200
    package var fields: [(name: String, value: String)] = []
    package var trailers: [(name: String, value: String)] = []
    package var content: [UInt8] = []
    package var isChunked = false

    /// Whether the message may have content: a response not by every status.
    var hasContent: Bool { isRequest || ![100, 204, 304].contains(status) }
  }

  /// Control octets: one of choices, one for the status.
  ///
  /// The payload's lines are: the method or nothing, the target or the reason, then names and values in turn, an empty name before the
  /// trailers, a second one before the content.
  package static func check(_ octets: [UInt8], subject: (Message) -> [UInt8]? = serializer) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let status = input.octet()
    var message = read(input.payload)
    message.isRequest = choices.next()
    message.isChunked = choices.next()
    // The separator of the payload is 0x1E, so that CR and LF get into every part.
    message.status = [200, 404, 100, 204, 304, 999, 99, 1000, 503, 201][Int(status) % 10]
    guard let written = subject(message) else { return }

    let pairs = message.fields + (message.isChunked && message.hasContent ? message.trailers : [])
    let texts = (message.isRequest ? message.start : Array(message.start.dropFirst())) + pairs.flatMap { [$0.name, $0.value] }
    if let bad = texts.first(where: { $0.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 } }) {
      throw OracleFailure("T15", .injection, "\(bad.debugDescription) was written")
    }
    try checkReading(message, written)
  }

  private static func checkReading(_ message: Message, _ written: [UInt8]) throws(OracleFailure) {
    // A writer has no limits: its readers count as far as an input can go.
    var limits = HTTPLimits()
    limits.maximumFieldLines = written.count
    limits.maximumTrailerLines = written.count
    limits.maximumTrailerSectionBytes = written.count
    limits.maximumListElements = written.count
    let events: [HTTPModel.Event]
    let outcome: HTTPModel.Outcome
    if message.isRequest {
      (events, outcome) = HTTPModel.requests(written, limits: modelLimits(limits))
      let run = RequestProperty.parser([written], RequestProperty.Setting(limits: limits))
      if let breach = run.trace.breach { throw OracleFailure("T15", breach.oracle, breach.words) }
      guard run.trace.failure == nil, run.trace.events == events else {
        throw OracleFailure("T15", .roundTrip, "our parser: \(run.trace.failure ?? "other events")")
      }
    } else {
      let sent = [HTTPModel.Sent(method: "GET")]
      (events, outcome) = HTTPModel.responses(written, sent: sent, limits: modelLimits(limits), inputEnds: true)
      let run = ResponseProperty.parser([written], ResponseProperty.Setting(sent: sent, limits: limits, inputEnds: true))
      if let breach = run.trace.breach { throw OracleFailure("T15", breach.oracle, breach.words) }
      // An interim response is not the last, so the end of the input is a fault then.
      guard message.status == 100 || run.trace.failure == nil, run.trace.events == events else {
        throw OracleFailure("T15", .roundTrip, "our parser: \(run.trace.failure ?? "other events")")
      }
    }
    switch outcome {
    case .idle: break
    case .stopped(let at) where at == written.count: break
    case .inside where message.status == 100 && !message.isRequest: return
    case .inside, .unsure, .stopped, .rejected:
      throw OracleFailure("T15", .roundTrip, "what was written is \(outcome), of \(written.count) octets")
    }
    try checkParts(message, events)
  }

  private static func checkParts(_ message: Message, _ events: [HTTPModel.Event]) throws(OracleFailure) {
    var content: [UInt8] = []
    var heads = 0
    var trailers: [HTTPModel.Field] = []
    for event in events {
      switch event {
      case .head(let start, let fields, _):
        heads += 1
        let due =
          message.isRequest
          ? message.start.map { Array($0.utf8) } : [Array("\(message.status)".utf8), Array((message.start.last ?? "").utf8)]
        let seen = message.isRequest ? Array(start.dropLast()) : Array(start.dropFirst())
        guard seen == due else { throw OracleFailure("T15", .roundTrip, "the start line is \(start), not of \(due)") }
        let own = fields.filter { !Grammar.areSame($0.name, "Content-Length") && !Grammar.areSame($0.name, "Transfer-Encoding") }
        guard own == message.fields.map({ HTTPModel.Field(name: Array($0.name.utf8), value: Array($0.value.utf8)) }) else {
          throw OracleFailure("T15", .roundTrip, "the fields are \(own)")
        }
      case .content(let octets): content += octets
      case .trailers(let fields): trailers = fields
      case .interim, .end: break
      }
    }
    guard heads == 1, content == (message.hasContent ? message.content : []) else {
      throw OracleFailure("T15", .roundTrip, "\(heads) heads and \(content.count) octets of content, not \(message.content.count)")
    }
    let dueTrailers = message.isChunked && message.hasContent ? message.trailers : []
    guard trailers == dueTrailers.map({ HTTPModel.Field(name: Array($0.name.utf8), value: Array($0.value.utf8)) }) else {
      throw OracleFailure("T15", .roundTrip, "the trailers are \(trailers)")
    }
  }

  private static func read(_ payload: [UInt8]) -> Message {
    var message = Message()
    var parts = payload.split(separator: 0x1E, omittingEmptySubsequences: false)[...]
    func text(_ part: ArraySlice<UInt8>?) -> String { String(decoding: part ?? [], as: UTF8.self) }
    func pairs() -> [(name: String, value: String)] {
      var pairs: [(name: String, value: String)] = []
      while let name = parts.popFirst(), !name.isEmpty { pairs.append((text(name), text(parts.popFirst()))) }
      return pairs
    }
    message.start = [text(parts.popFirst()), text(parts.popFirst())]
    message.fields = pairs()
    message.trailers = pairs()
    message.content = Array(parts.joined(separator: [0x1E]))
    return message
  }

  /// Writes with `HTTPParse`; `nil` if it refuses.
  package static func serializer(_ message: Message) -> [UInt8]? {
    do throws(HTTPParseError) {
      let fields = try section(message.fields)
      let framing: BodyFraming = !message.hasContent ? .none : message.isChunked ? .chunked(codings: []) : .length(message.content.count)
      var written =
        message.isRequest
        ? try MessageSerializer.requestHead(method: message.start[0], target: message.start[1], fields: fields, framing: framing)
        : try MessageSerializer.responseHead(
          status: message.status, reasonPhrase: message.start[1], fields: fields, framing: framing, toMethod: "GET")
      guard message.hasContent else { return written }
      guard message.isChunked else { return written + message.content }
      let middle = message.content.count / 2
      written += MessageSerializer.chunk(message.content[..<middle]) + MessageSerializer.chunk(message.content[middle...])
      return written + (try MessageSerializer.lastChunk(trailers: section(message.trailers)))
    } catch {
      return nil
    }
  }

  private static func section(_ pairs: [(name: String, value: String)]) throws(HTTPParseError) -> FieldSection {
    var lines: [FieldLine] = []
    for pair in pairs { lines.append(try FieldLine(name: pair.name, value: pair.value)) }
    return FieldSection(lines)
  }
}
