import Conformance
import ConformanceReport
import Foundation
import Testing
import WSProtocol

/// What a peer may send to get at the reader of a report.
private let canaries: [(name: String, octets: [UInt8])] = [
  ("escape sequence", Array("\u{1B}[2J\u{1B}]0;owned\u{7}".utf8)), ("carriage return", Array("\rPASS all\r\n301 judged: 301 pass".utf8)),
  ("bidi override", Array("abc\u{202E}fdp\u{2066}x\u{2069}".utf8)), ("line separator", Array("a\u{2028}::warning::x".utf8)),
  ("controls", Array(0x00...0x1F) + [0x7F]), ("C1 controls", Array("\u{9B}31m\u{85}".utf8)),
  ("not UTF-8", [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80]),
  ("script", Array("<script>alert(1)</script>".utf8)), ("closing script", Array("</script><script src=//x>".utf8)),
  ("closing details", Array("</details></table></article><img src=x onerror=alert(1)>".utf8)),
  ("attribute", Array("' onmouseover='alert(1)' \" onfocus=\"alert(1)".utf8)), ("backticks", Array("`id` ${7*7} | `".utf8)),
  ("CDATA end", Array("]]><!--".utf8)), ("reference", Array("&lt;script&gt; &#60;b&#62;".utf8)),
  ("template", Array("{{7*7}} \\(peer) %s".utf8)),
  ("CI command", Array("::set-output name=x::y".utf8)), ("CI command, old", Array("##[error]x ##vso[task.complete]".utf8)),
  ("CI command in a line", Array("x\n::error::y\n##[group]z ####[g]".utf8)), ("zero width", Array("a\u{200B}\u{FEFF}\u{200D}b".utf8)),
]

/// A run in which `octets` stand wherever something of a peer's can, escaped by nobody before.
private func run(with octets: [UInt8]) -> RunResult {
  let text = String(decoding: octets, as: UTF8.self)
  let header = FrameHeader(opcode: Opcode(rawValue: 11), payloadLength: .max)
  var failing = Sample.failing("ws/a/fail")
  failing.why = text
  failing.observed = [text]
  failing.close = CaseResult.Close(verdict: .wrongCode, peerCode: 1000, peerReason: octets, why: text)
  failing.wireLog =
    Sample.log(.octets(octets), violation: text, closeReason: octets) + [
      WireLogEntry(at: .zero, content: .octets(.received, LoggedOctets(Array("HTTP/1.1 101 x\r\nServer: ".utf8) + octets + [0x0D, 0x0A]))),
      WireLogEntry(at: .zero, content: .frame(.received, header, LoggedOctets(octets), violation: text)),
      WireLogEntry(at: .zero, content: .connection(text)), WireLogEntry(at: .zero, content: .timer(text)),
    ]
  var notRun = CaseResult(Sample.definition("ws/a/not-run\(text)", autobahnID: text, title: text), verdict: .notRun, why: text)
  notRun.observed = [text]
  var result = Sample.run([failing, Sample.passing("ws/a/pass"), notRun], exit: RunResult.Exit(code: 1, why: text))
  result.target = RunResult.Target(url: "ws://localhost/\(text)", agent: text, address: text)
  result.redactions = [text]
  return result
}

/// Whether a terminal, a browser or an editor acts upon the character.
private func isActive(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: scalar != "\n"
  default: false
  }
}

@Suite("Hostile peers")
struct HostilePeerTests {
  @Test("R01 no report holds a control or direction-changing character", arguments: canaries)
  func controls(name: String, octets: [UInt8]) {
    let result = run(with: octets)
    for text in [json(result), HTMLReport.render(result, toolVersion: "1"), TextReport().render(result)] {
      #expect(!text.unicodeScalars.contains(where: isActive))
    }
  }

  @Test("R01 the text report has no more lines than for a harmless peer", arguments: canaries)
  func lines(name: String, octets: [UInt8]) {
    let harmless = TextReport().render(run(with: Array("harmless".utf8)))
    #expect(TextReport().render(run(with: octets)).split(separator: "\n").count == harmless.split(separator: "\n").count)
  }

