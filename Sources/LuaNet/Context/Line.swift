internal import Connections

/// One WebSocket connection, as the host and the loop share it.
///
/// Its host half is touched on the host's thread only, its loop half on the loop's only; what both need is behind locks. Scripts name
/// it by ``id``.
final class Line: @unchecked Sendable {
  #if DEBUG
    private let mark = Census.Mark()
  #endif

  /// Who registered the callbacks.
  enum Owner {
    /// A script that connected: the scope, and the reference of its callbacks.
    case scope(Scope, callbacks: Int32)
    /// A server that accepted.
    case listener(Listener)
  }

  /// How far the script knows of the connection.
  enum Phase: Sendable {
    /// `on_open` was not called.
    case opening
    /// Messages may be sent.
    case open
    /// The script closed it; only `on_close` is still called.
    case closing
    /// `on_close` was called, or nothing is to be called any more.
    case closed
  }

  let id: Int64
  let owner: Owner
  let gauge = Gauge()

  // MARK: Host half

  var phase = Phase.opening

  // MARK: Loop half

  /// Weak: the loop holds the stream, which holds the connection, which holds this.
  weak var connection: WebSocketConnection?
  /// The connection in the making; weak, as it holds this.
  weak var dial: Dial?
  /// Whether the opening handshake was done.
  var hasOpened = false
  /// Whether the last event was queued, or none is wanted any more.
  var isOver = false
  /// Whether the gauge is told again and again how much waits for the peer.
  var isBacklogWatched = false
  /// What this side closed the connection with, if it began.
  var localClose: Ending?

  init(id: Int64, owner: Owner) {
    self.id = id
    self.owner = owner
  }

  /// The reference of the callbacks.
  var callbacks: Int32 {
    switch owner {
    case .scope(_, let callbacks): callbacks
    case .listener(let listener): listener.callbacks
    }
  }
}
