/// Bounds the Pongs that wait to be written: all in order up to the limits, beyond them only the latest (RFC 6455 §5.5.3).
struct PongQueue: Sendable {
  private var queuedFrames = 0
  private var queuedOctets = 0
  private var deferred: [UInt8]?

  /// Whether a Pong with `payload` may be queued now; otherwise it replaces the one that waits.
  mutating func admits(_ payload: [UInt8], limits: WSLimits) -> Bool {
    guard deferred == nil, queuedFrames < limits.maximumQueuedPongs,
      queuedOctets + payload.count <= limits.maximumQueuedPongBytes
    else {
      deferred = payload
      return false
    }
    queuedFrames += 1
    queuedOctets += payload.count
    return true
  }

  /// Takes the payload of the latest Ping that found the queue full.
  mutating func takeDeferred() -> [UInt8]? {
    defer { deferred = nil }
    return deferred
  }

  /// Forgets what was queued, because it was written.
  mutating func reset() {
    queuedFrames = 0
    queuedOctets = 0
  }
}
