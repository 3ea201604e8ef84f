import HTTPParse
import ProtocolTesting
import Testing

@Suite("Transfer codings of responses")
struct TransferCodingTests {
  /// A value of Transfer-Encoding and what it comes to; the mark `‸` stands before the octet to blame.
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let value: String
    let framing: BodyFraming?

    init(_ name: String, _ value: String, _ framing: BodyFraming? = nil) {
      testDescription = name
      self.value = value
      self.framing = framing
    }
  }

  @Test(
    "the list is read by its grammar, parameters and quotes included",
    arguments: [
      Row("chunked", "chunked", .chunked(codings: [])), Row("upper case", "CHUNKED", .chunked(codings: [])),
      Row("another before", "gzip, chunked", .chunked(codings: ["gzip"])),
      Row("empty elements", ", gzip ,, chunked ,", .chunked(codings: ["gzip"])),
      Row("unknown alone", "foo", .untilClose(codings: ["foo"])),
      Row("parameters", "foo ; a=b;c = \"d\" , chunked", .chunked(codings: ["foo"])),
      Row("a comma in quotes", "foo;a=\"x, chunked\"", .untilClose(codings: ["foo"])),
      Row("an escaped quote", "foo;a=\"x\\\", chunked\"", .untilClose(codings: ["foo"])),
      Row("a semicolon in quotes", "foo;a=\";\", chunked", .chunked(codings: ["foo"])),
      Row("quotes that stay open", "foo;a=\"x, chunked‸"), Row("a backslash at the end", "foo;a=\"x\\\\‸"),
      Row("no token as a value", "foo;a=‸\\xC2\\x80"), Row("no value", "foo;a‸, chunked"), Row("an empty value", "foo;a=‸, chunked"),
      Row("no name", "foo;‸=b, chunked"), Row("no parameter", "foo;‸, chunked"), Row("text behind quotes", "foo;a=\"b\"‸c, chunked"),
      Row("two words", "‸foo bar, chunked"), Row("quoted name", "‸\"chunked\""), Row("chunked twice", "chunked, ‸chunked"),
      Row("chunked with a parameter", "‸chunked;a=b"), Row("chunked with an empty parameter", "gzip, ‸chunked;"), Row("nothing", "‸"),
      Row("commas only", "‸, ,"),
    ])
  func values(row: Row) {
    let input = MarkedOctets("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + row.value + "\r\n\r\n")
    let run = { (pieces: [[UInt8]]) -> ParseTrace<String> in
      var parser = ResponseParser()
      parser.requestSent(method: "GET")
      var trace = ParseTrace<String>()
      do throws(HTTPParseError) {
        for piece in pieces {
          var index = 0
          while let event = try parser.receive(piece.span, at: &index) {
            if case .head(_, let framing) = event { trace.events.append("\(framing)") }
          }
        }
      } catch {
        trace.failure = "\(error.code.rawValue) at \(error.offset)"
      }
      return trace
    }
    let expected =
      row.framing.map { ParseTrace(events: ["\($0)"]) } ?? ParseTrace(events: [], failure: "transfer-coding at \(input.mark)")
    #expect(run([input.octets]) == expected)
    #expect(splitEverywhere(row.testDescription, input.octets, run: run).map(\.description) == [])
  }
}
