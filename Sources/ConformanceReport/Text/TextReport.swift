public import Conformance
import WireBytes

/// The report for a terminal or a console log: what needs attention, then the counts.
///
/// Every line begins with a word of ours, so that nothing a peer sent can pass for a command to a CI console.
public struct TextReport: Sendable {
  /// How the text may look.
  public struct Style: Sendable {
    /// Whether verdict words are coloured with SGR sequences; default `false`.
    public var usesColour: Bool
    /// The columns to wrap at, at least 30, or `nil` for one line each; default `nil`.
    public var width: Int?
    /// Whether only ASCII may be written; default `false`.
    public var isASCIIOnly: Bool

    /// Creates a style.
    public init(usesColour: Bool = false, width: Int? = nil, isASCIIOnly: Bool = false) {
      self.usesColour = usesColour
      self.width = width
      self.isASCIIOnly = isASCIIOnly
    }
  }

  /// How the text looks.
  public let style: Style

  /// Creates a report of the given look.
  public init(style: Style = Style()) { self.style = style }

  /// The whole report: a paragraph for each case that is no plain pass, an empty line, and the summary.
  public func render(_ result: RunResult) -> String {
    let cases = caseLines(result)
    return (cases + (cases.isEmpty ? [] : [""]) + summaryLines(result)).map { $0 + "\n" }.joined()
  }

  /// The lines for one case, or none for a plain pass that ended as required: `FAIL ws/… (Autobahn 3.1) — why`.
  public func lines(_ result: CaseResult) -> [String] {
    let closeIsProblem = result.close.verdict?.isProblem == true
    guard !result.verdict.isPlainPass || closeIsProblem else { return [] }
    let conformanceCase = result.conformanceCase
    var text = conformanceCase.id
    if let autobahnID = conformanceCase.autobahnID { text += " (Autobahn \(autobahnID))" }
    for words in [result.reason?.rawValue, result.severity?.rawValue] { if let words { text += " [\(words)]" } }
    if !result.verdict.isPlainPass { text += " — \(result.citedWhy)" }
    if closeIsProblem, let verdict = result.close.verdict {
      text += " — close \(verdict.rawValue): \(Self.closeWords(result.close))"
    }
    return paragraph(result.verdict, text)
  }

  /// The lines for all cases that are no plain pass; cases not run for one and the same reason share a line when they are many.
  public func caseLines(_ result: RunResult) -> [String] {
    let notRun = Dictionary(grouping: result.cases.filter { !$0.wasJudged }, by: \.why).filter { $0.value.count > 3 }
    var told: Set<String> = []
    return result.cases.flatMap { caseResult -> [String] in
      guard !caseResult.wasJudged, let group = notRun[caseResult.why] else { return lines(caseResult) }
      guard told.insert(caseResult.why).inserted else { return [] }
      return paragraph(.notRun, "\(group.count) cases from \(caseResult.conformanceCase.id) on — \(caseResult.why)")
    }
  }

  /// The summary: counts by verdict, endings if any need attention, time and seed, the exit and what was redacted.
  ///
  /// The first line is `301 judged: 298 pass, 3 informational`: words in the order of the vocabulary, none with a count of zero.
  public func summaryLines(_ result: RunResult) -> [String] {
    let counts = result.verdictCounts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
    var lines = ["\(result.judgedCount) judged" + (counts.isEmpty ? "" : ": \(counts)")]
    let closeCounts = result.closeCounts
    if closeCounts.contains(where: { $0.verdict.isProblem }) {
      lines.append("close: " + closeCounts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", "))
    }
    lines += wrapped("took \(result.duration.words), seed \(result.seed), \(counted(result.jobs, "connection")) at once")
    lines += wrapped("exit \(result.exit.code): \(result.exit.why)")
    for note in result.target.notes { lines += wrapped("note: \(note)") }
    if !result.redactions.isEmpty { lines += wrapped("redacted: " + result.redactions.joined(separator: "; ")) }
    return lines
  }

  /// A text of ours that may quote a peer, as lines that are harmless and no longer than the style allows.
  public func paragraph(_ text: String) -> [String] { wrapped(text) }

  private static func closeWords(_ close: CaseResult.Close) -> String {
    var words = close.why
    if let code = close.peerCode { words += " (code \(code)" }
    if !close.peerReason.isEmpty { words += ", reason \"\(EscapedText.utf8(close.peerReason))\"" }
    return close.peerCode == nil ? words : words + ")"
  }

  private func paragraph(_ verdict: Verdict, _ text: String) -> [String] {
    let word = verdict.rawValue.uppercased()
    var lines = wrapped("\(word) \(text)")
    if style.usesColour, let first = lines.first {
      lines[0] = "\u{1B}[\(verdict.colourParameters)m\(word)\u{1B}[0m" + first.dropFirst(word.count)
    }
    return lines
  }

  /// Makes `text` harmless and breaks it at spaces; a line that continues another begins with a bar.
  private func wrapped(_ text: String) -> [String] {
    let safe = safe(text)
    guard let width = style.width.map({ max(30, $0) }), safe.count > width else { return [safe] }
    let gutter = style.isASCIIOnly ? "    | " : "    │ "
    var lines: [String] = []
    var line = ""
    for word in safe.split(separator: " ", omittingEmptySubsequences: false) {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = gutter + word
      }
    }
    return lines + [line]
  }

  private func safe(_ text: String) -> String {
    let line = SafeText.withoutCommandMarks(SafeText.line(text), replacement: "\\x23")
    return style.isASCIIOnly ? Self.ascii(line) : line
  }

  /// Returns `text` in ASCII: dashes and quotes as their like, everything else as `\u{NNNN}`.
  public static func ascii(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "—": "--"
      case "–": "-"
      case "…": "..."
      case "§": "section "
      case "→": "->"
      case "←": "<-"
      case "·": "-"
      case "“", "”": "\""
      case "‘", "’": "'"
      default: scalar.isASCII ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }.joined()
  }
}

extension Verdict {
  /// The parameters of the SGR sequence that colours the word.
  fileprivate var colourParameters: String {
    switch self {
    case .pass, .passWithNote: "32"
    case .fail, .error: "1;31"
    case .deviation, .weak: "33"
    case .flaky: "35"
    case .informational: "36"
    case .inconclusive, .unsupported, .notRun: "2"
    }
  }
}
