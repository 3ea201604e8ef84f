import Connections
import HTTPParse
import ProtocolTesting
import Testing
import Transport
import WSHandshake
import WSProtocol

@Suite("A WebSocket client's session")
struct WebSocketClientSessionTests {
  static let hello: [UInt8] = [0x81, 2, 0x68, 0x69]

  /// An answer 101 to ``FixedEntropy`` of octets 7.
  static func switching(accept: String? = nil, _ extra: String = "") -> String {
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: \(accept ?? acceptOfSevens)\r\n\(extra)\r\n"
  }

  static func session(
    _ offer: ClientOffer = plainOffer, limits: WSLimits = WSLimits(), entropy: any EntropySource = FixedEntropy([7])
  ) throws -> WebSocketSession {
    try WebSocketSession(offer: offer, limits: limits, entropy: entropy, now: .zero)
  }

  /// What a session makes of the pieces and of the end after them.
  private static func trace(_ pieces: [[UInt8]], _ offer: ClientOffer) -> ParseTrace<String> {
    guard var session = try? session(offer) else { return ParseTrace(failure: "no session") }
    var events: [String] = []
    for piece in pieces {
      var index = 0
      while let event = session.receive(piece.span, at: &index, now: .seconds(1)) { events.append(words(for: event)) }
    }
    if let event = session.endOfInput() { events.append(words(for: event)) }
    events.append(words(for: session.ended(.peerFinished)))
    return ParseTrace(events: events)
  }

  @Test("what a server answers is judged, however it is cut", arguments: rows)
  func answers(row: Row) {
    let octets = Array(row.answer.utf8) + row.frames
    #expect(Self.trace([octets], row.offer).events == row.events)
    #expect(splitEverywhere(row.name, octets) { Self.trace($0, row.offer) }.isEmpty)
  }

  @Test("H20: of a refusal's content without end 64 KiB are kept")
  func endlessContent() throws {
    var session = try Self.session()
    var events: [WebSocketSession.Event] = []
    var sent = 0
    func feed(_ octets: [UInt8], to session: inout WebSocketSession) {
      var index = 0
      sent += octets.count
      while let event = session.receive(octets.span, at: &index, now: .zero) { events.append(event) }
    }
    feed(Array("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".utf8), to: &session)
    while events.isEmpty, sent < 1 << 20 { feed([UInt8](repeating: 0x61, count: 1000), to: &session) }
    guard case .refused(let error, let content) = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(error.response?.status == 200 && content.count == 64 << 10)
    let isFinished = session.isFinished
    #expect(isFinished)
  }

  @Test(
    "H22: the opening handshake has ten seconds in total",
    arguments: [
      ("silence", "", ""), ("a head that stops", "HTTP/1.1 101 \r\nX: ", ""), ("a head that drips", "HTTP/1.1 101 \r\nX: ", "a"),
      ("a refusal that stops", "HTTP/1.1 403 \r\n\r\nfirst word ", ""), ("a refusal that drips", "HTTP/1.1 403 \r\n\r\nfirst word ", "a"),
    ])
  func openingDeadline(name: String, start: String, drop: String) throws {
    var session = try Self.session()
    var index = 0
    var events: [String] = []
    let begin = Array(start.utf8)
    while let event = session.receive(begin.span, at: &index, now: .zero) { events.append(words(for: event)) }
    for second in 1..<10 {
      var index = 0
      let octets = Array(drop.utf8)
      while let event = session.receive(octets.span, at: &index, now: .seconds(second)) { events.append(words(for: event)) }
      if let event = session.handleDeadline(now: .seconds(second)) { events.append(words(for: event)) }
    }
    let deadline = session.nextDeadline
    #expect(events.isEmpty && deadline == .seconds(10))
    if let event = session.handleDeadline(now: .seconds(10)) { events.append(words(for: event)) }
    let expected = start.contains("403") ? "refused refused 403 first word \(drop.isEmpty ? "" : "aaaaaaaaa")" : "refused timeout"
    #expect(events == [expected])
    let isFinished = session.isFinished
    #expect(isFinished)
  }

