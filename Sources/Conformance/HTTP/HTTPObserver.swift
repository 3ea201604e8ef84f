import HTTPParse

/// Watches everything a server sends, frames the answers, judges each line with the rules, and never stops.
///
/// It shares the scanning and rule layers with the strict parser, but none of its machines: where a parser fails, the observer records the
/// violation, makes what sense there is of the rest and goes on. It has to know the methods of the requests, which frame the answers.
struct HTTPObserver: Sendable {
  private enum Place: Sendable {
    case statusLine
    case fieldLine
    case content(remaining: UInt64)
    case contentUntilEnd
    case chunkSize
    case chunkData(remaining: UInt64)
    case chunkEnd
    case trailerLine
    /// What follows is another protocol.
    case handedOver
  }

  private let methods: [String]
  private let beginsWithHTTP10: Bool
  private var place = Place.statusLine
  private var scanner = LineScanner(offset: 0)
  private var hasBareCR = false
  private var answer = ObservedAnswer()
  private var interims: [Int] = []
  /// Octets received so far.
  private(set) var receivedOctets: UInt64 = 0
  /// What is known so far.
  private(set) var exchange = HTTPExchange()

  /// Creates an observer of a server that is sent requests with these methods in order; those after them are taken for GET.
  init(methods: [String], beginsWithHTTP10: Bool) {
    self.methods = methods
    self.beginsWithHTTP10 = beginsWithHTTP10
  }

  /// Whether an interim answer to the next request has come.
  var hasInterim: Bool { !interims.isEmpty }

  /// Takes octets of the server.
  mutating func receive(_ octets: Span<UInt8>) {
    receivedOctets &+= UInt64(octets.count)
    var index = 0
    while index < octets.count {
      switch place {
      case .handedOver:
        exchange.strayOctets.append(octets.extracting(index...))
        return
      case .content(let remaining):
        let count = keep(octets, from: index, atMost: remaining)
        index += count
        place = .content(remaining: remaining - UInt64(count))
        if remaining == UInt64(count) { finishAnswer() }
      case .contentUntilEnd: index += keep(octets, from: index, atMost: .max)
      case .chunkData(let remaining):
        let count = keep(octets, from: index, atMost: remaining)
        index += count
        place = remaining == UInt64(count) ? .chunkEnd : .chunkData(remaining: remaining - UInt64(count))
      case .statusLine, .fieldLine, .chunkSize, .chunkEnd, .trailerLine:
        scan(octets[index])
        index += 1
      }
    }
  }

  /// Notes that the connection has ended.
  mutating func end(_ ending: TransportEnding) {
    exchange.ending = ending
    switch place {
    case .statusLine:
      recordStray(scanner.content)
      scanner.beginLine()
    case .contentUntilEnd: finishAnswer()
    case .handedOver: break
    case .fieldLine, .content, .chunkSize, .chunkData, .chunkEnd, .trailerLine:
      violate("ended the connection in the middle of an answer", section: "8")
      place = .handedOver
    }
  }

  /// Notes that a wait for an answer was in vain.
  mutating func noteMissedWait() { exchange.missedWait = true }

  /// What is known when the wait is over; a status line begun counts as stray octets, an answer begun as a violation.
  var finalExchange: HTTPExchange {
    var exchange = exchange
    switch place {
    case .statusLine: if !scanner.content.isEmpty { exchange.strayOctets.append(scanner.content.span) }
    case .fieldLine, .content, .contentUntilEnd, .chunkSize, .chunkData, .chunkEnd, .trailerLine:
      exchange.violations.append(HTTPViolation("did not end an answer, nor the connection", section: "6.3"))
    case .handedOver: break
    }
    return exchange
  }

  // MARK: Lines

  private mutating func scan(_ octet: UInt8) {
    switch scanner.scan(octet) {
    case .content, .held: break
    case .bareCarriageReturn: hasBareCR = true
    case .end(let ending):
      let line = scanner.content
      scanner.beginLine()
      if ending == .lf, isWithinAnswer(line) { violate("ended a line of an answer with a lone LF", section: "2.2") }
      if hasBareCR, isWithinAnswer(line) { violate("sent a CR within a line of an answer", section: "2.2") }
      hasBareCR = false
      take(line)
    }
  }

  private func isWithinAnswer(_ line: [UInt8]) -> Bool {
    if case .statusLine = place { statusLineStart(in: line) != nil } else { true }
  }

  private mutating func take(_ line: [UInt8]) {
    switch place {
    case .statusLine: beginAnswer(line)
    case .fieldLine: if line.isEmpty { endHead() } else { takeField(line) }
    case .chunkSize: takeChunkSize(line)
    case .chunkEnd:
      if !line.isEmpty { violate("sent a chunk that is longer than its size says", section: "7.1") }
      place = .chunkSize
    case .trailerLine: if line.isEmpty { finishAnswer() } else { judgeField(line, isFirst: true) }
    case .content, .contentUntilEnd, .chunkData, .handedOver: break
    }
  }

  /// Where in a line a status line may begin; octets before it belong to no answer.
  private func statusLineStart(in line: [UInt8]) -> Int? {
    let mark = Array("HTTP/".utf8)
    return line.indices.first { line[$0...].starts(with: mark) }
  }

  private mutating func beginAnswer(_ line: [UInt8]) {
    guard let start = statusLineStart(in: line) else { return recordStray(line + [0x0A]) }
    recordStray(line[..<start])
    let statusLine = Array(line[start...])
    if StatusLineRules().firstFault(in: statusLine) != nil {
      violate("sent a status line that is not valid", section: "4")
    }
    let scan = StatusLineScan(statusLine)
    answer = ObservedAnswer()
    answer.isHTTP10 = statusLine[scan.version].elementsEqual("HTTP/1.0".utf8)
    answer.status = scan.statusCode.flatMap { WireNumber.value(statusLine[$0]) }.flatMap(Int.init(exactly:)) ?? 0
    place = .fieldLine
  }

