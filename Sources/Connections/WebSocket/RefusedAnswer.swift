internal import HTTPParse
internal import WSHandshake

/// The answer of a server that did not open the connection, whose content says why; kept up to a limit (RFC 6455 §4.2.2 /5/).
struct RefusedAnswer: Sendable {
  let error: HandshakeError
  private(set) var content: [UInt8] = []
  private let maximumContentBytes: Int
  private var parser = ResponseParser()

  /// Begins behind the head in `error`; `nil` if there is none, or content that cannot be told from what follows it.
  init?(_ error: HandshakeError, maximumContentBytes: Int) {
    guard error.code == .refused, let head = error.response?.octets else { return nil }
    self.error = error
    self.maximumContentBytes = maximumContentBytes
    parser.requestSent(method: "GET", offering: ["websocket"])
    var index = 0
    guard case .head = try? parser.receive(head.span, at: &index) else { return nil }
  }

  /// Takes octets from `index` on.
  ///
  /// - Returns: Whether nothing more is to be read: the content has ended, is malformed, or is longer than what is kept.
  mutating func receive(_ octets: Span<UInt8>, at index: inout Int) -> Bool {
    do throws(HTTPParseError) {
      while let event = try parser.receive(octets, at: &index) {
        guard case .content(let range) = event else { return true }
        for place in range.prefix(maximumContentBytes - content.count) { content.append(octets[place]) }
        if content.count >= maximumContentBytes { return true }
      }
      return false
    } catch {
      return true
    }
  }
}
