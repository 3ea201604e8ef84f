import HTTPParse
import ProtocolTesting
import Testing

@Suite("Hostile connections")
struct HostileConnectionTests {
  private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test(
    "P24: trailers are read strictly, delivered apart and never merged",
    arguments: ["Content-Length: 31", "Host: b", "Authorization: x", "Transfer-Encoding: chunked", "Connection: close"])
  func trailers(line: String) throws {
    let octets = Array((Self.chunked + "3\r\nabc\r\n0\r\n\(line)\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n").utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count) {
      let result = log(RequestParser(), octets, endsInput: true, by: delivery)
      try #require(result.messages.count == 2, "\(delivery)")
      #expect(words(result.messages[0].trailers) == line.replacing(": ", with: "="))
      #expect(words(result.messages[0].fields) == "Host=a|Transfer-Encoding=chunked")
      #expect(result.messages[0].after == .continues)
    }
    let bad = log(RequestParser(), Array((Self.chunked + "0\r\nX : y\r\n\r\n").utf8), endsInput: false)
    #expect(bad.failure == "space-before-colon at \(Self.chunked.utf8.count + 4)")
  }

  @Test(
    "P26: a body that the end of the connection cuts short is a failure, never a message",
    arguments: [
      "Content-Length: 5\r\n\r\nhell", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ])
  func cutShort(rest: String) {
    let request = Array(("POST / HTTP/1.1\r\nHost: a\r\n" + rest).utf8)
    let server = log(RequestParser(), request, endsInput: true)
    #expect(server.failure == "unexpected-eof at \(request.count)")
    #expect(server.messages.isEmpty)
    let response = Array(("HTTP/1.1 200 OK\r\n" + rest).utf8)
    var parser = ResponseParser()
    parser.requestSent(method: "GET")
    let client = log(parser, response, endsInput: true)
    #expect(client.failure == "unexpected-eof at \(response.count)")
    #expect(client.messages.isEmpty)
  }

