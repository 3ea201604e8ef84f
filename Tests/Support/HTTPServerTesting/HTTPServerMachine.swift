import Conformance
public import ConformancePeers
import HTTPParse

/// A small HTTP/1.1 server without I/O: the target that the rows are run against, on ``HTTPParse/RequestParser`` and
/// ``HTTPParse/MessageSerializer``.
///
/// It shows what it read, as ``HTTPEcho`` describes. `/missing` and `/early` are answered before their content is read, every other target once
/// it was. It allows GET, HEAD, POST and OPTIONS, refuses what the parser refuses and then closes, and is strict about time.
public struct HTTPServerMachine: PeerMachine {
  private struct Request {
    var head: RequestHead
    var content: [UInt8] = []
    var trailers = FieldSection()
    var isAnswered = false
  }

  private let faults: Set<ServerFault>
  private var parser = RequestParser()
  private var request: Request?
  private var output: [[UInt8]] = []
  private var giveUpAt: Duration
  private var isHeadBegun = false
  private var isClosed = false
  private var answerCount = 0

  /// How long a head, or a pause within content, may take.
  private static let requestTimeout = Duration.seconds(10)
  /// How long the connection may be idle.
  private static let idleTimeout = Duration.seconds(60)
  private static let allowed = ["GET", "HEAD", "POST", "OPTIONS"]

  /// How the connection is to be dropped.
  public var ending: PeerEnding? { isClosed ? .endOfFile : nil }

  /// When the client has taken too long.
  public var deadline: Duration? { isClosed || faults.contains(.neverTimesOut) ? nil : giveUpAt }

  /// Creates the machine for a connection accepted at time zero.
  public init(faults: Set<ServerFault> = []) {
    self.faults = faults
    giveUpAt = Self.idleTimeout
  }

  /// Takes the octets to be written.
  public mutating func takeOutput() -> [[UInt8]] {
    defer { output = [] }
    return faults.contains(.answersReversed) ? output.reversed() : output
  }

  /// Takes octets of the client and answers.
  public mutating func receive(_ octets: Span<UInt8>, now: Duration) {
    guard !isClosed, !octets.isEmpty else { return }
    let received = ServerFault.rewrite(octets.indices.map { octets[$0] }, faults)
    if request != nil { giveUpAt = now + Self.requestTimeout }
    if request == nil, !isHeadBegun {
      isHeadBegun = true
      giveUpAt = now + Self.requestTimeout
    }
    var index = 0
    do throws(HTTPParseError) {
      while !isClosed, let event = try parser.receive(received.span, at: &index) { try take(event, received, at: index, now: now) }
    } catch {
      refuse(error.status)
    }
  }

  /// The client ended its direction.
  public mutating func receivedEndOfFile(now: Duration) {
    guard !isClosed else { return }
    do throws(HTTPParseError) {
      try parser.endOfInput()
      isClosed = true
    } catch {
      if faults.contains(.truncatedBodyAnswered), request != nil { answer(closing: true) } else { refuse(error.status) }
      isClosed = true
    }
  }

  /// Refuses a client that takes too long, and leaves an idle one.
  public mutating func handleDeadline(now: Duration) {
    guard let deadline, now >= deadline else { return }
    if request != nil || isHeadBegun { refuse(408) } else { isClosed = true }
  }

  private mutating func take(_ event: RequestParser.Event, _ octets: [UInt8], at index: Int, now: Duration) throws(HTTPParseError) {
    switch event {
    case .head(let head, let framing):
      isHeadBegun = false
      giveUpAt = now + Self.requestTimeout
      request = Request(head: head)
      if head.target.text == "/missing" || head.target.text == "/early" {
        answer(closing: false)
        request?.isAnswered = true
      } else if framing != .none, index == octets.count, mayContinue(head) {
        output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
      }
      if bodyIsIgnored(of: head) {
        parser = RequestParser()
        finish(.continues, now: now)
      }
    case .content(let range): request?.content += octets[range]
    case .trailers(let trailers): request?.trailers = trailers
    case .end(let after): finish(after, now: now)
    }
  }

  private func bodyIsIgnored(of head: RequestHead) -> Bool {
    faults.contains(.lengthOfGETIgnored) && head.method == "GET" || faults.contains(.lengthOfPOSTIgnored) && head.method == "POST"
      || faults.contains(.expectationKeepsBodyUnread) && !head.fields.lines(named: "Expect").isEmpty
  }

