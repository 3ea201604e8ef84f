public import Conformance

/// The report as one HTML file: offline, readable without script, nothing loaded from anywhere.
///
/// All of it is plain HTML; the script only adds filtering, keyboard use and copy buttons. A content security policy that names
/// the hashes of the one style sheet and the one script keeps everything else from running, should escaping ever fail.
public enum HTMLReport {
  /// Returns the document.
  ///
  /// - Parameters:
  ///   - result: The run.
  ///   - toolVersion: The version of the tool that ran it.
  public static func render(_ result: RunResult, toolVersion: String) -> String {
    Templates.page(
      title: "\(Overview.headline(result)) – \(result.target.url)",
      icon: Overview.tone(result) == .pass ? Templates.calmIcon : Templates.problemIcon,
      header: Overview.header(result),
      overview: Overview.section(result),
      cases: CaseTable.section(result),
      details: Markup(result.cases.map { CaseDetail.article($0, target: result.target) }),
      footer: footer(result, toolVersion: toolVersion)
    ).text
  }

  private static func footer(_ result: RunResult, toolVersion: String) -> Markup {
    let redactions: Markup =
      result.redactions.isEmpty
      ? "<p>Nothing was redacted.</p>"
      : "<p>Redacted in this report:</p><ul>\(result.redactions.map { "<li>\($0)</li>" as Markup })</ul>"
    return "<section aria-label='Redactions'>\(redactions)</section><p>wirecheck \(toolVersion), schema \(JSONReport.schema)</p>"
  }
}

extension Markup {
  /// The icon and word of a verdict.
  static func badge(_ verdict: Verdict) -> Markup { badge(verdict.rawValue, icon: verdict.rawValue) }

  /// The icon and word of a close verdict.
  static func badge(_ verdict: CloseVerdict) -> Markup { badge(verdict.rawValue, icon: verdict.tone.rawValue) }

  private static func badge(_ word: String, icon: String) -> Markup {
    "<span class='b v-\(icon)'><svg aria-hidden=true><use href='#i-\(icon)'/></svg>\(word)</span>"
  }

  /// A link to the section of the RFC.
  static func link(_ requirement: Requirement, text: String) -> Markup { "<a href='\(requirement.address)'>\(text)</a>" }
}

extension CloseVerdict {
  /// The verdict whose colour and icon the close verdict bears.
  var tone: Verdict {
    switch self {
    case .ok: .pass
    case .informational: .informational
    case .droppedByUs: .deviation
    case .unclean, .wrongCode, .failed: .fail
    }
  }
}
