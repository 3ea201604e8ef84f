import Foundation
import HTTPParse
import ProtocolTesting
import Testing

/// The rows again, in company: what is before, after or missing changes only what it must.
@Suite("Rows in company")
struct RowCompanyTests {
  private static let first = Array("GET /first HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

  @Test("after another request a row has the same outcome, further on", arguments: WireRow.requests)
  func second(row: WireRow) {
    let alone = log(RequestParser(), row.octets, endsInput: row.endsInput)
    let second = log(RequestParser(), Self.first + row.octets, endsInput: row.endsInput)
    #expect(second.messages.first?.start == "GET /first HTTP/1.1 at 0")
    #expect(second.messages.dropFirst().map(Outcome.init) == alone.messages.map(Outcome.init))
    #expect(second.error?.code == alone.error?.code)
    #expect(second.error?.offset == alone.error.map { $0.offset + Self.first.count })
    #expect(second.error?.octet == alone.error?.octet)
    #expect(second.tunnel == alone.tunnel)
  }

  @Test("pipelined twice, an accepted row is its messages twice", arguments: WireRow.requests + WireRow.responses)
  func twice(row: WireRow) {
    guard !row.endsInput else { return }
    let once = run(row, row.octets)
    guard once.error == nil, once.current == MessageLog.Message(), once.messages.last?.after == .continues else { return }
    let twice = run(row, row.octets + row.octets, times: 2)
    #expect(twice.error == nil)
    #expect(twice.messages.map(Outcome.init) == (once.messages + once.messages).map(Outcome.init))
  }

  @Test("octets after a row do not change what came of it", arguments: WireRow.requests + WireRow.responses)
  func tail(row: WireRow) {
    guard !row.endsInput else { return }
    let alone = run(row, row.octets)
    let followed = run(row, row.octets + Array("\u{0}\u{1}tail".utf8))
    if alone.error != nil {
      #expect(followed == alone)
    } else if alone.current == MessageLog.Message() {
      #expect(followed.messages == alone.messages)
      if let tunnel = alone.tunnel { #expect(followed.tunnel == tunnel + Array("\u{0}\u{1}tail".utf8)) }
    }
  }

  @Test("a row that ends early has the messages so far and no others (above 300 octets: at 64 places)", arguments: WireRow.requests)
  func earlyEnd(row: WireRow) {
    let whole = log(RequestParser(), row.octets, endsInput: false)
    let step = row.octets.count <= 300 ? 1 : max(1, row.octets.count / 64)
    guard row.octets.count <= 20_000 else { return }
    for count in stride(from: 0, to: row.octets.count, by: step) {
      let early = log(RequestParser(), Array(row.octets[..<count]), endsInput: true)
      #expect(whole.messages.starts(with: early.messages), "first \(count)")
      if let error = early.error, error != whole.error {
        #expect(error == HTTPParseError(.unexpectedEOF, at: count))
      }
    }
  }

  @Test("a response that ends early is cut short or ended by the connection (above 300 octets: at 64 places)", arguments: WireRow.responses)
  func earlyEndOfResponse(row: WireRow) {
    let whole = log(row.responseParser(), row.octets, endsInput: row.endsInput)
    let step = row.octets.count <= 300 ? 1 : max(1, row.octets.count / 64)
    for count in stride(from: 0, to: row.octets.count, by: step) {
      let early = log(row.responseParser(), Array(row.octets[..<count]), endsInput: true)
      if let error = early.error, error != whole.error { #expect(error == HTTPParseError(.unexpectedEOF, at: count)) }
      for (message, complete) in zip(early.messages, whole.messages + [whole.current]) {
        #expect(message.fields == complete.fields)
        if case .untilClose = message.framing {
          #expect(complete.content.starts(with: message.content))
        } else {
          #expect(message == complete)
        }
      }
    }
  }

  private func run(_ row: WireRow, _ octets: [UInt8], times: Int = 1) -> MessageLog {
    row.isResponse
      ? log(row.responseParser(times: times), octets, endsInput: false) : log(RequestParser(), octets, endsInput: false)
  }

  /// A message without its place in the stream.
  private struct Outcome: Equatable {
    let start: Substring
    let fields: String
    let framing: BodyFraming?
    let content: [UInt8]
    let trailers: String
    let after: AfterMessage?

    init(_ message: MessageLog.Message) {
      start = message.start.prefix(upTo: message.start.range(of: " at ")?.lowerBound ?? message.start.endIndex)
      fields = words(message.fields)
      framing = message.framing
      content = message.content
      trailers = words(message.trailers)
      after = message.after
    }
  }
}
