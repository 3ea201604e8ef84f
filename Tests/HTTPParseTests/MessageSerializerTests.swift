import HTTPParse
import ProtocolTesting
import Testing

@Suite("Writing messages")
struct MessageSerializerTests {
  private static func fields(_ lines: (String, String)...) throws -> FieldSection {
    FieldSection(try lines.map { try FieldLine(name: $0.0, value: $0.1) })
  }

  @Test("what is written is read back as the same message")
  func roundTrip() throws {
    var octets = try MessageSerializer.requestHead(
      method: "POST", target: "/x?y", fields: Self.fields(("Host", "h"), ("X-T", "a, b"), ("X-E", "")), framing: .chunked(codings: []))
    octets +=
      MessageSerializer.chunk(Array("hello".utf8)) + MessageSerializer.chunk([]) + MessageSerializer.chunk(Array(repeating: 1, count: 300))
    octets += try MessageSerializer.lastChunk(trailers: Self.fields(("X-Sum", "abc")))
    octets +=
      try MessageSerializer.requestHead(method: "OPTIONS", target: "*", fields: Self.fields(("Host", "h")), framing: .length(2)) + [
        0x61, 0x62,
      ]
    let result = log(RequestParser(), octets, endsInput: true)
    #expect(result.failure == nil)
    try #require(result.messages.count == 2)
    #expect(words(result.messages[0].fields) == "Host=h|X-T=a, b|X-E=|Transfer-Encoding=chunked")
    #expect(result.messages[0].content == Array("hello".utf8) + Array(repeating: 1, count: 300))
    #expect(words(result.messages[0].trailers) == "X-Sum=abc")
    #expect(result.messages[1].framing == .length(2))
  }

  @Test(
    "a response is framed as its request and status demand",
    arguments: [
      (200, "GET", BodyFraming.none, "Content-Length=0", AfterMessage.continues), (200, "HEAD", .none, "", .continues),
      (200, "HEAD", .length(9), "Content-Length=9", .continues), (304, "GET", .length(9), "Content-Length=9", .continues),
      (204, "GET", .none, "", .continues), (200, "CONNECT", .none, "", .handsOver(.connect)),
      (200, "GET", .untilClose(codings: []), "Connection=close", .closes(.closeDelimited)),
      (407, "CONNECT", .none, "Content-Length=0", .continues),
    ])
  func responses(status: Int, method: String, framing: BodyFraming, fields: String, after: AfterMessage) throws {
    let octets = try MessageSerializer.responseHead(
      status: status, reasonPhrase: "Reason", fields: FieldSection(), framing: framing, toMethod: method)
    var parser = ResponseParser()
    parser.requestSent(method: method)
    let result = log(parser, octets, endsInput: true)
    #expect(result.failure == nil)
    #expect(result.messages.first.map { words($0.fields) } == fields)
    #expect(result.messages.first?.after == after)
  }

  @Test("P38: what could be read as something else is refused")
  func refusals() throws {
    let host = try Self.fields(("Host", "h"))
    func request(_ method: String = "GET", _ target: String = "/", _ fields: FieldSection, _ framing: BodyFraming = .none) -> HTTPParseError
      .Code?
    {
      code { () throws(HTTPParseError) in
        _ = try MessageSerializer.requestHead(method: method, target: target, fields: fields, framing: framing)
      }
    }
    func response(
      _ status: Int, _ reason: String = "", _ framing: BodyFraming = .none, to method: String = "GET", _ version: HTTPVersion = .http11
    ) -> HTTPParseError.Code? {
      code { () throws(HTTPParseError) in
        _ = try MessageSerializer.responseHead(
          status: status, reasonPhrase: reason, fields: FieldSection(), framing: framing, toMethod: method, version: version)
      }
    }
    #expect(request("GET", "/", host) == nil)
    #expect(request("GE T", "/", host) == .method)
    #expect(request("", "/", host) == .method)
    #expect(request("GET", "/ HTTP/1.1\r\nX: y\r\n\r\n", host) == .target)
    #expect(request("GET", "*", host) == .target)
    #expect(request("GET", "/", FieldSection()) == .hostMissing)
    #expect(request("GET", "/", try Self.fields(("Host", "h"), ("host", "h"))) == .hostDuplicate)
    #expect(request("GET", "/", try Self.fields(("Host", "h"), ("content-length", "3"))) == .contentLength)
    #expect(request("GET", "/", try Self.fields(("Host", "h"), ("Transfer-Encoding", "chunked"))) == .transferCoding)
    #expect(request("GET", "/", host, .length(-1)) == .contentLength)
    #expect(request("GET", "/", host, .untilClose(codings: [])) == .transferCoding)
    #expect(request("GET", "/", host, .chunked(codings: ["chunked"])) == .transferCoding)
    #expect(request("GET", "/", host, .chunked(codings: ["gzip\r\nX: y"])) == .transferCoding)
    #expect(response(99) == .statusCode)
    #expect(response(1000) == .statusCode)
    #expect(response(200, "OK\r\nSet-Cookie: a=b") == .statusLine)
    #expect(response(204, "", .length(0)) == .contentLength)
    #expect(response(100, "", .chunked(codings: [])) == .transferCoding)
    #expect(response(200, "", .length(3), to: "CONNECT") == .contentLength)
    #expect(response(200, "", .chunked(codings: []), to: "GET", .http10) == .transferEncodingInHTTP10)
    #expect(code { () throws(HTTPParseError) in _ = try MessageSerializer.lastChunk(trailers: host) } == .fieldName)
  }

  @Test("a line received with a leniency cannot be passed on")
  func passedOn() throws {
    let octets = Array("GET / HTTP/1.1\r\nHost: h\r\nX-T: a\u{7}b\r\n\r\n".utf8)
    let received = log(RequestParser(leniencies: .controlInValue), octets, endsInput: true)
    let fields = try #require(received.messages.first?.fields)
    #expect(throws: HTTPParseError.self) {
      try MessageSerializer.requestHead(method: "GET", target: "/", fields: fields, framing: .none)
    }
  }

  @Test("the head of every accepted request row is written and read back")
  func rows() throws {
    for row in WireRow.requests {
      for message in log(RequestParser(), row.octets, endsInput: row.endsInput).messages {
        let parts = message.start.split(separator: " ")
        let kept = message.fields.lines.filter { !$0.isNamed("Content-Length") && !$0.isNamed("Transfer-Encoding") }
        guard kept.contains(where: { $0.isNamed("Host") }) else { continue }
        let head = try MessageSerializer.requestHead(
          method: String(parts[0]), target: String(parts[1]), fields: FieldSection(kept), framing: try #require(message.framing))
        var parser = RequestParser()
        var index = 0
        guard case .head(let again, let framing) = try parser.receive(head.span, at: &index) else {
          Issue.record("\(row.id) is not read back")
          continue
        }
        #expect(framing == message.framing)
        #expect(again.target.text == String(parts[1]))
        #expect(again.fields.lines.prefix(kept.count).map(\.value) == kept.map(\.value))
      }
    }
  }

  private func code(_ body: () throws(HTTPParseError) -> Void) -> HTTPParseError.Code? {
    do throws(HTTPParseError) {
      try body()
      return nil
    } catch {
      return error.code
    }
  }
}
