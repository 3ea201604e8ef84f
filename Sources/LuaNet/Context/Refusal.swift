internal import WSProtocol

/// Why a message was not accepted.
enum Refusal {
  case serverClosed
  case notConnected
  case notOpen
  case notText
  case tooLong
  case clientBacklog
  case serverBacklog

  /// For the script; literals are ended by a NUL.
  var text: StaticString {
    switch self {
    case .serverClosed: "the server is closed"
    case .notConnected: "the client is not connected"
    case .notOpen: "the connection is not open"
    case .notText: "the message is not UTF-8"
    case .tooLong: "the message is longer than 64 MiB"
    case .clientBacklog: "16 MiB wait for the client already"
    case .serverBacklog: "16 MiB wait for the server already"
    }
  }
}

extension Refusal {
  /// Why nobody is sent such a message; nil when it may be sent.
  init?(of kind: Message.Kind, _ octets: UnsafeRawBufferPointer) {
    guard octets.count <= Limits.messageBytes else { self = .tooLong; return }
    guard kind == .text else { return nil }
    var validator = UTF8Validator()
    let text = unsafe octets.bindMemory(to: UInt8.self)
    if unsafe validator.firstInvalid(in: text.span) == nil, validator.isComplete { return nil }
    self = .notText
  }
}
