public import Conformance
import WSProtocol
import WireBytes

/// The canonical report: schema `wirecheck.run/1`, described in <doc:ReportSchema>.
///
/// Keys are sorted and the layout is fixed, so that one result always gives the same octets. Nothing a peer sent stands in it raw:
/// texts are escaped, octets are Base64.
public enum JSONReport {
  /// The name and version of the schema, the value of the key `schema`.
  public static let schema = "wirecheck.run/1"

  /// What to do with the fields that differ from run to run: `startedAt`, `durationMs` and `atMs`.
  public enum Times: Sendable {
    /// As measured.
    case measured
    /// All zero and the epoch, so that two runs can be compared octet by octet.
    case normalised
  }

  /// Returns the report in UTF-8.
  ///
  /// - Parameters:
  ///   - result: The run.
  ///   - toolVersion: The version of the tool that ran it.
  ///   - times: What to write into the time fields. Default: what was measured.
  public static func encode(_ result: RunResult, toolVersion: String, times: Times = .measured) -> [UInt8] {
    Encoder(result: result, toolVersion: toolVersion, times: times).document.encoded
  }

  /// Returns a list of cases in UTF-8: the keys of a report's `cases` that do not depend on a run.
  public static func encode(_ cases: [ConformanceCase]) -> [UInt8] {
    JSONValue.array(cases.map { .object($0.jsonMembers) }).encoded
  }
}

extension ConformanceCase {
  /// What a report says of the case whatever came of it.
  fileprivate var jsonMembers: [String: JSONValue] {
    [
      "id": .string(id),
      "aliases": ["autobahn": .string(orNull: autobahnID)],
      "title": .string(title),
      "purpose": .string(purpose),
      "rfc": .integer(requirement.rfc),
      "section": .string(requirement.section),
      "level": .string(requirement.level.rawValue),
      "stimulus": .strings(programWords),
      "expected": .strings(expectationWords),
    ]
  }
}

private struct Encoder {
  let result: RunResult
  let toolVersion: String
  let times: JSONReport.Times

  var document: JSONValue {
    [
      "schema": .string(JSONReport.schema),
      "tool": ["name": "wirecheck", "version": .string(toolVersion)],
      "target": [
        "url": .string(result.target.url), "agent": .string(result.target.agent), "address": .string(result.target.address),
        "options": .strings(result.target.options), "notes": .strings(result.target.notes),
      ],
      "startedAt": .string(times == .measured ? result.startedAt : "1970-01-01T00:00:00Z"),
      "durationMs": milliseconds(result.duration),
      "seed": .string("\(result.seed)"),
      "jobs": .integer(result.jobs),
      "exit": ["code": .integer(result.exit.code), "why": .string(result.exit.why)],
      "summary": summary,
      "redactions": .strings(result.redactions),
      "cases": .array(result.cases.map(object(for:))),
    ]
  }

  private var summary: JSONValue {
    var members: [String: JSONValue] = ["total": .integer(result.judgedCount)]
    for verdict in Verdict.allCases { members[verdict.rawValue] = .integer(result.count(of: verdict)) }
    let close = CloseVerdict.allCases.map { ($0.rawValue, JSONValue.integer(result.count(of: $0))) }
    members["close"] = .object(Dictionary(close) { _, last in last })
    return .object(members)
  }

  private func object(for result: CaseResult) -> JSONValue {
    let outcome: [String: JSONValue] = [
      "verdict": .string(result.verdict.rawValue),
      "reason": .string(orNull: result.reason?.rawValue),
      "severity": .string(orNull: result.severity?.rawValue),
      "why": .string(result.why),
      "requirement": .string(result.requirement.citation),
      "close": [
        "verdict": .string(orNull: result.close.verdict?.rawValue),
        "peerCode": result.close.peerCode.map(JSONValue.integer) ?? .null,
        "peerReason": .string(EscapedText.utf8(result.close.peerReason)),
        "why": .string(result.close.why),
      ],
      "observed": .strings(result.observed),
      "durationMs": milliseconds(result.duration),
      "runs": .strings(result.runs.map(\.rawValue)),
      "wireLog": .array(result.wireLog.map(object(for:))),
    ]
    return .object(result.conformanceCase.jsonMembers.merging(outcome) { _, own in own })
  }

  private func object(for entry: WireLogEntry) -> JSONValue {
    var members: [String: JSONValue] = ["atMs": milliseconds(entry.at)]
    switch entry.content {
    case .octets(let direction, let octets):
      members["kind"] = "octets"
      members["direction"] = .string(direction.rawValue)
      add(octets, to: &members)
    case .frame(let direction, let header, let payload, let violation):
      var headerOctets: [UInt8] = []
      header.encode(into: &headerOctets)
      members["kind"] = "frame"
      members["direction"] = .string(direction.rawValue)
      members["header"] = .base64(headerOctets)
      members["fin"] = .bool(header.isFinal)
      members["rsv"] = .integer(header.reservedBits.rawValue)
      members["opcode"] = .integer(header.opcode.rawValue)
      members["opcodeName"] = .string("\(header.opcode)")
      members["masked"] = .bool(header.maskingKey != nil)
      members["payloadLength"] = .integer(header.payloadLength)
      members["violation"] = .string(orNull: violation)
      add(payload, to: &members)
    case .connection(let text):
      members["kind"] = "connection"
      members["text"] = .string(text)
    case .timer(let text):
      members["kind"] = "timer"
      members["text"] = .string(text)
    case .omitted(let entries):
      members["kind"] = "omitted"
      members["entries"] = .integer(entries)
    }
    return .object(members)
  }

  private func add(_ octets: LoggedOctets, to members: inout [String: JSONValue]) {
    members["octets"] = .base64(octets.kept)
    members["totalOctets"] = .integer(octets.total)
  }

  private func milliseconds(_ duration: Duration) -> JSONValue {
    .number(times == .measured ? duration.millisecondsText : "0.000")
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}
