public import HTTPParse

/// How much of an opening handshake is accepted before the peer is refused.
public struct HandshakeLimits: Sendable, Equatable {
  /// The limits on the message head, and the number of interim responses.
  public var http: HTTPLimits

  /// The most octets in all values of `Sec-WebSocket-Protocol`, and likewise of `Sec-WebSocket-Extensions`; excess is `limit-list` (400).
  ///
  /// Default 4 KiB: real lists have some dozens of octets.
  public var maximumListBytes = 4096

  /// The most subprotocols in an offer; excess is `limit-list` (400).
  ///
  /// Default 64.
  public var maximumSubprotocols = 64

  /// The most extensions in an offer or an answer; excess is `limit-list` (400).
  ///
  /// Default 16.
  public var maximumExtensions = 16

  /// The most parameters of one extension; excess is `limit-list` (400).
  ///
  /// Default 16.
  public var maximumExtensionParameters = 16

  /// Creates limits with the defaults above.
  public init(http: HTTPLimits = HTTPLimits()) { self.http = http }
}
