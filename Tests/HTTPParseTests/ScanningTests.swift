import HTTPParse
import ProtocolTesting
import Testing

@Suite("Scanning")
struct ScanningTests {
  @Test("lines put together again are the input, whatever it is")
  func lossless() {
    var generator = SeededGenerator(seed: 1)
    let octets: [UInt8] = [0x0D, 0x0A, 0x20, 0x3A, 0x41, 0x00, 0xFF]
    for _ in 0..<500 {
      let input = (0..<Int.random(in: 0...40, using: &generator)).map { _ in octets.randomElement(using: &generator) ?? 0 }
      var scanner = LineScanner(offset: 7)
      var output: [UInt8] = []
      var isHeld = false
      for octet in input {
        let step = scanner.scan(octet)
        isHeld = step == .held || step == .bareCarriageReturn && octet == 0x0D
        guard case .end(let ending) = step else { continue }
        #expect(scanner.lineOffset == 7 + output.count)
        output += scanner.content + (ending == .crlf ? [0x0D, 0x0A] : [0x0A])
        scanner.beginLine()
      }
      output += scanner.content + (isHeld ? [0x0D] : [])
      #expect(output == input)
      #expect(scanner.offset == 7 + input.count)
    }
  }

  @Test("parts of any line are found without judging them")
  func parts() {
    let request = Array("GET  /a b HTTP/1.1".utf8)
    let scan = RequestLineScan(request)
    #expect(scan.target.map { Array(request[$0]) } == Array(" /a b".utf8))
    #expect(RequestLineScan([]).version == nil)
    #expect(RequestLineScan([0x20]).version == 1..<1)
    let status = Array("HTTP/1.1 200 Not  Found".utf8)
    #expect(StatusLineScan(status).reasonPhrase.map { Array(status[$0]) } == Array("Not  Found".utf8))
    let field = Array("X T : \t a: b \t".utf8)
    #expect(Array(field[FieldLineScan(field).name]) == Array("X T ".utf8))
    #expect(FieldLineScan(field).value.map { Array(field[$0]) } == Array("a: b".utf8))
    #expect(FieldLineScan(Array("none".utf8)).value == nil)
  }

  @Test("rules find the same first fault in a whole line as the parser does in a stream")
  func rulesAlone() {
    #expect(RequestLineRules().firstFault(in: Array("GET /a\u{1} HTTP/1.1".utf8)) == LineFault(.target, at: 6))
    #expect(StatusLineRules().firstFault(in: Array("HTTP/1.1 2x0".utf8)) == LineFault(.statusCode, at: 10))
    #expect(FieldLineRules(isFirst: false, unfolds: false).firstFault(in: Array("X : v".utf8)) == LineFault(.spaceBeforeColon, at: 1))
    #expect(FieldLineRules(isFirst: false, unfolds: false).firstFault(in: Array("X: v".utf8)) == nil)
  }
}

@Suite("HTTP errors")
struct HTTPParseErrorTests {
  @Test(
    "carry the status a server answers with",
    arguments: [
      (HTTPParseError.Code.bareLF, 400), (.hostMissing, 400), (.limitRequestLine, 414), (.limitSection, 431), (.versionUnsupported, 505),
      (.notHTTP, 502),
    ])
  func status(code: HTTPParseError.Code, status: Int) { #expect(code.status == status) }

  @Test("say what happened, where, by which rule and what to do, without raw octets")
  func description() {
    let error = HTTPParseError(.fieldValue, at: 37, octet: 0x1B)
    #expect(
      error.description
        == "field-value: a field value holds a control octet, at octet 37 (\\x1B), RFC 9110 §5.5; a server answers 400 and closes the connection"
    )
    let limit = HTTPParseError(.limitField, at: 9, limit: 4, actual: 5)
    #expect(limit.summary == "limit-field: a field line is too long, at octet 9, limit 4, at least 5 received, RFC 9110 §5.4")
  }
}
