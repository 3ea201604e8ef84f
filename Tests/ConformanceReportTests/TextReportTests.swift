import Conformance
import ConformanceReport
import Testing

@Suite("Text report")
struct TextReportTests {
  @Test("the first line of the summary counts the verdicts that occur, in the order of the vocabulary")
  func summaryLine() {
    var cases = (0..<298).map { Sample.passing("ws/a/\($0)") }
    for index in 0..<3 {
      var result = Sample.passing("ws/b/\(index)")
      result.verdict = .informational
      cases.insert(result, at: 0)
    }
    #expect(TextReport().summaryLines(Sample.run(cases)).first == "301 judged: 298 pass, 3 informational")
  }

  @Test("cases not run are named beside the judged ones, and no cases at all are said so")
  func notRunAndEmpty() {
    let notRun = CaseResult(Sample.definition("ws/b/1"), verdict: .notRun, why: "the target is down")
    #expect(TextReport().summaryLines(Sample.run([Sample.passing("ws/a/1"), notRun])).first == "1 judged: 1 pass, 1 not-run")
    #expect(TextReport().summaryLines(Sample.run([])).first == "0 judged")
  }

  @Test("endings are counted only when one of them needs attention")
  func closeLine() {
    #expect(!TextReport().summaryLines(Sample.calm).contains { $0.hasPrefix("close") })
    #expect(
      TextReport().summaryLines(Sample.mixed).contains("close: 28 ok, 1 informational, 2 unclean, 2 wrong-code, 1 dropped-by-us, 1 failed"))
  }

  @Test("a failed case is one line: verdict, id, Autobahn's id, why, and the ending if it needs attention")
  func caseLine() {
    #expect(
      TextReport().lines(Sample.failing("ws/reserved-bits/rsv2", autobahnID: "3.2")) == [
        "FAIL ws/reserved-bits/rsv2 (Autobahn 3.2) — the peer echoed the frame although RSV2 was set; it has to fail the connection"
          + " (RFC 6455 §5.2) — close wrong-code: code 1000 where 1002 was due (code 1000, reason \"bye\")"
      ])
    #expect(TextReport().lines(Sample.passing("ws/a/b")).isEmpty)
  }

  @Test("a plain pass whose connection ended badly is told")
  func closeOnly() {
    let lines = TextReport().caseLines(Sample.mixed).filter { $0.hasPrefix("PASS ") }
    #expect(
      lines == [
        "PASS ws/close/no-answer (Autobahn 7.1.2) — close unclean: the peer dropped the connection without answering the Close frame"
      ])
  }

  @Test("many cases not run for one reason share a line, few keep their own")
  func groupedNotRun() {
    func notRun(_ count: Int) -> [String] {
      let cases = (0..<count).map { CaseResult(Sample.definition("ws/a/\($0)"), verdict: .notRun, why: "the target is down") }
      return TextReport().caseLines(Sample.run(cases))
    }
    #expect(notRun(200) == ["NOT-RUN 200 cases from ws/a/0 on — the target is down"])
    #expect(notRun(3).count == 3)
  }

  @Test("wrapped lines keep to the width and continue behind a bar", arguments: [40, 80])
  func width(columns: Int) {
    let report = TextReport(style: TextReport.Style(width: columns))
    let lines = report.caseLines(Sample.mixed)
    #expect(lines.allSatisfy { $0.count <= columns })
    #expect(lines.count > Sample.mixed.cases.count { !$0.verdict.isPlainPass })
    let unwrapped = TextReport().caseLines(Sample.mixed).joined(separator: " ")
    #expect(lines.joined(separator: " ").replacing(" │", with: "").split(separator: " ") == unwrapped.split(separator: " "))
  }

  @Test("ASCII only is ASCII only, and says the same")
  func ascii() {
    let text = TextReport(style: TextReport.Style(width: 60, isASCIIOnly: true)).render(Sample.mixed)
    #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
    var result = Sample.failing("ws/a/b")
    result.why = "äbc § 1 … “x”"
    #expect(TextReport(style: TextReport.Style(isASCIIOnly: true)).lines(result)[0].contains("\\u{E4}bc section  1 ... \"x\""))
  }

  @Test("colour is put around the verdict alone, and only when asked for")
  func colour() {
    let result = Sample.failing("ws/a/b")
    let plain = TextReport().lines(result)
    #expect(!plain.joined().contains("\u{1B}"))
    let coloured = TextReport(style: TextReport.Style(usesColour: true)).lines(result)
    #expect(coloured == [plain[0].replacing("FAIL", with: "\u{1B}[1;31mFAIL\u{1B}[0m", maxReplacements: 1)])
  }
}
