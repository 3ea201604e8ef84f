/// The constant parts of the page.
enum Templates {
  /// Puts the parts together.
  static func page(
    title: String, icon: Markup, header: Markup, overview: Markup, cases: Markup, details: Markup, footer: Markup
  ) -> Markup {
    """
    <!doctype html>
    <html lang=en><head><meta charset=utf-8>
    <meta http-equiv=Content-Security-Policy content="\(policy)">
    <meta name=viewport content='width=device-width, initial-scale=1'><meta name=referrer content=no-referrer>
    <meta name=color-scheme content='light dark'>
    <title>\(title)</title>\(icon)
    <style>\(Markup(constant: styleSheet))</style></head>
    <body>\(symbols)
    <a class=skip href='#cases'>Skip to the cases</a>
    <div class=page>
    <header class=top>\(header)</header>
    <main>
    \(overview)
    \(cases)
    <section id=details aria-label='Case details'>
    \(details)</section>
    </main>
    <footer>\(footer)\(legend)</footer>
    </div>
    \(help)
    <script>\(Markup(constant: script))</script></body></html>

    """
  }

  /// Nothing is loaded and nothing runs but the style sheet and the script whose hashes these are; a test recomputes them.
  private static let policy: Markup = """
    default-src 'none'; style-src '\(Markup(constant: styleSheetHash))'; script-src '\(Markup(constant: scriptHash))'; \
    img-src data:; base-uri 'none'; form-action 'none'
    """

  /// The tab's icon when nothing needs attention.
  static let calmIcon: Markup = """
    <link rel=icon href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' \
    fill='%2314786a'/%3E%3Cpath d='M4.5 8.2l2.4 2.4 4.6-5' fill='none' stroke='%23fff' stroke-width='1.8'/%3E%3C/svg%3E">
    """

  /// The tab's icon when something needs attention.
  static let problemIcon: Markup = """
    <link rel=icon href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' \
    fill='%23b8321a'/%3E%3Cpath d='M5.3 5.3l5.4 5.4m0-5.4l-5.4 5.4' fill='none' stroke='%23fff' stroke-width='1.8'/%3E%3C/svg%3E">
    """

  /// The verdicts' icons: every one has a shape of its own.
  private static let symbols: Markup = """
    <svg class=vh aria-hidden=true><defs>
    <symbol id=i-pass viewBox='0 0 16 16'><path d='M3 8.5l3.4 3.4L13 4.6'/></symbol>
    <symbol id=i-pass-with-note viewBox='0 0 16 16'><path d='M2 9l2.8 2.8L10.5 5M12.6 12.2h1.6'/></symbol>
    <symbol id=i-deviation viewBox='0 0 16 16'><path d='M2.5 6.2c2-2 3.5-1.8 5.5-.2s3.5 1.8 5.5-.2M2.5 11.2c2-2 3.5-1.8 5.5-.2s3.5 1.8 5.5-.2'/></symbol>
    <symbol id=i-informational viewBox='0 0 16 16'><circle cx=8 cy=8 r=6 /><path d='M8 7.4v3.6M8 5v.2'/></symbol>
    <symbol id=i-fail viewBox='0 0 16 16'><path d='M4 4l8 8M12 4l-8 8'/></symbol>
    <symbol id=i-weak viewBox='0 0 16 16'><path d='M8 2.2l6 11H2zM8 6.6v3M8 11.4v.2'/></symbol>
    <symbol id=i-flaky viewBox='0 0 16 16'><path d='M2 11l3-6 3 6 3-6 3 6'/></symbol>
    <symbol id=i-inconclusive viewBox='0 0 16 16'><path d='M5.4 6a2.7 2.7 0 1 1 3.7 2.5C8.3 9 8 9.4 8 10.2M8 13v.2'/></symbol>
    <symbol id=i-unsupported viewBox='0 0 16 16'><circle cx=8 cy=8 r=5.6 /><path d='M4.1 4.1l7.8 7.8'/></symbol>
    <symbol id=i-not-run viewBox='0 0 16 16'><path d='M4 8h8'/></symbol>
    <symbol id=i-error viewBox='0 0 16 16'><path d='M5.2 2h5.6L14 5.2v5.6L10.8 14H5.2L2 10.8V5.2zM8 5v3.8M8 11v.2'/></symbol>
    </defs></svg>
    """

  private static let legend: Markup = """
    <p class=note>In wire logs payloads are shown unmasked. A frame's header stands before its payload: \
    <code class=dump><i>flags and opcode</i> <b>length</b> <u>masking key</u></code>. Handshake lines end in CR LF unless they show otherwise. \
    A star stands for repeated rows.</p>
    """

  private static let help: Markup = """
    <dialog id=help aria-labelledby=h-help><h2 id=h-help>Keyboard</h2><dl>
    <div><dt><kbd>/</kbd><dd>search</div><div><dt><kbd>j</kbd> <kbd>k</kbd><dd>next, previous case</div>
    <div><dt><kbd>Enter</kbd><dd>open the case</div><div><dt><kbd>Esc</kbd><dd>close it, leave the search</div>
    <div><dt><kbd>f</kbd><dd>problems only</div><div><dt><kbd>?</kbd><dd>this help</div></dl>
    <form method=dialog><button>Close</button></form></dialog>
    """
}
