import Conformance
import WireBytes

/// All about one case; shown beside the table when the page's address names it.
enum CaseDetail {
  static func article(_ result: CaseResult, target: RunResult.Target) -> Markup {
    let conformanceCase = result.conformanceCase
    let id = conformanceCase.id
    let alias = conformanceCase.autobahnID.map { "<span class=alias>Autobahn \($0)</span>" as Markup }
    let reason = result.reason.map { "<span class=alias>\($0.rawValue)</span>" as Markup }
    let severity = result.severity.map { "<span class=alias>\($0.rawValue)</span>" as Markup }
    return """
      <article id='case/\(id)' tabindex=-1 class='v-\(result.tone.rawValue)'>
      <header><a class=close href='#row/\(id)' aria-label='Back to the table'>×</a>
      <p>\(.badge(result.verdict))\(reason)\(severity)\(alias)</p>
      <h3>\(conformanceCase.title)</h3><p class=copy><code>\(id)</code></p></header>
      <p>\(conformanceCase.purpose)</p>
      \(why(result))
      <dl class=facts>\(facts(result))</dl>
      <div class=steps>\(list("Stimulus", conformanceCase.programWords))\(list("Expected", conformanceCase.expectationWords))\
      \(list("Observed", result.observed))</div>
      \(WireLogTable.details(result.wireLog, isCalm: result.verdict.isPlainPass && !result.isProblem))
      <h4>Reproduce</h4><p class='copy command'><code>\(result.reproduceCommand(target: target))</code></p>
      </article>

      """
  }

  /// The reason, with the requirement it speaks of where that is not the case's own.
  private static func why(_ result: CaseResult) -> Markup {
    let requirement = result.requirement
    let isOwn = requirement == result.conformanceCase.requirement
    let citation: Markup? = isOwn ? nil : " <cite>\(Markup.link(requirement, text: requirement.citation))</cite>"
    let isAboutClose = result.isProblem && !result.verdict.isProblem
    let ending: Markup? = isAboutClose ? "<br>How it ended: \(result.close.why)" : nil
    return "<p class=why>\(result.why.isEmpty ? result.verdict.rawValue : result.why)\(citation)\(ending)</p>"
  }

  private static func facts(_ result: CaseResult) -> Markup {
    let requirement = result.conformanceCase.requirement
    var facts: Markup = """
      <div><dt>Requirement<dd><b class=level>\(requirement.level.rawValue.uppercased())</b> \
      \(Markup.link(requirement, text: requirement.citation))</div>
      """
    if let verdict = result.close.verdict {
      facts += "<div><dt>Close<dd>\(.badge(verdict))\(closeWords(result.close))</div>"
    }
    if result.runs.count > 1 { facts += "<div><dt>Runs<dd>\(result.runs.map { .badge($0) })</div>" }
    if result.wasJudged { facts += "<div><dt>Time<dd>\(result.duration.words)</div>" }
    return facts
  }

  private static func closeWords(_ close: CaseResult.Close) -> Markup {
    let code = close.peerCode.map { " code \($0)" as Markup }
    let reason: Markup? = close.peerReason.isEmpty ? nil : " <q>\(EscapedText.utf8(close.peerReason))</q>"
    let why: Markup? = close.why.isEmpty ? nil : " <span class=note>\(close.why)</span>"
    return "\(code)\(reason)\(why)"
  }

  private static func list(_ title: String, _ words: [String]) -> Markup {
    let items: [Markup] = words.isEmpty ? ["<li class=note>nothing"] : words.map { "<li>\($0)" }
    return "<div><h4>\(title)</h4><ol>\(items)</ol></div>"
  }
}