  /// A session whose handshake is done.
  static func opened(_ limits: WSLimits = WSLimits(), entropy: any EntropySource = FixedEntropy([7])) throws -> WebSocketSession {
    var session = try session(limits: limits, entropy: entropy)
    let answer = Array(switching().utf8)
    var index = 0
    guard case .opened = session.receive(answer.span, at: &index, now: .zero) else { throw WSError(.notOpen, offset: 0) }
    _ = session.takeOutput()
    return session
  }

  @Test("F33: a peer that is gone without a word is found by a Ping within 50 s")
  func halfOpen() throws {
    var session = try Self.opened()
    let pingAt = session.nextDeadline
    #expect(pingAt == .seconds(30))
    let early = session.handleDeadline(now: .seconds(30))
    let output = session.takeOutput().flatMap { $0 }
    #expect(early == nil && output.prefix(2) == [0x89, 0x80])
    let giveUpAt = session.nextDeadline
    #expect(giveUpAt == .seconds(50))
    let event = session.handleDeadline(now: .seconds(50))
    #expect(event == .endpoint(.failed(WSError(.keepaliveTimeout, offset: 0))))
    let isFinished = session.isFinished
    let rest = session.takeOutput().flatMap { $0 }
    #expect(isFinished && rest.isEmpty)
    let last = session.ended(.localClose)
    #expect(words(for: last) == "closed 1006")
  }

  @Test("F35: a server that keeps the stream after the closing handshake is waited for, for five seconds")
  func keptOpen() throws {
    var session = try Self.opened()
    try session.close(ClosePayload(code: .normal), now: .zero)
    let answer: [UInt8] = [0x88, 2, 0x03, 0xE8]
    var index = 0
    let event = session.receive(answer.span, at: &index, now: .seconds(1))
    #expect(event == .endpoint(.closeReceived(try ClosePayload(code: .normal))))
    let before = (session.isFinished, session.nextDeadline)
    #expect(before == (false, .seconds(6)))
    let late = session.handleDeadline(now: .seconds(6))
    let isFinished = session.isFinished
    #expect(late == nil && isFinished)
    let last = session.ended(.localClose)
    #expect(words(for: last) == "closed 1000")
  }

  struct Ending: CustomTestStringConvertible, Sendable {
    let name: String
    let frames: [UInt8]
    let closed: String
    var testDescription: String { name }
  }

  @Test(
    "how a connection ended is what the first Close frame of the peer says (RFC 6455 §7.1.5, §7.1.6)",
    arguments: [
      Ending(name: "a code and a reason", frames: [0x88, 5, 0x0F, 0xA0, 0x62, 0x79, 0x65], closed: "closed 4000 bye"),
      Ending(name: "a code", frames: [0x88, 2, 0x03, 0xE9], closed: "closed 1001"),
      Ending(name: "neither", frames: [0x88, 0], closed: "closed 1005"),
      Ending(name: "two Close frames", frames: [0x88, 2, 0x03, 0xE9, 0x88, 2, 0x03, 0xE8], closed: "closed 1001"),
      Ending(name: "no Close frame", frames: [0x81, 0], closed: "closed 1006"),
      Ending(name: "a violation", frames: [0x83, 0], closed: "closed 1006"),
      Ending(name: "a violation before the Close frame", frames: [0x83, 0, 0x88, 2, 0x03, 0xE8], closed: "closed 1006"),
      Ending(name: "a code that is not to be sent", frames: [0x88, 2, 0x03, 0xED], closed: "closed 1006"),
    ])
  func endings(row: Ending) throws {
    for closesFirst in [false, true] {
      var session = try Self.opened()
      if closesFirst { try session.close(ClosePayload(code: .goingAway), now: .zero) }
      for octet in row.frames {
        var index = 0
        while session.receive([octet].span, at: &index, now: .zero) != nil {}
      }
      _ = session.endOfInput()
      let last = session.ended(.peerFinished)
      #expect(words(for: last) == row.closed)
    }
  }

