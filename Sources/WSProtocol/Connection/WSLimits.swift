/// What an endpoint accepts at most; every number is checked before memory is reserved or work is done.
public struct WSLimits: Sendable, Hashable {
  /// The payload of one frame, in octets.
  ///
  /// Default 16 MiB: the largest frame of the usual conformance suites. Excess: 1009.
  public var maximumFramePayloadBytes = 16 << 20
  /// A whole message, in octets; if it is compressed, what it inflates to.
  ///
  /// Default 16 MiB. Excess: 1009.
  public var maximumMessageBytes = 16 << 20
  /// The frames of one message.
  ///
  /// Default 131,072: suites send 65,536 fragments. Excess: 1008.
  public var maximumFragments = 131_072
  /// The fragments after which their mean length must reach ``minimumMeanFragmentBytes``.
  ///
  /// Default 1,024.
  public var fragmentsBeforeMeanRule = 1_024
  /// The mean length of fragments past ``fragmentsBeforeMeanRule``, in octets.
  ///
  /// Default 16: ends floods of single octets. Excess: 1008.
  public var minimumMeanFragmentBytes = 16
  /// Empty fragments in a row that do not end the message.
  ///
  /// Default 64. Excess: 1008.
  public var maximumEmptyFragmentsInARow = 64
  /// The age of a message that does not end.
  ///
  /// Default 60 s. Excess: 1008.
  public var unfinishedMessageAge: Duration = .seconds(60)
  /// The age of a frame that does not end.
  ///
  /// Default 30 s. Excess: the connection is dropped.
  public var partialFrameAge: Duration = .seconds(30)
  /// Pongs waiting to be written, in frames; beyond it only the latest Ping is answered (RFC 6455 §5.5.3).
  ///
  /// Default 128.
  public var maximumQueuedPongs = 128
  /// Payload octets of Pongs waiting to be written.
  ///
  /// Default 16 KiB.
  public var maximumQueuedPongBytes = 16 << 10
  /// Control frames accepted at once.
  ///
  /// Default 200. Excess: 1008.
  public var controlFrameBurst = 200
  /// Control frames accepted per second in the long run.
  ///
  /// Default 50. Excess: 1008.
  public var controlFramesPerSecond = 50
  /// How long to wait for the peer's part of the closing handshake.
  ///
  /// Default 5 s. Excess: the connection is dropped.
  public var closeHandshakeTimeout: Duration = .seconds(5)
  /// Silence after which a Ping is sent, or `nil` for none.
  ///
  /// Default 30 s.
  public var keepalivePingInterval: Duration? = .seconds(30)
  /// How long to wait for any answer to that Ping.
  ///
  /// Default 20 s. Excess: dropped, 1006 for the caller.
  public var keepalivePongTimeout: Duration = .seconds(20)
  /// How long the peer may take nothing of the output that waits for it, or `nil` for no limit.
  ///
  /// Default `nil`: who only answers stops reading from such a peer, and keepalive ends it. Who moves the octets has to notice, and calls
  /// ``Endpoint/outputStalled(keys:)``. Excess: 1013.
  public var outputStallTimeout: Duration?
  /// How long no compressed message is sent before the compressor's memory is given back, or `nil` for never.
  ///
  /// Default 60 s, and up to twice as long where an endpoint is not told the time meanwhile. A window with its tables takes about 260 KiB, which
  /// is 2.6 GB on ten thousand idle connections; the price is one message that is compressed less well. The decompressor of a peer with
  /// context takeover is kept: the peer counts on it (RFC 7692 §7.2.2).
  public var compressorIdleRelease: Duration? = .seconds(60)

  /// Creates the default limits.
  public init() {}

  /// The payload of all frames of a compressed message, in octets: room for what compression adds to data it cannot shrink.
  var maximumCompressedMessageBytes: Int {
    let sum = maximumMessageBytes.addingReportingOverflow(maximumMessageBytes / 8 + 64)
    return sum.overflow ? .max : sum.partialValue
  }

  /// Checks what a message's fragments amount to.
  func checkFragments(count: Int, octets: UInt64, emptyInARow: Int, offset: UInt64) throws(WSError) {
    guard count <= maximumFragments else {
      throw WSError(.tooManyFragments, offset: offset, limit: UInt64(maximumFragments), actual: UInt64(count))
    }
    guard emptyInARow <= maximumEmptyFragmentsInARow else {
      throw WSError(
        .tooManyEmptyFragments, offset: offset, limit: UInt64(maximumEmptyFragmentsInARow), actual: UInt64(emptyInARow))
    }
    if count > fragmentsBeforeMeanRule, octets / UInt64(count) < UInt64(minimumMeanFragmentBytes) {
      throw WSError(
        .fragmentsTooSmall, offset: offset, limit: UInt64(minimumMeanFragmentBytes), actual: octets / UInt64(count))
    }
  }
}
