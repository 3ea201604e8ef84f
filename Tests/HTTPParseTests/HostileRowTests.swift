import HTTPParse
import ProtocolTesting
import Testing

/// Octets of a request that have broken other parsers; `‸` stands before the octet that is refused, or anywhere if none is.
struct HostileRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  /// The class of the error, or `nil` for messages that are accepted.
  let code: String?
  /// How many messages are delivered.
  let messages: Int
  var limits = HTTPLimits()

  init(_ name: String, _ text: String, _ code: String? = nil, messages: Int? = nil, limits change: (inout HTTPLimits) -> Void = { _ in }) {
    testDescription = name
    self.text = text
    self.code = code
    self.messages = messages ?? (code == nil ? 1 : 0)
    change(&limits)
  }

  /// A POST with a Host field and then `lines`, which hold the end of the head.
  static func post(_ name: String, _ lines: String, _ code: String? = nil, limits: (inout HTTPLimits) -> Void = { _ in }) -> HostileRow {
    HostileRow(name, "POST / HTTP/1.1\r\nHost: a\r\n" + lines, code, limits: limits)
  }

  /// A POST in chunks that are `body`.
  static func chunks(_ name: String, _ body: String, _ code: String? = nil) -> HostileRow {
    post(name, "Transfer-Encoding: chunked\r\n\r\n" + body, code)
  }

  static func length(_ name: String, _ value: String) -> HostileRow { post(name, "Content-Length:\(value)\r\n\r\n", "content-length") }
}

