internal import HTTPParse
internal import WSHandshake
internal import WSProtocol

/// What LuaNet accepts and holds at most.
enum Limits {
  /// The most octets of a message, in both directions: 64 MiB (net-api).
  static let messageBytes = 64 << 20
  /// How many octets of undelivered messages a connection may have before it is not read any more: 1 MiB.
  static let queuedBytes = 1 << 20
  /// At how many it is read again: 256 KiB.
  static let queuedBytesToResume = 256 << 10
  /// How many octets may wait for a peer when more is to be sent: 16 MiB.
  static let backlogBytes = 16 << 20
  /// From how many on the loop says again and again how many wait, so that nothing is refused for what is gone: 1 MiB.
  static let watchedBacklogBytes = 1 << 20
  /// How often.
  static let backlogWatch = Duration.milliseconds(10)
  /// How long the opening handshake takes at most by default, names and TLS included.
  static let openingTimeout = Duration.seconds(10)
  /// The longest URL: 64 KiB.
  static let urlBytes = 64 << 10
  /// How many certificates of authorities are kept in memory at most, by where they come from.
  static let trusts = 16
  /// How long a peer may take to answer the Close frame when its script is unloaded.
  static let leavingTimeout = Duration.seconds(1)

  /// How many clients a server has at most by default, those in their opening or closing handshake included.
  static let clients = 1024
  /// How many octets all clients of a server may have made it hold for messages that have not ended: four of the longest.
  static let heldBytes = 4 * messageBytes

  /// How much of a request to open a connection a server accepts: 16 KiB.
  static let serverHandshake: HandshakeLimits = {
    var limits = HandshakeLimits()
    limits.http.maximumHeadBytes = 16 << 10
    return limits
  }()

  /// How much of an answer to its request to open a connection a client accepts: 64 KiB.
  static let clientHandshake: HandshakeLimits = {
    var limits = HandshakeLimits()
    limits.http.maximumHeadBytes = 64 << 10
    return limits
  }()

  /// What an open connection accepts.
  static let webSocket: WSLimits = {
    var limits = WSLimits()
    limits.maximumMessageBytes = messageBytes
    limits.maximumFramePayloadBytes = messageBytes
    return limits
  }()

  /// What an open connection of a server accepts: a client that takes nothing for 30 s is told 1013, and dropped.
  static let server: WSLimits = {
    var limits = webSocket
    limits.outputStallTimeout = .seconds(30)
    return limits
  }()
}
