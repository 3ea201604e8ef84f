internal import CSockets

/// Why a stream is closed.
public indirect enum CloseReason: Hashable, Sendable, CustomStringConvertible {
  // Indirect, because errors are large and every stream has room for one.

  /// Both directions ended in order: the peer finished, and so did we.
  case peerFinished
  /// The peer dropped the connection (RST), or a write found it gone.
  case resetByPeer(TransportError)
  /// Nothing listens at the address.
  case connectRefused(TransportError)
  /// The connection was not established in time.
  case connectTimedOut(TransportError)
  /// The system reported another error.
  case failed(TransportError)
  /// We closed before the peer finished.
  case localClose
  /// We dropped the connection (RST).
  case localAbort

  /// The error behind the reason; nil when the connection ended in order or by us.
  public var error: TransportError? {
    switch self {
    case .resetByPeer(let error), .connectRefused(let error), .connectTimedOut(let error), .failed(let error): error
    case .peerFinished, .localClose, .localAbort: nil
    }
  }

  /// One line for a log.
  public var description: String {
    switch self {
    case .peerFinished: "both sides finished"
    case .localClose: "closed by this side"
    case .localAbort: "aborted by this side"
    case .resetByPeer(let error), .connectRefused(let error), .connectTimedOut(let error), .failed(let error): error.description
    }
  }

  init(_ error: TransportError) {
    let isConnecting = error.operation == .connect
    self =
      switch error.errorNumber {
      case CS_ECONNREFUSED where isConnecting: .connectRefused(error)
      case CS_ETIMEDOUT where isConnecting: .connectTimedOut(error)
      case CS_ECONNRESET, CS_EPIPE: .resetByPeer(error)
      default: .failed(error)
      }
  }
}
