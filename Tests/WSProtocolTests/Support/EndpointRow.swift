import ProtocolTesting
import Testing
import WSProtocol

/// What an endpoint does with the octets of its peer.
struct EndpointRow: CustomTestStringConvertible, Sendable {
  struct Failure: Sendable {
    var code: WSError.Code
    var offset: UInt64
    var closeCode: UInt16?
  }

  let testDescription: String
  let role: Role
  let input: [UInt8]
  var events: [Endpoint.Event] = []
  var failure: Failure?
  /// How many octets of the input have to arrive before the failure; `nil`: not looked at.
  var failsAfter: Int?
  var limits = WSLimits()

  /// A row that is accepted.
  init(_ name: String, _ input: [UInt8], to role: Role = .server, _ events: [Endpoint.Event]) {
    testDescription = name
    self.role = role
    self.input = input
    self.events = events
  }

  /// A row that fails; without an exception the endpoint answers with the Close code `closeCode`.
  init(
    _ name: String, _ input: [UInt8], to role: Role = .server, after events: [Endpoint.Event] = [], _ code: WSError.Code,
    at offset: UInt64 = 0, close closeCode: UInt16? = 1002, failsAfter: Int? = nil
  ) {
    self.init(name, input, to: role, events)
    failure = Failure(code: code, offset: offset, closeCode: closeCode)
    self.failsAfter = failsAfter
  }

  func limited(_ change: (inout WSLimits) -> Void) -> EndpointRow {
    var row = self
    change(&row.limits)
    return row
  }
}

/// Feeds the pieces at the same moment; a failure tells its code, its offset and the one Close frame that answered it.
func trace(_ pieces: [[UInt8]], to role: Role, limits: WSLimits = WSLimits()) -> ParseTrace<Endpoint.Event> {
  let endpoint = TestedEndpoint(role, limits: limits)
  var result = ParseTrace<Endpoint.Event>()
  for event in pieces.flatMap({ endpoint.receive($0) }) {
    if case .failed(let error) = event {
      if result.failure != nil { Issue.record("a second failure: \(error)") }
      let closes = endpoint.takeFrames().filter { $0.first == 0x88 }
      result.failure = failureWords(error.code, at: error.offset, closes: closes.map(\.closeCode))
    } else {
      if result.failure != nil { Issue.record("\(event) after a failure") }
      result.events.append(event)
    }
  }
  return result
}

/// A failure in words.
func failureWords(_ code: WSError.Code, at offset: UInt64, closes: [UInt16?]) -> String {
  "\(code) at \(offset), closes with \(closes.map { $0.map(String.init) ?? "no code" })"
}

/// Checks a row's outcome, every way of cutting it, every prefix, and how early it fails: at an endpoint and at a frame decoder.
func check(_ row: EndpointRow) {
  let expected = ParseTrace(
    events: row.events,
    failure: row.failure.map { failureWords($0.code, at: $0.offset, closes: $0.closeCode.map { [$0] } ?? []) })
  check(row, expected) { trace($0, to: row.role, limits: row.limits) }
  // A decoder has no clock and so no rate of control frames.
  if row.failure?.code != .tooManyControlFrames { check(row, expected) { decoderTrace($0, to: row.role, limits: row.limits) } }
}

private func check(
  _ row: EndpointRow, _ expected: ParseTrace<Endpoint.Event>, run: (_ pieces: [[UInt8]]) -> ParseTrace<Endpoint.Event>
) {
  #expect(run([row.input]) == expected)
  #expect(splitEverywhere(row.testDescription, row.input, run: run).map(\.description) == [])
  #expect(everyPrefix(row.testDescription, row.input, run: run).map(\.description) == [])
  if let count = row.failsAfter {
    #expect(run([Array(row.input[..<(count - 1)])]).failure == nil)
    #expect(run([Array(row.input[..<count])]).failure == expected.failure)
  }
}
