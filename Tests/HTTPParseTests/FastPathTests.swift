import HTTPParse
import ProtocolTesting
import Testing

@Suite("Fast paths")
struct FastPathTests {
  @Test("a request row gives the same whole, and cut short at up to 48 places, without them", arguments: WireRow.requests)
  func requests(row: WireRow) { compare(RequestParser(), row.octets) }

  @Test("a response row gives the same whole, and cut short at up to 48 places, without them", arguments: WireRow.responses)
  func responses(row: WireRow) { compare(row.responseParser(), row.octets) }

  @Test("rows changed at random give the same events and errors without them, under any leniency", arguments: 0..<8)
  func mutations(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let requests = WireRow.requests.map(\.octets).filter { $0.count < 1500 } + Self.plainRequests
    let responses = WireRow.responses.filter { $0.octets.count < 1500 }
    for _ in 0..<250 {
      let leniencies = Self.leniencies(&generator)
      let octets = Self.mutated(requests[Int.random(in: 0..<requests.count, using: &generator)], &generator)
      compareWhole(RequestParser(leniencies: leniencies), octets, &generator)
      let row = responses[Int.random(in: 0..<responses.count, using: &generator)]
      compareWhole(row.responseParser(leniencies: leniencies), Self.mutated(row.octets, &generator), &generator)
    }
  }

