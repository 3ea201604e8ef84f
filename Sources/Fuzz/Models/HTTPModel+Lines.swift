/// A fault, and whether all that a reader needs to see it is there.
struct Fault: Error {
  let stop: Stop
  let isDue: Bool

  static let inside = Fault(stop: .needsMore, isDue: false)
  static let unsure = Fault(stop: .unsure, isDue: false)
  static func rejected(isDue: Bool) -> Fault { Fault(stop: .rejected, isDue: isDue) }
}

extension HTTPModel {
  /// The octets of the line that begins at `at`, as far as it is there.
  struct Line {
    var content: [UInt8]
    /// Where the next line begins, or `nil` if the line's LF is not there.
    var next: Int?
    /// Whether its CR is there, so that the content is known.
    var isEnded: Bool
  }

  /// Finds the end of a line: CRLF and nothing else (RFC 9112 §2.2 with the strict defaults).
  func line() throws(Fault) -> Line {
    var index = at
    while index < octets.count {
      if octets[index] == 0x0A {
        guard quirk == .bareLF else { throw .rejected(isDue: true) }
        return Line(content: Array(octets[at..<index]), next: index + 1, isEnded: true)
      }
      if octets[index] == 0x0D {
        guard index + 1 < octets.count else { return Line(content: Array(octets[at..<index]), next: nil, isEnded: true) }
        guard octets[index + 1] == 0x0A else { throw .rejected(isDue: true) }
        return Line(content: Array(octets[at..<index]), next: index + 2, isEnded: true)
      }
      index += 1
    }
    return Line(content: Array(octets[at...]), next: nil, isEnded: false)
  }

  /// Reads one line by `rule`, which must take all of it, and moves to the next line.
  mutating func readLine<Value>(
    limit: Int, _ rule: (inout LineCursor) throws(Stop) -> Value
  ) throws(Fault) -> Value {
    let line = try line()
    guard line.content.count <= limit else { throw .rejected(isDue: line.next != nil) }
    var cursor = LineCursor(line.content, isWhole: line.isEnded)
    do throws(Stop) {
      let value = try rule(&cursor)
      try cursor.requireEnd()
      guard let next = line.next else { throw .needsMore }
      at = next
      return value
    } catch {
      throw Fault(stop: error, isDue: line.next != nil)
    }
  }

  /// Passes over empty lines before a start line; a CR at the end of the buffer is the beginning of one, and nothing has begun with it.
  mutating func skipEmptyLines() throws(Fault) {
    var skipped = 0
    while true {
      if octets[at...] == [0x0D] {
        at = octets.count
        return
      }
      let line = try line()
      guard line.content.isEmpty, line.isEnded else { return }
      guard skipped < limits.leadingEmptyLines else { throw .rejected(isDue: line.next != nil) }
      guard let next = line.next else { throw .inside }
      at = next
      skipped += 1
    }
  }

  /// Reads field lines up to and with the empty line after them.
  ///
  /// - Parameter headStart: Where the head begins, for its limit; `nil` for trailers.
  mutating func readFields(limits bounds: (section: Int, lines: Int), headStart: Int?) throws(Fault) -> [Field] {
    let sectionStart = at
    var lineStart = at
    var fields: [Field] = []
    while true {
      let line = try line()
      if line.content.isEmpty {
        guard line.isEnded, let next = line.next else { throw .inside }
        at = next
        return fields
      }
      // The limits count up to the last octet of a line: its own end, and the empty line, are not held against it.
      let soFar = at + line.content.count
      guard soFar - sectionStart <= bounds.section, headStart.map({ soFar - $0 <= limits.head }) ?? true else {
        throw .rejected(isDue: line.next != nil)
      }
      if let first = line.content.first, Grammar.isWhitespace(first) {
        // obs-fold: a user agent replaces it by a space, a server refuses it; before any field it belongs to nothing.
        guard !isRequest, let last = fields.indices.last, soFar - lineStart <= limits.fieldLine else {
          throw .rejected(isDue: line.next != nil)
        }
        let more = try readLine(limit: .max) { cursor throws(Stop) in
          Grammar.trimmed(try cursor.takeAll(where: Grammar.isFieldValueCharacter))
        }
        fields[last].value = Grammar.trimmed(fields[last].value + [0x20] + more)
        continue
      }
      guard fields.count < bounds.lines else { throw .rejected(isDue: line.next != nil) }
      lineStart = at
      let isLoose = quirk == .spaceBeforeColon
      fields.append(
        try readLine(limit: limits.fieldLine) { cursor throws(Stop) in
          let name = try cursor.token()
          if isLoose { try cursor.whitespace() }
          try cursor.take(0x3A)
          return Field(name: name, value: Grammar.trimmed(try cursor.takeAll(where: Grammar.isFieldValueCharacter)))
        })
    }
  }

  /// `method SP request-target SP HTTP-version`, RFC 9112 §3.
  mutating func readRequestLine() throws(Fault) -> [[UInt8]] {
    let start = at
    let octets = octets
    return try readLine(limit: min(limits.startLine, limits.head)) { cursor throws(Stop) in
      let method = try cursor.token()
      try cursor.take(0x20)
      let targetStart = start + cursor.index
      try Self.readTarget(&cursor, method: method)
      let target = Array(octets[targetStart..<start + cursor.index])
      try cursor.take(0x20)
      let version = try Self.readVersion(&cursor)
      return [method, target, version]
    }
  }

  /// The four forms of a target, each for its methods, RFC 9112 §3.2.
  private static func readTarget(_ cursor: inout LineCursor, method: [UInt8]) throws(Stop) {
    if method == Array("CONNECT".utf8) {
      let text: [UInt8]
      do throws(Stop) {
        text = try cursor.takeAll { $0 != 0x20 }
      } catch {
        throw error == .needsMore ? .unsure : error
      }
      guard let (_, port) = URLModel.readHostAndPort(text), case .some(.some) = port else { throw .rejected }
    } else if try cursor.peek() == 0x2F {
      try URLModel.readOriginForm(&cursor)
    } else if try cursor.peek() == 0x2A, method == Array("OPTIONS".utf8) {
      try cursor.take(0x2A)
    } else {
      _ = try URLModel.read(&cursor, asTarget: true)
    }
  }

  /// `HTTP-version`, RFC 9112 §2.3, its major number 1.
  private static func readVersion(_ cursor: inout LineCursor) throws(Stop) -> [UInt8] {
    for octet in "HTTP/1.".utf8 { try cursor.take(octet) }
    return Array("HTTP/1.".utf8) + [try cursor.takeOne(where: Grammar.isDigit)]
  }

  /// `HTTP-version SP status-code [ SP [ reason-phrase ] ]`, RFC 9112 §4; the second space may be missing with the phrase.
  mutating func readStatusLine() throws(Fault) -> [[UInt8]] {
    try readLine(limit: min(limits.startLine, limits.head)) { cursor throws(Stop) in
      let version = try Self.readVersion(&cursor)
      try cursor.take(0x20)
      var status = [try cursor.takeOne { (0x31...0x39).contains($0) }]
      status.append(try cursor.takeOne(where: Grammar.isDigit))
      status.append(try cursor.takeOne(where: Grammar.isDigit))
      guard try cursor.takeOptional(0x20) else { return [version, status, []] }
      return [version, status, try cursor.takeAll(where: Grammar.isFieldValueCharacter)]
    }
  }
}
