/// Reads the content of one message by its framing.
struct BodyReader: Sendable {
  enum Step {
    case content(Range<Int>)
    case end(trailers: FieldSection)
  }

  private enum Source {
    case length(remaining: Int)
    case chunked(ChunkedDecoder)
    case untilClose
  }

  private var source: Source
  private var contentBytes = 0
  private let maximumContentBytes: Int

  /// Creates a reader of content that begins at stream offset `offset`.
  ///
  /// - Throws: `limit-content` when the declared length is too long.
  init(_ framing: BodyFraming, limits: HTTPLimits, leniencies: HTTPLeniencies, isResponse: Bool, offset: Int) throws(HTTPParseError) {
    maximumContentBytes = limits.maximumContentBytes
    switch framing {
    case .none: source = .length(remaining: 0)
    case .length(let length):
      guard length <= maximumContentBytes else {
        throw HTTPParseError(.limitContent, at: offset, limit: maximumContentBytes, actual: length)
      }
      source = .length(remaining: length)
    case .chunked:
      source = .chunked(ChunkedDecoder(limits: limits, leniencies: leniencies, unfoldsTrailers: isResponse, offset: offset))
    case .untilClose: source = .untilClose
    }
  }

  var endsWithConnection: Bool {
    if case .untilClose = source { true } else { false }
  }

  mutating func receive(_ octets: Span<UInt8>, at index: inout Int, offset: Int) throws(HTTPParseError) -> Step? {
    switch source {
    case .length(let remaining):
      if remaining == 0 { return .end(trailers: FieldSection()) }
      let count = min(remaining, octets.count - index)
      source = .length(remaining: remaining - count)
      return take(count, at: &index)
    case .untilClose:
      let step = take(octets.count - index, at: &index)
      try checkContent(offset: offset)
      return step
    case .chunked(var decoder):
      defer { source = .chunked(decoder) }
      switch try decoder.receive(octets, at: &index) {
      case nil: return nil
      case .content(let range):
        contentBytes = contentBytes.addingReportingOverflow(range.count).partialValue
        try checkContent(offset: offset)
        return .content(range)
      case .end(let trailers): return .end(trailers: trailers)
      }
    }
  }

  private mutating func take(_ count: Int, at index: inout Int) -> Step? {
    guard count > 0 else { return nil }
    let range = index..<(index + count)
    index += count
    contentBytes = contentBytes.addingReportingOverflow(count).partialValue
    return .content(range)
  }

  private func checkContent(offset: Int) throws(HTTPParseError) {
    guard contentBytes <= maximumContentBytes else {
      throw HTTPParseError(.limitContent, at: offset, limit: maximumContentBytes, actual: contentBytes)
    }
  }
}
