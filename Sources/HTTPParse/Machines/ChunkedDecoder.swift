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
    case lineFeed(size: Int, fault: HTTPParseError.Code?)
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
  package var usesFastPaths = true
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
  /// - Parameters:
  ///   - octets: The octets received.
  ///   - index: Where to begin, from 0 up to the count of `octets`.
  /// - Returns: The next event, or `nil` once `index` is at the end of the span or the body has ended.
  /// - Throws: The first fault, again on every later call.
  public mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Event? {
    precondition(index >= 0 && index <= octets.count, "the index is outside the span")
    if let failure { throw failure }
    while index < octets.count {
      if usesFastPaths, let event = takePlainFraming(octets, at: &index) { return event }
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
          guard let completion = try trailerReader?.read(octets, at: &index) else { return nil }
          phase = .ended
          return .end(trailers: completion.fields)
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

  /// What came of octets that were decoded in place.
  public struct Compaction: Sendable, Equatable {
    /// How many octets of content stand at the beginning of the span.
    public let content: Int
    /// How many octets of the span were taken: all, unless the body has ended.
    public let consumed: Int
    /// The trailer section if the body has ended.
    public let trailers: FieldSection?
  }

  /// Takes octets and leaves their content, without the framing, at the beginning of the same memory.
  ///
  /// The quickest way when a body is wanted in one piece. What is behind the content afterwards is undefined, but for the octets that were
  /// not consumed, which stay where they are.
  ///
  /// - Throws: A fault, unless content came before it; then the next call does.
  public mutating func decode(inPlace octets: inout MutableSpan<UInt8>) throws(HTTPParseError) -> Compaction {
    var index = 0
    var written = 0
    while true {
      if usesFastPaths, failure == nil, case .size(digits: 0, value: _) = phase {
        let start = index
        Self.compact(&octets, from: &index, to: &written)
        offset += index - start
      }
      do throws(HTTPParseError) {
        switch try receive(octets.span, at: &index) {
        case nil: return Compaction(content: written, consumed: index, trailers: nil)
        case .end(let trailers): return Compaction(content: written, consumed: index, trailers: trailers)
        case .content(let range):
          if range.lowerBound > written { Self.move(range, in: &octets, to: written) }
          written += range.count
        }
      } catch {
        guard written > 0 else { throw error }
        return Compaction(content: written, consumed: octets.count, trailers: nil)
      }
    }
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
  /// Takes nothing of what it does not know. Returns what follows, as far as it is there: content, or the end of the body.
  @inline(__always)
  private mutating func takePlainFraming(_ octets: Span<UInt8>, at index: inout Int) -> Event? {
    let start = index
    let isAfterData: Bool
    switch phase {
    case .dataCarriageReturn: isAfterData = true
    case .size(digits: 0, value: _): isAfterData = false
    case .size, .extensions, .lineFeed, .data, .dataLineFeed, .trailers, .ended: return nil
    }
    let plain = Self.withKernel(octets) { $0.framing(at: start, isAfterData: isAfterData) }
    guard let plain, plain.end > start else { return nil }
    switch plain.next {
    case .unknown:
      phase = .size(digits: 0, value: 0)
      index = plain.end
      offset &+= plain.end &- start
      return nil
    case .data(let size):
      let count = min(size, octets.count &- plain.end)
      phase = count == size ? .dataCarriageReturn : .data(remaining: size &- count)
      index = plain.end &+ count
      offset &+= index &- start
      return count > 0 ? .content(Range(from: plain.end, upTo: index)) : nil
    case .trailers:
      index = plain.end
      offset &+= plain.end &- start
      beginTrailers(at: offset)
      return nil
    case .end:
      index = plain.end
      offset &+= plain.end &- start
      phase = .ended
      return .end(trailers: FieldSection())
    }
  }

  private mutating func beginTrailers(at offset: Int) {
    trailerReader = HeadReader(trailersAt: offset, limits: limits, leniencies: leniencies, unfolds: unfoldsTrailers)
    trailerReader?.usesFastPaths = usesFastPaths
    phase = .trailers
  }

  private mutating func takeFraming(_ octet: UInt8) throws(HTTPParseError) {
    switch phase {
    case .size(let digits, let value): try takeSize(octet, digits: digits, value: value)
    case .extensions(let rules, let size, let bytes): try takeExtension(octet, rules: rules, size: size, bytes: bytes)
    case .lineFeed(let size, let held):
      guard octet == 0x0A else { throw fault(.chunkTerminator, octet) }
      if let held { throw HTTPParseError(held, at: offset - 1, octet: 0x0D) }
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
      phase = .lineFeed(size: size, fault: code)
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
