import HTTPParse
import ProtocolTesting
import Testing

@Suite("Rows")
struct RowTests {
  @Test("F39: a request row has its outcome, however it is cut (above 4 KiB: a sample of cuts)", arguments: WireRow.requests)
  func requests(row: WireRow) { check(row, parser: RequestParser()) }

  @Test("F39: a response row has its outcome, however it is cut (above 4 KiB: a sample of cuts)", arguments: WireRow.responses)
  func responses(row: WireRow) { check(row, parser: row.responseParser()) }

  @Test("all rows were read")
  func counts() {
    print("rows: \(WireRow.requests.count) of requests, \(WireRow.responses.count) of responses")
    #expect(WireRow.requests.count == 287)
    #expect(WireRow.responses.count == 70)
    #expect((WireRow.requests + WireRow.responses).allSatisfy { !$0.octets.isEmpty && !$0.expectations.isEmpty })
  }

  @Test(
    "a leniency turns its rows into what it promises, and without it they stay refused",
    arguments: (WireRow.requests + WireRow.responses).filter { $0.expected("with") != nil })
  func leniency(row: WireRow) throws {
    let words = try #require(row.expected("with")).split(separator: ": ", maxSplits: 1)
    let flag = try #require(HTTPLeniencies.named[String(words[0])])
    let lenient = run(row, leniencies: flag)
    #expect(lenient.failure == nil)
    for expectation in words[1].split(separator: ", ") { expect(String(expectation), of: lenient) }
    // A malformed field may also be skipped.
    #expect(run(row, leniencies: .all.subtracting([flag, .skipBadFields])).failure != nil)
  }

  @Test("no leniency makes a row dangerous, even all at once", arguments: WireRow.requests + WireRow.responses)
  func security(row: WireRow) {
    let strict = run(row, leniencies: [])
    let lenient = run(row, leniencies: .all)
    if strict.failure == nil { #expect(lenient == strict) }
    let never = row.expected("never")?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect(!never.contains(lenient.messages.count))
    if let name = row.expected("hides") {
      #expect((lenient.messages + [lenient.current]).allSatisfy { $0.fields.lines(named: name).isEmpty })
    }
  }

  private func run(_ row: WireRow, leniencies: HTTPLeniencies) -> MessageLog {
    row.isResponse
      ? log(row.responseParser(leniencies: leniencies), row.octets, endsInput: row.endsInput)
      : log(RequestParser(leniencies: leniencies), row.octets, endsInput: row.endsInput)
  }

  private func check(_ row: WireRow, parser: some TestedParser) {
    let whole = log(parser, row.octets, endsInput: row.endsInput)
    let ends = row.expected("ends")
    if let refused = row.expected("refused") {
      #expect(whole.failure == refused, "\(row.id) \(whole)")
      if row.expected("messages") == nil { #expect(whole.messages == []) }
    } else if ends == "noreuse", whole.failure != nil {
      #expect(whole.failure?.hasPrefix("unsolicited-response ") == true)
    } else {
      #expect(whole.failure == nil)
    }
    for expectation in row.expectations { expect(expectation, of: whole) }
    for delivery in [.whole] + Delivery.all(length: row.octets.count, samples: 32) {
      let other = log(parser, row.octets, endsInput: row.endsInput, by: delivery)
      #expect(other == whole, "\(row.id), \(delivery)")
    }
  }

  private func expect(_ expectation: String, of log: MessageLog) {
    let words = expectation.split(separator: " ", maxSplits: 1)
    let detail = words.count > 1 ? String(words[1]) : ""
    let first = log.messages.first ?? log.current
    switch words[0] {
    case "messages": #expect(log.messages.count == Int(detail), "\(log)")
    case "content":
      if detail.hasPrefix("length ") {
        #expect(first.content.count == Int(detail.dropFirst(7)))
      } else {
        #expect(first.content == Notation.octets(detail).octets)
      }
    case "field", "trailer":
      let parts = detail.split(separator: ":", maxSplits: 1)
      let section = words[0] == "field" ? first.fields : first.trailers
      let value = Array(section.values(of: String(parts[0])).joined(separator: Array(", ".utf8)))
      #expect(!section.lines(named: String(parts[0])).isEmpty)
      #expect(value == Notation.octets(parts.count > 1 ? String(parts[1].dropFirst()) : "").octets)
      if words[0] == "trailer" { #expect(first.fields.lines(named: String(parts[0])).isEmpty) }
    case "status": #expect(first.status == Int(detail))
    case "interim": #expect(first.interim == Int(detail))
    case "waits": #expect(log.messages == [] && log.failure == nil)
    case "ends":
      switch (detail, log.messages.last?.after) {
      case ("reuse", .continues), ("close", .closes), ("noreuse", .closes), ("tunnel", .handsOver): break
      case ("noreuse", .continues): #expect(log.failure != nil)
      default: Issue.record("ends \(log.messages.last?.after as Any) instead of \(detail)")
      }
    case "refused", "never", "hides", "with": break
    default: Issue.record("unknown expectation \(expectation)")
    }
  }
}

extension WireRow {
  /// A parser that knows what requests were sent.
  func responseParser(leniencies: HTTPLeniencies = [], times: Int = 1) -> ResponseParser {
    var parser = ResponseParser(leniencies: leniencies)
    for _ in 0..<times {
      for method in sent.isEmpty ? ["GET"] : sent where method != "none" {
        parser.requestSent(method: method == "UPGRADE" ? "GET" : method, offering: method == "UPGRADE" ? ["x-test"] : [])
      }
    }
    return parser
  }

  var isResponse: Bool { WireRow.responses.contains { $0.id == id } }
}

extension HTTPLeniencies {
  static let named: [String: HTTPLeniencies] = [
    "bareLF": .bareLF, "looseStartLine": .looseStartLine, "obsFold": .obsFold, "rawTarget": .rawTarget, "controlInValue": .controlInValue,
    "repeatedContentLength": .repeatedContentLength, "chunkSizeSpace": .chunkSizeSpace, "passUnknownCoding": .passUnknownCoding,
    "spaceBeforeColon": .spaceBeforeColon, "skipBadFields": .skipBadFields,
  ]
}