  @Test("a scanned head has the parts that the parser finds", arguments: 0..<4)
  func scan(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed) + 100)
    let inputs = WireRow.requests.map(\.octets).filter { $0.count < 1500 } + Self.plainRequests
    var scan = RequestHeadScan()
    var completed = 0
    for round in 0..<400 {
      let input = inputs[Int.random(in: 0..<inputs.count, using: &generator)]
      let octets = round % 2 == 0 ? input : Self.mutated(input, &generator)
      guard case .complete(let consumed) = scan.scan(octets.span) else { continue }
      completed += 1
      var parser = RequestHeadParser()
      parser.usesFastPaths = false
      do {
        guard case .complete(let head, consumed) = try parser.receive(octets.span) else {
          Issue.record("the parser needs more of \(String(decoding: octets, as: UTF8.self))")
          continue
        }
        #expect(octets[scan.method] == head.methodOctets)
        #expect(octets[scan.target] == head.target.octets)
        #expect(scan.version == head.version)
        #expect((0..<scan.lineCount).map { octets[scan.name(line: $0)] } == head.fields.lines.map(\.name))
        #expect((0..<scan.lineCount).map { octets[scan.value(line: $0)] } == head.fields.lines.map(\.value))
      } catch {
        // The scan does not judge what fields mean.
        #expect([.hostMissing, .hostDuplicate, .hostInvalid].contains(error.code))
      }
    }
    #expect(completed > 100)
  }

  @Test("a scanned status line has its parts")
  func scanResponse() {
    var scan = ResponseHeadScan()
    let octets = Array("HTTP/1.0 404 Not Found\r\nA:\t b \t\r\nC:\r\n\r\nrest".utf8)
    #expect(scan.scan(octets.span) == .complete(consumed: octets.count - 4))
    #expect(scan.status == 404)
    #expect(scan.version == .http10)
    #expect(octets[scan.reasonPhrase] == Array("Not Found".utf8)[...])
    #expect((0..<scan.lineCount).map { String(decoding: octets[scan.value(line: $0)], as: UTF8.self) } == ["b", ""])
    let short = Array("HTTP/1.1 200\r\n\r\n".utf8)
    #expect(scan.scan(short.span) == .complete(consumed: short.count))
    #expect(scan.reasonPhrase.isEmpty)
    #expect(scan.lineCount == 0)
    for end in 0..<short.count { #expect(scan.scan(short.span.extracting(first: end)) == .needsMore) }
  }

  @Test("a scan needs no more of a head that is longer than the limit, however it goes on", arguments: ["", "HTTP/1.1 200 "])
  func scanBeyondLimit(start: String) {
    var limits = HTTPLimits()
    limits.maximumHeadBytes = 64
    let octets = Array(start.utf8) + [UInt8](repeating: 0x61, count: 100)
    for count in 0...octets.count {
      let expected = count < 64 ? HeadScanOutcome.needsMore : .notPlain
      var response = ResponseHeadScan(limits: limits)
      var request = RequestHeadScan(limits: limits)
      let outcome = start.isEmpty ? request.scan(octets.span.extracting(first: count)) : response.scan(octets.span.extracting(first: count))
      if outcome != expected { Issue.record("\(outcome) after \(count) octets") }
    }
    let whole = Array(("GET / HTTP/1.1\r\nX: " + String(repeating: "v", count: 41) + "\r\n\r\n").utf8)
    var scan = RequestHeadScan(limits: limits)
    #expect(whole.count == 64)
    #expect(scan.scan(whole.span) == .complete(consumed: 64))
  }

  @Test(
    "a valid status line has the same reason phrase whole and in pieces, loose or not",
    arguments: [HTTPLeniencies(), .looseStartLine],
    ["HTTP/1.1 200  OK", "HTTP/1.1 200   ", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 200 \t a  b "])
  func reasonPhrase(leniencies: HTTPLeniencies, line: String) {
    let octets = Array((line + "\r\nA: b\r\n\r\n").utf8)
    for delivery in [Delivery.whole, .bytewise] {
      var parser = ResponseParser(leniencies: leniencies)
      parser.requestSent(method: "HEAD")
      let start = log(parser, octets, endsInput: true, by: delivery).messages.first?.start
      #expect(start == "HTTP/1.1 200 \(line.dropFirst(13)) at 0", "\(delivery)")
    }
  }

  @Test("a head that was kept does not change when the next one is read")
  func keptHead() throws {
    let octets = Array("GET /one HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\nGET /two HTTP/1.1\r\nHost: b\r\nY: 2\r\n\r\n".utf8)
    var parser = RequestParser()
    var index = 0
    var heads: [RequestHead] = []
    while let event = try parser.receive(octets.span, at: &index) {
      if case .head(let head, _) = event { heads.append(head) }
    }
    #expect(heads.map(\.target.text) == ["/one", "/two"])
    #expect(heads.map { words($0.fields) } == ["Host=a|X=1", "Host=b|Y=2"])
  }

  @Test("limits hold for whole heads as for heads in pieces", arguments: 0..<60)
  func limits(limit: Int) {
    let octets = Array("GET /abcdef HTTP/1.1\r\nHost: a\r\nX-Long: vvvvvvvvvv  \r\nY:z\r\n\r\n".utf8)
    for path in [
      \HTTPLimits.maximumRequestLineBytes, \.maximumFieldLineBytes, \.maximumFieldSectionBytes, \.maximumFieldLines, \.maximumHeadBytes,
    ] {
      var limits = HTTPLimits()
      limits[keyPath: path] = limit
      compare(RequestParser(limits: limits), octets, prefixes: 0)
    }
  }

  /// Compares the whole and prefixes of it.
  private func compare(_ parser: some TestedParser, _ octets: [UInt8], prefixes: Int = 48) {
    var slow = parser
    slow.usesFastPaths = false
    let expected = log(slow, octets, endsInput: true)
    #expect(log(parser, octets, endsInput: true) == expected)
    guard prefixes > 0, octets.count < 8192 else { return }
    for count in stride(from: 1, to: octets.count, by: max(1, octets.count / prefixes)) {
      let prefix = Array(octets[..<count])
      #expect(log(parser, prefix, endsInput: true) == log(slow, prefix, endsInput: true), "first \(count)")
    }
  }

  private func compareWhole(_ parser: some TestedParser, _ octets: [UInt8], _ generator: inout SeededGenerator) {
    var slow = parser
    slow.usesFastPaths = false
    let expected = log(slow, octets, endsInput: true)
    let split = Delivery.split(at: Int.random(in: 0...octets.count, using: &generator))
    for delivery in [.whole, split] {
      let result = log(parser, octets, endsInput: true, by: delivery)
      if result != expected { Issue.record("\(octets), \(delivery): \(result) instead of \(expected)") }
    }
  }

  private static let plainRequests = [
    "GET /a%20b?c=d HTTP/1.1\r\nHost: www.a.test:8080\r\nUser-Agent: x (y; z) w/1.0\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
    "POST /f HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
    "PUT /f HTTP/1.1\r\nHOST: a\r\nTRANSFER-ENCODING: Chunked\r\n\r\n10\r\n0123456789abcdef\r\n3\r\nxyz\r\n0\r\n\r\nGET /n HTTP/1.1\r\nHost: b\r\n\r\n",
    "GET /chat HTTP/1.1\r\nHost: s.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\r\n",
  ].map { Array($0.utf8) }

  private static func leniencies(_ generator: inout SeededGenerator) -> HTTPLeniencies {
    switch Int.random(in: 0..<20, using: &generator) {
    case 0..<10: []
    case 10: .all
    case let bit: HTTPLeniencies(rawValue: 1 << UInt16((bit + Int.random(in: 0..<5, using: &generator)) % 13))
    }
  }

  /// One to three changes, of the kinds that parsers have been broken by.
  private static func mutated(_ input: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    let odd: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x23, 0x25, 0x2A, 0x2C, 0x2F, 0x30, 0x3A, 0x3B, 0x41, 0x7F, 0x80, 0xFF]
    var octets = input
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !octets.isEmpty {
      let place = Int.random(in: 0..<octets.count, using: &generator)
      let octet = odd[Int.random(in: 0..<odd.count, using: &generator)]
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: octets[place] = octet
      case 1: octets.insert(octet, at: place)
      case 2: octets.remove(at: place)
      case 3: octets.insert(contentsOf: octets[place...].prefix(12), at: place)
      default: octets[place] ^= 0x20
      }
    }
    return octets
  }
}
