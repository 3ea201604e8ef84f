import ArgumentParser

/// The command; each subcommand has a file of its own.
struct Wirecheck: ParsableCommand {
  /// The version of the tool, as it stands in every report.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "wirecheck",
    abstract: "Conformance tests for WebSocket servers (RFC 6455).",
    discussion: """
      Exit codes: 0 ran to the end; 1 a MUST is broken (see --fail-on); 2 usage or configuration; 3 the target cannot be reached, \
      completes no opening handshake, or died; 5 a glob selected nothing; 6 internal error; 130/143 interrupted, the report is partial.
      """,
    version: version,
    subcommands: [TestCommand.self, SelfCheckCommand.self, ServeCommand.self, CasesCommand.self])
}
