import FuzzModels
import HTTPParse
import Testing
import WSHandshake
import WSProtocol

@testable import FuzzProperties

/// A wrong subject, and the oracle that has to notice it.
struct Mutant: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let property: String
  let oracle: Oracle
  let check: @Sendable () throws(OracleFailure) -> Void

  init(_ property: String, _ oracle: Oracle, _ name: String, _ check: @escaping @Sendable () throws(OracleFailure) -> Void) {
    testDescription = "\(property) \(oracle.rawValue): \(name)"
    self.property = property
    self.oracle = oracle
    self.check = check
  }
}

/// Each oracle is shown a subject that it must not let pass; what the right subject does is the matter of `CorpusTests`.
@Suite("Oracles notice wrong subjects")
struct OracleTests {
  @Test("of frames and texts", arguments: frameMutants)
  func frames(mutant: Mutant) { expectCaught(mutant) }

  @Test("of HTTP", arguments: httpMutants)
  func http(mutant: Mutant) { expectCaught(mutant) }

  @Test("of handshakes, lists, URLs and writing", arguments: otherMutants)
  func others(mutant: Mutant) { expectCaught(mutant) }

  @Test("no oracle is without a wrong subject that it notices")
  func completeness() {
    let shown = Set((frameMutants + httpMutants + otherMutants).map(\.oracle)).union([.planted])
    #expect(shown == Set(Oracle.allCases))
  }

  private func expectCaught(_ mutant: Mutant) {
    do throws(OracleFailure) {
      try mutant.check()
      Issue.record("it passed")
    } catch {
      #expect(error.property == mutant.property)
      #expect(error.oracle == mutant.oracle, "\(error)")
    }
  }
}

/// A trace with one change.
private func changed<Event>(_ trace: Trace<Event>, _ change: (inout Trace<Event>) -> Void) -> Trace<Event> {
  var trace = trace
  change(&trace)
  return trace
}

private let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
private let closeAndPing: [UInt8] = [0x88, 0x80, 1, 2, 3, 4, 0x89, 0x80, 1, 2, 3, 4]

private let frameMutants: [Mutant] = [
  Mutant("T01", .model, "takes a client's frames for a server's") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in
      FrameProperty.scanner(pieces, FrameProperty.Setting(fromClient: !setting.fromClient))
    }
  },
  Mutant("T01", .splitInvariance, "begins anew with each piece") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in FrameProperty.scanner(pieces.suffix(1), setting) }
  },
  Mutant("T01", .progress, "stands still") { () throws(OracleFailure) in
    try FrameProperty.check(hello + [0, 0, 0]) { pieces, setting in
      changed(FrameProperty.scanner(pieces, setting)) { $0.breach = .init(.progress, "nothing was taken") }
    }
  },
  Mutant("T01", .model, "a decoder that knows no limits") { () throws(OracleFailure) in
    try FrameProperty.check(
      [0x82, 0xFE, 0x01, 0x00, 0, 0, 0, 0] + [0, 0, 4],
      decoder: { pieces, role, _ in
        FrameProperty.decoder(pieces, role: role, limits: WSLimits())
      })
  },
  Mutant("T01", .agreement, "a decoder that names another octet than the endpoint") { () throws(OracleFailure) in
    try FrameProperty.check(
      [0x81, 0x81, 0, 0, 0, 0, 0xC3] + [0, 0, 0],
      decoder: { pieces, role, limits in
        changed(FrameProperty.decoder(pieces, role: role, limits: limits)) { $0.events = [.failed(closeCode: 1007, offset: 3)] }
      })
  },
  Mutant("T02", .model, "knows no limits") { () throws(OracleFailure) in
    let fragments: [UInt8] =
      [0x02, 0x80, 0, 0, 0, 0] + [UInt8]([[0x00, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0]].joined())
    try MessageProperty.check(fragments + [0, 0, 2, 0]) { pieces, setting in
      MessageProperty.endpoint(pieces, MessageProperty.Setting(role: setting.role))
    }
  },
  Mutant("T02", .model, "does not answer a Ping") { () throws(OracleFailure) in
    try MessageProperty.check([0x89, 0x80, 1, 2, 3, 4, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[$0.events.count - 1] = .output([]) }
    }
  },
  Mutant("T02", .model, "closes with another code") { () throws(OracleFailure) in
    try MessageProperty.check([0x83, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[0] = .failed(closeCode: 1007, offset: 0) }
    }
  },
  Mutant("T02", .wireForm, "answers with a masked frame as a server") { () throws(OracleFailure) in
    try MessageProperty.check([0x89, 0x80, 1, 2, 3, 4, 0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.events[$0.events.count - 1] = .output([0x8A, 0x80, 1, 2, 3, 4]) }
    }
  },
  Mutant("T02", .silenceAfterEnd, "speaks after its Close frame") { () throws(OracleFailure) in
    try MessageProperty.check(closeAndPing + [0, 0, 0, 2]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { trace in
        if case .output(let octets)? = trace.events.last { trace.events[trace.events.count - 1] = .output(octets + [0x81, 0x00]) }
      }
    }
  },
  Mutant("T02", .boundedMemory, "holds more than it was given") { () throws(OracleFailure) in
    try MessageProperty.check(hello + [0, 0, 0, 0]) { pieces, setting in
      changed(MessageProperty.endpoint(pieces, setting)) { $0.breach = .init(.boundedMemory, "octets are held") }
    }
  },
  Mutant("T03", .wireForm, "writes lengths in too many octets") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 0, 0, 0]) { _, _, _ in [0x82, 0x7E, 0x00, 0x02, 0x61, 0x61] }
  },
  Mutant("T03", .wireForm, "does not apply the mask") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 1, 0, 1]) { _, _, _ in [0x82, 0x82, 1, 2, 3, 4, 0x61, 0x61] }
  },
  Mutant("T03", .roundTrip, "drops what is sent last") { () throws(OracleFailure) in
    try EncodingProperty.check([1, 2, 0x61, 1, 2, 0x61, 0, 0, 0]) { operations, isClient, key in
      EncodingProperty.writer(operations.dropLast(), isClient, key)
    }
  },
  Mutant("T04", .splitInvariance, "begins anew with each piece") { () throws(OracleFailure) in
    try TextEncodingProperty.check(Array("é".utf8) + [0, 0]) { pieces in TextEncodingProperty.validator(pieces.suffix(1)) }
  },
  Mutant("T04", .model, "accepts everything") { () throws(OracleFailure) in
    try TextEncodingProperty.check([0xC0, 0x80, 0, 0]) { _ in changed(Trace()) { $0.events = [.complete] } }
  },
  Mutant("T05", .model, "forgets the offset") { () throws(OracleFailure) in
    try MaskingProperty.check([1, 2, 3, 4, 5, 1, 4, 3, 2, 1], array: { Masking.apply($0, to: &$1, from: $2 - $2) })
  },
  Mutant("T05", .model, "the span's kernel does nothing") { () throws(OracleFailure) in
    try MaskingProperty.check([1, 2, 3, 4, 5, 0, 4, 3, 2, 1], span: { _, _, _ in })
  },
]

