import HTTPParse
import ProtocolTesting
import Testing

@Suite("Limits of a message")
struct MessageLimitTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let octets: String
    let failure: String?
    var limits = HTTPLimits()

    init(_ name: String, _ octets: String, _ failure: String?, limits change: (inout HTTPLimits) -> Void) {
      testDescription = name
      self.octets = octets
      self.failure = failure
      change(&limits)
    }
  }

  private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
  private static let length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"

  @Test(
    "are passed by one octet or line too many, not before",
    arguments: [
      Row("extension of a chunk at the limit", chunked + "1;ab\r\nx\r\n0\r\n\r\n", nil) { $0.maximumChunkExtensionBytes = 3 },
      Row("extension of a chunk over the limit", chunked + "1;ab\r\nx\r\n0\r\n\r\n", "limit-chunk-ext at 59") {
        $0.maximumChunkExtensionBytes = 2
      },
      Row("extensions of a message at the limit", chunked + "1;a\r\nx\r\n0;b\r\n\r\n", nil) { $0.maximumMessageChunkExtensionBytes = 4 },
      Row("extensions of a message over the limit", chunked + "1;a\r\nx\r\n0;b\r\n\r\n", "limit-chunk-ext at 66") {
        $0.maximumMessageChunkExtensionBytes = 3
      },
      Row("trailer lines at the limit", chunked + "0\r\nA: b\r\nC: d\r\n\r\n", nil) { $0.maximumTrailerLines = 2 },
      Row("trailer lines over the limit", chunked + "0\r\nA: b\r\nC: d\r\n\r\n", "limit-trailers at 65") { $0.maximumTrailerLines = 1 },
      Row("trailer section at the limit", chunked + "0\r\nA: b\r\nC: d\r\n\r\n", nil) { $0.maximumTrailerSectionBytes = 12 },
      Row("trailer section over the limit", chunked + "0\r\nA: b\r\nC: d\r\n\r\n", "limit-trailers at 68") {
        $0.maximumTrailerSectionBytes = 9
      },
      Row("trailers do not count as fields of the head", chunked + "0\r\nA: b\r\nC: d\r\n\r\n", nil) { $0.maximumFieldLines = 2 },
      Row("declared content at the limit", length, nil) { $0.maximumContentBytes = 5 },
      Row("declared content over the limit", length, "limit-content at 47") { $0.maximumContentBytes = 4 },
      Row("chunked content at the limit", chunked + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", nil) { $0.maximumContentBytes = 3 },
      Row("list at the limit", "GET / HTTP/1.1\r\nHost: a\r\nConnection: a,b,c\r\n\r\n", nil) { $0.maximumListElements = 3 },
      Row("list over the limit", "GET / HTTP/1.1\r\nHost: a\r\nConnection: a,b,c\r\n\r\n", "limit-list at 41") {
        $0.maximumListElements = 2
      },
      Row("a coding where no list is allowed", chunked + "0\r\n\r\n", "limit-list at 45") { $0.maximumListElements = 0 },
      Row("empty lines at the limit", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", nil) { $0.maximumLeadingEmptyLines = 2 },
      Row("empty lines over the limit", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "request-line at 2") { _ in },
    ])
  func requests(row: Row) {
    let octets = Array(row.octets.utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count, samples: 32) {
      let result = log(RequestParser(limits: row.limits), octets, endsInput: true, by: delivery)
      #expect(result.failure == row.failure, "\(delivery)")
      #expect(result.messages.count == (row.failure == nil ? 1 : 0))
    }
  }

  @Test("content is handed on up to the limit and refused at the first octet too many")
  func excessContent() {
    var limits = HTTPLimits()
    limits.maximumContentBytes = 3
    let chunked = Array((Self.chunked + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n").utf8)
    let untilClose = Array("HTTP/1.1 200 OK\r\n\r\nabcd".utf8)
    for delivery in [.whole] + Delivery.all(length: chunked.count, samples: 32) {
      let result = log(RequestParser(limits: limits), chunked, endsInput: false, by: delivery)
      #expect(result.failure == "limit-content at \(Self.chunked.utf8.count + 11)")
      #expect(result.current.content == Array("abc".utf8))
    }
    for delivery in [.whole] + Delivery.all(length: untilClose.count, samples: 32) {
      var parser = ResponseParser(limits: limits)
      parser.requestSent(method: "GET")
      let result = log(parser, untilClose, endsInput: true, by: delivery)
      #expect(result.failure == "limit-content at 22")
      #expect(result.current.content == Array("abc".utf8))
    }
  }

  @Test("of one head are not used up by the one before", arguments: [Delivery.whole, .bytewise])
  func nextHead(delivery: Delivery) {
    var limits = HTTPLimits()
    limits.maximumFieldSectionBytes = 13
    limits.maximumFieldLineBytes = 7
    let octets = Array(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n", count: 3).utf8)
    let result = log(RequestParser(limits: limits), octets, endsInput: true, by: delivery)
    #expect(result.failure == nil)
    #expect(result.messages.count == 3)
  }

  @Test("of one message are not used up by the one before")
  func nextMessage() {
    var limits = HTTPLimits()
    limits.maximumMessageChunkExtensionBytes = 2
    limits.maximumContentBytes = 1
    let octets = Array(String(repeating: Self.chunked + "1;a\r\nx\r\n0\r\nA: b\r\n\r\n", count: 3).utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count, samples: 32) {
      let result = log(RequestParser(limits: limits), octets, endsInput: true, by: delivery)
      #expect(result.failure == nil)
      #expect(result.messages.map(\.content) == Array(repeating: [0x78], count: 3))
    }
  }

  @Test("an empty line before each of several requests is one each")
  func emptyLines() {
    let octets = Array(String(repeating: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 3).utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count) {
      let result = log(RequestParser(), octets, endsInput: true, by: delivery)
      #expect(result.failure == nil)
      #expect(result.messages.count == 3)
    }
    let tooMany = Array("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    #expect(log(RequestParser(), tooMany, endsInput: true).failure == "request-line at 31")
  }

  @Test("H21: interim responses are read up to the limit")
  func interim() {
    var limits = HTTPLimits()
    limits.maximumInterimResponses = 2
    let interim = "HTTP/1.1 103 Hints\r\n\r\n"
    func run(_ count: Int) -> MessageLog {
      var parser = ResponseParser(limits: limits)
      for _ in 0..<2 { parser.requestSent(method: "GET") }
      let answer = String(repeating: interim, count: count) + "HTTP/1.1 204 No\r\n\r\n"
      return log(parser, Array((answer + answer).utf8), endsInput: true)
    }
    #expect(run(2).messages.map(\.interim) == [2, 2])
    #expect(run(3).failure == "limit-interim at 44")
  }

  @Test("after the last request allowed the connection closes")
  func requestsPerConnection() {
    var limits = HTTPLimits()
    limits.maximumRequestsPerConnection = 2
    let octets = Array(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 4).utf8)
    let result = log(RequestParser(limits: limits), octets, endsInput: true)
    #expect(result.messages.map(\.after) == [.continues, .closes(.requestLimit)])
  }

  @Test("by default are those of the documentation")
  func defaults() {
    let limits = HTTPLimits()
    #expect(limits.maximumTrailerSectionBytes == 8192)
    #expect(limits.maximumTrailerLines == 32)
    #expect(limits.maximumChunkExtensionBytes == 256)
    #expect(limits.maximumMessageChunkExtensionBytes == 4096)
    #expect(limits.maximumLeadingEmptyLines == 1)
    #expect(limits.maximumInterimResponses == 16)
    #expect(limits.maximumRequestsPerConnection == 10_000)
    #expect(limits.maximumContentBytes == .max)
  }
}
