package import FuzzModels
package import HTTPParse

/// T13: the response parser, told what was sent, against R4 under every cut.
package enum ResponseProperty {
  /// What was sent, the limits, and whether the end of the input is announced.
  package struct Setting: Sendable {
    package var sent: [HTTPModel.Sent] = []
    package var limits = HTTPLimits()
    package var inputEnds = false
  }

  private static let sendings: [[HTTPModel.Sent]] = [
    [.init(method: "GET")], [.init(method: "GET"), .init(method: "GET"), .init(method: "POST")],
    [.init(method: "HEAD"), .init(method: "GET")], [.init(method: "CONNECT"), .init(method: "GET")],
    [.init(method: "GET", offersUpgrade: ["x-test", "websocket"])], [], [.init(method: "HEAD"), .init(method: "HEAD")],
    [.init(method: "OPTIONS"), .init(method: "GET", offersUpgrade: ["websocket"])],
  ]

  /// Control octets: one of choices, one for the limits, one for what was sent, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], Setting) -> RequestProperty.Run = parser
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let (limits, modelLimits) = httpLimits(input.octet())
    let sent = sendings[Int(input.octet()) % sendings.count]
    let seed = input.word()
    let stream = input.payload
    let setting = Setting(sent: sent, limits: limits, inputEnds: choices.next())
    let due = HTTPModel.responses(stream, sent: sent, limits: modelLimits, inputEnds: setting.inputEnds)
    try judgeInEveryDelivery("T13", stream, seed: seed, due: due, inputEnds: setting.inputEnds) { subject($0, setting) }
  }

  /// Runs the parser of `HTTPParse`.
  package static func parser(_ pieces: [[UInt8]], _ setting: Setting) -> RequestProperty.Run {
    var run = RequestProperty.Run(trace: Trace(), stoppedAt: nil)
    var parser = ResponseParser(limits: setting.limits)
    for request in setting.sent { parser.requestSent(method: request.method, offering: request.offersUpgrade) }
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
          if let end, end != .continues { run.stoppedAt = base + index }
        }
        if let stop = run.stoppedAt {
          checkSilence(&parser, piece, index, stop, &run)
        } else if index != piece.count {
          run.trace.note(.progress, "it waits with \(piece.count - index) octets not taken")
        }
        base += piece.count
      }
      if setting.inputEnds, let event = try parser.endOfInput(), let end = note(event, [], at: parser.offset, run: &run) {
        if case .closes = end { run.stoppedAt = base } else { run.trace.note(.agreement, "the end of the input is followed by \(end)") }
      }
    } catch {
      run.trace.failure = "\(error.code.rawValue) at \(error.offset)"
      checkStickiness(&parser, error, &run)
    }
    return run
  }

  /// The event in the words of the model; returns the end of a message.
  private static func note(
    _ event: ResponseParser.Event, _ piece: [UInt8], at offset: Int, run: inout RequestProperty.Run
  ) -> AfterMessage? {
    run.trace.boundaries.append(offset)
    switch event {
    case .interim(let head): run.trace.events.append(.interim(status: head.status, range: head.offset..<offset))
    case .head(let head, _):
      run.trace.events.append(
        .head(
          start: [Array("\(head.version)".utf8), Array("\(head.status)".utf8), Array(head.reasonPhrase)], fields: modelFields(head.fields),
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
  private static func checkSilence(
    _ parser: inout ResponseParser, _ piece: [UInt8], _ index: Int, _ stop: Int, _ run: inout RequestProperty.Run
  ) {
    var next = index
    do throws(HTTPParseError) {
      if let event = try parser.receive(piece.span, at: &next) {
        run.trace.note(.silenceAfterEnd, "\(event) after the stop at octet \(stop)")
      }
    } catch {
      run.trace.note(.silenceAfterEnd, "\(error.code.rawValue) after the stop at octet \(stop)")
    }
  }

  /// After a failure there is the same again, also at the end of the input.
  private static func checkStickiness(_ parser: inout ResponseParser, _ error: HTTPParseError, _ run: inout RequestProperty.Run) {
    let more = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
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
