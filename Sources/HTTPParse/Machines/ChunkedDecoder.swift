/// Undoes the chunked transfer coding, strictly (RFC 9112 §7.1).
///
/// Content is handed on as ranges of the span given, never copied. Extensions are checked, counted and discarded; trailers are delivered
/// apart from the fields of the head, and never merged with them. The first failure is final.
public struct ChunkedDecoder: Sendable {
  /// What came of some octets.
  public enum Event: Sendable, Equatable {
    /// Content: these indices of the span given.
    case content(Range<Int>)
    /// The body is complete; the trailer section, which is often empty.
    case end(trailers: FieldSection)
  }

  private enum Phase {
    case size(digits: Int, value: Int)
    case extensions(ChunkExtensionRules, size: Int, bytes: Int)
    case lineFeed(size: Int, fault: HTTPParseError?)
    case data(remaining: Int)
    case dataCarriageReturn
    case dataLineFeed
    case trailers
    case ended
  }

  private let limits: HTTPLimits
  private let leniencies: HTTPLeniencies
  private let unfoldsTrailers: Bool
  private var phase = Phase.size(digits: 0, value: 0)
  private var trailerReader: HeadReader<RequestLineRules>?
  /// Whether plain chunk sizes are read at once; tests turn it off.
  var usesFastPaths = true
  private var extensionBytes = 0
  private var failure: HTTPParseError?
  /// The stream offset of the next octet.
  public private(set) var offset: Int

  /// Creates a decoder of one body.
  ///
  /// - Parameters:
  ///   - limits: How much is accepted.
  ///   - leniencies: What is accepted although it is not valid. Default nothing.
  ///   - unfoldsTrailers: Whether folded trailers are unfolded, as a client does, or refused. Default false.
  ///   - offset: The stream offset of the first octet it will receive, for error messages. Default 0.
  public init(limits: HTTPLimits = HTTPLimits(), leniencies: HTTPLeniencies = [], unfoldsTrailers: Bool = false, offset: Int = 0) {
    self.limits = limits
    self.leniencies = leniencies
    self.unfoldsTrailers = unfoldsTrailers
    self.offset = offset
  }

  /// Begins another body.
  mutating func begin(at offset: Int) {
    self.offset = offset
    phase = .size(digits: 0, value: 0)
    extensionBytes = 0
  }

  /// Takes octets, beginning at `index`, up to the next event.
  ///
  /// - Returns: The next event, or `nil` once `index` is at the end of the span or the body has ended.
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Event? {
    if let failure { throw failure }
    while index < octets.count {
      if usesFastPaths, takePlainFraming(octets, at: &index) { return .end(trailers: FieldSection()) }
      guard index < octets.count else { return nil }
      switch phase {
      case .ended: return nil
      case .data(let remaining):
        let count = min(remaining, octets.count - index)
        let range = index..<(index + count)
        index += count
        offset += count
        phase = remaining == count ? .dataCarriageReturn : .data(remaining: remaining - count)
        return .content(range)
      case .trailers:
        defer { offset = trailerReader?.offset ?? offset }
        do throws(HTTPParseError) {
          guard let lines = try trailerReader?.read(octets, at: &index) else { return nil }
          phase = .ended
          return .end(trailers: lines.fields)
        } catch {
          failure = error
          throw error
        }
      case .size, .extensions, .lineFeed, .dataCarriageReturn, .dataLineFeed:
        do throws(HTTPParseError) {
          try takeFraming(octets[index])
        } catch {
          failure = error
          throw error
        }
        index += 1
        offset += 1
      }
    }
    return nil
  }

  /// Notes that the peer will send nothing more.
  ///
  /// - Throws: `unexpected-eof` unless the body has ended.
  public mutating func endOfInput() throws(HTTPParseError) {
    if let failure { throw failure }
    if case .ended = phase { return }
    let error = fault(.unexpectedEOF, nil)
    failure = error
    throw error
  }

  private func fault(_ code: HTTPParseError.Code, _ octet: UInt8?) -> HTTPParseError { HTTPParseError(code, at: offset, octet: octet) }

