public import HTTPParse

/// How much, and how long, a connection of HTTP/1.1 bears with its peer.
public struct HTTPConnectionLimits: Sendable, Equatable {
  /// How large messages may be, and how many requests a server reads from one connection.
  ///
  /// Default: those of `HTTPLimits`, so 10,000 requests, and no limit for content, which is handed on in pieces.
  public var messages = HTTPLimits()

  /// How long a server waits for a head, from its first octet to its last, and for the first octet of a new connection.
  ///
  /// Default 10 s in total, whatever comes meanwhile: a limit that every octet renews is no limit (Slowloris). Excess is answered with 408.
  public var headDeadline = Duration.seconds(10)

  /// How slowly a server lets content come, in octets a second, and how slowly a peer may take what it is sent.
  ///
  /// Default 256: slower than any modem, and still more than an attacker wants to pay. At least 1. Excess is answered with 408.
  public var minimumBytesPerSecond = 256

  /// How long content may lag behind ``minimumBytesPerSecond``; also the longest pause within it.
  ///
  /// Default 10 s: radio links pause for seconds.
  public var contentGrace = Duration.seconds(10)

  /// How long a server keeps a connection on which no request is under way.
  ///
  /// Default 60 s, as common servers do.
  public var idleDeadline = Duration.seconds(60)

  /// How many octets behind the request that is being answered a server holds before it stops reading.
  ///
  /// Default 64 KiB, what one read may bring: pipelined requests are parsed when their turn comes.
  public var maximumHeldBytes = 64 * 1024

  /// How much content that nobody wants is read so that the connection can go on.
  ///
  /// Default 256 KiB: up to about that much, reading is cheaper than a new connection. Excess closes the connection.
  public var maximumDrainedBytes = 256 * 1024

  /// How long content that nobody wants is read.
  ///
  /// Default 5 s. Excess closes the connection.
  public var drainDeadline = Duration.seconds(5)

  /// How many octets may wait for a peer when more is to be sent.
  ///
  /// Default 16 MiB, which only who ignores backpressure reaches. Excess aborts the connection.
  public var maximumPendingOutputBytes = 16 << 20

  /// How long a peer may lag behind ``minimumBytesPerSecond`` in taking what it is sent; also how long it may take nothing.
  ///
  /// Default 30 s: what waits here has filled the system's buffers before. Counts while something waits; the peer's system has to
  /// acknowledge octets, which Linux was seen to do in steps of 130 KB once its buffer is full. Excess aborts the connection.
  public var outputGrace = Duration.seconds(30)

  /// How long a server reads on after its last answer, so that a client that still sends gets to see it (RFC 9112 §9.6).
  ///
  /// Default 2 s, counted from when the client has taken the answer.
  public var lingerDeadline = Duration.seconds(2)

  /// How long a client waits for an exchange, from the request's first octet to the answer's last, unless a request says otherwise.
  ///
  /// Default 60 s in total. Excess ends the exchange and the connection.
  public var exchangeDeadline = Duration.seconds(60)

  /// How long a client that asked for it waits for 100 (Continue) before it sends its content anyway (RFC 9110 §10.1.1).
  ///
  /// Default 1 s, as common clients do: a server of HTTP/1.0 never sends one.
  public var continueWait = Duration.seconds(1)

  /// Creates limits with the defaults above.
  public init() {}
}
