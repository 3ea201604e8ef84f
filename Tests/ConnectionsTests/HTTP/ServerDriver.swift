import Connections
import HTTPParse

/// An ``HTTPServerSession`` whose application is the test.
final class ServerDriver {
  var session: HTTPServerSession
  var now = Duration.zero
  /// Everything written so far.
  private(set) var output: [UInt8] = []
  private(set) var log: [String] = []
  /// Called for every event, after it was logged.
  var on: (ServerDriver, HTTPServerSession.Event) throws -> Void = { _, _ in }
  /// Why a call in ``on`` was refused.
  private(set) var refusals: [HTTPConnectionError.Code] = []

  init(_ limits: HTTPConnectionLimits = HTTPConnectionLimits()) { session = HTTPServerSession(limits: limits, now: .zero) }

  var text: String { String(decoding: output, as: UTF8.self) }
  var ending: HTTPServerSession.Ending? { session.ending }
  var deadline: Duration? { session.nextDeadline }
  var wantsInput: Bool { session.wantsInput }
  var heldBytes: Int { session.heldBytes }
  var requestNumber: Int { session.requestNumber }

  /// The status codes of the answers, interim ones included, whose content does not begin like one.
  var statuses: [Int] {
    text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }.compactMap { Int($0.dropFirst(9).prefix(3)) }
  }

  func feed(_ text: String) { feed(Array(text.utf8)) }

  func feed(_ octets: [UInt8]) {
    session.receive(octets.span)
    turn()
  }

  func endInput() {
    session.endOfInput()
    turn()
  }

  /// Delivers what there is.
  func turn() {
    while let event = session.nextEvent(now: now) { note(event) }
    collect()
  }

  /// Lets time pass, with all deadlines on the way.
  func pass(to time: Duration) {
    while let due = session.nextDeadline, due <= time {
      now = max(now, due)
      if let event = session.handleDeadline(now: now) { note(event) }
      turn()
      // A deadline that was due and moved nothing would be due for ever.
      if session.nextDeadline == due { break }
    }
    now = time
  }

  func answer(_ status: Int = 200, _ content: String = "", fields: [(String, String)] = [], closing: Bool = false) throws {
    try session.respond(status: status, fields: section(fields), content: Array(content.utf8), closing: closing, now: now)
    collect()
  }

  func collect() { for segment in session.takeOutput() { output += segment } }

  private func note(_ event: HTTPServerSession.Event) {
    switch event {
    case .head(let head, _): log.append("\(head.method) \(head.target.text)")
    case .content(let octets):
      let piece = String(decoding: octets, as: UTF8.self)
      if let last = log.last, last.hasPrefix("+") { log[log.count - 1] = last + piece } else { log.append("+" + piece) }
    case .trailers(let trailers): log.append("trailers " + trailers.lines.map { String(decoding: $0.name, as: UTF8.self) }.joined())
    case .end: log.append("end")
    case .failed(let error): log.append("failed \(error.message?.code.rawValue ?? error.code.rawValue)")
    }
    do { try on(self, event) } catch let error as HTTPConnectionError { refusals.append(error.code) } catch {}
  }
}

/// Fields to be sent; those that could not be are left out.
func section(_ fields: [(String, String)]) -> FieldSection {
  FieldSection(fields.compactMap { try? FieldLine(name: $0.0, value: $0.1) })
}

/// The code of what `body` throws, or `nil`.
func refusal(_ body: () throws -> Void) -> HTTPConnectionError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? HTTPConnectionError)?.code
  }
}