private let get = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8)
private let end = Array("\r\n".utf8)

private let httpMutants: [Mutant] = [
  Mutant("T12", .model, "takes LF for a line end") { () throws(OracleFailure) in
    try RequestProperty.check(Array("GET / HTTP/1.1\nHost: a\n\n".utf8) + [0, 0, 0, 0]) { pieces, setting in
      var lenient = setting
      lenient.leniencies = .bareLF
      return RequestProperty.parser(pieces, lenient)
    }
  },
  Mutant("T12", .model, "does not see that the input ended") { () throws(OracleFailure) in
    try RequestProperty.check(get + [0, 0, 0, 2]) { pieces, _ in RequestProperty.parser(pieces, RequestProperty.Setting()) }
  },
  Mutant("T12", .splitInvariance, "looks at the last piece only") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0]) { pieces, setting in RequestProperty.parser(pieces.suffix(1), setting) }
  },
  Mutant("T12", .smuggling, "sees no end of a message when it is lenient") { () throws(OracleFailure) in
    try RequestProperty.check(get + end + [0, 0, 0, 0]) { pieces, setting in
      let run = RequestProperty.parser(pieces, setting)
      return setting.leniencies.isEmpty ? run : (changed(run.trace) { $0.events.removeLast() }, run.stoppedAt)
    }
  },
  Mutant("T12", .stickyError, "forgets its failure") { () throws(OracleFailure) in
    try RequestProperty.check(get + [0, 0, 0, 0]) { pieces, setting in
      let run = RequestProperty.parser(pieces, setting)
      return (changed(run.trace) { $0.breach = .init(.stickyError, "no failure after the first") }, run.stoppedAt)
    }
  },
  Mutant("T13", .model, "believes that every response has content") { () throws(OracleFailure) in
    let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".utf8)
    try ResponseProperty.check(response + [0, 0, 2, 0, 0]) { pieces, _ in
      ResponseProperty.parser(pieces, ResponseProperty.Setting(sent: [.init(method: "GET"), .init(method: "GET")]))
    }
  },
  Mutant("T13", .model, "has other limits") { () throws(OracleFailure) in
    let interims = (0..<3).flatMap { _ in Array("HTTP/1.1 100 x\r\n\r\n".utf8) }
    try ResponseProperty.check(interims + [0, 0, 0, 3, 0]) { pieces, setting in
      ResponseProperty.parser(pieces, ResponseProperty.Setting(sent: setting.sent))
    }
  },
  Mutant("T14", .model, "stops an octet late") { () throws(OracleFailure) in
    try ChunkProperty.check(Array("0\r\n\r\nmore".utf8) + [0, 0, 0, 0]) { pieces, setting in
      let run = ChunkProperty.decoder(pieces, setting)
      return (run.trace, run.stoppedAt.map { $0 + 1 })
    }
  },
  Mutant("T14", .model, "unfolds what it has to refuse") { () throws(OracleFailure) in
    try ChunkProperty.check(Array("0\r\nA: b\r\n c\r\n\r\n".utf8) + [0, 0, 0, 0]) { pieces, _ in
      ChunkProperty.decoder(pieces, ChunkProperty.Setting(unfolds: true))
    }
  },
]

