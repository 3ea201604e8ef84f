/// The transfer codings of a message, RFC 9112 §6.1 and §7.
struct TransferCodings {
  /// The names, lower-cased, parameters left out.
  private(set) var names: [String] = []
  /// The stream offset of the last coding.
  private(set) var lastOffset = 0

  /// Reads the list; chunked may stand in it once and without parameters.
  ///
  /// - Throws: `transfer-coding` or `limit-list`.
  init(_ fields: FieldSection, maximumElements: Int) throws(HTTPParseError) {
    let mark = fields.marks.transferEncoding
    var count = 0
    var next = fields.place(of: mark)
    while let line = next {
      var cursor = CodingCursor(fields, line: line)
      repeat {
        count += 1
        guard count <= maximumElements else { throw HTTPParseError(.limitList, at: cursor.offset, limit: maximumElements, actual: count) }
        cursor.skipWhitespace()
        if !cursor.isAtEndOfElement { try read(&cursor) }
      } while cursor.skip(0x2C)
      next = fields.place(of: mark, from: line + 1)
    }
    if names.isEmpty { throw HTTPParseError(.transferCoding, at: fields.firstLine(mark)?.valueOffset ?? 0) }
  }

  /// Whether the content ends where its chunks end.
  var endsInChunked: Bool { names.last == "chunked" }

  /// Whether all codings are registered ones, so that the fault is their order.
  var areKnown: Bool {
    names.allSatisfy { ["chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress"].contains($0) }
  }

  /// Reads `transfer-coding`, RFC 9110 §10.1.4; commas in quoted parameters do not end it.
  private mutating func read(_ cursor: inout CodingCursor) throws(HTTPParseError) {
    lastOffset = cursor.offset
    let malformed = HTTPParseError(.transferCoding, at: cursor.offset, octet: cursor.current)
    let name = cursor.name()
    guard ASCII.isToken(name) else { throw malformed }
    names.append(String(decoding: name.map(ASCII.lowercased), as: UTF8.self))
    if names.last == "chunked", cursor.current == 0x3B || names.dropLast().contains("chunked") { throw malformed }
    while cursor.skip(0x3B) { try cursor.skipParameter() }
    guard cursor.isAtEndOfElement else { throw cursor.fault }
  }
}

/// A cursor over the value of one Transfer-Encoding line; it moves only forward.
private struct CodingCursor {
  private let line: FieldLine
  private var index: Int

  init(_ fields: FieldSection, line: Int) {
    self.line = fields.line(at: line)
    index = self.line.value.startIndex
  }

  var current: UInt8? { index < line.value.endIndex ? line.value[index] : nil }

  var offset: Int { line.streamOffset(ofValueIndex: index) }

  var isAtEndOfElement: Bool { current == nil || current == 0x2C }

  var fault: HTTPParseError { HTTPParseError(.transferCoding, at: offset, octet: current) }

  mutating func skip(_ octet: UInt8) -> Bool {
    guard current == octet else { return false }
    index += 1
    return true
  }

  mutating func skipWhitespace() {
    while let octet = current, Grammar.isWhitespace(octet) { index += 1 }
  }

  /// Takes what stands before the parameters or the end of the element, without white space at its end.
  mutating func name() -> ArraySlice<UInt8> {
    let start = index
    while !isAtEndOfElement, current != 0x3B { index += 1 }
    return ASCII.trimmed(line.value[start..<index])
  }

  /// Skips `OWS transfer-parameter OWS`.
  mutating func skipParameter() throws(HTTPParseError) {
    skipWhitespace()
    try skipToken()
    skipWhitespace()
    guard skip(0x3D) else { throw fault }
    skipWhitespace()
    if skip(0x22) { try skipRestOfQuotedString() } else { try skipToken() }
    skipWhitespace()
  }

  private mutating func skipToken() throws(HTTPParseError) {
    let start = index
    while let octet = current, OctetClass.token.contains(octet) { index += 1 }
    guard index > start else { throw fault }
  }

  private mutating func skipRestOfQuotedString() throws(HTTPParseError) {
    while !skip(0x22) {
      _ = skip(0x5C)
      guard let octet = current, OctetClass.text.contains(octet) else { throw fault }
      index += 1
    }
  }
}
