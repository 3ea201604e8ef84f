import Glibc
import Transport

/// The echo server that is measured: what comes is written back, with nothing but `Transport` in between.
@main
struct EchoSubject {
  static func main() throws {
    let loop = try Loop()
    let echo = Echo()
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { $0.delegate = echo }
    print(listener.localAddress.port)
    fflush(nil)
    try loop.run { false }
  }
}

/// One for all connections, so that their memory is that of the streams alone.
final class Echo: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) { stream.write(octets.withUnsafeBufferPointer { Array($0) }) }
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}
