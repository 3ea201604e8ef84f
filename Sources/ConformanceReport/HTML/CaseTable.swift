import Conformance

/// The table of all cases, grouped by section, and the tools that the script puts to use.
enum CaseTable {
  static func section(_ result: RunResult) -> Markup {
    """
    <section aria-labelledby=cases><h2 id=cases>Cases</h2>
    <div class=tools id=tools role=search hidden>
    <input type=search id=search placeholder='Filter cases: id, title, reason …' aria-label='Filter cases' aria-keyshortcuts='/'>
    <button id=problems aria-pressed=false aria-keyshortcuts=f>Problems only</button>
    <output id=count></output>
    <button id=help-open aria-keyshortcuts='?' aria-label='Keyboard help'>?</button>
    <div class=chips role=group aria-label='Verdicts shown'>\(result.verdictCounts.map(chip))</div>
    </div>
    <table class=cases><caption class=vh>All cases by section</caption>
    <thead><tr><th scope=col>Verdict<th scope=col>Case<th scope=col class=x>Autobahn<th scope=col class=t>Title\
    <th scope=col class=x>Section<th scope=col class=x>Close<th scope=col class='x n'>Time
    \(result.sections.map(group))</table>
    <p id=none hidden>No case matches.</p></section>
    """
  }

  private static func chip(_ count: (verdict: Verdict, count: Int)) -> Markup {
    "<button aria-pressed=false data-v='\(count.verdict.rawValue)'>\(.badge(count.verdict)) \(count.count)</button>"
  }

  private static func group(_ section: (name: String, cases: [CaseResult])) -> Markup {
    let counts = RunResult.verdictCounts(section.cases).map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: " · ")
    return """
      <tbody><tr class=section id='section/\(section.name)'><th colspan=7 scope=rowgroup>\(section.name) <span>\(counts)</span>
      \(section.cases.map(row))
      """
  }

  private static func row(_ result: CaseResult) -> Markup {
    let conformanceCase = result.conformanceCase
    let requirement = conformanceCase.requirement
    let (id, verdict) = (conformanceCase.id, result.verdict.rawValue)
    let why: Markup = "<small class='v-\(result.tone.rawValue)'>\(result.problemWords)</small>"
    let close = result.close.verdict.map { Markup.badge($0) }
    let section = Markup.link(requirement, text: "§\(requirement.section)")
    return """
      <tr id='row/\(id)' data-v='\(verdict)'\(result.isProblem ? " data-p" : "")><td>\(.badge(result.verdict))\
      <td class=id><a href='#case/\(id)'>\(id)</a><td class=x>\(conformanceCase.autobahnID ?? "")\
      <td class=t>\(conformanceCase.title)\(result.verdict.isPlainPass && !result.isProblem ? nil : why)\
      <td class=x>\(section)<td class=x>\(close)<td class='x n'>\(result.wasJudged ? result.duration.words : "–")

      """
  }
}
