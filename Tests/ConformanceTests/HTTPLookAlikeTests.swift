import Conformance
import ConformancePeers
import HTTPServerTesting
import Testing

/// Answers that differ in one thing only, and what the rows make of that.
@Suite("HTTP answers that look alike")
struct HTTPLookAlikeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let id: String
    let name: String
    let fields: String
    let verdict: Verdict
    var severity: FailureSeverity?

    var testDescription: String { "\(id) \(name)" }

    init(_ id: String, _ name: String, _ fields: String, _ verdict: Verdict, _ severity: FailureSeverity? = nil) {
      self.id = id
      self.name = name
      self.fields = fields
      self.verdict = verdict
      self.severity = severity
    }
  }

  static let rows = [
    Row("H1.2.8", "target cut at the CR", "Echo-Request: GET /a\r\n", .fail, .security),
    Row("H1.2.8", "target with the CR", "Echo-Request: GET /a%0Db\r\n", .fail),
    Row("H1.2.10", "target decoded", "Echo-Request: GET /../../x\r\n", .fail, .security),
    Row("H1.2.10", "target as received", "Echo-Request: GET /..%C0%AF..%C0%AFx\r\n", .passWithNote),
    Row("H1.5.15", "empty length read as zero", "Echo-Request: POST /echo\r\nEcho-Content-Length: 0\r\n", .fail, .security),
    Row("H1.5.15", "reading not shown", "", .fail),
    Row("H1.7.11", "NUL kept", "Echo-Request: POST /echo\r\nEcho-Trailer: X-Sum: a%00b\r\n", .fail),
    Row("H1.7.11", "value cut at the NUL", "Echo-Request: POST /echo\r\nEcho-Trailer: X-Sum: a\r\n", .fail),
    Row("H1.7.11", "NUL replaced", "Echo-Request: POST /echo\r\nEcho-Trailer: X-Sum: a b\r\n", .passWithNote),
    Row("H1.13.6", "field dropped", "Echo-Request: GET /\r\nEcho-Field: Host: h1.test\r\n", .fail),
    Row("H1.13.6", "field kept", "Echo-Request: GET /\r\nEcho-Field: \(String(repeating: "n", count: 65_536)): v\r\n", .passWithNote),
  ]

  @Test("a row tells them apart", arguments: rows)
  func toldApart(row: Row) throws {
    let first = "HTTP/1.1 200 OK\r\n\(row.fields)Content-Length: 0\r\n\r\n"
    let last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    let conformanceCase = try #require(ServerRow.find(row.id)).conformanceCase
    let result = Simulator.run(conformanceCase, against: ScriptedServer(first + last, closes: true))
    #expect(result.verdict == row.verdict && result.severity == row.severity, "\(result.why)")
    #expect(result.why.utf8.count < 600)
  }

  @Test("an answer to HTTP/1.0 has no coding", arguments: [("H1.3.17", Verdict.fail), ("H1.8.12", .passWithNote)])
  func coding(id: String, verdict: Verdict) throws {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    let result = Simulator.run(try #require(ServerRow.find(id)).conformanceCase, against: ScriptedServer(answer, closes: true))
    #expect(result.verdict == verdict, "\(result.why)")
    #expect(result.why.contains("in answer to a request of HTTP/1.0 (RFC 9112 §6.1)") == (verdict == .fail))
  }

  @Test("a page of HTTP/0.9 that ends the connection is allowed where the request line has no version", arguments: ["H1.1.14", "H1.1.15"])
  func simpleAnswer(id: String) throws {
    let conformanceCase = try #require(ServerRow.find(id)).conformanceCase
    let result = Simulator.run(conformanceCase, against: ScriptedServer("<html></html>\n", closes: true))
    #expect(result.verdict == .passWithNote, "\(result.why)")
  }
}