  private mutating func takeField(_ line: [UInt8]) {
    judgeField(line, isFirst: answer.fields.isEmpty)
    if let folded = answer.fields.indices.last, line[0] == 0x20 || line[0] == 0x09 {
      answer.fields[folded].value.append(0x20)
      answer.fields[folded].value += ASCII.trimmed(line[...])
      return
    }
    let scan = FieldLineScan(line)
    answer.fields.append(
      ObservedField(name: Array(ASCII.trimmed(line[scan.name])), value: scan.value.map { Array(line[$0]) } ?? []))
  }

  /// Judges a field or trailer line, which a sender must not fold though a client unfolds it.
  private mutating func judgeField(_ line: [UInt8], isFirst: Bool) {
    guard let fault = FieldLineRules(isFirst: isFirst, unfolds: false).firstFault(in: line) else { return }
    if fault.code == .obsFold {
      violate("folded a field line of an answer", section: "5.2")
    } else {
      violate("sent a field line that is not valid", section: "5")
    }
  }

  // MARK: Framing

  private mutating func endHead() {
    let method = exchange.answers.count < methods.count ? methods[exchange.answers.count] : "GET"
    let isInterim = (100...199).contains(answer.status)
    let isTunnel = method == "CONNECT" && (200...299).contains(answer.status)
    if isInterim || isTunnel || answer.status == 204 { judgeAbsenceOfFraming(isInterim: isInterim) }
    if isInterim, answer.status != 101 {
      interims.append(answer.status)
      place = .statusLine
    } else if isInterim || isTunnel {
      record()
      place = .handedOver
    } else if method == "HEAD" || answer.status == 204 || answer.status == 304 {
      finishAnswer()
    } else {
      beginContent()
    }
  }

  private mutating func judgeAbsenceOfFraming(isInterim: Bool) {
    let words = "sent \(isInterim ? "an interim answer" : "an answer \(answer.status)") with a length or a coding"
    if !answer.values(of: "Transfer-Encoding").isEmpty { violate(words, section: "6.1") }
    if !answer.values(of: "Content-Length").isEmpty { violate(words, section: "8.6", rfc: 9110) }
  }

  /// A coding goes before a length, RFC 9112 §6.3; equal lengths are read as one.
  private mutating func beginContent() {
    let lengths = answer.values(of: "Content-Length")
    if !answer.values(of: "Transfer-Encoding").isEmpty {
      if !lengths.isEmpty { violate("sent an answer with both a coding and a length", section: "6.2") }
      if beginsWithHTTP10, exchange.answers.isEmpty { violate("sent a coding in answer to a request of HTTP/1.0", section: "6.1") }
      let codings = answer.options(of: "Transfer-Encoding")
      if codings.isEmpty || codings.dropLast().contains("chunked") {
        violate("sent an answer whose transfer codings are not valid", section: "6.1")
      }
      place = codings.last == "chunked" ? .chunkSize : .contentUntilEnd
      return
    }
    place = .contentUntilEnd
    if lengths.isEmpty { return }
    if lengths.contains(where: { WireNumber.value($0) == nil }) { violate("sent an answer whose length is not valid", section: "6.3") }
    if lengths.count > 1 { violate("sent more than one length in an answer", section: "5.3", rfc: 9110) }
    let counts = answer.options(of: "Content-Length").map { WireNumber.value($0.utf8) }
    guard let first = counts.first, let count = first, counts.allSatisfy({ $0 == count }) else { return }
    place = .content(remaining: count)
    if count == 0 { finishAnswer() }
  }

  private mutating func takeChunkSize(_ line: [UInt8]) {
    let digits = line.prefix { WireNumber.value([$0], radix: 16) != nil }
    guard let size = WireNumber.value(digits, radix: 16), line.count == digits.count || [0x3B, 0x20, 0x09].contains(line[digits.count])
    else {
      violate("sent a chunk size that is not valid", section: "7.1")
      place = .contentUntilEnd
      return
    }
    if line.count > digits.count {
      var rules = ChunkExtensionRules()
      if !line[digits.count...].allSatisfy({ rules.take($0) == nil }) || rules.faultAtEnd(spaceMayFollowSize: false) != nil {
        violate("sent a chunk extension that is not valid", section: "7.1.1")
      }
    }
    place = size == 0 ? .trailerLine : .chunkData(remaining: size)
  }

  private mutating func keep(_ octets: Span<UInt8>, from index: Int, atMost limit: UInt64) -> Int {
    let available = octets.count - index
    let count = Int(exactly: limit).map { min($0, available) } ?? available
    for offset in index..<(index + min(count, max(0, ObservedAnswer.keptContentBytes - answer.content.count))) {
      answer.content.append(octets[offset])
    }
    answer.contentCount &+= UInt64(count)
    return count
  }

  private mutating func finishAnswer() {
    record()
    place = .statusLine
  }

  private mutating func record() {
    answer.interims = interims
    interims = []
    exchange.answers.append(answer)
  }

  private mutating func recordStray(_ octets: some Collection<UInt8>) {
    let octets = Array(octets)
    if !octets.isEmpty { exchange.strayOctets.append(octets.span) }
  }

  private mutating func violate(_ words: String, section: String, rfc: Int = 9112) {
    let violation = HTTPViolation(words, section: section, rfc: rfc)
    if !exchange.violations.contains(violation) { exchange.violations.append(violation) }
  }
}
