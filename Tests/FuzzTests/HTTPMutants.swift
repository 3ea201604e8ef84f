import FuzzModels
import HTTPParse

@testable import FuzzProperties

private let get = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8)
private let end = Array("\r\n".utf8)

let httpMutants: [Mutant] = [
  Mutant("T12", .model, "takes LF for a line end") { () throws(OracleFailure) in
    try RequestProperty.check(Array("GET / HTTP/1.1\nHost: a\n\n".utf8) + [0, 0, 0, 0]) { pieces, setting in
      var lenient = setting
      lenient.leniencies = .bareLF
      return RequestProperty.parser(pieces, lenient)
    }
  },
  Mutant("T12", .model, "does not see that the input ended") { () throws(OracleFailure) in
    try RequestProperty.check(get + [0, 0, 0, 2]) { pieces, _ in RequestProperty.parser(pieces, RequestProperty.Setting()) }
  },
  Mutant("T12", .splitInvariance, "looks at the last piece only") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0]) { pieces, setting in RequestProperty.parser(pieces.suffix(1), setting) }
  },
  Mutant("T12", .smuggling, "sees no end of a message when it is lenient") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0]) { pieces, setting in
      let run = RequestProperty.parser(pieces, setting)
      return setting.leniencies.isEmpty ? run : (changed(run.trace) { $0.events.removeLast() }, run.stoppedAt)
    }
  },
  Mutant("T12", .stickyError, "forgets its failure") { () throws(OracleFailure) in
    try RequestProperty.check(Array("GET  ".utf8) + [0, 0, 0, 0], subject: readWrongly(.forgetsFailure))
  },
  Mutant("T12", .silenceAfterEnd, "goes on after the last message") { () throws(OracleFailure) in
    try RequestProperty.check(get + Array("Connection: close\r\n\r\n".utf8) + get + end + [0, 0, 0, 0], subject: readWrongly(.goesOn))
  },
  Mutant("T12", .progress, "reports the same head for ever") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0], subject: readWrongly(.standsStill))
  },
  Mutant("T12", .progress, "leaves octets and waits") { () throws(OracleFailure) in
    try RequestProperty.check(get + [0, 0, 0, 0], subject: readWrongly(.leavesOctets))
  },
  Mutant("T12", .agreement, "counts an octet twice") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0], subject: readWrongly(.miscounts))
  },
  Mutant("T13", .model, "believes that every response has content") { () throws(OracleFailure) in
    let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".utf8)
    try ResponseProperty.check(response + [0, 0, 2, 0, 0]) { pieces, _ in
      ResponseProperty.parser(pieces, ResponseProperty.Setting(sent: [.init(method: "GET"), .init(method: "GET")]))
    }
  },
  Mutant("T13", .model, "has other limits") { () throws(OracleFailure) in
    let interims = (0..<3).flatMap { _ in Array("HTTP/1.1 100 x\r\n\r\n".utf8) }
    try ResponseProperty.check(interims + [0, 0, 0, 3, 0]) { pieces, setting in
      ResponseProperty.parser(pieces, ResponseProperty.Setting(sent: setting.sent))
    }
  },
  Mutant("T14", .model, "stops an octet late") { () throws(OracleFailure) in
    try ChunkProperty.check(Array("0\r\n\r\nmore".utf8) + [0, 0, 0, 0]) { pieces, setting in
      let run = ChunkProperty.decoder(pieces, setting)
      return (run.trace, run.stoppedAt.map { $0 + 1 })
    }
  },
  Mutant("T14", .model, "unfolds what it has to refuse") { () throws(OracleFailure) in
    try ChunkProperty.check(Array("0\r\nA: b\r\n c\r\n\r\n".utf8) + [0, 0, 0, 0]) { pieces, _ in
      ChunkProperty.decoder(pieces, ChunkProperty.Setting(unfolds: true))
    }
  },
]

/// A request parser with a fault of conduct.
private struct WrongReader: RequestReading {
  enum Fault {
    case forgetsFailure
    case goesOn
    case standsStill
    case leavesOctets
    case miscounts
  }

  let fault: Fault
  private var parser = RequestParser()
  private var head: RequestParser.Event?

  init(fault: Fault) { self.fault = fault }

  var offset: Int { parser.offset + (fault == .miscounts ? 1 : 0) }

  mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> RequestParser.Event? {
    if fault == .standsStill, let head { return head }
    do throws(HTTPParseError) {
      let event = try parser.receive(octets, at: &index)
      if case .head? = event { head = event }
      if fault == .goesOn, case .end(.closes)? = event { parser = RequestParser(offset: parser.offset) }
      if fault == .leavesOctets, event == nil, index > 0 { index -= 1 }
      return event
    } catch {
      if fault == .forgetsFailure { parser = RequestParser(offset: parser.offset) }
      throw error
    }
  }

  mutating func endOfInput() throws(HTTPParseError) { try parser.endOfInput() }
  mutating func resume() -> AfterMessage { parser.resume() }
}

private func readWrongly(_ fault: WrongReader.Fault) -> @Sendable ([[UInt8]], RequestProperty.Setting) -> RequestProperty.Run {
  { pieces, setting in RequestProperty.run(WrongReader(fault: fault), pieces, setting) }
}
