import ArgumentParser
import Transport

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Test a WebSocket server that echoes messages.",
    discussion: "Example: wirecheck test ws://localhost:9001 'ws/utf8/*' --out report")

  @Argument(help: "The server: ws://HOST[:PORT][/PATH], or wss:// for TLS.")
  var url: String

  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Connection options") var connection: ConnectionOptions

  func run() throws {
    let cases = try options.selectedCases()
    let target = try TargetURL(url, options: connection)
    let directory = try options.reportDirectory()
    try CaseRunCommand(options: options, target: target, loop: Loop()).run(cases, directory: directory)
  }
}
