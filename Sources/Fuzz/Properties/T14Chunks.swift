import FuzzModels
package import HTTPParse

/// T14: the chunked decoder alone against R4: content, trailers, caps, and the exact count of octets taken.
package enum ChunkProperty {
  /// Limits and what is done besides feeding octets.
  package struct Setting: Sendable {
    package var limits = HTTPLimits()
    package var unfolds = false
    package var inputEnds = false
  }

  /// Control octets: one of choices, one for the limits, two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: (_ pieces: [[UInt8]], Setting) -> RequestProperty.Run = decoder
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    var choices = Choices(input.octet())
    let (limits, modelLimits) = httpLimits(input.octet())
    let seed = input.word()
    let stream = input.payload
    let setting = Setting(limits: limits, unfolds: choices.next(), inputEnds: choices.next())
    let due = HTTPModel.chunkedBody(stream, limits: modelLimits, unfolds: setting.unfolds)
    try judgeInEveryDelivery("T14", stream, seed: seed, due: due, inputEnds: setting.inputEnds) { subject($0, setting) }
  }

  /// Runs the decoder of `HTTPParse`.
  package static func decoder(_ pieces: [[UInt8]], _ setting: Setting) -> RequestProperty.Run {
    var run = RequestProperty.Run(trace: Trace(), stoppedAt: nil)
    var decoder = ChunkedDecoder(limits: setting.limits, unfoldsTrailers: setting.unfolds)
    var base = 0
    do throws(HTTPParseError) {
      for piece in pieces {
        var index = 0
        while true {
          let before = index
          guard let event = try decoder.receive(piece.span, at: &index) else { break }
          run.trace.boundaries.append(base + index)
          if decoder.offset != base + index { run.trace.note(.agreement, "it says octet \(decoder.offset), and took \(base + index)") }
          if index == before { run.trace.note(.progress, "\(event) took no octet") }
          if let stop = run.stoppedAt { run.trace.note(.silenceAfterEnd, "\(event) after the end at octet \(stop)") }
          if run.trace.breach != nil { return run }
          switch event {
          case .content(let range): HTTPModel.Event.append(Array(piece[range]), to: &run.trace.events)
          case .end(let trailers):
            if !trailers.lines.isEmpty { run.trace.events.append(.trailers(modelFields(trailers))) }
            run.stoppedAt = base + index
          }
        }
        if run.stoppedAt == nil, index != piece.count {
          run.trace.note(.progress, "it waits with \(piece.count - index) octets not taken")
        }
        if let stop = run.stoppedAt, decoder.offset != stop { run.trace.note(.silenceAfterEnd, "it took octets after the end") }
        base += piece.count
      }
      if setting.inputEnds { try decoder.endOfInput() }
    } catch {
      run.trace.failure = "\(error.code.rawValue) at \(error.offset)"
      var index = 0
      do throws(HTTPParseError) {
        _ = try decoder.receive(Array("0\r\n\r\n".utf8).span, at: &index)
        run.trace.note(.stickyError, "no failure after \(error.code.rawValue)")
      } catch let second {
        if second != error { run.trace.note(.stickyError, "\(second.code.rawValue) after \(error.code.rawValue)") }
      }
    }
    return run
  }
}
