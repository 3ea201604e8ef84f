/// Reads the content of one message by its framing.
struct BodyReader: Sendable {
  enum Step {
    case content(Range<Int>)
    case end(trailers: FieldSection?)
  }

  private enum Source {
    case length(remaining: Int)
    case chunked
    case untilClose
  }

  private var source = Source.length(remaining: 0)
  // Beside the source, not in it: a payload would be copied twice for each chunk.
  private var decoder: ChunkedDecoder
  private var contentBytes = 0
  private var excess: HTTPParseError?
  private let maximumContentBytes: Int

  /// Creates a reader of one content after the other.
  init(limits: HTTPLimits, leniencies: HTTPLeniencies, isResponse: Bool) {
    maximumContentBytes = limits.maximumContentBytes
    decoder = ChunkedDecoder(limits: limits, leniencies: leniencies, unfoldsTrailers: isResponse)
  }

  var usesFastPaths: Bool {
    get { decoder.usesFastPaths }
    set { decoder.usesFastPaths = newValue }
  }

  /// Begins content at stream offset `offset`.
  ///
  /// - Throws: `limit-content` when the declared length is too long.
  mutating func begin(_ framing: BodyFraming, offset: Int) throws(HTTPParseError) {
    switch framing {
    case .none: source = .length(remaining: 0)
    case .length(let length):
      guard length <= maximumContentBytes else {
        throw HTTPParseError(.limitContent, at: offset, limit: maximumContentBytes, actual: length)
      }
      source = .length(remaining: length)
    case .chunked:
      contentBytes = 0
      decoder.begin(at: offset)
      source = .chunked
    case .untilClose:
      contentBytes = 0
      source = .untilClose
    }
  }

  var endsWithConnection: Bool {
    if case .untilClose = source { true } else { false }
  }

  mutating func receive(_ octets: Span<UInt8>, at index: inout Int, offset: Int) throws(HTTPParseError) -> Step? {
    if let excess { throw excess }
    let start = index
    switch source {
    case .length(let remaining):
      if remaining == 0 { return .end(trailers: nil) }
      let count = min(remaining, octets.count - index)
      guard count > 0 else { return nil }
      source = .length(remaining: remaining - count)
      index += count
      return .content(start..<index)
    case .untilClose:
      guard index < octets.count else { return nil }
      index = octets.count
      return .content(try limited(start..<index, offset: offset))
    case .chunked:
      switch try decoder.receive(octets, at: &index) {
      case nil: return nil
      case .content(let range): return .content(try limited(range, offset: offset + (range.lowerBound - start)))
      case .end(let trailers): return .end(trailers: trailers)
      }
    }
  }

  /// The part of `range`, which is at stream offset `offset`, that the limit allows; the failure comes after it, at the first octet too
  /// many, however the input was cut.
  private mutating func limited(_ range: Range<Int>, offset: Int) throws(HTTPParseError) -> Range<Int> {
    let allowed = maximumContentBytes - contentBytes
    guard range.count > allowed else {
      contentBytes += range.count
      return range
    }
    let error = HTTPParseError(.limitContent, at: offset + allowed, limit: maximumContentBytes, actual: maximumContentBytes + 1)
    guard allowed > 0 else { throw error }
    excess = error
    contentBytes = maximumContentBytes
    return range.prefix(allowed)
  }
}
