extension HTTPModel {
  /// How content is delimited, RFC 9112 §6.3.
  enum Framing: Equatable {
    case length(Int)
    case chunked
    case untilClose
  }

  package static func values(_ name: String, in fields: [Field]) -> [[UInt8]] {
    fields.filter { Grammar.areSame($0.name, name) }.map(\.value)
  }

  /// Content-Length, RFC 9110 §8.6: one number in decimal digits that can be counted in 63 bits.
  private func length(in fields: [Field]) throws(Fault) -> Int? {
    let values = Self.values("Content-Length", in: fields)
    guard let first = values.first else { return nil }
    let pieces = quirk == .firstLength ? [first] : values.flatMap(Grammar.pieces)
    guard pieces.count <= limits.listElements, let piece = pieces.first else { throw .rejected(isDue: true) }
    // A server refuses a repetition; a client may take equal ones as one.
    guard isRequest ? pieces.count == 1 : pieces.allSatisfy({ $0 == piece }) else { throw .rejected(isDue: true) }
    guard !piece.isEmpty, piece.allSatisfy(Grammar.isDigit), let number = Int(String(decoding: piece, as: UTF8.self)) else {
      throw .rejected(isDue: true)
    }
    return number
  }

  /// The transfer codings in order, lower-cased, RFC 9112 §7; `nil` without the field.
  private func codings(in fields: [Field]) throws(Fault) -> [[UInt8]]? {
    let values = Self.values("Transfer-Encoding", in: fields)
    guard !values.isEmpty else { return nil }
    var codings: [[UInt8]] = []
    var pieces = 0
    for value in values {
      guard let list = CodingList(value) else { throw .rejected(isDue: true) }
      pieces += list.pieces
      codings += list.codings
    }
    guard pieces <= limits.listElements, !codings.isEmpty else { throw .rejected(isDue: true) }
    return codings
  }

  /// The framing of a request.
  func requestFraming(_ fields: [Field], isHTTP10: Bool) throws(Fault) -> Framing {
    if quirk == .lengthFirst, let length = try length(in: fields) { return .length(length) }
    guard let codings = try codings(in: fields) else { return .length(try length(in: fields) ?? 0) }
    let isChunked =
      quirk == .codingBySuffix
      ? codings.last.map { String(decoding: $0, as: UTF8.self).hasSuffix("chunked") } == true : codings == [Array("chunked".utf8)]
    guard !isHTTP10, Self.values("Content-Length", in: fields).isEmpty, isChunked else { throw .rejected(isDue: true) }
    return .chunked
  }

  /// The framing of a response that may have content.
  func responseFraming(_ fields: [Field]) throws(Fault) -> Framing {
    guard let codings = try codings(in: fields) else { return try length(in: fields).map(Framing.length) ?? .untilClose }
    let chunked = Array("chunked".utf8)
    guard codings.filter({ $0 == chunked }).count <= 1 else { throw .rejected(isDue: true) }
    return codings.last == chunked ? .chunked : .untilClose
  }

  /// Reads content and reports it; `false` if it goes on until the connection ends.
  mutating func readBody(_ framing: Framing) throws(Fault) -> Bool {
    switch framing {
    case .length(let length):
      let there = min(length, octets.count - at)
      report(Array(octets[at..<at + there]))
      at += there
      if there < length { throw .inside }
      return true
    case .untilClose:
      report(Array(octets[at...]))
      at = octets.count
      return false
    case .chunked:
      let trailers = try readChunks()
      if !trailers.isEmpty { events.append(.trailers(trailers)) }
      return true
    }
  }

  private mutating func report(_ content: [UInt8]) {
    guard !content.isEmpty else { return }
    if case .content(let before)? = events.last {
      events[events.count - 1] = .content(before + content)
    } else {
      events.append(.content(content))
    }
  }

  /// `*chunk last-chunk trailer-section CRLF`, RFC 9112 §7.1.
  mutating func readChunks() throws(Fault) -> [Field] {
    var extensions = 0
    while true {
      let start = at
      let (digits, size) = try readChunkLine()
      extensions += at - 2 - start - digits
      guard extensions <= limits.messageExtensions else { throw .rejected(isDue: true) }
      if size == 0 { return try readFields(limits: (limits.trailerSection, limits.trailerLines), headStart: nil) }
      let there = min(size, octets.count - at)
      report(Array(octets[at..<at + there]))
      at += there
      if there < size { throw .inside }
      if quirk == .chunkEndUnchecked {
        guard octets.count - at >= 2 else { throw .inside }
        at += 2
        continue
      }
      for octet: UInt8 in [0x0D, 0x0A] {
        guard at < octets.count else { throw .inside }
        guard octets[at] == octet else { throw .rejected(isDue: true) }
        at += 1
      }
    }
  }

  /// `chunk-size [ chunk-ext ] CRLF`; the number of digits and the size.
  private mutating func readChunkLine() throws(Fault) -> (digits: Int, size: Int) {
    if quirk == .extensionsToLF { return try readChunkLineToLF() }
    let limit = limits.chunkExtension
    let total = limits.messageExtensions
    return try readLine(limit: .max) { cursor throws(Stop) in
      var digits = 0
      var size = 0
      while let octet = try cursor.peek(), let digit = Grammar.hexValue(octet) {
        _ = try cursor.takeOne { _ in true }
        digits += 1
        let shifted = size.multipliedReportingOverflow(by: 16)
        guard digits <= 16, !shifted.overflow else { throw .rejected }
        size = shifted.partialValue + digit
      }
      guard digits > 0 else { throw .rejected }
      do throws(Stop) {
        while try !cursor.isAtEnd() {
          try cursor.whitespace()
          try cursor.take(0x3B)
          try cursor.whitespace()
          _ = try cursor.token()
          // The white space before "=" or the next ";" must lead to one of them.
          let before = cursor.index
          try cursor.whitespace()
          if try cursor.takeOptional(0x3D) {
            try cursor.whitespace()
            if try cursor.peek() == 0x22 { _ = try cursor.quotedString() } else { _ = try cursor.token() }
          } else if cursor.index > before, try cursor.peek() != 0x3B {
            throw .rejected
          }
        }
      } catch {
        // A line that is not whole may be too long already.
        if error == .needsMore, cursor.index - digits > min(limit, total) { throw .unsure }
        throw error
      }
      guard cursor.index - digits <= limit else { throw .rejected }
      return (digits, size)
    }
  }

  /// As a reader does that looks for the LF only.
  private mutating func readChunkLineToLF() throws(Fault) -> (digits: Int, size: Int) {
    guard let lineFeed = octets[at...].firstIndex(of: 0x0A) else { throw .inside }
    let digits = octets[at..<lineFeed].prefix { Grammar.hexValue($0) != nil }
    guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { throw .rejected(isDue: true) }
    at = lineFeed + 1
    return (digits.count, size)
  }
}
