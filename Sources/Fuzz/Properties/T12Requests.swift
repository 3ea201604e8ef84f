package import FuzzModels
package import HTTPParse

/// T12: the request parser against R4, under every cut; what it accepts, lenient readers see alike.
package enum RequestProperty {
  /// Limits, and what is done besides feeding octets.
  package struct Setting: Sendable {
    package var limits = HTTPLimits()
    package var leniencies: HTTPLeniencies = []
    /// Whether an offered upgrade is declined.
    package var resumes = false
    /// Whether the end of the input is announced.
    package var inputEnds = false
  }

  /// What a parser reported, and where it stopped taking octets for good.
  package typealias Run = (trace: Trace<HTTPModel.Event>, stoppedAt: Int?)

  /// Control octets: one of choices, one for the limits, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], Setting) -> Run = parser
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let (limits, modelLimits) = httpLimits(input.octet())
    let seed = input.word()
    let stream = input.payload
    var setting = Setting(limits: limits, resumes: choices.next(), inputEnds: choices.next())
    let due = HTTPModel.requests(stream, limits: modelLimits, resumes: setting.resumes)
    let seen = try judgeInEveryDelivery("T12", stream, seed: seed, due: due, inputEnds: setting.inputEnds) { subject($0, setting) }

    // The smuggling canary: only what was accepted to its end counts.
    switch due.outcome {
    case .idle, .stopped: break
    case .inside, .unsure, .rejected: return
    }
    setting.leniencies = .all
    let lenient = subject([stream], setting)
    guard lenient.trace == seen else { throw OracleFailure("T12", .smuggling, "with all leniencies \(difference(lenient.trace, seen))") }
    for quirk in HTTPModel.Quirk.allCases {
      let other = HTTPModel.requests(stream, limits: modelLimits, resumes: setting.resumes, quirk: quirk)
      guard other.events == due.events else {
        var left = Trace<HTTPModel.Event>()
        var right = left
        left.events = other.events
        right.events = due.events
        throw OracleFailure("T12", .smuggling, "a peer with \(quirk): \(difference(left, right))")
      }
    }
  }

  /// Runs the parser of `HTTPParse`.
  package static func parser(_ pieces: [[UInt8]], _ setting: Setting) -> Run {
    run(RequestParser(limits: setting.limits, leniencies: setting.leniencies), pieces, setting)
  }

  /// Runs any reader of requests and holds each of its turns to the laws of conduct.
  package static func run(_ reader: some RequestReading, _ pieces: [[UInt8]], _ setting: Setting) -> Run {
    var run = Run(trace: Trace(), stoppedAt: nil)
    var parser = reader
    var base = 0
    do throws(HTTPParseError) {
      for piece in pieces {
        var index = 0
        while run.stoppedAt == nil {
          let before = index
          guard let event = try parser.receive(piece.span, at: &index) else { break }
          let end = note(event, piece, at: parser.offset, run: &run)
          if parser.offset != base + index {
            run.trace.note(.agreement, "it says octet \(parser.offset), and took \(base + index)")
          }
          if index == before, end == nil { run.trace.note(.progress, "\(event) took no octet") }
          if run.trace.breach != nil { return run }
          if let end { settle(end, &parser, setting, base + index, &run) }
        }
        if let stop = run.stoppedAt {
          checkSilence(&parser, piece, index, stop, &run)
        } else if index != piece.count {
          run.trace.note(.progress, "it waits with \(piece.count - index) octets not taken")
        }
        base += piece.count
      }
      if setting.inputEnds { try parser.endOfInput() }
    } catch {
      run.trace.failure = "\(error.code.rawValue) at \(error.offset)"
      checkStickiness(&parser, error, &run)
    }
    return run
  }

  /// What comes after the end of a message.
  private static func settle(
    _ end: AfterMessage, _ parser: inout some RequestReading, _ setting: Setting, _ offset: Int, _ run: inout Run
  ) {
    switch end {
    case .continues: break
    case .closes: run.stoppedAt = offset
    case .handsOver(let handover):
      guard setting.resumes else { return run.stoppedAt = offset }
      let next = parser.resume()
      if handover == .connect, next != .closes(.connectRefused) { run.trace.note(.silenceAfterEnd, "a refused tunnel \(next)") }
      if next != .continues { run.stoppedAt = offset }
    }
  }

  /// The event in the words of the model; returns the end of a message.
  private static func note(_ event: RequestParser.Event, _ piece: [UInt8], at offset: Int, run: inout Run) -> AfterMessage? {
    run.trace.boundaries.append(offset)
    switch event {
    case .head(let head, _):
      run.trace.events.append(
        .head(
          start: [Array(head.method.utf8), Array(head.target.octets), Array("\(head.version)".utf8)], fields: modelFields(head.fields),
          range: head.offset..<offset))
    case .content(let range): HTTPModel.Event.append(Array(piece[range]), to: &run.trace.events)
    case .trailers(let trailers): run.trace.events.append(.trailers(modelFields(trailers)))
    case .end(let after):
      run.trace.events.append(.end(HTTPModel.End(after)))
      return after
    }
    return nil
  }

  /// After a stop nothing is reported.
  private static func checkSilence(_ parser: inout some RequestReading, _ piece: [UInt8], _ index: Int, _ stop: Int, _ run: inout Run) {
    var next = index
    do throws(HTTPParseError) {
      if let event = try parser.receive(piece.span, at: &next) {
        run.trace.note(.silenceAfterEnd, "\(event) after the stop at octet \(stop)")
      }
    } catch {
      run.trace.note(.silenceAfterEnd, "\(error.code.rawValue) after the stop at octet \(stop)")
    }
  }

  /// After a failure there is the same again.
  private static func checkStickiness(_ parser: inout some RequestReading, _ error: HTTPParseError, _ run: inout Run) {
    let more = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    for _ in 0..<2 {
      var index = 0
      do throws(HTTPParseError) {
        let event = try parser.receive(more.span, at: &index)
        run.trace.note(.stickyError, "\(event.map { "\($0)" } ?? "nothing") after \(error.code.rawValue)")
      } catch let second {
        if second != error { run.trace.note(.stickyError, "\(second.code.rawValue) after \(error.code.rawValue)") }
      }
    }
  }
}

/// What a reader of requests can do, so that a test can put a wrong one in the place of the parser.
package protocol RequestReading {
  var offset: Int { get }
  mutating func receive(_ octets: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> RequestParser.Event?
  mutating func endOfInput() throws(HTTPParseError)
  mutating func resume() -> AfterMessage
}

extension RequestParser: RequestReading {}
