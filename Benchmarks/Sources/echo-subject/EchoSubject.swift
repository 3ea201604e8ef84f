import Glibc
import Transport

/// The echo server that is measured: what comes is written back, with nothing but `Transport` in between.
@main
struct EchoSubject {
  static func main() throws {
    let arguments = Arguments(CommandLine.arguments.dropFirst())
    guard arguments.isThreaded else {
      let loop = try arguments.makeLoop()
      try serve(on: loop, arguments)
      try loop.run { false }
      return
    }
    let thread = try LoopThread(arguments.makeLoop())
    thread.perform { loop in
      do { try serve(on: loop, arguments) } catch { fatalError("\(error)") }
    }
    while true { pause() }
  }

  private static func serve(on loop: Loop, _ arguments: Arguments) throws {
    let echo = Echo()
    let listener: TCPListener
    if let identity = arguments.identity {
      let context = try TLSServerContext(TLSServerConfiguration(identity: identity))
      listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned loop] in
        _ = TLSStream(server: $0, context: context, on: loop, delegate: echo)
      }
    } else {
      listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = echo }
    }
    print(listener.localAddress.port)
    fflush(nil)
  }
}

/// What the server is to be.
struct Arguments {
  private(set) var identity: TLSIdentity?
  private(set) var isThreaded = false
  private var isPolling = false

  init(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let argument = rest.popFirst() {
      switch argument {
      case "--thread": isThreaded = true
      case "--poll": isPolling = true
      case "--tls":
        guard let certificate = rest.popFirst(), let key = rest.popFirst() else { Self.complain() }
        identity = TLSIdentity(certificateFile: certificate, keyFile: key)
      default: Self.complain()
      }
    }
  }

  func makeLoop() throws -> Loop { isPolling ? try Loop(poller: PollPoller()) : try Loop() }

  private static func complain() -> Never {
    print("usage: echo-subject [--thread] [--poll] [--tls CERTIFICATE KEY]")
    exit(2)
  }
}

/// One for all connections, so that their memory is that of the streams alone.
final class Echo: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { stream.write(octets.withUnsafeBufferPointer { Array($0) }) }
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
