/// Why a message was not accepted.
enum Refusal {
  case serverClosed
  case notOpen
  case notText
  case tooLong
  case backlog

  /// For the script; literals are ended by a NUL.
  var text: StaticString {
    switch self {
    case .serverClosed: "the server is closed"
    case .notOpen: "the client is not connected"
    case .notText: "the message is not UTF-8"
    case .tooLong: "the message is longer than 64 MiB"
    case .backlog: "16 MiB wait for the client already"
    }
  }
}
