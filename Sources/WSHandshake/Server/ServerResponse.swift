import HTTPParse
import WSProtocol

/// The responses of a server handshake.
enum ServerResponse {
  /// The head of a 101 response, RFC 6455 §4.2.2.
  static func switching(_ accepted: RequestJudge.Accepted) -> ResponseHead {
    var lines = [
      FieldLine("Upgrade", "websocket"), FieldLine("Connection", "Upgrade"),
      FieldLine("Sec-WebSocket-Accept", AcceptKey.accept(key: accepted.key)),
    ]
    if let subprotocol = accepted.subprotocol { lines.append(FieldLine("Sec-WebSocket-Protocol", subprotocol)) }
    if let compression = accepted.compression {
      lines.append(FieldLine("Sec-WebSocket-Extensions", compression.answer.description))
    }
    return ResponseHead(status: 101, reasonPhrase: "Switching Protocols", fields: FieldSection(lines))
  }

  /// A whole response that says in one line what was wrong.
  static func rejection(_ error: HandshakeError) -> [UInt8] {
    let content = Array((error.summary + "\n").utf8)
    let lines =
      [FieldLine("Connection", "close")] + fields(for: error.code) + [
        FieldLine("Content-Type", "text/plain; charset=utf-8"), FieldLine("Content-Length", "\(content.count)"),
      ]
    return ResponseHead(status: error.status, reasonPhrase: reasonPhrase(error.status), fields: FieldSection(lines)).octets + content
  }

  private static func fields(for code: HandshakeError.Code) -> [FieldLine] {
    switch code {
    case .method: [FieldLine("Allow", "GET")]
    // RFC 9110 §15.5.22 wants an Upgrade field in a 426 response, and §7.8 its connection option.
    case .upgradeRequired, .versionUnsupported:
      [FieldLine("Connection", "Upgrade"), FieldLine("Upgrade", "websocket"), FieldLine("Sec-WebSocket-Version", "13")]
    case .version: [FieldLine("Sec-WebSocket-Version", "13")]
    case .http, .httpVersion, .content, .upgrade, .connection, .key, .accept, .subprotocol, .extension, .compression, .limitList,
      .limitInterim, .host, .origin, .refused, .unexpectedEOF, .timeout, .offer:
      []
    }
  }

  private static func reasonPhrase(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 414: "URI Too Long"
    case 426: "Upgrade Required"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }
}
