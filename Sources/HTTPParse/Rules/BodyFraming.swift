/// How the content of a message is delimited, RFC 9112 §6.3.
public enum BodyFraming: Sendable, Equatable {
  /// There is no content.
  case none
  /// So many octets.
  case length(Int)
  /// Chunks; `codings` are the transfer codings under chunked, outermost last, which are not undone.
  case chunked(codings: [String])
  /// Everything until the connection closes, responses only; `codings` are the transfer codings, which are not undone.
  case untilClose(codings: [String])

  /// The framing of a request.
  ///
  /// - Throws: `te-http10`, `limit-list`, `transfer-coding`, `length-and-coding`, `transfer-coding-unsupported`, `content-length` or
  ///   `content-length-conflict`. All make the rest of the connection unreadable.
  public init(
    of request: RequestHead, limits: HTTPLimits = HTTPLimits(), leniencies: HTTPLeniencies = []
  ) throws(HTTPParseError) {
    try self.init(of: request, maximumElements: limits.maximumListElements, leniencies: leniencies)
  }

  init(of request: RequestHead, maximumElements: Int, leniencies: HTTPLeniencies) throws(HTTPParseError) {
    let marks = request.fields.marks
    guard let place = request.fields.place(of: marks.transferEncoding) else {
      let length = try ContentLengthRules.length(
        in: request.fields, mayRepeat: leniencies.contains(.repeatedContentLength),
        maximumElements: maximumElements)
      self = length.map { .length($0) } ?? .none
      return
    }
    let codingLine = request.fields.line(at: place)
    if request.version < .http11 { throw HTTPParseError(.transferEncodingInHTTP10, at: codingLine.nameOffset) }
    if marks.contentLength.isEmpty, !marks.transferEncoding.isRepeated, maximumElements > 0,
      Keyword(request.fields.octets, request.fields.value(at: place)) == .chunked
    {
      self = .chunked(codings: [])
      return
    }
    let codings = try TransferCodings(request.fields, maximumElements: maximumElements)
    if let lengthLine = request.fields.firstLine(marks.contentLength) {
      throw HTTPParseError(.lengthAndCoding, at: max(lengthLine.nameOffset, codingLine.nameOffset))
    }
    let others = codings.names.dropLast()
    guard codings.endsInChunked else {
      let code = codings.areKnown ? HTTPParseError.Code.transferCoding : .transferCodingUnsupported
      throw HTTPParseError(code, at: codings.lastOffset)
    }
    guard others.isEmpty || leniencies.contains(.passUnknownCoding) else {
      throw HTTPParseError(.transferCodingUnsupported, at: codingLine.valueOffset)
    }
    self = .chunked(codings: Array(others))
  }

  /// The framing of a response to a request with the given method.
  ///
  /// Interim responses, 204, 304, answers to HEAD and successful answers to CONNECT have no content, whatever their fields say. A coding
  /// goes before a length.
  ///
  /// - Throws: `limit-list`, `transfer-coding`, `content-length` or `content-length-conflict`.
  public init(
    of response: ResponseHead, toMethod method: String, limits: HTTPLimits = HTTPLimits(), leniencies: HTTPLeniencies = []
  ) throws(HTTPParseError) {
    if response.hasNoContent(toMethod: method) {
      self = .none
      return
    }
    if !response.fields.marks.transferEncoding.isEmpty {
      let codings = try TransferCodings(response.fields, maximumElements: limits.maximumListElements)
      self = codings.endsInChunked ? .chunked(codings: codings.names.dropLast()) : .untilClose(codings: codings.names)
      return
    }
    do throws(HTTPParseError) {
      let length = try ContentLengthRules.length(in: response.fields, mayRepeat: true, maximumElements: limits.maximumListElements)
      self = length.map { .length($0) } ?? .untilClose(codings: [])
    } catch {
      guard leniencies.contains(.closeDelimitedOnBadLength), error.code != .limitList else { throw error }
      self = .untilClose(codings: [])
    }
  }
}

