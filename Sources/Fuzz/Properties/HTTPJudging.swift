import FuzzModels
import HTTPParse

/// Limits so small that a fuzzer reaches them, in the words of the parser and of the model.
func httpLimits(_ choice: UInt8) -> (HTTPLimits, HTTPModel.Limits) {
  var limits = HTTPLimits()
  switch choice % 4 {
  case 1:
    limits.maximumRequestLineBytes = 24
    limits.maximumStatusLineBytes = 24
    limits.maximumFieldLineBytes = 32
    limits.maximumLeadingEmptyLines = 2
  case 2:
    limits.maximumFieldSectionBytes = 80
    limits.maximumFieldLines = 4
    limits.maximumTrailerSectionBytes = 24
    limits.maximumTrailerLines = 2
    limits.maximumListElements = 3
  case 3:
    limits.maximumHeadBytes = 96
    limits.maximumChunkExtensionBytes = 6
    limits.maximumMessageChunkExtensionBytes = 10
    limits.maximumInterimResponses = 2
  default: break
  }
  return (limits, modelLimits(limits))
}

/// The same limits in the words of the model.
func modelLimits(_ limits: HTTPLimits) -> HTTPModel.Limits {
  var model = HTTPModel.Limits()
  model.startLine = limits.maximumRequestLineBytes
  model.fieldLine = limits.maximumFieldLineBytes
  model.section = limits.maximumFieldSectionBytes
  model.fieldLines = limits.maximumFieldLines
  model.head = limits.maximumHeadBytes
  model.leadingEmptyLines = limits.maximumLeadingEmptyLines
  model.trailerSection = limits.maximumTrailerSectionBytes
  model.trailerLines = limits.maximumTrailerLines
  model.chunkExtension = limits.maximumChunkExtensionBytes
  model.messageExtensions = limits.maximumMessageChunkExtensionBytes
  model.listElements = limits.maximumListElements
  model.interims = limits.maximumInterimResponses
  return model
}

/// Lets a parser read `stream` in every delivery, and holds what it reported to what R4 finds in the same octets.
///
/// - Returns: What it reported.
@discardableResult
func judgeInEveryDelivery(
  _ property: String, _ stream: [UInt8], seed: UInt16, due: (events: [HTTPModel.Event], outcome: HTTPModel.Outcome), inputEnds: Bool,
  subject: (_ pieces: [[UInt8]]) -> RequestProperty.Run
) throws(OracleFailure) -> Trace<HTTPModel.Event> {
  var stoppedAt: Int?
  let seen = try traceInEveryDelivery(property, stream, seed: seed) { pieces in
    let run = subject(pieces)
    stoppedAt = run.stoppedAt
    return run.trace
  }
  try judge(property, seen: seen, stoppedAt: stoppedAt, due: due, inputEnds: inputEnds)
  return seen
}

/// Holds what a parser reported to what R4 finds in the same octets.
///
/// - Parameter stoppedAt: Where the parser stopped taking octets for good, if it did.
private func judge(
  _ property: String, seen: Trace<HTTPModel.Event>, stoppedAt: Int?, due: (events: [HTTPModel.Event], outcome: HTTPModel.Outcome),
  inputEnds: Bool
) throws(OracleFailure) {
  guard seen.events == due.events else {
    var expected = Trace<HTTPModel.Event>()
    expected.events = due.events
    throw OracleFailure(
      property, .model, difference(seen, expected) + "; the parser: \(seen.failure ?? "no failure"), the model: \(due.outcome)")
  }
  let fails = seen.failure != nil
  let isRight: Bool =
    switch due.outcome {
    case .idle: !fails
    case .inside: fails == inputEnds
    case .unsure: fails || !inputEnds
    case .stopped(let at): !fails && (stoppedAt ?? at) == at
    case .rejected(let isDue): fails || !(isDue || inputEnds)
    }
  guard isRight else {
    let words =
      "\(seen.failure ?? "no failure")\(stoppedAt.map { ", stopped at octet \($0)" } ?? "")\(inputEnds ? ", at the end of the input" : "")"
    throw OracleFailure(property, .model, "the parser: \(words); the model: \(due.outcome)")
  }
}

extension HTTPModel.Event {
  /// Content joined with what came right before it, so that it does not depend on the cuts.
  static func append(_ content: [UInt8], to events: inout [HTTPModel.Event]) {
    guard !content.isEmpty else { return }
    if case .content(let before)? = events.last {
      events[events.count - 1] = .content(before + content)
    } else {
      events.append(.content(content))
    }
  }
}

extension HTTPModel.End {
  init(_ after: AfterMessage) {
    self =
      switch after {
      case .continues: .continues
      case .closes: .closes
      case .handsOver: .handsOver
      }
  }
}

/// The fields of a section in the words of the model.
func modelFields(_ section: FieldSection) -> [HTTPModel.Field] {
  section.lines.map { HTTPModel.Field(name: Array($0.name), value: Array($0.value)) }
}
