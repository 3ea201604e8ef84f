import Connections
import HTTPParse
import Transport

/// An ``HTTPClientSession`` whose application is the test.
final class ClientDriver {
  var session: HTTPClientSession
  var now = Duration.zero
  private(set) var output: [UInt8] = []
  private(set) var log: [String] = []
  private(set) var failure: HTTPClientFailure?
  private(set) var leftover: [UInt8]?
  private(set) var lastHead: ResponseHead?
  /// Whether the connection was reusable when the last exchange had just ended.
  private(set) var wasReusableAtEnd: Bool?
  private(set) var contentOctets: [UInt8] = []

  init(_ limits: HTTPConnectionLimits = HTTPConnectionLimits()) { session = HTTPClientSession(limits: limits) }

  var text: String { String(decoding: output, as: UTF8.self) }
  var ending: HTTPClientSession.Ending? { session.ending }
  var deadline: Duration? { session.nextDeadline }
  var isReusable: Bool { session.isReusable }
  var isBusy: Bool { session.isBusy }
  var isContentWanted: Bool { session.isContentWanted }
  var isAwaitingContinue: Bool { session.isAwaitingContinue }
  var wantsInput: Bool { session.wantsInput }
  var exchangeCount: Int { session.exchangeCount }

  /// A request for `/`, to the host `a`.
  static func request(
    _ method: String = "GET", content: HTTPClientRequest.Content = .none, fields: [(String, String)] = []
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(method: method, target: "/", fields: section([("Host", "a")] + fields))
    request.content = content
    return request
  }

  func send(_ request: HTTPClientRequest = ClientDriver.request(), within limit: Duration? = nil) throws {
    try session.send(request, within: limit, now: now)
    collect()
  }

  func write(_ text: String) throws {
    try session.write(Array(text.utf8))
    collect()
  }

  func end() throws {
    try session.end()
    turn()
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

  func lose(_ reason: CloseReason = .localAbort) {
    if let event = session.connectionLost(reason) { note(event) }
  }

  func turn() {
    while let event = session.nextEvent(now: now) { note(event) }
    collect()
  }

  func pass(to time: Duration) {
    while let due = session.nextDeadline, due <= time {
      now = max(now, due)
      if let event = session.handleDeadline(now: now) { note(event) }
      turn()
      if session.nextDeadline == due { break }
    }
    now = time
  }

  private func collect() { for segment in session.takeOutput() { output += segment } }

  private func note(_ event: HTTPClientSession.Event) {
    switch event {
    case .interim(let head): log.append("interim \(head.status)")
    case .head(let head, _):
      lastHead = head
      log.append("\(head.status)")
    case .content(let octets):
      contentOctets += octets
      let piece = String(decoding: octets, as: UTF8.self)
      if let last = log.last, last.hasPrefix("+") { log[log.count - 1] = last + piece } else { log.append("+" + piece) }
    case .trailers(let trailers): log.append("trailers " + trailers.lines.map { String(decoding: $0.name, as: UTF8.self) }.joined())
    case .end:
      wasReusableAtEnd = isReusable
      log.append("end")
    case .switched(let leftover):
      self.leftover = leftover
      log.append("switched")
    case .failed(let failure):
      self.failure = failure
      log.append("failed \(failure.error.code == .message ? failure.error.message?.code.rawValue ?? "" : failure.error.code.rawValue)")
    }
  }
}