  private func mayContinue(_ head: RequestHead) -> Bool {
    if faults.contains(.continueSentToHTTP10), !head.fields.lines(named: "Expect").isEmpty { return true }
    return head.expectsContinue && !faults.contains(.noContinue)
  }

  private mutating func finish(_ after: AfterMessage, now: Duration) {
    var after = after
    if case .handsOver(let handover) = after {
      if handover == .upgrade, faults.contains(.upgradeAgreed) {
        output.append(Array("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n".utf8))
      }
      after = parser.resume()
    }
    var closes = false
    if case .closes = after { closes = true }
    if closes, faults.contains(.requestsAfterCloseProcessed) {
      closes = false
      parser = RequestParser()
    }
    if request?.isAnswered == false { answer(closing: closes) }
    request = nil
    isClosed = closes && !faults.contains(.onlyFirstAnswered)
    giveUpAt = now + Self.idleTimeout
  }

  private mutating func refuse(_ status: Int) {
    if faults.contains(.garbageLosesAnswer) { output = [] }
    isClosed = !faults.contains(.refusalKeepsConnection)
    send(faults.contains(.refusalAlways500) ? 500 : status, [], content: [], method: "GET", closing: isClosed)
  }

  /// Answers the request that was read.
  private mutating func answer(closing: Bool) {
    guard let request, !(faults.contains(.onlyFirstAnswered) && answerCount > 0) else { return }
    answerCount += 1
    let head = request.head
    var status = status(for: head)
    if faults.contains(.unknownMethodIsGET), status == 501 { status = 200 }
    var fields = [(HTTPEcho.request, "\(head.method) \(HTTPEcho.encode(head.target.octets))")]
    if head.target.text != "/missing", head.target.text != "/early" {
      fields.append((HTTPEcho.contentLength, "\(request.content.count)"))
    }
    if status == 405, !faults.contains(.noAllow) || head.method == "OPTIONS" {
      fields.append(("Allow", Self.allowed.joined(separator: ", ")))
    }
    if faults.contains(.targetDecodedIntoField), head.target.text.contains("X-Injected") { fields.append(("X-Injected", "yes")) }
    if faults.contains(.traceEchoesAll), head.method == "TRACE" { status = 200 }
    if status == 200 {
      let merged = faults.contains(.trailersMerged) ? Array(request.trailers.lines) : []
      fields += (Array(head.fields.lines) + merged).map { (HTTPEcho.field, line($0)) }
      fields += request.trailers.lines.map { (HTTPEcho.trailer, line($0)) }
    }
    send(status, fields, content: status == 200 ? request.content : [], method: head.method, version: head.version, closing: closing)
  }

  private func line(_ line: FieldLine) -> String {
    HTTPEcho.encode(line.name) + ":" + (line.value.isEmpty ? "" : " " + HTTPEcho.encode(line.value))
  }

  private func status(for head: RequestHead) -> Int {
    if head.target.text == "/missing" { return 404 }
    if Self.allowed.contains(head.method) { return 200 }
    return ["PUT", "DELETE", "TRACE", "CONNECT", "PATCH"].contains(head.method) ? 405 : 501
  }

  private mutating func send(
    _ status: Int, _ fields: [(String, String)], content: [UInt8], method: String, version: HTTPVersion = .http11, closing: Bool
  ) {
    var lines: [FieldLine] = []
    let options = closing ? [("Connection", "close")] : version < .http11 ? [("Connection", "keep-alive")] : []
    let date = faults.contains(.noDate) ? [] : [("Date", "Tue, 01 Jan 2030 00:00:00 GMT")]
    for (name, value) in date + options + fields {
      if let line = try? FieldLine(name: name, value: value) { lines.append(line) }
    }
    guard
      let head = try? MessageSerializer.responseHead(
        status: status, fields: FieldSection(lines), framing: .length(content.count), toMethod: method, version: version)
    else { return isClosed = true }
    let hasContent = method != "HEAD" || faults.contains(.headAnswerHasContent)
    output.append(
      head + (hasContent ? content : []) + (faults.contains(.headAnswerHasContent) && method == "HEAD" ? Array("page".utf8) : []))
  }
}
