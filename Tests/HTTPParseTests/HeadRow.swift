import HTTPParse
import ProtocolTesting
import Testing

/// One head with what a strict parser says of it.
///
/// The mark `‸` in the text stands before the offending octet, or at the end of an accepted head.
struct HeadRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  /// `accept`, or the class of the fault.
  let outcome: String
  /// The fields as `name=value`, joined by `|`; `nil` if they do not matter.
  let fields: String?
  var limits = HTTPLimits()

  init(_ name: String, _ text: String, _ outcome: String = "accept", fields: String? = nil) {
    testDescription = name
    self.text = text
    self.outcome = outcome
    self.fields = fields
  }

  /// A request line `GET / HTTP/1.1` with a Host field, then `lines`.
  static func request(_ name: String, _ lines: String, _ outcome: String = "accept", fields: String? = nil) -> HeadRow {
    HeadRow(name, "GET / HTTP/1.1\r\nHost: h1.test\r\n" + lines, outcome, fields: fields)
  }

  /// The same row under other limits.
  func limited(_ change: (inout HTTPLimits) -> Void) -> HeadRow {
    var row = self
    change(&row.limits)
    return row
  }
}

/// A head in words.
func words(_ fields: FieldSection) -> String {
  fields.lines.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }.joined(separator: "|")
}

/// Feeds pieces to a parser until a head is complete or refused.
func trace<Head>(
  _ pieces: [[UInt8]], receive: (Span<UInt8>) throws(HTTPParseError) -> HeadProgress<Head>, words: (Head) -> String
) -> ParseTrace<String> {
  var trace = ParseTrace<String>()
  var offset = 0
  for piece in pieces {
    do throws(HTTPParseError) {
      switch try receive(piece.span) {
      case .needsMore: offset += piece.count
      case .complete(let head, let consumed):
        trace.events.append("\(words(head)) to \(offset + consumed)")
        return trace
      }
    } catch {
      trace.failure = "\(error.code.rawValue) at \(error.offset)"
      return trace
    }
  }
  return trace
}

func traceRequest(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> ParseTrace<String> {
  var parser = RequestHeadParser(limits: limits)
  return trace(pieces) { span throws(HTTPParseError) in
    try parser.receive(span)
  } words: {
    "\($0.method) \($0.target.text) \($0.version) \(words($0.fields))"
  }
}

func traceResponse(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> ParseTrace<String> {
  var parser = ResponseHeadParser(limits: limits)
  return trace(pieces) { span throws(HTTPParseError) in
    try parser.receive(span)
  } words: {
    "\($0.version) \($0.status) \(String(decoding: $0.reasonPhrase, as: UTF8.self)) \(words($0.fields))"
  }
}

/// Checks a row's outcome, every way of cutting it, and every prefix.
func check(_ row: HeadRow, run: ([[UInt8]]) -> ParseTrace<String>) {
  let input = MarkedOctets(row.text)
  let whole = run([input.octets])
  if row.outcome == "accept" {
    #expect(whole.failure == nil)
    #expect(whole.events.count == 1)
    #expect(whole.events.first?.hasSuffix(" \(row.fields ?? "")\(row.fields == nil ? "" : " ")to \(input.mark)") == true, "\(whole)")
  } else {
    #expect(whole == ParseTrace(events: [], failure: "\(row.outcome) at \(input.mark)"))
  }
  #expect(splitEverywhere(row.testDescription, input.octets, run: run).map(\.description) == [])
  #expect(everyPrefix(row.testDescription, input.octets, run: run).map(\.description) == [])
}
