import HTTPParse
import ProtocolTesting
import Testing

/// What a parser made of an input, in a form that does not depend on how the input was cut.
struct MessageLog: Equatable, CustomStringConvertible {
  struct Message: Equatable, CustomStringConvertible {
    var start = ""
    var status: Int?
    var interim = 0
    var fields = FieldSection()
    var framing: BodyFraming?
    var content: [UInt8] = []
    var trailers = FieldSection()
    var after: AfterMessage?

    var description: String { "\(start), \(words(fields)), \(content.count) octets, \(after.map { "\($0)" } ?? "unfinished")" }
  }

  var messages: [Message] = []
  var current = Message()
  var tunnel: [UInt8]?
  var error: HTTPParseError?

  /// The class of the failure and where it is.
  var failure: String? { error.map { "\($0.code.rawValue) at \($0.offset)" } }

  var description: String { "\(messages) \(failure ?? "")" }

  mutating func finish(_ after: AfterMessage) {
    current.after = after
    messages.append(current)
    current = Message()
  }
}

/// What the two parsers have in common for a test.
protocol TestedParser {
  var usesFastPaths: Bool { get set }
  mutating func step(_ octets: Span<UInt8>, at index: inout Int, log: inout MessageLog) throws(HTTPParseError) -> Bool
  mutating func finish(log: inout MessageLog) throws(HTTPParseError)
  /// Goes on after a declined upgrade.
  mutating func declineUpgrade()
}

extension RequestParser: TestedParser {
  mutating func step(_ octets: Span<UInt8>, at index: inout Int, log: inout MessageLog) throws(HTTPParseError) -> Bool {
    guard let event = try receive(octets, at: &index) else { return false }
    switch event {
    case .head(let head, let framing):
      log.current.start = "\(head.method) \(head.target.text) \(head.version) at \(head.offset)"
      log.current.fields = head.fields
      log.current.framing = framing
    case .content(let range): for index in range { log.current.content.append(octets[index]) }
    case .trailers(let trailers): log.current.trailers = trailers
    case .end(let after): log.finish(after)
    }
    return true
  }

  mutating func finish(log: inout MessageLog) throws(HTTPParseError) { try endOfInput() }

  mutating func declineUpgrade() { resume() }
}

extension ResponseParser: TestedParser {
  mutating func step(_ octets: Span<UInt8>, at index: inout Int, log: inout MessageLog) throws(HTTPParseError) -> Bool {
    guard let event = try receive(octets, at: &index) else { return false }
    take(event, octets, log: &log)
    return true
  }

  mutating func finish(log: inout MessageLog) throws(HTTPParseError) {
    if let event = try endOfInput() { take(event, [UInt8]().span, log: &log) }
  }

  mutating func declineUpgrade() {}

  private func take(_ event: Event, _ octets: Span<UInt8>, log: inout MessageLog) {
    switch event {
    case .interim: log.current.interim += 1
    case .head(let head, let framing):
      log.current.start = "\(head.version) \(head.status) \(String(decoding: head.reasonPhrase, as: UTF8.self)) at \(head.offset)"
      log.current.status = head.status
      log.current.fields = head.fields
      log.current.framing = framing
    case .content(let range): for index in range { log.current.content.append(octets[index]) }
    case .trailers(let trailers): log.current.trailers = trailers
    case .end(let after): log.finish(after)
    }
  }
}

/// Feeds `input` to a fresh parser, as it is delivered.
func log(_ parser: some TestedParser, _ input: [UInt8], endsInput: Bool, by delivery: Delivery = .whole) -> MessageLog {
  var parser = parser
  var log = MessageLog()
  do throws(HTTPParseError) {
    for piece in delivery.pieces(of: input) { try feed(piece.span, to: &parser, log: &log) }
    if endsInput { try parser.finish(log: &log) }
  } catch {
    log.error = error
    var index = 0
    #expect(throws: error, "a failure is final") { _ = try parser.step([0x47].span, at: &index, log: &log) }
  }
  return log
}

private func feed(_ piece: Span<UInt8>, to parser: inout some TestedParser, log: inout MessageLog) throws(HTTPParseError) {
  var index = 0
  while true {
    if log.tunnel != nil {
      #expect(try parser.step(piece, at: &index, log: &log) == false)
      for octet in index..<piece.count { log.tunnel?.append(piece[octet]) }
      return
    }
    guard try parser.step(piece, at: &index, log: &log) else {
      #expect(index == piece.count)
      return
    }
    switch log.messages.last?.after {
    case .handsOver(let handover) where log.current == MessageLog.Message():
      // A server that knows no other protocol; what a tunnel carries is kept.
      if handover == .upgrade, log.messages.last?.status == nil { parser.declineUpgrade() } else { log.tunnel = [] }
    case .continues, .closes, .handsOver, nil: break
    }
  }
}
