import CZlib
import DeflateAudit
public import WSProtocol

/// Decompresses messages for permessage-deflate on the system's zlib (RFC 7692 §7.2.2).
///
/// Laws: output is counted inside the loop, so that at most one octet more than the limit is ever produced; a message ends at the end of a
/// block; after an error the zlib state is gone. Without context takeover nothing is held between messages.
public final class DeflateDecompressor: MessageDecompressor {
  /// What is done about distances beyond an agreed window of less than 32 KiB.
  public enum WindowRule: Sendable, Hashable {
    /// They make the message malformed; zlib accepts some, so each message is read a second time.
    case exact
    /// What zlib accepts is accepted; opens no attack, as zlib never reads beyond its own window and output.
    case lenient
  }

  /// The largest distance is 2 to this power, 8…15.
  public let windowBits: Int
  /// Whether a message may refer to earlier ones.
  public let hasContextTakeover: Bool

  private var stream: InflateStream?
  private var windowCheck: WindowCheck?
  private var hasReceived = false
  private var failure: DecompressionError?
  /// The number of calls of zlib so far: the work done, for tests.
  package private(set) var inflateCalls = 0

  /// Creates a decompressor.
  ///
  /// - Parameters:
  ///   - windowBits: The largest distance as a power of two, 8…15.
  ///   - hasContextTakeover: Whether a message may refer to earlier ones.
  ///   - windowRule: What is done about distances beyond the window. Default ``WindowRule/exact``.
  public init(windowBits: Int, hasContextTakeover: Bool, windowRule: WindowRule = .exact) {
    self.windowBits = min(max(windowBits, 8), 15)
    self.hasContextTakeover = hasContextTakeover
    if windowRule == .exact, self.windowBits < 15 { windowCheck = WindowCheck(windowBytes: 1 << self.windowBits) }
  }

  /// Whether memory is held for the next message.
  public var holdsState: Bool { stream != nil }

  /// The compressed octets of the unfinished message, which are kept for the check of the window; 0 without such a check.
  public var heldOctets: Int { windowCheck?.payload.count ?? 0 }

  /// Takes the next octets of a message's payload.
  ///
  /// - Throws: The first failure, again on every later call.
  public func decompress(_ octets: Span<UInt8>, into output: inout [UInt8], limit: Int) throws(DecompressionError) {
    if let failure { throw failure }
    guard !octets.isEmpty else { return }
    hasReceived = true
    windowCheck?.append(octets)
    try inflate(octets, into: &output, limit: limit)
  }

  /// Ends the message.
  ///
  /// A payload without any octet, which a sender should have written as 00, is an empty message.
  ///
  /// - Throws: The first failure, again on every later call.
  public func finishMessage(into output: inout [UInt8], limit: Int) throws(DecompressionError) {
    if let failure { throw failure }
    guard hasReceived else { return }
    hasReceived = false
    let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    try inflate(tail.span, into: &output, limit: limit)
    guard stream?.isAtBlockBoundary ?? true else { throw fail(.malformed("the compressed data ends inside a block")) }
    if let reason = windowCheck?.finishMessage() { throw fail(.malformed(reason)) }
    if !hasContextTakeover {
      stream = nil
      windowCheck?.forgetHistory()
    }
  }

  private func inflate(_ octets: Span<UInt8>, into output: inout [UInt8], limit: Int) throws(DecompressionError) {
    guard let stream = stream ?? InflateStream(windowBits: windowBits) else { throw fail(.outOfMemory) }
    self.stream = stream
    do throws(DecompressionError) {
      try stream.inflate(octets, into: &output, limit: limit, calls: &inflateCalls)
    } catch {
      throw fail(error)
    }
  }

  private func fail(_ error: DecompressionError) -> DecompressionError {
    stream = nil
    windowCheck = nil
    failure = error
    return error
  }
}

/// Reads messages a second time to find distances beyond the window, which zlib accepts as far as its output was not yet taken away.
private struct WindowCheck {
  private var reader: DeflateReader
  private(set) var payload: [UInt8] = []

  init(windowBytes: Int) {
    var limits = DeflateLimits()
    limits.maximumOutputBytes = .max
    limits.maximumBlocks = .max
    limits.maximumRecordedBlocks = 0
    reader = DeflateReader(framing: .message, windowBytes: windowBytes, limits: limits)
  }

  mutating func append(_ octets: Span<UInt8>) {
    unsafe octets.withUnsafeBufferPointer { unsafe payload.append(contentsOf: $0) }
  }

  /// What is wrong with the message, or `nil`; its length was checked by zlib.
  mutating func finishMessage() -> String? {
    defer { payload = [] }
    return reader.read(payload).failure?.description
  }

  mutating func forgetHistory() { reader.forgetHistory() }
}

/// A decompressing stream of zlib.
@safe private final class InflateStream {
  private let handle: OpaquePointer

  init?(windowBits: Int) {
    guard let handle = unsafe czlib_inflate_create(Int32(windowBits)) else { return nil }
    unsafe self.handle = handle
  }

  deinit { unsafe czlib_inflate_destroy(handle) }

  var isAtBlockBoundary: Bool { unsafe czlib_inflate_at_block_boundary(handle) != 0 }

  /// Appends what `octets` stand for.
  ///
  /// Invariant: what zlib reads lies in `octets` from `taken` on, what it writes in the scratch buffer.
  func inflate(_ octets: Span<UInt8>, into output: inout [UInt8], limit: Int, calls: inout Int) throws(DecompressionError) {
    try unsafe octets.withUnsafeBufferPointer { input throws(DecompressionError) in
      let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: scratchBytes)
      defer { unsafe scratch.deallocate() }
      var taken = 0
      var hasRoomLeft = false
      while taken < input.count || !hasRoomLeft {
        // One octet more than allowed tells a message of exactly the limit from a longer one.
        let room = min(scratch.count - 1, max(0, limit - output.count)) + 1
        var inputCount = input.count - taken
        var outputCount = room
        let status = unsafe czlib_inflate(
          handle, input.baseAddress?.advanced(by: taken), &inputCount, scratch.baseAddress, &outputCount)
        calls += 1
        taken += inputCount
        unsafe output.append(contentsOf: scratch.prefix(outputCount))
        guard output.count <= limit else { throw .outputTooLong }
        hasRoomLeft = outputCount < room
        switch status {
        case CZLIB_OK: break
        case CZLIB_STREAM_END:
          guard unsafe czlib_inflate_continue(handle) != 0 else { throw .outOfMemory }
          if taken == input.count { return }
        case CZLIB_NO_PROGRESS where taken == input.count: return
        case CZLIB_NO_MEMORY: throw .outOfMemory
        default: throw .malformed(unsafe String(cString: czlib_message(handle)))
        }
      }
    }
  }
}
