import Conformance
import ConformancePeers
import ProtocolTesting
import Testing
import WSHandshake

/// Answers of every kind to one request and the sentinel: how the observer frames them, and what is made of them.
@Suite("Odd HTTP servers")
struct OddHTTPServerTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let answer: String
    let verdict: Verdict
    let words: String
    var methods: [String] = []
    var closes = true
    var level = RequirementLevel.must

    init(
      _ name: String, _ answer: String, _ verdict: Verdict, _ words: String, methods: [String] = [], closes: Bool = true,
      level: RequirementLevel = .must
    ) {
      testDescription = name
      self.answer = answer
      self.verdict = verdict
      self.words = words
      self.methods = methods
      self.closes = closes
      self.level = level
    }
  }

  /// An answer without content that keeps the connection.
  private static let first = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  /// The answer to the sentinel.
  private static let last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

  static let framings = [
    Row("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + last, .pass, "answered 200, then 200"),
    Row(
      "content that looks like an answer", "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + last, .pass,
      "200, then 200"),
    Row("no content", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + last, .pass, "answered 200, then 200"),
    Row("204", "HTTP/1.1 204 No Content\r\n\r\n" + last, .pass, "answered 204, then 200"),
    Row("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" + last, .pass, "answered 304, then 200"),
    Row("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + last, .pass, "answered 200, then 200", methods: ["HEAD"]),
    Row(
      "chunks with an extension and a trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n" + last, .pass, "200, then 200"),
    Row(
      "interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\n" + first + last, .pass, "100, 103, 200, then 200"),
    Row(
      "no length, the second answer ends the connection", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok", .pass,
      "200, then 200"),
    Row("a close announced and not made", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + last, .pass, "announced the end", closes: false),
    Row("a close after the first answer", last, .passWithNote, "a server may close after any answer"),
    Row("one answer too many", last + last + last, .fail, "answered 200, then 200, then 200"),
    Row("one answer too few", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .fail, "answered 200 and kept", closes: false),
    Row("a refusal for an answer", "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", .fail, "answered 400"),
    Row(
      "a refusal where a SHOULD is at stake", "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", .deviation, "answered 400", level: .should),
    Row("a refusal where a MAY is at stake", "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", .informational, "400", level: .may),
    Row("a refusal where hardening is at stake", "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", .weak, "400", level: .hardening),
    Row("nothing", "", .fail, "sent no answer and closed"),
  ]

  static let violations = [
    Row("no reason phrase and no space", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n" + last, .pass, "200, then 200"),
    Row("HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n" + last, .fail, "a status line that is not valid (RFC 9112 §4)"),
    Row("status 20", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n" + last, .fail, "a status line that is not valid (RFC 9112 §4)"),
    Row("line ended by LF", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n" + last, .fail, "with a lone LF (RFC 9112 §2.2)"),
    Row("CR within a line", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n" + last, .fail, "a CR within a line"),
    Row(
      "space before a colon", "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n" + last, .fail,
      "a field line that is not valid (RFC 9112 §5)"),
    Row("lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 0, 5\r\n\r\nhello", .fail, "whose length is not valid (RFC 9112 §6.3)"),
    Row("length -1", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello", .fail, "whose length is not valid"),
    Row("length of 2^64", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", .fail, "whose length is not valid"),
    Row(
      "length of 2^64 - 1", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nhello", .fail,
      "in the middle of an answer (RFC 9112 §8)"),
    Row(
      "length and coding", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + last, .fail,
      "with both a coding and a length (RFC 9112 §6.2)"),
    Row("chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", .fail, "a chunk size that is not valid"),
    Row(
      "chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n" + last, .fail,
      "a chunk that is longer"),
    Row(
      "100 with a length", "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n" + last + last, .fail,
      "an interim answer with a length or a coding"),
    Row("content of a 204", "HTTP/1.1 204 No Content\r\n\r\nhello" + last, .fail, "octets that belong to no answer: \"hello\""),
    Row(
      "content in answer to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + last, .fail, "belong to no answer",
      methods: ["HEAD"]),
    Row(
      "connection lost within the content", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .fail,
      "in the middle of an answer (RFC 9112 §8)"),
    Row("content that never ends", "HTTP/1.1 200 OK\r\n\r\nhello", .fail, "did not end an answer", closes: false),
    Row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", .fail, "octets that belong to no answer"),
    Row("length of 204", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n" + last, .fail, "a length or a coding (RFC 9110 §8.6)"),
    Row(
      "coding of 204", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n" + last, .fail,
      "an answer 204 with a length or a coding (RFC 9112 §6.1)"),
    Row(
      "length of a tunnel", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .fail,
      "an answer 200 with a length or a coding (RFC 9110 §8.6)",
      methods: ["CONNECT"]),
    Row("folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n" + last, .fail, "folded a field line of an answer"),
    Row(
      "folded length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\r\nhello" + last, .fail,
      "folded a field line of an answer (RFC 9112 §5.2)"),
    Row("empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", .fail, "whose length is not valid"),
    Row("one length in a list twice", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok" + last, .fail, "whose length is not valid"),
    Row(
      "one length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok" + last, .fail,
      "more than one length in an answer (RFC 9110 §5.3)"),
    Row(
      "chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + last, .fail,
      "whose transfer codings are not valid (RFC 9112 §6.1)"),
    Row("empty coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", .fail, "whose transfer codings are not valid"),
    Row(
      "extension without a name", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;=a\r\nok\r\n0\r\n\r\n" + last, .fail,
      "a chunk extension that is not valid (RFC 9112 §7.1.1)"),
    Row(
      "space after a chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n" + last, .fail,
      "a chunk extension that is not valid"),
    Row(
      "trailer without a colon", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX y\r\n\r\n" + last, .fail,
      "a field line that is not valid"),
    Row("answer after an announced close", last + last, .fail, "announced the end of the connection before (RFC 9112 §9.6)"),
    Row("status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n" + last, .fail, "answered 999, then 200"),
    Row("101 nobody asked for, then the end", "HTTP/1.1 101 Switching Protocols\r\n\r\n", .fail, "answered 101"),
    Row("a tunnel nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n\u{1}\u{2}", .fail, "octets that belong to no answer"),
  ]

  @Test("an answer is framed as it has to be, however it is cut", arguments: framings)
  func framing(row: Row) { check(row) }

  @Test("an answer that is not valid fails any case, and what follows is still seen", arguments: violations)
  func violation(row: Row) { check(row) }

  private static func `case`(methods: [String], level: RequirementLevel = .must) -> ConformanceCase {
    let program = HTTPProgram([.send(.text("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), .sentinel(host: "a")], methods: methods)
    return ConformanceCase(
      id: "http/test", title: "", purpose: "", requirement: Requirement(rfc: 9112, section: "3", level: level),
      script: .http(program, HTTPExpectation([.init(.required, [.answers(2)])])))
  }

  private func check(_ row: Row) {
    let conformanceCase = Self.case(methods: row.methods, level: row.level)
    for cut in [Int.max, 1, 7] {
      let result = Simulator.run(conformanceCase, against: ScriptedServer(row.answer, closes: row.closes), cut: cut)
      #expect(result.verdict == row.verdict, "\(result.why)")
      #expect(result.why.contains(row.words), "\(result.why)")
    }
  }

  @Test("answers with octets changed, lost and doubled are judged alike however they are cut")
  func mutations() {
    var random = SeededGenerator(seed: 9112)
    let answers = (Self.framings + Self.violations).map { Array($0.answer.utf8) }.filter { !$0.isEmpty }
    for _ in 0..<400 {
      var octets = answers[Int(random.next() % UInt64(answers.count))]
      for _ in 0..<(1 + random.next() % 3) {
        let index = Int(random.next() % UInt64(octets.count))
        switch random.next() % 3 {
        case 0: octets[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: if octets.count > 1 { octets.remove(at: index) }
        default: octets.insert(octets[index], at: index)
        }
      }
      let results = [Int.max, 1, 5].map { Simulator.run(Self.case(methods: []), against: ScriptedServer(octets, closes: true), cut: $0) }
      #expect(results.allSatisfy { $0.verdict == results[0].verdict && $0.why == results[0].why }, "\(octets)")
    }
  }

  @Test("interim answers without number are counted, not listed")
  func manyInterims() {
    let answers = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 5000) + Self.first + Self.last
    let result = Simulator.run(Self.case(methods: []), against: ScriptedServer(answers, closes: true))
    #expect(result.verdict == .pass)
    #expect(result.why.contains("100, 100, 4994 more interim answers, 200, then 200") && result.why.utf8.count < 300, "\(result.why)")
  }

  @Test("an answer that came before the program waits for it is not waited for")
  func earlyAnswer() {
    let program = HTTPProgram([.send(.text("a")), .awaitInterim, .send(.text("b")), .awaitAnswer, .send(.text("c"))])
    var run = HTTPRun(
      ConformanceCase(
        id: "http/test", title: "", purpose: "", requirement: Requirement(rfc: 9110, section: "10.1.1"),
        script: .http(program, HTTPExpectation([.init(.required, [.answers(1), .interim(100)])]))), timing: CaseTiming(), now: .zero)
    run.connected(now: .zero)
    var sent: [UInt8] = []
    for answer in ["HTTP/1.1 100 Continue\r\n\r\n", Self.first, ""] {
      // The transport is full after one write, and the answer comes before it asks for the next.
      sent += run.nextWrite(now: .zero)?.octets ?? []
      run.receive(Array(answer.utf8).span, now: .zero)
    }
    run.transportEnded(.endOfFile, now: .zero)
    #expect(sent == Array("abc".utf8))
    #expect(run.result?.verdict == .pass, "\(run.result?.why ?? "")")
  }

  @Test("what a server read is judged only if it shows it")
  func evidence() {
    let cases: [([HTTPCondition], String, Verdict)] = [
      ([.answers(1), .content(.text("hello"))], "Echo-Request: POST /\r\nEcho-Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", .pass),
      ([.answers(1), .content(.text("hello"))], "Echo-Request: POST /\r\nEcho-Content-Length: 5\r\nContent-Length: 5\r\n\r\nhellO", .fail),
      ([.answers(1), .contentLength(5)], "Echo-Request: POST /\r\nEcho-Content-Length: 4\r\nContent-Length: 0\r\n\r\n", .fail),
      ([.answers(1), .contentLength(5)], "Content-Length: 5\r\n\r\nhello", .inconclusive),
      (
        [.answers(1), .field("X", .text("a%, b"))],
        "Echo-Request: GET /\r\nEcho-Field: x: a%25\r\nEcho-Field: X:b\r\nContent-Length: 0\r\n\r\n", .pass
      ),
      ([.answers(1), .field("X", nil)], "Echo-Request: GET /\r\nEcho-Trailer: X: a\r\nContent-Length: 0\r\n\r\n", .fail),
      ([.answers(1), .fieldAbsent("X")], "Echo-Request: GET /\r\nContent-Length: 0\r\n\r\n", .pass),
      ([.answers(1), .trailer("X", .text("a"))], "Echo-Request: GET /\r\nEcho-Trailer: X: a\r\nContent-Length: 0\r\n\r\n", .pass),
      ([.answers(1), .targets(["/a"])], "Echo-Request: GET /a\r\nContent-Length: 0\r\n\r\n", .pass),
      ([.answers(1), .targets(["/a"])], "Echo-Request: GET /b\r\nContent-Length: 0\r\n\r\n", .fail),
      ([.answered("/b")], "Echo-Request: GET /b\r\nContent-Length: 0\r\n\r\n", .pass),
      ([.status(400...400), .closed], "Content-Length: 0\r\nConnection: close\r\n\r\n", .inconclusive),
    ]
    for (conditions, answer, verdict) in cases {
      let conformanceCase = ConformanceCase(
        id: "http/test", title: "", purpose: "", requirement: Requirement(rfc: 9112, section: "6"),
        script: .http(HTTPProgram([.send(.text("POST / HTTP/1.1\r\n"))]), HTTPExpectation([.init(.required, conditions)])))
      let result = Simulator.run(conformanceCase, against: ScriptedServer("HTTP/1.1 200 OK\r\n" + answer, closes: true))
      #expect(result.verdict == verdict, "\(answer): \(result.why)")
    }
  }

  @Test("octets go out as the program says: apart, in pieces, dripped, after a wait, and the input ends")
  func delivery() {
    let program = HTTPProgram([
      .send(.text("ab"), .alone), .send(.text("cd"), .pieces(of: 1)), .pause(.seconds(3)), .drip(.text("ef"), every: .seconds(1)),
      .send(.repeated([0x67], count: 200_000)), .awaitInterim, .awaitAnswer, .endOfInput,
    ])
    var run = HTTPRun(
      ConformanceCase(
        id: "http/test", title: "", purpose: "", requirement: Requirement(rfc: 9112, section: "6"),
        script: .http(program, HTTPExpectation([.init(.required, [.noAnswer])]))), timing: CaseTiming(), now: .zero)
    run.connected(now: .zero)
    var now = Duration.zero
    var writes: [(octets: Int, at: Duration, ends: Bool)] = []
    while run.result == nil {
      while let write = run.nextWrite(now: now) { writes.append((write.octets.count, now, write.endsInput)) }
      now = run.deadline ?? now
      run.handleDeadline(now: now)
    }
    #expect(writes.map(\.octets) == [2, 1, 1, 1, 1, 65_536, 65_536, 65_536, 3392, 0])
    #expect(writes.map(\.at.components.seconds) == [0, 0, 0, 3, 4, 5, 5, 5, 5, 9])
    #expect(writes.map(\.ends) == Array(repeating: false, count: 9) + [true])
    #expect(run.result?.duration == .seconds(11))
    #expect(run.result?.verdict == .pass)
  }

  @Test("a lost connection attempt is inconclusive")
  func unreachable() throws {
    let conformanceCase = ConformanceCase(
      id: "http/test", title: "", purpose: "", requirement: Requirement(rfc: 9112, section: "6"),
      script: .http(HTTPProgram([]), HTTPExpectation([])))
    var run = HTTPRun(conformanceCase, timing: CaseTiming(), now: .zero)
    run.notConnected("refused", now: .seconds(1))
    #expect(run.result?.verdict == .inconclusive)
    #expect(run.result?.why == "no connection: refused")
  }

  @Test("a case of the other protocol is an error, not a pass")
  func wrongProtocol() throws {
    let webSocketCase = try #require(Catalogue.all.first)
    let run = HTTPRun(webSocketCase, timing: CaseTiming(), now: .zero)
    #expect(run.result?.verdict == .error)
    let other = try CaseRun(
      Self.case(methods: []), offer: ClientOffer(host: "a", target: "/"), timing: CaseTiming(), seed: 1, now: .zero)
    #expect(other.result?.verdict == .error)
  }

  @Test("an HTTP case says in words what it sends and accepts")
  func words() throws {
    let program = HTTPProgram([.send(.text("GET"), .alone), .sentinel(host: "a"), .endOfInput])
    #expect(
      program.words == [
        "send \"GET\", in a write of its own", "send a last request, GET /sentinel, that closes the connection", "end the input",
      ])
    let expectation = HTTPExpectation([.init(.required, [.status(400...499), .closed]), .init(.security, [.answers(2)])])
    #expect(expectation.words == ["status 4xx, the connection closed", "2 requests answered (security)"])
  }
}
