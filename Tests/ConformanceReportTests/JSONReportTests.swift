import Conformance
import ConformanceReport
import Foundation
import Testing
import WSProtocol

@Suite("JSON report")
struct JSONReportTests {
  @Test("the document has exactly the promised keys")
  func keys() throws {
    let document = try parse(JSONReport.encode(Sample.mixed, toolVersion: "1.2.3"))
    #expect(
      document.keys.sorted() == [
        "cases", "durationMs", "exit", "jobs", "redactions", "schema", "seed", "startedAt", "summary", "target", "tool",
      ])
    #expect(document["schema"] as? String == "wirecheck.run/1")
    #expect(document["seed"] as? String == "11400714819323198485")
    #expect(document["tool"] as? [String: String] == ["name": "wirecheck", "version": "1.2.3"])
    let cases = try #require(document["cases"] as? [[String: Any]])
    #expect(cases.count == Sample.mixed.cases.count)
    for object in cases {
      #expect(
        object.keys.sorted() == [
          "aliases", "close", "durationMs", "expected", "id", "level", "observed", "purpose", "reason", "requirement", "rfc", "runs",
          "section", "severity", "stimulus", "title", "verdict", "why", "wireLog",
        ])
      let close = try #require(object["close"] as? [String: Any])
      #expect(close.keys.sorted() == ["peerCode", "peerReason", "verdict", "why"])
    }
  }

  @Test("an HTTP case is reported like any other, with the severity of its failure")
  func httpCase() throws {
    let conformanceCase = ConformanceCase(
      id: "http/length/5", title: "title", purpose: "purpose", requirement: Requirement(rfc: 9112, section: "6.2"),
      script: .http(
        HTTPProgram([.send(.text("POST")), .sentinel(host: "a")]), HTTPExpectation([.init(.required, [.status(400...400), .closed])])))
    var run = Sample.mixed
    run.cases = [CaseResult(conformanceCase, verdict: .fail, severity: .security, why: "why")]
    let cases = try #require(try parse(JSONReport.encode(run, toolVersion: "1"))["cases"] as? [[String: Any]])
    #expect(cases.first?["severity"] as? String == "security")
    #expect(cases.first?["requirement"] as? String == "RFC 9112 §6.2")
    #expect(cases.first?["stimulus"] as? [String] == ["send \"POST\"", "send a last request, GET /sentinel, that closes the connection"])
    #expect(cases.first?["expected"] as? [String] == ["status 400, the connection closed"])
  }

  @Test("the summary counts every word of both vocabularies, zeros included")
  func summary() throws {
    let document = try parse(JSONReport.encode(Sample.mixed, toolVersion: "1"))
    let summary = try #require(document["summary"] as? [String: Any])
    #expect(Set(summary.keys) == Set(Verdict.allCases.map(\.rawValue) + ["total", "close"]))
    #expect(summary["total"] as? Int == Sample.mixed.judgedCount)
    for verdict in Verdict.allCases { #expect(summary[verdict.rawValue] as? Int == Sample.mixed.count(of: verdict)) }
    let close = try #require(summary["close"] as? [String: Int])
    #expect(Set(close.keys) == Set(CloseVerdict.allCases.map(\.rawValue)))
    #expect(close["wrong-code"] == 2)
  }

  @Test("a case not run has no close verdict and no log")
  func notRun() throws {
    let object = try #require(try case_("ws/verdicts/not-run"))
    let close = try #require(object["close"] as? [String: Any])
    #expect(close["verdict"] is NSNull)
    #expect(close["peerCode"] is NSNull)
    #expect((object["wireLog"] as? [Any])?.isEmpty == true)
  }

  @Test("a frame is described and its octets can be read back")
  func frame() throws {
    let log = try #require(try case_("ws/reserved-bits/rsv2")?["wireLog"] as? [[String: Any]])
    let frame = log[4]
    #expect(frame["kind"] as? String == "frame")
    #expect(frame["direction"] as? String == "received")
    #expect(frame["atMs"] as? Double == 1.204)
    #expect(frame["rsv"] as? Int == 2)
    #expect(frame["fin"] as? Bool == true)
    #expect(frame["masked"] as? Bool == false)
    #expect(frame["opcodeName"] as? String == "text")
    #expect((frame["violation"] as? String)?.contains("RSV2") == true)
    #expect(Data(base64Encoded: frame["header"] as? String ?? "") == Data([0xA1, 13]))
    #expect(Data(base64Encoded: frame["octets"] as? String ?? "") == Data("Hello, world!".utf8))
    #expect(log.first?["kind"] as? String == "connection")
  }

  @Test("only the kept octets are written, the rest is counted (R04)")
  func bounded() throws {
    let log = try #require(try case_("ws/limits/echo-16-MiB")?["wireLog"] as? [[String: Any]])
    #expect(Data(base64Encoded: log[3]["octets"] as? String ?? "")?.count == LoggedOctets.maximumKept)
    #expect(log[3]["totalOctets"] as? Int == 70_000)
    #expect(log.contains { $0["kind"] as? String == "omitted" && $0["entries"] as? Int == 4127 })
  }

  @Test("Base64 of every length agrees with another implementation", arguments: 0...9)
  func base64(length: Int) throws {
    let octets = (0..<length).map { UInt8(truncatingIfNeeded: 250 + $0 * 7) }
    var result = Sample.passing("ws/a/b")
    result.wireLog = [WireLogEntry(at: .zero, content: .octets(.sent, LoggedOctets(octets)))]
    let text = String(decoding: JSONReport.encode(Sample.run([result]), toolVersion: "1"), as: UTF8.self)
    #expect(text.contains("\"octets\": \"\(Data(octets).base64EncodedString())\""))
  }

  @Test("a declared length of 64 bits is written in full")
  func hugeLength() {
    var result = Sample.passing("ws/a/b")
    let header = FrameHeader(opcode: .binary, payloadLength: .max)
    result.wireLog = [WireLogEntry(at: .zero, content: .frame(.received, header, LoggedOctets(), violation: nil))]
    let text = String(decoding: JSONReport.encode(Sample.run([result]), toolVersion: "1"), as: UTF8.self)
    #expect(text.contains("\"payloadLength\": 18446744073709551615"))
  }

  @Test("equal results give equal octets; results that differ in time do when times are normalised")
  func determinism() {
    #expect(JSONReport.encode(Sample.mixed, toolVersion: "1") == JSONReport.encode(Sample.mixed, toolVersion: "1"))
    var later = Sample.mixed
    later.startedAt = "2027-01-01T00:00:00Z"
    later.duration += .milliseconds(1)
    for index in later.cases.indices {
      later.cases[index].duration += .milliseconds(7)
      later.cases[index].wireLog = later.cases[index].wireLog.map { WireLogEntry(at: $0.at + .microseconds(3), content: $0.content) }
    }
    #expect(JSONReport.encode(Sample.mixed, toolVersion: "1") != JSONReport.encode(later, toolVersion: "1"))
    #expect(
      JSONReport.encode(Sample.mixed, toolVersion: "1", times: .normalised)
        == JSONReport.encode(later, toolVersion: "1", times: .normalised))
  }

  private func parse(_ octets: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(octets)) as? [String: Any])
  }

  private func case_(_ id: String) throws -> [String: Any]? {
    let document = try parse(JSONReport.encode(Sample.mixed, toolVersion: "1"))
    return (document["cases"] as? [[String: Any]])?.first { $0["id"] as? String == id }
  }
}
