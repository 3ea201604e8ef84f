import Conformance

/// The first screen: what was tested, how it went, and what to look at.
enum Overview {
  /// The most problems that are listed on the first screen; the table has them all.
  private static let maximumListedProblems = 25

  /// The outcome in one sentence.
  static func headline(_ result: RunResult) -> String {
    let judged = result.judgedCount
    let problems = result.cases.count(where: \.isProblem)
    let notRun = result.count(of: .notRun)
    let rest = notRun > 0 ? ", \(notRun) not run" : ""
    if judged == 0 { return "No case was judged" + rest }
    if problems > 0 { return "\(problems) of \(counted(judged, "case")) \(problems == 1 ? "needs" : "need") attention\(rest)" }
    return "Nothing to complain about in \(counted(judged, "case"))\(rest)"
  }

  /// The verdict whose colour and icon the whole run bears: a pass only if all was run.
  static func tone(_ result: RunResult) -> Verdict {
    if result.cases.contains(where: \.isProblem) { return .fail }
    return result.judgedCount == 0 || result.judgedCount < result.cases.count ? .notRun : .pass
  }

  static func header(_ result: RunResult) -> Markup {
    let tone = tone(result).rawValue
    return """
      <p class=eyebrow>Wirecheck conformance report</p>
      <h1>\(result.target.url)</h1>
      <p class='lead v-\(tone)'><svg aria-hidden=true><use href='#i-\(tone)'/></svg>\(headline(result))</p>
      """
  }

  static func section(_ result: RunResult) -> Markup {
    """
    <div class=cards>
    <section class=card aria-labelledby=h-verdicts><h2 id=h-verdicts>Verdicts</h2>
    \(bar(result.verdictCounts))<ul class=legend>\(result.verdictCounts.map { legend($0.count, .badge($0.verdict)) })</ul>
    \(levels(result))
    <h3>How connections ended</h3><ul class=legend>\(result.closeCounts.map { legend($0.count, .badge($0.verdict)) })</ul>
    </section>
    <section class=card aria-labelledby=h-run><h2 id=h-run>Run</h2>\(facts(result))</section>
    </div>
    \(problems(result))
    <section aria-labelledby=h-sections><h2 id=h-sections>Sections</h2><ul class=sections>\(result.sections.map(sectionTile))</ul></section>
    """
  }

  private static func legend(_ count: Int, _ badge: Markup) -> Markup { "<li>\(badge) <b>\(count)</b></li>" }

  private static func facts(_ result: RunResult) -> Markup {
    let facts: [(String, String)] =
      [
        ("Agent", result.target.agent), ("Address", result.target.address), ("Started", result.startedAt),
        ("Duration", result.duration.words), ("Seed", "\(result.seed)"), ("Connections at once", "\(result.jobs)"),
        ("Exit code", "\(result.exit.code) (\(result.exit.why))"),
      ] + result.target.notes.map { ("Note", $0) }
    return "<dl class=facts>\(facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" as Markup })</dl>"
  }

  /// For each level that occurs: how many of the judged cases are as they should be.
  private static func levels(_ result: RunResult) -> Markup {
    let rows = RequirementLevel.allCases.compactMap { level -> Markup? in
      let cases = result.cases.filter { $0.conformanceCase.requirement.level == level && $0.wasJudged }
      guard !cases.isEmpty else { return nil }
      let met = cases.count { !$0.verdict.isProblem && $0.verdict != .unsupported }
      return """
        <tr><th scope=row>\(level.rawValue.uppercased())<td>\(bar(RunResult.verdictCounts(cases)))<td class=n>\(met) of \(cases.count)
        """
    }
    return "<table class=levels><caption class=vh>Cases in order, by level of the requirement</caption><tbody>\(rows)</table>"
  }

  private static func problems(_ result: RunResult) -> Markup? {
    let problems = result.cases.filter(\.isProblem)
    guard !problems.isEmpty else { return nil }
    let rest = problems.count - maximumListedProblems
    let more: Markup = "<p class=more>and \(rest) more in <a href='#cases'>the table</a></p>"
    return """
      <section aria-labelledby=h-problems><h2 id=h-problems>What needs attention</h2>
      <ol class=problems>\(problems.prefix(maximumListedProblems).map(problem))</ol>\(rest > 0 ? more : nil)</section>
      """
  }

  private static func problem(_ result: CaseResult) -> Markup {
    let id = result.conformanceCase.id
    let badge: Markup = result.verdict.isProblem ? .badge(result.verdict) : closeBadge(result)
    return "<li><span>\(badge)</span><a href='#case/\(id)'>\(id)</a><span>\(result.problemWords)</span>"
  }

  private static func closeBadge(_ result: CaseResult) -> Markup {
    result.close.verdict.map { "<span class=note>close</span> \(.badge($0))" } ?? ""
  }

  private static func sectionTile(_ section: (name: String, cases: [CaseResult])) -> Markup {
    let problems = section.cases.count(where: \.isProblem)
    let judged = section.cases.count(where: \.wasJudged)
    let state = problems > 0 ? "\(problems) of \(section.cases.count) to look at" : judged == 0 ? "not run" : counted(judged, "case")
    return """
      <li><a href='#section/\(section.name)'>\(section.name)</a><span class=n>\(state)</span>\(bar(RunResult.verdictCounts(section.cases)))</li>
      """
  }

  /// A bar with a segment for each verdict, wide enough to be seen, described in words.
  static func bar(_ counts: [(verdict: Verdict, count: Int)]) -> Markup {
    let total = max(1, counts.reduce(0) { $0 + $1.count })
    let (width, least) = (1000, 14)
    let spread = width - least * counts.count
    var x = 0
    let segments = counts.map { verdict, count -> Markup in
      let length = least + spread * count / total
      defer { x += length }
      return "<rect class='v-\(verdict.rawValue)' x=\(x) width=\(length - 3) height=10 />"
    }
    let words = counts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
    return "<svg class=bar viewBox='0 0 1000 10' preserveAspectRatio=none role=img aria-label='\(words)'>\(segments)</svg>"
  }
}

extension CaseResult {
  /// The verdict whose colour the case bears where only one is shown: of its ending when that alone is the matter.
  var tone: Verdict { verdict.isProblem || !isProblem ? verdict : close.verdict?.tone ?? verdict }

  /// Why the case needs attention: of its verdict, or of its ending when that alone is the matter.
  var problemWords: String { verdict.isProblem || !isProblem ? citedWhy : close.why }
}