private let request = Array(
  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    .utf8)
private let answer = Array(
  "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=\r\n\r\n".utf8)

private func listSubject(_ change: (inout ListProperty.Subject) -> Void) -> ListProperty.Subject {
  var subject = ListProperty.Subject()
  change(&subject)
  return subject
}

private let otherMutants: [Mutant] = [
  Mutant("T09", .model, "takes no quoted values") { () throws(OracleFailure) in
    try ListProperty.check(Array("a;b=\"c\"".utf8), subject: listSubject { $0.extensions = { _ in nil } })
  },
  Mutant("T09", .model, "takes 08 for a number") { () throws(OracleFailure) in
    let subject = listSubject { subject in
      subject.parameters = { parameters in
        ListProperty.readParameters(parameters.map { .init(name: $0.name, value: $0.value.map { Array($0.drop { $0 == 0x30 }) }) })
      }
    }
    try ListProperty.check(Array("x; server_max_window_bits=08".utf8), subject: subject)
  },
  Mutant("T09", .roundTrip, "reads quoted values otherwise than plain ones") { () throws(OracleFailure) in
    let subject = listSubject { subject in
      subject.extensions = { values in values.contains { $0.contains(0x22) } ? nil : ListProperty.readExtensions(values) }
    }
    try ListProperty.check(Array("a;b=c".utf8), subject: subject)
  },
  Mutant("T10", .model, "trusts every origin") { () throws(OracleFailure) in
    let foreign = Array(String(decoding: request, as: UTF8.self).replacing("Host: a\r\n", with: "Host: a\r\nOrigin: http://b\r\n").utf8)
    try ServerHandshakeProperty.check(foreign + [0, 0, 0]) { pieces, policy in
      var trusting = policy
      trusting.origins = .any
      return ServerHandshakeProperty.handshake(pieces, trusting)
    }
  },
  Mutant("T10", .wireForm, "answers another key") { () throws(OracleFailure) in
    try ServerHandshakeProperty.check(request + [0, 0, 0]) { pieces, policy in
      changed(ServerHandshakeProperty.handshake(pieces, policy)) { trace in
        guard case .accepted(var response, let subprotocol, let compresses, let end)? = trace.events.first else { return }
        response = Array(String(decoding: response, as: UTF8.self).replacing("Accept: s", with: "Accept: S").utf8)
        trace.events[0] = .accepted(response: response, subprotocol: subprotocol, compresses: compresses, end: end)
      }
    }
  },
  Mutant("T10", .injection, "lets a field of the peer's into the response") { () throws(OracleFailure) in
    try ServerHandshakeProperty.check(request + [0, 0, 0]) { pieces, policy in
      changed(ServerHandshakeProperty.handshake(pieces, policy)) { trace in
        guard case .accepted(let response, let subprotocol, let compresses, let end)? = trace.events.first else { return }
        trace.events[0] = .accepted(
          response: response.dropLast(2) + Array("Set-Cookie: x\r\n\r\n".utf8), subprotocol: subprotocol, compresses: compresses, end: end)
      }
    }
  },
  Mutant("T11", .model, "believes every accept value") { () throws(OracleFailure) in
    let wrong = Array(String(decoding: answer, as: UTF8.self).replacing("C/0nm", with: "c/0nm").utf8)
    try ClientHandshakeProperty.check(wrong + [0, 0, 0]) { _, _ in
      changed(Trace()) { $0.events = [.established(subprotocol: nil, extensions: [], end: wrong.count)] }
    }
  },
  Mutant("T11", .model, "takes an extension that was not offered") { () throws(OracleFailure) in
    let wrong = Array(
      String(decoding: answer, as: UTF8.self).replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Extensions: x-one\r\n\r\n").utf8)
    try ClientHandshakeProperty.check(wrong + [0, 0, 0]) { pieces, offer in
      var wider = offer
      wider.extensions = ["x-one"]
      return ClientHandshakeProperty.handshake(pieces, wider)
    }
  },
  Mutant("T15", .injection, "writes whatever it is given") { () throws(OracleFailure) in
    try SerializingProperty.check(Array("GET\u{1E}/\u{1E}Host\u{1E}a\u{1E}X\u{1E}a\r\nY: b\u{1E}\u{1E}".utf8) + [0, 1]) { message in
      Array("\(message.start[0]) \(message.start[1]) HTTP/1.1\r\n".utf8)
        + message.fields.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) } + end
    }
  },
  Mutant("T15", .roundTrip, "writes a wrong length") { () throws(OracleFailure) in
    try SerializingProperty.check(Array("POST\u{1E}/\u{1E}Host\u{1E}a\u{1E}\u{1E}\u{1E}ok".utf8) + [0, 1]) { _ in
      Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nok".utf8)
    }
  },
  Mutant("T16", .model, "takes a backslash for a slash") { () throws(OracleFailure) in
    try URLProperty.check(Array("ws://h\\x".utf8)) { URLProperty.parser($0.replacing("\\", with: "/")) }
  },
]