  @Test("R02 the page has the same elements and attributes as for a harmless peer", arguments: canaries)
  func markup(name: String, octets: [UInt8]) {
    let harmless = HTMLReport.render(run(with: Array("harmless".utf8)), toolVersion: "1")
    let page = HTMLReport.render(run(with: octets), toolVersion: "1")
    #expect(skeleton(page) == skeleton(harmless))
    #expect(!page.contains("]]>"))
    let withoutScript = page.components(separatedBy: "<script>")[0]
    #expect(!withoutScript.contains("`"))
  }

  @Test("R02 the JSON report parses, gives escaped text back, and is inert within HTML", arguments: canaries)
  func parses(name: String, octets: [UInt8]) throws {
    let text = json(run(with: octets))
    #expect(!text.contains { "<>&".contains($0) })
    struct Document: Decodable {
      struct Case: Decodable {
        struct Close: Decodable { let peerReason: String }
        struct Entry: Decodable {
          let kind: String
          let octets: String?
        }
        let id: String
        let why: String
        let close: Close
        let wireLog: [Entry]
      }
      let cases: [Case]
    }
    let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    let hostile = try #require(document.cases.first { $0.id == "ws/a/fail" })
    #expect(!(hostile.why + hostile.close.peerReason).unicodeScalars.contains { isActive($0) || $0 == "\n" })
    #expect(hostile.wireLog.contains { $0.kind == "frame" && $0.octets == Data(octets.prefix(256)).base64EncodedString() })
  }

  @Test("R03 no line of text or JSON can be taken for a command by a CI console", arguments: canaries, [nil, 30, 44, 80])
  func commands(canary: (name: String, octets: [UInt8]), width: Int?) {
    let result = run(with: canary.octets)
    let text = TextReport(style: TextReport.Style(width: width)).render(result) + json(result)
    for line in text.split(separator: "\n") {
      #expect(!line.drop { $0 == " " || $0 == "\t" }.hasPrefix("::"))
      #expect(!line.contains("##"))
    }
  }

  @Test("R03 commands stay commands-free when only ASCII may be written")
  func asciiCommands() {
    let result = run(with: Array("x ::error::y ##[group]z".utf8))
    let text = TextReport(style: TextReport.Style(width: 30, isASCIIOnly: true)).render(result)
    #expect(!text.contains("##"))
    #expect(text.split(separator: "\n").allSatisfy { !$0.drop { $0 == " " }.hasPrefix("::") })
  }

  @Test("every report tells what a reader must know of the way to the target")
  func notes() {
    var result = Sample.mixed
    result.target.notes = ["no certificate was verified"]
    #expect(TextReport().render(result).contains("note: no certificate was verified"))
    #expect(HTMLReport.render(result, toolVersion: "1").contains("<dt>Note</dt><dd>no certificate was verified</dd>"))
    #expect(String(decoding: JSONReport.encode(result, toolVersion: "1"), as: UTF8.self).contains("\"no certificate was verified\""))
  }

  @Test("R07 every report lists what was redacted")
  func redactions() {
    var result = Sample.calm
    result.redactions = ["the password <of> the URL"]
    #expect(json(result).contains("\"redactions\": [\"the password \\u003Cof\\u003E the URL\"]"))
    #expect(TextReport().render(result).contains("redacted: the password <of> the URL"))
    let footer = HTMLReport.render(result, toolVersion: "1").components(separatedBy: "<footer>")[1]
    #expect(footer.contains("<li>the password &lt;of&gt; the URL</li>"))
  }

  private func json(_ result: RunResult) -> String {
    String(decoding: JSONReport.encode(result, toolVersion: "1"), as: UTF8.self)
  }

  /// The tags of a page in order without their attributes' values; those that only mark up octets in a dump are left out.
  private func skeleton(_ page: String) -> [String] {
    let body = page.components(separatedBy: "<script>")[0]
    let tags = body.matches(of: /<[\/a-zA-Z!?][^>]*>/).map { match in
      String(match.0).replacing(/'[^']*'/, with: "''").replacing(/"[^"]*"/, with: "\"\"")
    }
    let marks: Set = ["<i>", "</i>", "<b>", "</b>", "<u>", "</u>", "<i class=cut>"]
    return tags.filter { !marks.contains($0) }.map { $0 == "<pre class=t>" ? "<pre>" : $0 }
  }
}
