import Conformance
import ConformancePeers
import HTTPServerTesting
import Testing

/// The suite can fail: every fault of the server is caught by a row that names it.
@Suite("HTTP server faults")
struct HTTPServerFaultTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let fault: ServerFault
    let id: String
    let verdict: Verdict
    var severity: FailureSeverity?
    /// What the reason has to speak of.
    let words: String

    var testDescription: String { "\(fault.rawValue) by \(id): \(verdict.rawValue)\(severity == nil ? "" : ", security")" }

    init(_ fault: ServerFault, _ id: String, _ verdict: Verdict = .fail, _ severity: FailureSeverity? = nil, saying words: String) {
      self.fault = fault
      self.id = id
      self.verdict = verdict
      self.severity = severity
      self.words = words
    }
  }

  static let rows = [
    Row(.requestsAfterCloseProcessed, "H1.8.5", saying: "then 200 to \"GET /smug\""),
    Row(.requestsAfterCloseProcessed, "H1.8.10", saying: "then 200 to \"GET /smug\""),
    Row(.loneLFEndsAnyLine, "H1.6.20", .fail, .security, saying: "which is dangerous: 2 requests answered"),
    Row(.loneLFEndsAnyLine, "H1.14.32", .fail, .security, saying: "which is dangerous"),
    Row(.loneLFEndsAnyLine, "H1.1.10", .passWithNote, saying: "which is allowed; best is what is due: status 400"),
    Row(.lengthOfGETIgnored, "H1.9.3", .fail, .security, saying: "then 200 to \"GET /smug\""),
    Row(.lengthOfPOSTIgnored, "H1.5.5", .fail, .security, saying: "3 requests answered"),
    Row(.lengthOfPOSTIgnored, "H1.5.1", saying: "then 501"),
    Row(.lengthBesideCodingDropped, "H1.14.1", .fail, .security, saying: "3 requests answered"),
    Row(.lengthBesideCodingDropped, "H1.14.3", saying: "then 200 to \"GET /sentinel\""),
    Row(.chunkEndUnchecked, "H1.6.25", .fail, .security, saying: "2 requests answered"),
    Row(.refusalKeepsConnection, "H1.1.11", saying: "kept the connection open"),
    Row(.refusalKeepsConnection, "H1.1.9", .deviation, saying: "kept the connection open"),
    Row(.refusalAlways500, "H1.1.11", .passWithNote, saying: "another status code refuses the request too"),
    Row(.answersReversed, "H1.8.1", saying: "answered 200 to \"GET /sentinel\""),
    Row(.onlyFirstAnswered, "H1.1.1", saying: "answered 200 to \"GET /\""),
    Row(.garbageLosesAnswer, "H1.8.4", .deviation, saying: "the server answered 400 and"),
    Row(.continueSentToHTTP10, "H1.11.4", saying: "answered 100, 200"),
    Row(.noContinue, "H1.11.1", saying: "status 100 first"),
    Row(.expectationKeepsBodyUnread, "H1.11.7", .fail, .security, saying: "3 requests answered"),
    Row(.expectationKeepsBodyUnread, "H1.11.6", .fail, .security, saying: "3 requests answered"),
    Row(.headAnswerHasContent, "H1.9.1", .fail, .security, saying: "octets that belong to no answer"),
    Row(.trailersMerged, "H1.7.6", .fail, .security, saying: "field Authorization read"),
    Row(.trailersMerged, "H1.7.1", saying: "field X-Sum read"),
    Row(.upgradeAgreed, "H1.12.1", saying: "an answer 101"),
    Row(.unknownMethodIsGET, "H1.9.9", .deviation, saying: "200 to \"FROBNICATE /\""),
    Row(.traceEchoesAll, "H1.9.12", .deviation, saying: "\"c2VjcmV0\" in the answer"),
    Row(.noAllow, "H1.9.11", saying: "an answer 405 without Allow"),
    Row(.noDate, "H1.9.15", saying: "an answer 200 to 499 without Date"),
    Row(.targetDecodedIntoField, "H1.2.11", .fail, .security, saying: "an answer with X-Injected"),
    Row(.neverTimesOut, "H1.13.19", .weak, saying: "sent no answer and kept the connection open"),
    Row(.truncatedBodyAnswered, "H1.5.33", saying: "200 to \"POST /echo\" with 5 octets"),
  ]

  @Test("a fault is caught", arguments: rows)
  func caught(row: Row) throws {
    let conformanceCase = try #require(ServerRow.find(row.id)).conformanceCase
    let result = Simulator.run(conformanceCase, against: HTTPServerMachine(faults: [row.fault]))
    #expect(result.verdict == row.verdict && result.severity == row.severity, "\(result.why)")
    #expect(result.why.contains(row.words), "\(result.why)")
    #expect(result.why.contains(conformanceCase.requirement.citation))
  }

  @Test("every fault is caught by some row")
  func complete() {
    #expect(
      Set(Self.rows.filter { $0.verdict != .passWithNote }.map(\.fault)) == Set(ServerFault.allCases).subtracting([.refusalAlways500]))
  }

  @Test("a fault changes only what it is about: the control passes", arguments: ServerFault.allCases)
  func control(fault: ServerFault) throws {
    guard ![.onlyFirstAnswered, .answersReversed].contains(fault) else { return }
    let control = try #require(ServerRow.find("H1.1.1")).conformanceCase
    #expect(Simulator.run(control, against: HTTPServerMachine(faults: [fault])).verdict == .pass)
  }
}