  /// Takes framing that is whole and plain: the line end after data, a size of up to 15 digits alone on its line, the end without trailers.
  ///
  /// Takes nothing of what it does not know; says whether the body has ended.
  private mutating func takePlainFraming(_ octets: Span<UInt8>, at index: inout Int) -> Bool {
    var next = index
    defer {
      offset += next - index
      index = next
    }
    switch phase {
    case .dataCarriageReturn:
      guard Self.isLineEnd(octets, at: next) else { return false }
      next += 2
      phase = .size(digits: 0, value: 0)
    case .size(digits: 0, value: _): break
    case .size, .extensions, .lineFeed, .data, .dataLineFeed, .trailers, .ended: return false
    }
    var end = next
    var size = 0
    while end < octets.count, end - next < 16, let digit = Grammar.hexadecimalValue(octets[end]) {
      size = size &<< 4 | Int(digit)
      end += 1
    }
    guard (1...15).contains(end - next), Self.isLineEnd(octets, at: end) else { return false }
    next = end + 2
    if size > 0 {
      phase = .data(remaining: size)
    } else if Self.isLineEnd(octets, at: next) {
      next += 2
      phase = .ended
      return true
    } else {
      beginTrailers(at: offset + (next - index))
    }
    return false
  }

  private static func isLineEnd(_ octets: Span<UInt8>, at index: Int) -> Bool {
    index + 1 < octets.count && octets[index] == 0x0D && octets[index + 1] == 0x0A
  }

  private mutating func beginTrailers(at offset: Int) {
    trailerReader = HeadReader(trailersAt: offset, limits: limits, leniencies: leniencies, unfolds: unfoldsTrailers)
    phase = .trailers
  }

  private mutating func takeFraming(_ octet: UInt8) throws(HTTPParseError) {
    switch phase {
    case .size(let digits, let value): try takeSize(octet, digits: digits, value: value)
    case .extensions(let rules, let size, let bytes): try takeExtension(octet, rules: rules, size: size, bytes: bytes)
    case .lineFeed(let size, let held):
      guard octet == 0x0A else { throw fault(.chunkTerminator, octet) }
      if let held { throw held }
      if size > 0 {
        phase = .data(remaining: size)
      } else {
        beginTrailers(at: offset + 1)
      }
    case .dataCarriageReturn:
      guard octet == 0x0D else { throw fault(.chunkTerminator, octet) }
      phase = .dataLineFeed
    case .dataLineFeed:
      guard octet == 0x0A else { throw fault(.chunkTerminator, octet) }
      phase = .size(digits: 0, value: 0)
    case .data, .trailers, .ended: break
    }
  }

  private mutating func takeSize(_ octet: UInt8, digits: Int, value: Int) throws(HTTPParseError) {
    if let digit = Grammar.hexadecimalValue(octet) {
      guard digits < 16, value <= Int.max &>> 4 else { throw fault(.chunkSizeOverflow, octet) }
      phase = .size(digits: digits + 1, value: value &<< 4 | Int(digit))
      return
    }
    guard digits > 0 else { throw fault(.chunkSize, octet) }
    switch octet {
    case 0x0D: phase = .lineFeed(size: value, fault: nil)
    case 0x0A: throw fault(.chunkTerminator, octet)
    case 0x3B, 0x20, 0x09: try takeExtension(octet, rules: ChunkExtensionRules(), size: value, bytes: 0)
    default: throw fault(.chunkSize, octet)
    }
  }

  private mutating func takeExtension(
    _ octet: UInt8, rules: ChunkExtensionRules, size: Int, bytes: Int
  ) throws(HTTPParseError) {
    switch octet {
    case 0x0D:
      // Whether this CR ends a line, and so the line is malformed, or is a stray one, the next octet tells.
      let code = rules.faultAtEnd(spaceMayFollowSize: leniencies.contains(.chunkSizeSpace))
      phase = .lineFeed(size: size, fault: code.map { fault($0, octet) })
    case 0x0A: throw fault(.chunkTerminator, octet)
    default:
      var rules = rules
      if let code = rules.take(octet) { throw fault(code, octet) }
      extensionBytes += 1
      try check(bytes + 1, limits.maximumChunkExtensionBytes)
      try check(extensionBytes, limits.maximumMessageChunkExtensionBytes)
      phase = .extensions(rules, size: size, bytes: bytes + 1)
    }
  }

  private func check(_ actual: Int, _ limit: Int) throws(HTTPParseError) {
    guard actual > limit else { return }
    throw HTTPParseError(.limitChunkExtension, at: offset, limit: limit, actual: actual)
  }
}
