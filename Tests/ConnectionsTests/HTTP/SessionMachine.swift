import Conformance
import ConformancePeers
import Connections
import HTTPParse
import Testing

/// An ``HTTPServerSession`` with an application that shows what it read, as ``HTTPEcho`` describes: the target of the server rows.
///
/// `/missing` and `/early` are answered when their head was read, every other target when the request is complete. It allows GET, HEAD,
/// POST and OPTIONS.
final class SessionMachine: PeerMachine {
  private var session: HTTPServerSession
  private var head: RequestHead?
  private var content: [UInt8] = []
  private var trailers = FieldSection()
  private(set) var failures: [HTTPConnectionError] = []

  private static let allowed = ["GET", "HEAD", "POST", "OPTIONS"]

  init(limits: HTTPConnectionLimits = HTTPConnectionLimits()) {
    session = HTTPServerSession(limits: limits, now: .zero)
    session.date = HTTPDate.text(secondsSince1970: 1_893_456_000)
  }

  var ending: PeerEnding? {
    switch session.ending {
    case nil: nil
    case .close, .handOver: .endOfFile
    case .abort: .reset
    }
  }

  var deadline: Duration? { session.nextDeadline }

  func receive(_ octets: Span<UInt8>, now: Duration) {
    session.receive(octets)
    serve(now: now)
  }

  func receivedEndOfFile(now: Duration) {
    session.endOfInput()
    serve(now: now)
  }

  func takeOutput() -> [[UInt8]] { session.takeOutput() }

  func handleDeadline(now: Duration) {
    if case .failed(let error) = session.handleDeadline(now: now) { failures.append(error) }
  }

  private func serve(now: Duration) {
    while let event = session.nextEvent(now: now) {
      switch event {
      case .head(let head, _):
        self.head = head
        content = []
        trailers = FieldSection()
        if isEarly { answer(now: now) }
      case .content(let piece): content += piece
      case .trailers(let trailers): self.trailers = trailers
      case .end: if !isEarly { answer(now: now) }
      case .failed(let error): failures.append(error)
      }
    }
  }

  private var isEarly: Bool { ["/missing", "/early"].contains(head?.target.text) }

  private func answer(now: Duration) {
    guard let head else { return }
    let isAllowed = Self.allowed.contains(head.method)
    let isKnown = isAllowed || ["PUT", "DELETE", "TRACE", "CONNECT", "PATCH"].contains(head.method)
    let status = head.target.text == "/missing" ? 404 : isAllowed ? 200 : isKnown ? 405 : 501
    var fields = [(HTTPEcho.request, "\(head.method) \(HTTPEcho.encode(head.target.octets))")]
    if !isEarly { fields.append((HTTPEcho.contentLength, "\(content.count)")) }
    if status == 405 || head.method == "OPTIONS" { fields.append(("Allow", Self.allowed.joined(separator: ", "))) }
    if status == 200 {
      fields += head.fields.lines.map { (HTTPEcho.field, Self.line($0)) }
      fields += trailers.lines.map { (HTTPEcho.trailer, Self.line($0)) }
    }
    let body = status == 200 ? content : []
    do {
      let lines = try fields.map { try FieldLine(name: $0.0, value: $0.1) }
      try session.respond(status: status, fields: FieldSection(lines), content: body, now: now)
    } catch {
      Issue.record(error)
    }
  }

  private static func line(_ line: FieldLine) -> String {
    HTTPEcho.encode(line.name) + ":" + (line.value.isEmpty ? "" : " " + HTTPEcho.encode(line.value))
  }
}
