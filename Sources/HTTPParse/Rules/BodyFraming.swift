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
    let marks = request.fields.marks
    guard let codingLine = request.fields.firstLine(marks.transferEncoding) else {
      let length = try ContentLengthRules.length(
        in: request.fields, mayRepeat: leniencies.contains(.repeatedContentLength), limits: limits)
      self = length.map { .length($0) } ?? .none
      return
    }
    if request.version < .http11 { throw HTTPParseError(.transferEncodingInHTTP10, at: codingLine.nameOffset) }
    if marks.contentLength.count == 0, marks.transferEncoding.count == 1, Keyword(codingLine.value) == .chunked {
      self = .chunked(codings: [])
      return
    }
    let codings = try TransferCodings(request.fields.lines(marks.transferEncoding), limits: limits)
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
    let mark = response.fields.marks.transferEncoding
    if mark.count > 0 {
      let codings = try TransferCodings(response.fields.lines(mark), limits: limits)
      self = codings.endsInChunked ? .chunked(codings: codings.names.dropLast()) : .untilClose(codings: codings.names)
      return
    }
    do throws(HTTPParseError) {
      let length = try ContentLengthRules.length(in: response.fields, mayRepeat: true, limits: limits)
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
  static func length(in fields: FieldSection, mayRepeat: Bool, limits: HTTPLimits) throws(HTTPParseError) -> Int? {
    let mark = fields.marks.contentLength
    if mark.count == 0 { return nil }
    if mark.count == 1, let line = fields.firstLine(mark), (1...18).contains(line.value.count), line.value.allSatisfy(Grammar.isDigit),
      limits.maximumListElements > 0
    {
      return line.value.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
    }
    let pieces = try ListPieces.all(of: fields.lines(mark), limits: limits)
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
}

/// The transfer codings of a message, RFC 9112 §6.1 and §7.
struct TransferCodings {
  /// The names, lower-cased, parameters left out.
  let names: [String]
  /// The stream offset of the last coding.
  let lastOffset: Int

  /// Reads the list; chunked may stand in it once and without parameters.
  init(_ lines: FieldSection.MarkedLines, limits: HTTPLimits) throws(HTTPParseError) {
    let elements = try ListPieces.all(of: lines, limits: limits).filter { !$0.octets.isEmpty }
    guard let last = elements.last else { throw HTTPParseError(.transferCoding, at: lines.first { _ in true }?.valueOffset ?? 0) }
    var names: [String] = []
    for element in elements {
      let parameters = element.octets.firstIndex(of: 0x3B)
      let name = ASCII.trimmed(element.octets[..<(parameters ?? element.octets.endIndex)])
      guard ASCII.isToken(name) else { throw HTTPParseError(.transferCoding, at: element.offset, octet: element.octets.first) }
      names.append(String(decoding: name.map(ASCII.lowercased), as: UTF8.self))
      if names.last == "chunked", parameters != nil || names.dropLast().contains("chunked") {
        throw HTTPParseError(.transferCoding, at: element.offset)
      }
    }
    self.names = names
    lastOffset = last.offset
  }

  /// Whether the content ends where its chunks end.
  var endsInChunked: Bool { names.last == "chunked" }

  /// Whether all codings are registered ones, so that the fault is their order.
  var areKnown: Bool {
    names.allSatisfy { ["chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress"].contains($0) }
  }
}

/// The pieces between the commas of a list, empty ones included.
enum ListPieces {
  static func all(of lines: FieldSection.MarkedLines, limits: HTTPLimits) throws(HTTPParseError) -> [FieldElement] {
    var pieces: [FieldElement] = []
    try forEach(of: lines, limits: limits) { piece, line in
      pieces.append(FieldElement(octets: piece, offset: line.streamOffset(ofValueIndex: piece.startIndex)))
    }
    return pieces
  }

  /// Calls `body` with each piece, without the white space around it, and its line.
  static func forEach(
    of lines: FieldSection.MarkedLines, limits: HTTPLimits, _ body: (ArraySlice<UInt8>, FieldLine) -> Void
  ) throws(HTTPParseError) {
    var count = 0
    for line in lines {
      let value = line.value
      var start = value.startIndex
      while start <= value.endIndex {
        let end = value[start...].firstIndex(of: 0x2C) ?? value.endIndex
        count += 1
        guard count <= limits.maximumListElements else {
          throw HTTPParseError(.limitList, at: line.streamOffset(ofValueIndex: start), limit: limits.maximumListElements, actual: count)
        }
        body(ASCII.trimmed(value[start..<end]), line)
        start = end + 1
      }
    }
  }
}