  @Test("F20: a fresh masking key for every frame, none zero and none repeated, on every connection")
  func freshKeys() throws {
    var keys: [[UInt8]] = []
    for _ in 0..<4 {
      // Every connection is answered without the accept value being known: the request says its key.
      var session = try WebSocketSession(offer: plainOffer, entropy: SystemEntropy(), now: .zero)
      let request = session.takeOutput().flatMap { $0 }
      var server = ServerHandshake()
      guard case .accepted(_, let answer, _, _) = server.receive(request.span) else {
        Issue.record("not accepted")
        return
      }
      var index = 0
      let opened = session.receive(answer.span, at: &index, now: .zero)
      #expect(opened != nil)
      for number in 0..<300 {
        if number % 3 == 0 { try session.ping() } else { try session.send(text("")) }
        let frame = session.takeOutput().flatMap { $0 }
        #expect(frame.count == 6 && frame[1] == 0x80)
        keys.append(Array(frame.suffix(4)))
      }
    }
    // Among 1200 keys of 32 random bits two are alike once in 6,000 runs; more than that is no accident.
    #expect(Set(keys).count >= keys.count - 1)
    #expect(!keys.contains([0, 0, 0, 0]))
    // Each bit is set in about half of the keys: within 8 standard deviations.
    for bit in 0..<32 {
      let count = keys.count { $0[bit / 8] >> UInt8(bit % 8) & 1 == 1 }
      #expect(abs(count - keys.count / 2) < 140, "bit \(bit): \(count)")
    }
  }

  @Test("F20: a zero key, which would send the payload as it is, is passed over")
  func zeroKeys() throws {
    let entropy = FixedEntropy([7], [0, 0, 0, 0, 0, 0, 0, 9])
    var session = try Self.opened(entropy: entropy)
    for _ in 0..<200 {
      try session.send(text(""))
      let frame = session.takeOutput().flatMap { $0 }
      #expect(frame.suffix(4) != [0, 0, 0, 0])
    }
    // One chunk is for about sixty frames.
    #expect(entropy.calls < 10)
  }

  @Test("without random numbers nothing more is sent, and the end says why")
  func noEntropy() throws {
    let failing = FixedEntropy()
    var never = try Self.session(entropy: failing)
    let first = (never.isFinished, never.takeOutput())
    #expect(first == (true, []))
    let last = never.ended(.localClose)
    let error = TransportError(.entropy, .system(errorNumber: 1))
    #expect(transport(in: last) == .failed(error))

    let entropy = FixedEntropy([7])
    var session = try Self.opened(entropy: entropy)
    entropy.words = []
    var sent = 0
    while !session.isFinished, sent < 1000 {
      try session.send(text("secret"))
      if !session.takeOutput().isEmpty { sent += 1 }
    }
    #expect(sent == 60)
    let isOpen = session.isOpen
    #expect(!isOpen)
    let end = session.ended(.localAbort)
    #expect(transport(in: end) == .failed(error))
  }

  private func transport(in event: WebSocketSession.Event) -> CloseReason? {
    if case .closed(let closure) = event { closure.transport } else { nil }
  }

  @Test("before and after the open phase nothing can be sent")
  func phases() throws {
    var session = try Self.session()
    let request = session.takeOutput().count
    var codes: [WSError.Code] = []
    for attempt in 0..<2 {
      do throws(WSError) { try session.send(text("a")) } catch { codes.append(error.code) }
      do throws(WSError) { try session.ping() } catch { codes.append(error.code) }
      do throws(WSError) { try session.close(.empty, now: .zero) } catch { codes.append(error.code) }
      if attempt == 0 { _ = session.handleDeadline(now: .seconds(10)) }
    }
    #expect(codes == [WSError.Code](repeating: .notOpen, count: 6))
    let rest = session.takeOutput().count
    #expect(request == 1 && rest == 0)
  }

  @Test("an offer that cannot be sent is no session")
  func badOffer() {
    #expect(throws: HandshakeError.self) { _ = try Self.session(changedOffer { $0.target = "/a b" }) }
  }
}