  @Test("P32: half a million fields are refused at the first line too many, having looked at no more")
  func fieldFlood() {
    let octets = Array(("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "a:\r\n", count: 500_000)).utf8)
    let offset = 25 + 255 * 4
    for delivery in [Delivery.whole, .chunks(of: 1460)] {
      var parser = RequestParser()
      var error: HTTPParseError?
      for piece in delivery.pieces(of: octets) where error == nil {
        var index = 0
        do { _ = try parser.receive(piece.span, at: &index) } catch let fault { error = fault }
      }
      #expect(error == HTTPParseError(.limitFields, at: offset, limit: 256, actual: 257))
      #expect(error?.status == 431)
      #expect(parser.octetsExamined < 3 * 1460 + octets.count + 1)
    }
  }

  @Test("P33: 100,000 fields of one name, and a Cookie of 64 Ki semicolons, cost a fixed number of looks per octet")
  func linearWork() throws {
    var limits = HTTPLimits()
    limits.maximumFieldLines = .max
    limits.maximumFieldLineBytes = .max
    limits.maximumFieldSectionBytes = .max
    limits.maximumHeadBytes = .max
    let cookie = String(repeating: ";", count: 65_536)
    for (text, name, count) in [
      (String(repeating: "X: y\r\n", count: 100_000), "X", 100_000), ("Cookie: \(cookie)\r\n", "Cookie", 1),
      (String(repeating: "Connection: close\r\n", count: 64), "Connection", 64),
    ] {
      let octets = Array(("GET / HTTP/1.1\r\nHost: a\r\n" + text + "\r\n").utf8)
      for usesFastPaths in [true, false] where usesFastPaths || octets.count < 100_000 {
        var parser = RequestParser(limits: limits)
        parser.usesFastPaths = usesFastPaths
        var index = 0
        guard case .head(let head, _) = try parser.receive(octets.span, at: &index) else {
          Issue.record("the head is complete")
          continue
        }
        #expect(head.fields.lines(named: name).count == count)
        #expect(parser.octetsExamined <= 2 * octets.count)
      }
    }
  }

  @Test("P34: fields stay in the order received, whatever their names; none is looked up by a hash")
  func order() throws {
    let names = (0..<200).map { "N\($0 &* 7919 % 200)" }
    let octets = Array(("GET / HTTP/1.1\r\nHost: a\r\n" + names.map { "\($0): v\r\n" }.joined() + "\r\n").utf8)
    let fields = try #require(log(RequestParser(), octets, endsInput: true).messages.first?.fields)
    #expect(fields.lines.dropFirst().map { String(decoding: $0.name, as: UTF8.self) } == names)
  }

  @Test("P35: a thousand bad heads on one connection are one error")
  func oneError() {
    let octets = Array(String(repeating: "GET /\u{1} HTTP/1.1\r\n\r\n", count: 1000).utf8)
    var parser = RequestParser()
    var errors: Set<String> = []
    for piece in Delivery.chunks(of: 64).pieces(of: octets) {
      var index = 0
      do { _ = try parser.receive(piece.span, at: &index) } catch { errors.insert(error.description) }
    }
    #expect(errors.count == 1)
    #expect(parser.octetsExamined < 200)
  }

  @Test("P37: pipelined requests come out in the order they were sent, and so do their answers")
  func order37() {
    let requests = (0..<20).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n" + String(repeating: "x", count: $0) }
    let octets = Array(requests.joined().utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count) {
      let result = log(RequestParser(), octets, endsInput: true, by: delivery)
      #expect(result.messages.map(\.framing) == (0..<20).map { .length($0) })
    }
    var parser = ResponseParser()
    for _ in 0..<3 { parser.requestSent(method: "GET") }
    let answers = Array([200, 404, 204].map { "HTTP/1.1 \($0) X\r\nContent-Length: 0\r\n\r\n" }.joined().utf8)
    #expect(log(parser, answers, endsInput: true).messages.map(\.status) == [200, 404, 204])
  }

  @Test(
    "P40: a response that has no content has none, whatever its fields say; what follows is not its content",
    arguments: [
      ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
      ("GET", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"), ("GET", "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n"),
      ("GET", "HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n"),
    ])
  func noContent(method: String, head: String) {
    let octets = Array((head + "hello").utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count) {
      var parser = ResponseParser()
      parser.requestSent(method: method)
      let result = log(parser, octets, endsInput: false, by: delivery)
      #expect(result.messages.map(\.content) == [[]])
      #expect(result.failure == "unsolicited-response at \(head.utf8.count)")
    }
  }

  @Test("P40: a length on 101 frames nothing: what follows belongs to the protocol switched to")
  func lengthOfUpgrade() {
    var parser = ResponseParser()
    parser.requestSent(method: "GET", offering: ["x"])
    let octets = Array("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n\r\nhello".utf8)
    let result = log(parser, octets, endsInput: false)
    #expect(result.messages.map(\.after) == [.handsOver(.upgrade)])
    #expect(result.tunnel == Array("hello".utf8))
  }

  @Test(
    "H17: the body of a request that offers an upgrade is framed as HTTP, and a declined one leaves the next request where it is",
    arguments: ["Content-Length: 31\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1f\r\n"])
  func upgradeWithBody(framing: String) throws {
    let inner = "GET /x HTTP/1.1\r\nHost: abcd\r\n\r\n"
    let end = framing.hasPrefix("T") ? "\r\n0\r\n\r\n" : ""
    let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\(framing)\(inner)\(end)\(inner)"
    let octets = Array(text.utf8)
    for delivery in [.whole] + Delivery.all(length: octets.count) {
      let result = log(RequestParser(), octets, endsInput: true, by: delivery)
      try #require(result.messages.count == 2)
      #expect(result.messages[0].content == Array(inner.utf8))
      #expect(result.messages[0].after == .handsOver(.upgrade))
      #expect(result.messages[1].start.hasPrefix("GET /x "))
    }
  }

  @Test("H18: only 101 switches: after 426 the connection speaks HTTP, whatever was offered")
  func refusedUpgrade() {
    var parser = ResponseParser()
    parser.requestSent(method: "GET", offering: ["websocket"])
    parser.requestSent(method: "GET")
    let refusal = "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n"
    let octets = Array((refusal + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").utf8)
    let result = log(parser, octets, endsInput: true)
    #expect(result.messages.map(\.after) == [.continues, .continues])
    #expect(result.messages.last?.content == Array("ok".utf8))
    var unasked = ResponseParser()
    unasked.requestSent(method: "GET")
    let switching = Array("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n".utf8)
    #expect(log(unasked, switching, endsInput: false).failure == "unexpected-upgrade at 0")
  }
}
