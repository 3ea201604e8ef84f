import HTTPParse

/// Writes the content of one message by the framing that its head declared.
struct ContentWriter: Sendable {
  private enum Framing {
    /// So much is still due.
    case length(declared: Int, remaining: Int)
    case chunked
    case untilClose
    /// Content is described but not sent, as in answers to HEAD.
    case discarded
    /// There must be none.
    case forbidden
  }

  private var framing: Framing

  /// Writes content framed so.
  init(_ framing: BodyFraming) {
    self.framing =
      switch framing {
      case .none: .length(declared: 0, remaining: 0)
      case .length(let length): .length(declared: length, remaining: length)
      case .chunked: .chunked
      case .untilClose: .untilClose
      }
  }

  private init(_ framing: Framing) { self.framing = framing }

  /// Takes content and writes none of it.
  static let discarding = ContentWriter(.discarded)
  /// Takes no content.
  static let forbidding = ContentWriter(.forbidden)

  /// The octets to be sent for a piece of content; none for an empty piece.
  mutating func write(_ content: consuming [UInt8]) throws(HTTPConnectionError) -> [UInt8] {
    guard !content.isEmpty else { return [] }
    switch framing {
    case .length(let declared, let remaining):
      guard content.count <= remaining else {
        throw HTTPConnectionError(.contentTooLong, limit: declared, actual: declared - remaining + content.count)
      }
      framing = .length(declared: declared, remaining: remaining - content.count)
      return content
    case .chunked: return MessageSerializer.chunk(content)
    case .untilClose: return content
    case .discarded: return []
    case .forbidden: throw HTTPConnectionError(.contentNotAllowed)
    }
  }

  /// The octets that end the content.
  mutating func end(trailers: FieldSection) throws(HTTPConnectionError) -> [UInt8] {
    switch framing {
    case .length(let declared, let remaining) where remaining > 0:
      throw HTTPConnectionError(.contentTooShort, limit: declared, actual: declared - remaining)
    case .chunked:
      do throws(HTTPParseError) { return try MessageSerializer.lastChunk(trailers: trailers) } catch {
        throw HTTPConnectionError(.unsendable, message: error)
      }
    // Who has a peer of HTTP/1.0, or a request without content, need not know: trailers may be dropped (RFC 9110 §6.5.1).
    case .discarded, .untilClose: return []
    case .length, .forbidden:
      guard trailers.lines.isEmpty else { throw HTTPConnectionError(.contentNotAllowed) }
      return []
    }
  }
}
