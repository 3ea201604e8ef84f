import Conformance
import ConformanceReport
import WSProtocol

/// Results to report on.
enum Sample {
  /// A run of a few dozen cases with every verdict in it.
  static let mixed = run(mixedCases, exit: RunResult.Exit(code: 1, why: "4 cases break a MUST"))

  /// A run in which all is as required.
  static let calm = run((0..<12).map { passing("ws/framing/text/length-\($0)", autobahnID: "1.1.\($0)") })

  /// A run of so many cases with logs of the usual length.
  static func large(_ count: Int) -> RunResult {
    run(
      (0..<count).map { index in
        let id = "ws/\(sections[index * sections.count / count])/case-\(index)"
        return index % 40 == 7
          ? failing(id, autobahnID: "4.\(index)")
          : passing(id, autobahnID: "3.\(index)", payloadLength: index % 6 == 0 ? index * 3 : index % 25)
      })
  }

  static func run(_ cases: [CaseResult], exit: RunResult.Exit = RunResult.Exit(code: 0, why: "ran to the end")) -> RunResult {
    RunResult(
      target: RunResult.Target(url: "ws://localhost:9001/", agent: "AcmeSocket/2.4.1", address: "127.0.0.1:9001"),
      startedAt: "2026-11-30T09:12:44Z", duration: .milliseconds(8412), seed: 0x9E37_79B9_7F4A_7C15, jobs: 8, exit: exit,
      redactions: ["the query of the URL", "the value of the field Authorization"], cases: cases)
  }

  static func definition(
    _ id: String, autobahnID: String? = nil, title: String = "Text message, echoed", requirement: Requirement = Requirement(section: "5.6"),
    payload: Payload = .text("Hello")
  ) -> ConformanceCase {
    ConformanceCase(
      id: id, autobahnID: autobahnID, title: title, purpose: "Whether a text message of this length comes back unchanged.",
      requirement: requirement, program: Program([.frame(.text, payload)]),
      expectation: Expectation([Expectation.Outcome([.message(.text, payload)])], ending: .handshakeByTester))
  }

  static func passing(_ id: String, autobahnID: String? = nil, payloadLength: Int = 5) -> CaseResult {
    let payload = Payload.repeated(Array("Hello".utf8), count: payloadLength)
    return CaseResult(
      definition(id, autobahnID: autobahnID, payload: payload), verdict: .pass, why: "the peer answered as required",
      close: CaseResult.Close(verdict: .ok, peerCode: 1000, why: "the peer answered the closing handshake"),
      observed: ["a text message with \(payload.words)", "Close 1000"], duration: .microseconds(2412), wireLog: log(payload))
  }

  static func failing(_ id: String, autobahnID: String? = nil) -> CaseResult {
    var case_ = definition(id, autobahnID: autobahnID, title: "RSV2 set in a text frame", requirement: Requirement(section: "5.2"))
    case_ = ConformanceCase(
      id: case_.id, autobahnID: case_.autobahnID, title: case_.title,
      purpose: "Whether the peer fails the connection when a reserved bit is set and no extension defines it.",
      requirement: case_.requirement, program: Program([.frame(.text, .text("Hello, world!"), reservedBits: .rsv2), .frame(.ping)]),
      expectation: Expectation([Expectation.Outcome([])], ending: .failureByPeer(codes: [1002])))
    return CaseResult(
      case_, verdict: .fail,
      why: "the peer echoed the frame although RSV2 was set; it has to fail the connection",
      close: CaseResult.Close(verdict: .wrongCode, peerCode: 1000, peerReason: Array("bye".utf8), why: "code 1000 where 1002 was due"),
      observed: ["a text message with \"Hello, world!\"", "a Pong with nothing", "Close 1000 \"bye\""], duration: .microseconds(13_870),
      wireLog: log(.text("Hello, world!"), bits: .rsv2, violation: "set RSV2 although no extension that defines it was negotiated"))
  }

