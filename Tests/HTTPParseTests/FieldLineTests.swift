import HTTPParse
import ProtocolTesting
import Testing

@Suite("Field lines")
struct FieldLineTests {
  @Test(
    "are a token, a colon and a value without control octets",
    arguments: [
      HeadRow.request("H1.4.1 no space after the colon", "X-T:v\r\n\r\n‸", fields: "Host=h1.test|X-T=v"),
      .request("H1.4.2 white space around the value", "X-T: \t v \t \r\n\r\n‸", fields: "Host=h1.test|X-T=v"),
      .request("H1.4.3 empty value", "X-T:\r\n\r\n‸", fields: "Host=h1.test|X-T="),
      .request("value of white space only", "X-T: \t \r\n\r\n‸", fields: "Host=h1.test|X-T="),
      .request("H1.4.4 inner white space", "X-T: a\t b  c\r\n\r\n‸", fields: "Host=h1.test|X-T=a\t b  c"),
      .request("H1.4.5 octets above 0x7F", "X-T: \\xE2\\x82\\xAC\\x20\r\n\r\n‸", fields: "Host=h1.test|X-T=€"),
      .request("H1.4.6 every token character", "!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n‸"),
      .request("H1.4.7 order kept", "X-T: a\r\nX-U: z\r\nX-T: b\r\n\r\n‸", fields: "Host=h1.test|X-T=a|X-U=z|X-T=b"),
      .request("H06: names of built-in properties", "__proto__: x\r\n__index: y\r\n\r\n‸", fields: "Host=h1.test|__proto__=x|__index=y"),
      .request("H1.4.9 empty name", "‸: v\r\n\r\n", "field-name"),
      .request("H1.4.11 no colon", "NoColonHere‸\r\n\r\n", "field-line"),
      .request("no colon, space at the end", "NoColon ‸\r\n\r\n", "field-line"),
      .request("H1.4.12 space before the colon", "X-T‸ : v\r\n\r\n", "space-before-colon"),
      .request("tabs before the colon", "X-T‸\t\t: v\r\n\r\n", "space-before-colon"),
      .request("H1.4.13 space in the name", "X‸ T: v\r\n\r\n", "field-name"),
      .request("space in the name before a bare LF", "X‸ \n\r\n", "field-name"),
      .request("H1.4.14 brackets in the name", "X‸[T]: v\r\n\r\n", "field-name"),
      .request("H1.4.15 NUL in the name", "X-‸\\x00T: v\r\n\r\n", "field-name"),
      .request("H1.4.16 0xC3 in the name", "X-‸\\xC3\\xAB: v\r\n\r\n", "field-name"),
      .request("H1.4.17 bare CR in the name", "X-‸\rT: v\r\n\r\n", "bare-cr"),
      .request("H1.4.18 NUL in the value", "X-T: a‸\\x00b\r\n\r\n", "field-value"),
      .request("H1.4.19 bare CR in the value", "X-T: a‸\rb: c\r\n\r\n", "bare-cr"),
      .request("H1.4.20 CR before CRLF", "X-T: v‸\r\r\n\r\n", "bare-cr"),
      .request("H1.4.21 bare LF", "X-T: v‸\n\r\n", "bare-lf"),
      .request("H1.4.22 LF LF", "X-T: v‸\n\n", "bare-lf"),
      .request("H1.4.23 CRLF LF", "‸\n", "bare-lf"),
      .request("H1.4.24 CR and another octet", "‸\rZGET /smug HTTP/1.1\r\n\r\n", "bare-cr"),
      .request("H1.4.25 BEL in the value", "X-T: a‸\\x07b\r\n\r\n", "field-value"),
      .request("DEL in the value", "X-T: a‸\\x7Fb\r\n\r\n", "field-value"),
      .request("H1.4.26 folded", "X-T: a\r\n‸ b\r\n\r\n", "obs-fold"),
      .request("H1.4.27 line of white space", "X-T: a\r\n‸ \t\r\n b\r\n\r\n", "obs-fold"),
      HeadRow("H1.4.28 white space before the first field", "GET / HTTP/1.1\r\n‸ X-T: v\r\n\r\n", "leading-whitespace"),
      HeadRow("H1.4.29 line of white space first", "GET / HTTP/1.1\r\n‸ \t\r\nHost: a\r\n\r\n", "leading-whitespace"),
      HeadRow("H1.4.10 only a colon", "GET / HTTP/1.1\r\n‸:\r\nHost: a\r\n\r\n", "field-name"),
    ])
  func requests(row: HeadRow) { check(row) { traceRequest($0) } }

  @Test("are found in any case, and lists leave out empty elements")
  func lookup() throws {
    var parser = RequestHeadParser()
    let input = Array("GET / HTTP/1.1\r\nHost: a\r\nX-L: a, ,b\r\nx-l:\r\nX-l: , c\t,\r\nX-Q: \"a, b\"\r\n\r\n".utf8)
    guard case .complete(let head, let consumed) = try parser.receive(input.span) else {
      Issue.record("the head is complete")
      return
    }
    #expect(consumed == input.count)
    #expect(head.fields.values(of: "x-L").map(Array.init) == [Array("a, ,b".utf8), [], Array(", c\t,".utf8)])
    #expect(head.fields.tokens(of: "X-L") == ["a", "b", "c"])
    #expect(head.fields.tokens(of: "X-Q") == nil)
    #expect(head.fields.tokens(of: "X-None") == [])
    #expect(head.fields.elements(of: "X-L").map { input[$0.offset] } == Array("abc".utf8))
    for line in head.fields.lines {
      #expect(input[line.nameOffset...].prefix(line.name.count) == line.name)
      #expect(input[line.valueOffset...].prefix(line.value.count) == line.value)
    }
  }

  @Test(
    "to be sent are refused when they could be read as something else",
    arguments: [
      ("X-T", "a\r\nX: y", HTTPParseError(.fieldValue, at: 1, octet: 0x0D)),
      ("X-T", "a\n", HTTPParseError(.fieldValue, at: 1, octet: 0x0A)),
      ("X-T", "\0", HTTPParseError(.fieldValue, at: 0, octet: 0)), ("X-T", " a", HTTPParseError(.fieldValue, at: 0, octet: 0x20)),
      ("X-T", "a ", HTTPParseError(.fieldValue, at: 1, octet: 0x20)), ("X T", "a", HTTPParseError(.fieldName, at: 1, octet: 0x20)),
      ("X:", "a", HTTPParseError(.fieldName, at: 1, octet: 0x3A)), ("", "a", HTTPParseError(.fieldName, at: 0)),
      ("X\r\nY", "a", HTTPParseError(.fieldName, at: 1, octet: 0x0D)),
    ])
  func sending(name: String, value: String, error: HTTPParseError) {
    #expect(throws: error) { try FieldLine(name: name, value: value) }
  }
}
