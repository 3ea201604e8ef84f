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

  @Option(help: ArgumentHelp("The address and port to listen on; port 0 chooses a free one.", valueName: "address:port"))
  var listen: String = "127.0.0.1:9001"

  @Option(
    help: ArgumentHelp(
      "A deliberate fault, to see a test fail: \(PeerFault.allCases.map(\.rawValue).joined(separator: ", ")). May be given several times.",
      valueName: "name"), transform: Self.fault)
  var fault: [PeerFault] = []

  @Option(help: ArgumentHelp("PEM file of the certificate to show, for wss; its issuers may follow in the file.", valueName: "file"))
  var cert: String?

  @Option(help: ArgumentHelp("PEM file of the key of --cert, without a passphrase.", valueName: "file"))
  var key: String?

  func run() throws {
    guard (cert == nil) == (key == nil) else { throw UsageFailure(description: "--cert and --key go together") }
    guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]),
      let address = SocketAddress.known(host: String(listen[..<colon]), port: port)?.first
    else {
      throw UsageFailure(description: "--listen \(listen): write ADDRESS:PORT, such as 127.0.0.1:9001 or [::1]:9001")
    }
    let loop = try Loop()
    do throws(TransportError) {
      var tls: TLSServerContext?
      if let cert, let key {
        tls = try TLSServerContext(TLSServerConfiguration(identity: TLSIdentity(certificateFile: cert, keyFile: key)))
      }
      // The servers live as long as they are held.
      var conforming: WebSocketServer?
      var faulty: PeerServer?
      if fault.isEmpty {
        conforming = try EchoServer.start(address, on: loop, tls: tls)
      } else {
        let faults = Set(fault)
        faulty = try PeerServer(address, on: loop, tls: tls) { _ in FaultyEchoMachine(faults: faults) }
      }
      defer {
        conforming?.close()
        faulty?.die()
      }
      Interruption.watch()
      Console.standardOutput(
        "echo server at \(tls == nil ? "ws" : "wss")://\(conforming?.localAddress ?? faulty?.localAddress ?? address)/")
      while Interruption.number == nil { try loop.turn(waitAtMost: .milliseconds(500)) }
    } catch {
      throw UsageFailure(description: "\(error)")
    }
  }

  @Sendable private static func fault(_ word: String) throws -> PeerFault {
    guard let fault = PeerFault(rawValue: word) else { throw ValidationError("there is no fault of this name") }
    return fault
  }
}
