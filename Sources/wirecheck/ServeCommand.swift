import ArgumentParser
import ConformancePeers
import Connections
import Transport

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Be a server that others connect to.", subcommands: [ServeEchoCommand.self])
}

struct ServeEchoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo", abstract: "A conforming WebSocket echo server.",
    discussion: """
      On a loopback address only loopback names with the server's port are served, and pages of foreign origins are refused. \
      Ends with SIGINT or SIGTERM.
      """)

  @Option(help: "The address and port to listen on; port 0 chooses a free one.")
  var listen: String = "127.0.0.1:9001"

  func run() throws {
    guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]),
      let address = try SocketAddress.candidates(host: String(listen[..<colon]), port: port).first
    else {
      throw UsageFailure(description: "--listen \(listen): write ADDRESS:PORT, such as 127.0.0.1:9001 or [::1]:9001")
    }
    let loop = try Loop()
    do throws(TransportError) {
      let server = try EchoServer.start(address, on: loop)
      Interruption.watch()
      Console.standardOutput("echo server at ws://\(server.localAddress)/")
      while Interruption.number == nil { try loop.turn(waitAtMost: .milliseconds(500)) }
    } catch {
      throw UsageFailure(description: "\(error)")
    }
  }
}