  static func log(
    _ payload: Payload, bits: ReservedBits = [], violation: String? = nil, closeReason: [UInt8] = Array("bye".utf8)
  ) -> [WireLogEntry] {
    let request = Array(
      """
      GET / HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: wirecheck/0.1\r\n\r\n
      """.utf8)
    let response = Array(
      """
      HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nServer: AcmeSocket/2.4.1\r\n\r\n
      """.utf8)
    let close: [UInt8] = [0x03, 0xE8]
    let key = MaskingKey(0x37, 0xFA, 0x21, 0x3D)
    let kept = LoggedOctets(payload.octets(in: 0..<payload.count))
    func header(_ opcode: Opcode, _ length: Int, masked: Bool, bits: ReservedBits = []) -> FrameHeader {
      FrameHeader(opcode: opcode, payloadLength: UInt64(length), reservedBits: bits, maskingKey: masked ? key : nil)
    }
    let answer = close + closeReason
    let contents: [(Int, WireLogEntry.Content)] = [
      (211, .connection("TCP connection established")), (240, .octets(.sent, LoggedOctets(request))),
      (702, .octets(.received, LoggedOctets(response))),
      (811, .frame(.sent, header(.text, payload.count, masked: true, bits: bits), kept, violation: nil)),
      (1204, .frame(.received, header(.text, payload.count, masked: false, bits: bits), kept, violation: violation)),
      (1302, .frame(.sent, header(.close, 2, masked: true), LoggedOctets(close), violation: nil)),
      (2107, .frame(.received, header(.close, answer.count, masked: false), LoggedOctets(answer), violation: nil)),
      (2250, .connection("the peer closed the TCP connection")),
    ]
    return contents.map { WireLogEntry(at: .microseconds($0), content: $1) }
  }

  private static let sections = ["framing", "ping", "reserved-bits", "opcodes", "fragmentation", "utf8", "close", "limits"]

  private static var mixedCases: [CaseResult] {
    var cases = (0..<8).map { passing("ws/framing/text/length-\($0 * 60)", autobahnID: "1.1.\($0 + 1)", payloadLength: $0 * 60) }
    cases += (0..<6).map { passing("ws/ping/payload-\($0 * 25)", autobahnID: "2.\($0 + 1)", payloadLength: $0 * 25) }
    cases += [failing("ws/reserved-bits/rsv2", autobahnID: "3.2"), failing("ws/reserved-bits/rsv2-after-text", autobahnID: "3.3")]
    cases += (0..<5).map { passing("ws/reserved-bits/rsv\($0)-binary", autobahnID: "3.\($0 + 4)") }
    var hanging = failing("ws/opcodes/reserved-control-11", autobahnID: "4.2.1")
    hanging.reason = .hang
    hanging.why = "the peer did not react to the reserved opcode 11 within 5 s; it has to fail the connection"
    hanging.close = CaseResult.Close(verdict: .droppedByUs, why: "the tester dropped the connection")
    cases.append(hanging)
    cases += (0..<4).map { passing("ws/opcodes/reserved-\($0 + 3)", autobahnID: "4.1.\($0 + 1)") }
    let others: [(Verdict, String, CloseVerdict?, RequirementLevel)] = [
      (.passWithNote, "the peer failed the connection before the message was complete, which is allowed", .ok, .must),
      (.deviation, "the peer sent the code 1002 where 1007 should be sent", .ok, .should),
      (.informational, "the peer answered the code 5000 with 1002", .informational, .may),
      (.weak, "the peer buffered 64 MiB of an unfinished message", .ok, .hardening),
      (.flaky, "pass, then fail: the Pong came after the Close frame on one of the runs", .unclean, .must),
      (.inconclusive, "the network reset the connection before an answer could come", .failed, .must),
      (.unsupported, "the peer did not accept permessage-deflate", .ok, .may),
      (.error, "the tester ran out of file descriptors", nil, .must), (.notRun, "the target is down", nil, .must),
    ]
    for (verdict, why, close, level) in others {
      var result = CaseResult(
        definition("ws/verdicts/\(verdict.rawValue)", requirement: Requirement(section: "7.4.1", level: level)), verdict: verdict, why: why,
        close: CaseResult.Close(verdict: close, peerCode: close == nil ? nil : 1002, why: close == nil ? "" : "as recorded"),
        duration: verdict == .notRun ? .zero : .milliseconds(41), wireLog: verdict == .notRun ? [] : log(.text("x")))
      if verdict == .flaky { result.runs = [.pass, .fail, .fail] }
      cases.append(result)
    }
    var closeOnly = passing("ws/close/no-answer", autobahnID: "7.1.2")
    closeOnly.close = CaseResult.Close(verdict: .unclean, why: "the peer dropped the connection without answering the Close frame")
    var long = passing("ws/limits/echo-16-MiB", autobahnID: "9.1.6", payloadLength: 70_000)
    long.wireLog.append(WireLogEntry(at: .milliseconds(900), content: .omitted(entries: 4127)))
    long.wireLog.append(WireLogEntry(at: .milliseconds(901), content: .timer("waits for 500 ms")))
    return cases + [closeOnly, long]
  }
}
