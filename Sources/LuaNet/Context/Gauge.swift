internal import Transport

/// How much waits in both directions of one connection, so that the host and the loop hold each other back.
final class Gauge: Sendable {
  private struct State {
    /// What was queued for callbacks and not delivered.
    var queuedBytes = 0
    var isHeldBack = false
    /// What the host has sent since the loop last said how much waits for the peer.
    var acceptedBytes = 0
    /// What waited for the peer when the loop last said.
    var pendingBytes = 0
  }

  private let state = Lock(State())

  /// What a message costs besides its content, in both directions: a flood of empty messages is one, too.
  static let eventBytes = 64

  // MARK: From the peer to the callbacks

  /// Notes on the loop that `bytes` were queued.
  ///
  /// - Returns: Whether to stop reading: the limit has now been reached.
  func queued(_ bytes: Int) -> Bool {
    state.withLock { state in
      state.queuedBytes += bytes + Self.eventBytes
      guard !state.isHeldBack, state.queuedBytes >= Limits.queuedBytes else { return false }
      state.isHeldBack = true
      return true
    }
  }

  /// Notes on the host that `bytes` were delivered.
  ///
  /// - Returns: Whether to read again.
  func delivered(_ bytes: Int) -> Bool {
    state.withLock { state in
      state.queuedBytes -= bytes + Self.eventBytes
      guard state.isHeldBack, state.queuedBytes <= Limits.queuedBytesToResume else { return false }
      state.isHeldBack = false
      return true
    }
  }

  /// Whether reading is to stay stopped.
  var isHeldBack: Bool { state.withLock { $0.isHeldBack } }

  // MARK: From scripts to the peer

  /// Notes on the host that `bytes` are sent.
  ///
  /// - Returns: False when too much waits already; nothing is noted then.
  func accept(_ bytes: Int) -> Bool {
    state.withLock { state in
      guard state.pendingBytes + state.acceptedBytes < Limits.backlogBytes else { return false }
      state.acceptedBytes += bytes + Self.eventBytes
      return true
    }
  }

  /// Notes on the loop that `bytes` wait for the peer now.
  func measured(_ bytes: Int) { state.withLock { $0.pendingBytes = bytes } }

  /// Notes on the loop that `bytes` of what was accepted were handed to the connection, where `pendingBytes` wait now.
  func handedOver(_ bytes: Int, pendingBytes: Int) {
    state.withLock { state in
      state.acceptedBytes -= bytes + Self.eventBytes
      state.pendingBytes = pendingBytes
    }
  }
}
