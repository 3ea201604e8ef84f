import Glibc
import Transport

/// A TCP socket outside any loop, bound to a free port of 127.0.0.1.
final class HeldSocket {
  let descriptor: Int32
  let address: SocketAddress

  /// Without a backlog nothing listens on the port.
  init(backlog: Int32? = nil) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var raw = sockaddr_in()
    raw.sin_family = sa_family_t(AF_INET)
    raw.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &raw) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(descriptor, address, length)
        _ = getsockname(descriptor, address, &length)
      }
    }
    self.descriptor = descriptor
    address = .loopbackIPv4(port: UInt16(bigEndian: raw.sin_port))
    if let backlog { _ = listen(descriptor, backlog) }
  }

  deinit { close(descriptor) }
}

/// An address at which nobody answers: a listener that accepts nothing, and whose queue is full.
final class SilentAddress {
  private let listener = HeldSocket(backlog: 0)
  private let loop: Loop
  private let queued: [TCPStream]

  init() throws {
    let loop = try Loop()
    let address = listener.address
    queued = (0..<2).map { _ in TCPStream.connect(to: address, on: loop, within: .seconds(86_400), delegate: Ignorer()) }
    self.loop = loop
  }

  var address: SocketAddress { listener.address }
}

/// A delegate that wants nothing.
final class Ignorer: ByteStreamDelegate {
  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}

/// A server that answers the first octets of each connection with the same ones and then ends it, or does nothing more.
final class Scripted: ByteStreamDelegate {
  private let answer: String
  private let ends: Bool
  private var listener: TCPListener?

  init(on loop: Loop, answering answer: String, ends: Bool) throws {
    self.answer = answer
    self.ends = ends
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [weak self] in $0.delegate = self }
  }

  deinit { listener?.close() }

  var address: SocketAddress { listener?.localAddress ?? .loopbackIPv4(port: 0) }

  func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
    if !answer.isEmpty { stream.write(Array(answer.utf8)) }
    if ends { stream.closeGracefully(within: .seconds(1)) }
  }
  func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
  func closed(_ stream: any ByteStream, reason: CloseReason) {}
}

/// A TLS server.
final class Secured {
  private var listener: TCPListener?

  init(on loop: Loop, _ identity: TLSIdentity) throws {
    let context = try TLSServerContext(TLSServerConfiguration(identity: identity))
    listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { [weak loop] stream in
      guard let loop else { return }
      _ = TLSStream(server: stream, context: context, on: loop, delegate: Ignorer())
    }
  }

  deinit { listener?.close() }

  var address: SocketAddress { listener?.localAddress ?? .loopbackIPv4(port: 0) }
}
