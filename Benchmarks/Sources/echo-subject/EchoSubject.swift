import Glibc
import Transport

/// The echo server that is measured: what comes is written back, with nothing but `Transport` in between.
@main
struct EchoSubject {
  static func main() throws {
    let arguments = Arguments(CommandLine.arguments.dropFirst())
    let loop = try Loop()
    let listener = try listen(on: loop, arguments)
    print(listener.localAddress.port)
    fflush(nil)
    try loop.run { false }
  }

  private static func listen(on loop: Loop, _ arguments: Arguments) throws -> TCPListener {
    let echo = Echo()
    guard let identity = arguments.identity else {
      return try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = echo }
    }
    let context = try TLSServerContext(TLSServerConfiguration(identity: identity))
    return try TCPListener(.loopbackIPv4(port: 0), on: loop) { [unowned loop] in
      _ = TLSStream(server: $0, context: context, on: loop, delegate: echo)
    }
  }
}

/// What the server is to be: `[--tls CERTIFICATE KEY]`.
struct Arguments {
  private(set) var identity: TLSIdentity?

  init(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let argument = rest.popFirst() {
      switch argument {
      case "--tls":
        guard let certificate = rest.popFirst(), let key = rest.popFirst() else { Self.complain() }
        identity = TLSIdentity(certificateFile: certificate, keyFile: key)
      default: Self.complain()
      }
    }
  }

  private static func complain() -> Never {
    print("usage: echo-subject [--tls CERTIFICATE KEY]")
    exit(2)
  }
}

/// One for all connections, so that their memory is that of the streams alone.
final class Echo: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { stream.write(octets.withUnsafeBufferPointer { Array($0) }) }
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
