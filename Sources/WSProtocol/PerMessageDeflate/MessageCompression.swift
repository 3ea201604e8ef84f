/// Compresses the messages an endpoint sends (RFC 7692 §7.2.1).
public protocol MessageCompressor: AnyObject {
  /// Compresses a whole message.
  ///
  /// - Returns: The payload to be sent with RSV1, its last four octets 00 00 FF FF removed, or `nil` if it cannot be compressed; it is then
  ///   sent as it is, which is always legal.
  func compress(_ octets: Span<UInt8>) -> [UInt8]?

  /// Whether memory is held for the next message.
  var holdsState: Bool { get }

  /// Gives that memory back; the next message then refers to no earlier one, which a sender is always free to do (RFC 7692 §7.2.1).
  func releaseState()
}

/// Decompresses the messages an endpoint receives (RFC 7692 §7.2.2); after an error it is not used again.
public protocol MessageDecompressor: AnyObject {
  /// Takes the next octets of a message's compressed payload and appends what they stand for to `output`.
  ///
  /// - Parameters:
  ///   - octets: The payload, unmasked.
  ///   - output: The octets of the message so far; valid up to the error when one is thrown.
  ///   - limit: The length in octets that `output` may have; exceeded by at most 64 KiB, after which nothing is decompressed.
  func decompress(_ octets: Span<UInt8>, into output: inout [UInt8], limit: Int) throws(DecompressionError)

  /// Ends the message, as if 00 00 FF FF followed.
  func finishMessage(into output: inout [UInt8], limit: Int) throws(DecompressionError)
}

/// Why a message could not be decompressed.
public enum DecompressionError: Error, Sendable, Hashable {
  /// The data is not what DEFLATE allows; the reason names no received data.
  case malformed(String)
  /// The message is longer than the limit.
  case outputTooLong
  /// There is no memory for the decompressor.
  case outOfMemory
}

/// Both directions of compression of one connection, for an ``Endpoint``.
public struct MessageCompression {
  /// Compresses what is sent.
  public let compressor: any MessageCompressor
  /// Decompresses what is received.
  public let decompressor: any MessageDecompressor

  /// Creates a pair; neither may serve another connection.
  public init(compressor: any MessageCompressor, decompressor: any MessageDecompressor) {
    self.compressor = compressor
    self.decompressor = decompressor
  }
}
