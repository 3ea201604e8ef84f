import Conformance
import ConformanceReport
import Foundation
import Testing

@Suite("HTML report")
struct HTMLReportTests {
  private let page = HTMLReport.render(Sample.mixed, toolVersion: "1.2.3")

  @Test("every case has a row and a detail that its anchor leads to")
  func anchors() {
    for result in Sample.mixed.cases {
      let id = result.conformanceCase.id
      #expect(occurrences(of: "id='row/\(id)'") == 1)
      #expect(occurrences(of: "<article id='case/\(id)'") == 1)
      #expect(page.contains("<a href='#case/\(id)'>\(id)</a>"))
    }
  }

  @Test("ids are unique and every link within the page leads somewhere")
  func links() {
    let ids = page.matches(of: /\sid=(?:'([^']*)'|([^\s>]+))/).map { String($0.1 ?? $0.2 ?? "") }
    #expect(Set(ids).count == ids.count)
    let targets = page.matches(of: /href='#([^']*)'/).map { String($0.1) }
    #expect(!targets.isEmpty)
    #expect(Set(targets).subtracting(ids).isEmpty)
  }

  @Test("nothing is loaded: links lead to the page itself or the RFC editor, and no element or style names a resource")
  func offline() {
    let addresses = page.matches(of: /href=(?:'([^']*)'|"([^"]*)")/).map { String($0.1 ?? $0.2 ?? "") }
    #expect(
      addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/svg+xml,") || $0.hasPrefix("https://www.rfc-editor.org/rfc/") })
    for load in ["src=", "srcset", "@import", "url(", "<iframe", "<object", "<base", "<form action", "style="] {
      #expect(!page.contains(load), "\(load)")
    }
  }

  @Test("the policy names the hashes of the one style sheet and the one script", arguments: ["style", "script"])
  func policy(element: String) throws {
    #expect(occurrences(of: "<\(element)") == 1)
    let content = page.components(separatedBy: "<\(element)>")[1].components(separatedBy: "</\(element)>")[0]
    let hash = "sha256-" + Data(sha256(Array(content.utf8))).base64EncodedString()
    let isNamed = page.contains("\(element)-src '\(hash)';")
    #expect(isNamed, "the hash has to be \(hash)")
    #expect(page.contains("content=\"default-src 'none';"))
  }

  @Test("SHA-256 of the well-known message is the well-known digest")
  func digest() {
    let digest = sha256(Array("abc".utf8)).map { String($0, radix: 16) }
    #expect(digest.prefix(4) == ["ba", "78", "16", "bf"] && digest.last == "ad")
  }

  @Test("what happened is there without script: counts, reasons, octets, violations, the exit, the seed, redactions (R07)")
  func contents() {
    for text in [
      "9 of 36 cases need attention, 1 not run", "AcmeSocket/2.4.1", "11400714819323198485", "1 (4 cases break a MUST)",
      "the query of the URL", "the value of the field Authorization", "wirecheck 1.2.3",
      "the peer echoed the frame although RSV2 was set; it has to fail the connection",
      "<b>violation</b> set RSV2 although no extension that defines it was negotiated",
      "0000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21  Hello, world!", "… 4127 more entries left out",
      "https://www.rfc-editor.org/rfc/rfc6455#section-5.2", "wirecheck test ws://localhost:9001/ ws/reserved-bits/rsv2",
      "GET / HTTP/1.1\nHost: localhost:9001\n",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test("every verdict is told by icon and word")
  func verdicts() {
    for verdict in Verdict.allCases {
      #expect(page.contains("<use href='#i-\(verdict.rawValue)'/></svg>\(verdict.rawValue)</span>"))
    }
  }

  @Test("a run without cases and a run that never began are pages, too")
  func empty() {
    #expect(HTMLReport.render(Sample.run([]), toolVersion: "1").contains("No case was judged"))
    let notRun = CaseResult(Sample.definition("ws/a/b"), verdict: .notRun, why: "the target is down")
    let page = HTMLReport.render(Sample.run([notRun]), toolVersion: "1")
    #expect(page.contains("No case was judged, 1 not run") && page.contains("the target is down"))
  }

  @Test("301 cases stay below 1 MiB and 500 below 2 MiB")
  func size() {
    #expect(HTMLReport.render(Sample.large(301), toolVersion: "1").utf8.count < 1 << 20)
    #expect(HTMLReport.render(Sample.large(500), toolVersion: "1").utf8.count < 2 << 20)
  }

  @Test("a long log is shortened in the middle and says so (R04)")
  func longLog() {
    var result = Sample.passing("ws/a/b")
    result.wireLog = (0..<5000).map { WireLogEntry(at: .microseconds($0), content: .timer("wait \($0)")) }
    let page = HTMLReport.render(Sample.run([result]), toolVersion: "1")
    #expect(page.contains("… 4976 more entries, in the JSON report"))
    #expect(page.contains("wait 15<") && !page.contains("wait 16<") && page.contains("wait 4992<"))
  }

  @Test("a URL that a shell would act upon is quoted in the command to reproduce")
  func quoting() {
    var run = Sample.calm
    run.target.url = "ws://[::1]:9001/$(id)'x"
    let page = HTMLReport.render(run, toolVersion: "1")
    #expect(page.contains("wirecheck test &#39;ws://[::1]:9001/$(id)&#39;\\&#39;&#39;x&#39; ws/framing"))
  }

  @Test("equal results give equal pages")
  func determinism() {
    #expect(page == HTMLReport.render(Sample.mixed, toolVersion: "1.2.3"))
  }

  private func occurrences(of text: String) -> Int { page.components(separatedBy: text).count - 1 }
}
