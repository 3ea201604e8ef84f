package import FuzzModels
import WSProtocol

/// T04: the incremental UTF-8 validator against the table of RFC 3629 and against the standard library.
package enum TextEncodingProperty {
  /// What a text is, with the index of the first octet that cannot be part of one.
  package typealias Verdict = UTF8Model.Verdict

  /// Control octets: two seed the chunks.
  package static func check(
    _ octets: [UInt8], subject: ([[UInt8]]) -> Trace<Verdict> = validator
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    let seed = input.word()
    let text = input.payload
    let seen = try traceInEveryDelivery("T04", text, seed: seed, run: subject).events.first
    let due = UTF8Model.judge(text)
    guard seen == due else { throw OracleFailure("T04", .model, "\(seen.map { "\($0)" } ?? "nothing"), not \(due)") }
    let isText = String(validating: text, as: UTF8.self) != nil
    guard isText == (due == .complete) else {
      throw OracleFailure("T04", .agreement, "the standard library \(isText ? "accepts" : "refuses") what is \(due)")
    }
  }

  /// Runs the validator of `WSProtocol`.
  package static func validator(_ pieces: [[UInt8]]) -> Trace<Verdict> {
    var trace = Trace<Verdict>()
    var validator = UTF8Validator()
    var offset = 0
    for piece in pieces {
      if let index = validator.firstInvalid(in: piece.span) {
        trace.events.append(.invalid(at: offset + index))
        return trace
      }
      offset += piece.count
    }
    trace.events.append(validator.isComplete ? .complete : .unfinished)
    return trace
  }
}
