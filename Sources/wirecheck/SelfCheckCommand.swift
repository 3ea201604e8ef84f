import ArgumentParser
import ConformancePeers
import Connections
import Transport

struct SelfCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-check", abstract: "Test wirecheck's own echo server, started in this process.")

  @OptionGroup var options: RunOptions

  func run() throws {
    let cases = try options.selectedCases()
    let directory = try options.reportDirectory()
    let loop = try Loop()
    let server = try EchoServer.start(.loopbackIPv4(port: 0), on: loop)
    defer { server.close() }
    var named = options
    named.agent = options.agent ?? "wirecheck echo server"
    let target = try TargetURL("ws://\(server.localAddress)/")
    try CaseRunCommand(options: named, target: target, loop: loop).run(cases, directory: directory)
  }
}
