import Connections
import HTTPParse
import Testing
import Transport

/// A TLS server whose connection ends with or without a word (LN-63).
@Suite("HTTP answers cut off under TLS", .timeLimit(.minutes(10)))
struct HTTPTruncationTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let answer: String
    /// What comes of it if the connection just ends, and if the server says so before (close_notify).
    let cutOff: String
    let ended: String

    init(_ name: String, _ answer: String, cutOff: String, ended: String) {
      (testDescription, self.answer, self.cutOff, self.ended) = (name, answer, cutOff, ended)
    }
  }

  static let rows = [
    Row("no octet", "", cutOff: "no-answer", ended: "no-answer"),
    Row("a part of a head", "HTTP/1.1 200 OK\r\nX", cutOff: "incomplete", ended: "incomplete"),
    Row("a length not reached", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", cutOff: "incomplete", ended: "incomplete"),
    Row(
      "chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", cutOff: "incomplete",
      ended: "incomplete"),
    Row("content that lasts until the connection ends", "HTTP/1.1 200 OK\r\n\r\nhello", cutOff: "incomplete", ended: "end"),
    Row("a complete answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", cutOff: "end", ended: "end"),
  ]

  @Test("an answer is complete only if it says so, or the server does", arguments: rows, [false, true])
  func truncation(row: Row, isEnded: Bool) throws {
    let loop = try Loop()
    let context = try TLSServerContext(TLSServerConfiguration(identity: HTTPLoopback.identity))
    var servers: [CuttingServer] = []
    let listener = try TCPListener(.loopbackIPv4(port: 0), on: loop) { stream in
      servers.append(CuttingServer(stream, context, on: loop, answer: Array(row.answer.utf8), saysEnd: isEnded))
    }
    defer { listener.close() }
    let plain = TCPStream.connect(to: listener.localAddress, on: loop, delegate: Ignoring())
    let stream = TLSStream(
      client: plain, context: try HTTPLoopback.clientContext(), host: "server.test", on: loop, delegate: Ignoring())
    let client = HTTPClientConnection(stream, on: loop)
    var outcomes: [String] = []
    var failure: HTTPClientFailure?
    var isClosed = false
    client.onClosed = { _ in isClosed = true }
    try client.send(HTTPClientRequest(target: "/", fields: section([("Host", "server.test")]))) { _, event in
      if case .end = event { outcomes.append("end") }
      if case .failed(let reason) = event {
        failure = reason
        outcomes.append(reason.error.code.rawValue)
      }
    }
    #expect(try loop.run(within: .seconds(10)) { isClosed })
    #expect(outcomes == [isEnded ? row.ended : row.cutOff], "\(String(describing: failure))")
    #expect(!client.isReusable && failure?.isSafeToRetry != true)
    if !isEnded, let failure {
      #expect(failure.error.closeReason?.error?.cause == .tls(.truncated), "\(failure)")
    }
  }

  private final class Ignoring: ByteStreamDelegate {
    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {}
    func receivedEndOfFile(from stream: any ByteStream) {}
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }

  /// Answers the first octets that come, and ends the connection.
  private final class CuttingServer: ByteStreamDelegate {
    private let lower: TCPStream
    private let answer: [UInt8]
    private let saysEnd: Bool
    private var stream: TLSStream?

    init(_ lower: TCPStream, _ context: TLSServerContext, on loop: Loop, answer: [UInt8], saysEnd: Bool) {
      (self.lower, self.answer, self.saysEnd) = (lower, answer, saysEnd)
      stream = TLSStream(server: lower, context: context, on: loop, delegate: self)
    }

    func received(_ octets: Span<UInt8>, from stream: any ByteStream) {
      stream.writeNow(answer)
      // The lower stream ends in order either way; only the TLS stream would say so in TLS.
      if saysEnd { stream.closeGracefully(within: .seconds(1)) } else { lower.shutdownWrite() }
    }
    func receivedEndOfFile(from stream: any ByteStream) { stream.close() }
    func closed(_ stream: any ByteStream, reason: CloseReason) {}
  }
}