extension ResponseHead {
  /// Whether a response has no content by its status or the method it answers, RFC 9112 §6.3.
  func hasNoContent(toMethod method: String) -> Bool {
    switch status {
    case 100...199, 204, 304: true
    case 200...299: method == "HEAD" || method == "CONNECT"
    default: method == "HEAD"
    }
  }
}

/// The rules for Content-Length, RFC 9110 §8.6 and RFC 9112 §6.2.
enum ContentLengthRules {
  /// The length, or `nil` without the field.
  static func length(in fields: FieldSection, mayRepeat: Bool, maximumElements: Int) throws(HTTPParseError) -> Int? {
    let mark = fields.marks.contentLength
    if mark.isEmpty { return nil }
    if !mark.isRepeated, maximumElements > 0, let length = plainLength(fields.octets, fields.value(at: mark.first)) { return length }
    let pieces = try ListPieces.all(in: fields, mark, maximum: maximumElements)
    guard let first = pieces.first else { return nil }
    for piece in pieces {
      if let index = piece.octets.firstIndex(where: { !Grammar.isDigit($0) }) {
        throw HTTPParseError(.contentLength, at: piece.offset + (index - piece.octets.startIndex), octet: piece.octets[index])
      }
      if piece.octets.isEmpty { throw HTTPParseError(.contentLength, at: piece.offset) }
    }
    var length = 0
    for digit in first.octets {
      let (product, overflows) = length.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int(digit &- 0x30))
      if overflows || carries { throw HTTPParseError(.contentLength, at: first.offset) }
      length = sum
    }
    if let second = pieces.dropFirst().first(where: { !mayRepeat || $0.octets != first.octets }) {
      throw HTTPParseError(.contentLengthConflict, at: second.offset)
    }
    return length
  }

  /// The length in a value of one to 18 digits, as nearly all are; `nil` for others.
  private static func plainLength(_ octets: [UInt8], _ value: Range<Int>) -> Int? {
    guard (1...18).contains(value.count) else { return nil }
    var length = 0
    for index in value {
      guard Grammar.isDigit(octets[index]) else { return nil }
      length = length &* 10 &+ Int(octets[index] &- 0x30)
    }
    return length
  }
}

/// The pieces between the commas of a list, empty ones included.
enum ListPieces {
  /// The pieces of the list that the lines of a noted name make.
  static func all(in fields: FieldSection, _ mark: FieldMarks.Mark, maximum: Int) throws(HTTPParseError) -> [FieldElement] {
    var pieces: [FieldElement] = []
    try forEach(in: fields, mark, maximum: maximum) { piece, line in
      let offset = fields.line(at: line).streamOffset(ofValueIndex: piece.lowerBound)
      pieces.append(FieldElement(octets: fields.octets[piece], offset: offset))
    }
    return pieces
  }

  /// Calls `body` with the place of each piece in the octets of `fields`, without the white space around it, and that of its line.
  static func forEach(
    in fields: FieldSection, _ mark: FieldMarks.Mark, maximum: Int, _ body: (Range<Int>, Int) -> Void
  ) throws(HTTPParseError) {
    let octets = fields.octets
    var count = 0
    var next = fields.place(of: mark)
    while let line = next {
      let value = fields.value(at: line)
      var start = value.lowerBound
      while start <= value.upperBound {
        count += 1
        guard count <= maximum else {
          let offset = fields.line(at: line).streamOffset(ofValueIndex: start)
          throw HTTPParseError(.limitList, at: offset, limit: maximum, actual: count)
        }
        var end = start
        while end < value.upperBound, octets[end] != 0x2C { end += 1 }
        body(trimmed(start..<end, octets), line)
        start = end + 1
      }
      next = fields.place(of: mark, from: line + 1)
    }
  }

  /// `piece` without white space at its ends; where it is all white space, its end.
  private static func trimmed(_ piece: Range<Int>, _ octets: [UInt8]) -> Range<Int> {
    var start = piece.lowerBound
    var end = piece.upperBound
    while start < end, Grammar.isWhitespace(octets[start]) { start += 1 }
    while end > start, Grammar.isWhitespace(octets[end - 1]) { end -= 1 }
    return start..<end
  }
}
