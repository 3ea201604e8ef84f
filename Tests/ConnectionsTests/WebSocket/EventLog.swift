import Connections
import HTTPParse
import WSHandshake
import WSProtocol

/// Collects events as lines that tables can be compared with.
final class EventLog {
  private(set) var lines: [String] = []
  private(set) var closures: [WebSocketClosure] = []
  var on: (WebSocketConnection, WebSocketSession.Event) -> Void = { _, _ in }

  var handler: WebSocketConnection.Handler {
    { [self] connection, event in
      if case .closed(let closure) = event { closures.append(closure) }
      lines.append(words(for: event))
      on(connection, event)
    }
  }

  /// Whether the one and only end was reported, and nothing after it.
  var endedOnce: Bool { closures.count == 1 && lines.last?.hasPrefix("closed") == true }
}

func words(for event: WebSocketSession.Event) -> String {
  switch event {
  case .opened(let agreement, let request):
    return ["opened", agreement.subprotocol, request?.target.text].compactMap { $0 }.joined(separator: " ")
  case .refused(let error, let content):
    let status = error.response.map { " \($0.status)" } ?? ""
    return "refused \(error.code.rawValue)\(status)" + (content.isEmpty ? "" : " \(String(decoding: content.prefix(20), as: UTF8.self))")
  case .closed(let closure):
    return "closed \(closure.code.rawValue)" + (closure.reason.isEmpty ? "" : " \(closure.reason)")
  case .endpoint(.message(let message)): return "\(message.kind.rawValue) \(String(decoding: message.octets.prefix(20), as: UTF8.self))"
  case .endpoint(.ping(let payload)): return "ping \(String(decoding: payload, as: UTF8.self))"
  case .endpoint(.pong(let payload)): return "pong \(String(decoding: payload, as: UTF8.self))"
  case .endpoint(.closeReceived(let payload)): return "close \(payload.code?.rawValue ?? 1005)"
  case .endpoint(.failed(let error)): return "failed \(error.closeCode?.rawValue ?? 1006)"
  }
}

/// What a text message is, for short.
func text(_ words: String) -> Message { Message(.text, Array(words.utf8)) }