@Suite("Hostile requests")
struct HostileRowTests {
  private static let digits = String(repeating: "9", count: 400)
  private static let longName = "Content-Length0" + String(repeating: "a", count: 255)
  private static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test(
    "framing is certain or refused at the exact octet, for good, however it is cut",
    arguments: [
      HostileRow.post("P01: length, then coding", "Content-Length: 6\r\n‸Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "length-and-coding"),
      .post("P01: coding, then length", "Transfer-Encoding: chunked\r\n‸Content-Length: 6\r\n\r\n0\r\n\r\n", "length-and-coding"),
      .post("P02: two lengths", "Content-Length: 5\r\nContent-Length: ‸6\r\n\r\nhello", "content-length-conflict"),
      .post("P02: two equal lengths", "Content-Length: 5\r\nContent-Length: ‸5\r\n\r\nhello", "content-length-conflict"),
      .post("P02: list of equal lengths", "Content-Length: 5, ‸5\r\n\r\nhello", "content-length-conflict"),
      .post("P02: list of lengths", "Content-Length: 5, ‸6\r\n\r\nhello", "content-length-conflict"),
      .length("P03: plus", " ‸+5"), .length("P03: minus", " ‸-0"), .length("P03: hexadecimal", " 0‸x5"), .length("P03: space", " 5‸ 5"),
      .length("P03: underscore", " 5‸_0"), .length("P03: exponent", " 1‸e1"), .length("P03: empty", "‸"),
      .length("P03: beyond 64 bits", " ‸18446744073709551621"), .length("P03: 400 digits", " ‸\(digits)"),
      .length("P04: Arabic digit", " ‸\\xD9\\xA5"),
      .post("P04: Arabic digit in a field that frames nothing", "Range: bytes=\\xD9\\xA5-\r\n\r\n‸"),
      .post("P05: two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: ‸chunked\r\n\r\n0\r\n\r\n", "transfer-coding"),
      .post("P06: xchunked", "Transfer-Encoding: ‸xchunked\r\n\r\n0\r\n\r\n", "transfer-coding-unsupported"),
      .post("P06: identity last", "Transfer-Encoding: chunked, ‸identity\r\n\r\n0\r\n\r\n", "transfer-coding-unsupported"),
      .post("P06: unknown last", "Transfer-Encoding: chunked, ‸x\r\n\r\n0\r\n\r\n", "transfer-coding-unsupported"),
      .post("P06: parameter", "Transfer-Encoding: ‸chunked;q=1\r\n\r\n0\r\n\r\n", "transfer-coding"),
      .post("P06: control octet", "Transfer-Encoding: ‸\\x0Bchunked\r\n\r\n0\r\n\r\n", "field-value"),
      .post("P06: quoted", "Transfer-Encoding: ‸\"chunked\"\r\n\r\n0\r\n\r\n", "transfer-coding"),
      .post("P06: any case", "Transfer-Encoding: cHuNkEd\r\n\r\n0\r\n\r\n‸"),
      HostileRow("P07: coding in HTTP/1.0", "POST / HTTP/1.0\r\n‸Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "te-http10"),
      HostileRow("P07: no length, then octets", "POST / HTTP/1.0\r\n\r\nhello‸"),
      .post("P42: nominated length", "Connection: Content-Length\r\nContent-Length: 5\r\n\r\nhello\(next)‸").delivering(2),
      .post("P42: nominated coding", "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(next)‸").delivering(2),
      HostileRow("P43: content with GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n\(next)\(next)‸", messages: 2),
      .post("P43: unknown expectation", "Expect: x\r\nContent-Length: 31\r\n\r\n\(next)\(next)‸").delivering(2),
      .post("P43: expectation without content", "Expect: 100-continue\r\n\r\n\(next)‸").delivering(2),
      .post("P28: content that nobody reads", "Content-Length: 31\r\n\r\n\(next)\(next)‸").delivering(2),
      .post("P28: content beyond the limit", "Content-Length: 31\r\n\r\n‸\(next)", "limit-content") { $0.maximumContentBytes = 30 },
    ])
  func framing(row: HostileRow) { check(row) }

  @Test(
    "heads are refused at the exact octet, for good, however they are cut",
    arguments: [
      HostileRow.post("P08: space before the colon", "Content-Length‸ : 5\r\n\r\nhello", "space-before-colon"),
      .post("P09: space before a name", "X: y\r\n‸ Content-Length: 5\r\n\r\nhello", "obs-fold"),
      .post("P09: folded coding", "Transfer-Encoding:\r\n‸ chunked\r\n\r\n0\r\n\r\n", "obs-fold"),
      HostileRow("P10: space before the first field", "GET / HTTP/1.1\r\n‸ Host: a\r\n\r\n", "leading-whitespace"),
      .post("P11: lone CR in a value", "X: ‸\rxTransfer-Encoding: chunked\r\n\r\n", "bare-cr"),
      .post("P12: CR and an octet instead of the empty line", "‸\rX\r\n\r\n", "bare-cr"),
      .post("P12: CR CR LF", "X: y‸\r\r\n\r\n", "bare-cr"),
      .post("P12: LF as the empty line", "‸\n\r\n", "bare-lf"), HostileRow("P13: LF everywhere", "GET / HTTP/1.1‸\nHost: a\n\n", "bare-lf"),
      .post("P13: LF after a field", "X: y‸\n\r\n", "bare-lf"), .post("P14: NUL in a name", "X‸\\x00Y: z\r\n\r\n", "field-name"),
      .post("P14: DEL in a name", "X‸\\x7FY: z\r\n\r\n", "field-name"), .post("P14: 0xE9 in a name", "X‸\\xE9Y: z\r\n\r\n", "field-name"),
      .post("P14: parenthesis in a name", "X‸(Y: z\r\n\r\n", "field-name"),
      .post("P14: underscore is no hyphen", "Content_Length: 31\r\n\r\n\(next)‸").delivering(2),
      .post("P15: empty name", "‸:x\r\n\r\n", "field-name"),
      .post("P16: name of 270 octets", "\(longName): 31\r\n\r\n\(next)‸").delivering(2),
      .post(
        "P16: name of 270 octets over the limit", String(longName.prefix(256)) + "‸" + longName.dropFirst(256) + ": 31\r\n\r\n",
        "limit-field"
      ) { $0.maximumFieldLineBytes = 256 },
      HostileRow("P29: NUL first", "‸\\x00GET / HTTP/1.1\r\n", "method"),
      HostileRow("P29: SOH first", "‸\\x01GET / HTTP/1.1\r\n", "method"),
      HostileRow("P29: spaces first", "‸   GET / HTTP/1.1\r\n", "method"),
      HostileRow("P29: LF first", "‸\n\n\nGET / HTTP/1.1\r\n", "bare-lf"),
      HostileRow("P29: one CRLF first", "\r\n\(next)‸"), HostileRow("P29: two CRLF first", "\r\n‸\r\n\(next)", "request-line"),
      HostileRow("P30: two spaces", "GET ‸ / HTTP/1.1\r\n", "request-line"), HostileRow("P30: tab", "GET‸\t/ HTTP/1.1\r\n", "request-line"),
      HostileRow("P30: no version", "GET /‸\r\n", "request-line"), HostileRow("P30: HTTP/1.10", "GET / HTTP/1.1‸0\r\n", "version"),
      HostileRow("P30: HTTP/01.1", "GET / HTTP/0‸1.1\r\n", "version"), HostileRow("P30: http/1.1", "GET / ‸http/1.1\r\n", "version"),
      HostileRow("P30: HTTP/2.0", "GET / HTTP/‸2.0\r\n", "version-unsupported"),
      HostileRow("P30: preface of HTTP/2", "PRI * HTTP/‸2.0\r\n\r\nSM\r\n\r\n", "version-unsupported"),
      HostileRow("P30: method of 1 KiB", String(repeating: "M", count: 1024) + " / HTTP/1.1\r\nHost: a\r\n\r\n‸"),
      HostileRow("P30: lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n‸"),
      HostileRow("P31: no Host", "GET / HTTP/1.1\r\nX: y\r\n\r\n‸", "host-missing"),
      HostileRow("P31: two Hosts", "GET / HTTP/1.1\r\nHost: a\r\n‸Host: a\r\n\r\n", "host-duplicate"),
      HostileRow("P31: list of hosts", "GET / HTTP/1.1\r\nHost: a,‸ b\r\n\r\n", "host-invalid"),
      HostileRow("P31: user information", "GET / HTTP/1.1\r\nHost: u‸@a\r\n\r\n", "host-invalid"),
      HostileRow("P31: two colons", "GET / HTTP/1.1\r\nHost: a:‸b:c\r\n\r\n", "host-invalid"),
      HostileRow("P31: target of another host, which the Host field yields to", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n‸"),
      HostileRow("P27: nothing is read after a refusal", next + "GET /‸\\x00 HTTP/1.1\r\n\r\n" + next, "target", messages: 1),
      HostileRow(
        "H06: names of built-in properties", "GET / HTTP/1.1\r\nHost: a\r\n__proto__: x\r\n__index: y\r\n__gc: z\r\nn: 1\r\n\r\n‸"),
    ])
  func heads(row: HostileRow) { check(row) }

  @Test(
    "P17: control octets in a value are refused",
    arguments: [UInt8](0x00...0x08) + [0x0B, 0x0C] + [UInt8](0x0E...0x1F) + [0x7F])
  func controls(octet: UInt8) {
    let digits = String(octet, radix: 16)
    let escape = "\\x" + (digits.count == 1 ? "0" : "") + digits
    check(.post("P17: control octet", "X: a‸\(escape)b\r\n\r\n", "field-value"))
    check(.post("P17: control octet far in a value", "X: \(String(repeating: "a", count: 40))‸\(escape)b\r\n\r\n", "field-value"))
  }

  @Test("P17: a bare CR in a value is refused")
  func bareCR() { check(.post("P17: bare CR", "X: a‸\rb\r\n\r\n", "bare-cr")) }

  @Test(
    "chunks are refused at the exact octet, for good, however they are cut, and each error can be put into words",
    arguments: [
      HostileRow.chunks("P18: sixteen F", "FFFFFFFFFFFFFFF‸F\r\n", "chunk-size-overflow"),
      .chunks("P18: the sign bit", "800000000000000‸0\r\n", "chunk-size-overflow"),
      .chunks("P18: seventeen digits", "1000000000000000‸5\r\nhello", "chunk-size-overflow"),
      .chunks("P19: 0x", "0‸x5\r\nhello", "chunk-size"), .chunks("P19: plus", "‸+5\r\nhello", "chunk-size"),
      .chunks("P19: minus", "‸-5\r\nhello", "chunk-size"), .chunks("P19: space before", "‸ 5\r\nhello", "chunk-size"),
      .chunks("P19: space after", "5 ‸\r\nhello", "chunk-size"), .chunks("P19: tab after", "5\t‸\r\nhello", "chunk-size"),
      .chunks("P19: empty", "‸\r\nhello", "chunk-size"), .chunks("P19: underscore", "5‸_\r\nhello", "chunk-size"),
      .chunks(
        "P19: 40 zeros", String(repeating: "0", count: 16) + "‸" + String(repeating: "0", count: 24) + "5\r\n", "chunk-size-overflow"),
      .chunks("P20: LF in an extension", "2;‸\nxx\r\nab\r\n0\r\n\r\n", "chunk-terminator"),
      .chunks("P20: LF after the size", "5‸\nhello\r\n", "chunk-terminator"),
      .chunks("P20: CR after the size", "5\r‸hello\r\n", "chunk-terminator"),
      .chunks("P20: LF after the data", "5\r\nhello‸\n0\r\n\r\n", "chunk-terminator"),
      .chunks("P21: quoted value over two lines", "1;a=\"‸\r\nX\r\n0\r\n\r\n", "chunk-extension"),
      .chunks(
        "P22: endless extension", "1;" + String(repeating: "a", count: 255) + "‸" + String(repeating: "a", count: 5000), "limit-chunk-ext"),
      .chunks(
        "P22: long extensions of short chunks",
        String(repeating: "1;" + String(repeating: "a", count: 199) + "\r\nx\r\n", count: 20) + "1;" + String(repeating: "a", count: 95)
          + "‸aaaa",
        "limit-chunk-ext"),
      .chunks("P23, P25: octets instead of the line end", "3\r\nabc‸XX0\r\n\r\n", "chunk-terminator"),
      .chunks("P23: one octet too many", "3\r\nabc‸d\r\n0\r\n\r\n", "chunk-terminator"),
      .chunks("P25: fault in the last octet", "3\r\nabc\r‸X", "chunk-terminator"),
      .chunks("P25: fault at the first octet", "‸\\x80", "chunk-size"),
    ])
  func chunks(row: HostileRow) {
    check(row)
    // The fault is the last octet that was received: words of it reach no further.
    let input = MarkedOctets(row.text)
    var parser = RequestParser()
    var index = 0
    let octets = Array(input.octets[...min(input.mark + 1, input.octets.count - 1)])
    do {
      while try parser.receive(octets.span, at: &index) != nil {}
      Issue.record("the fault is not seen")
    } catch {
      #expect(error.description.contains(error.section))
      #expect(error.description.utf8.count < 500)
    }
  }

  private func check(_ row: HostileRow) {
    let input = MarkedOctets(row.text)
    let whole = log(RequestParser(limits: row.limits), input.octets, endsInput: false)
    #expect(whole.failure == row.code.map { "\($0) at \(input.mark)" })
    #expect(whole.messages.count == row.messages)
    if let error = whole.error {
      #expect(error.mustClose || [.hostMissing, .hostDuplicate, .hostInvalid].contains(error.code))
      #expect([400, 413, 414, 431, 501, 505].contains(error.status))
    }
    for delivery in Delivery.all(length: input.octets.count, samples: 32) {
      #expect(log(RequestParser(limits: row.limits), input.octets, endsInput: false, by: delivery) == whole, "\(delivery)")
    }
  }
}

extension HostileRow {
  /// The same row, which delivers so many messages.
  func delivering(_ count: Int) -> HostileRow { HostileRow(testDescription, text, code, messages: count) { $0 = limits } }
}
