import FuzzModels
import WSHandshake

@testable import FuzzProperties

private let end = Array("\r\n".utf8)
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

let otherMutants: [Mutant] = [
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
