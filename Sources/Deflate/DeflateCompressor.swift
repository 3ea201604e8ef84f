import CZlib
public import WSProtocol

/// Compresses messages for permessage-deflate on the system's zlib (RFC 7692 §7.2.1).
///
/// Without context takeover nothing is held between messages.
public final class DeflateCompressor: MessageCompressor {
  /// The largest distance is 2 to this power, 8…15.
  public let windowBits: Int
  /// Whether a message may refer to earlier ones.
  public let hasContextTakeover: Bool
  /// How hard zlib tries, 1…9.
  public let level: Int

  private var stream: DeflateStream?

  /// Creates a compressor.
  ///
  /// - Parameters:
  ///   - windowBits: The largest distance as a power of two, 8…15; zlib cannot use 8, matches are then left out altogether.
  ///   - hasContextTakeover: Whether a message may refer to earlier ones.
  ///   - level: How hard zlib tries, 1…9. Default 6, zlib's own.
  public init(windowBits: Int, hasContextTakeover: Bool, level: Int = 6) {
    self.windowBits = min(max(windowBits, 8), 15)
    self.hasContextTakeover = hasContextTakeover
    self.level = min(max(level, 1), 9)
  }

  /// Whether memory is held for the next message.
  public var holdsState: Bool { stream != nil }

  /// Gives the memory of the window back.
  public func releaseState() { stream = nil }

  /// Compresses a whole message; `nil` only without memory.
  public func compress(_ octets: Span<UInt8>) -> [UInt8]? {
    // zlib writes nothing when it is flushed twice in a row; this is the empty block it would have written.
    guard !octets.isEmpty else { return [0x00] }
    guard let stream = stream ?? DeflateStream(windowBits: windowBits, level: level) else { return nil }
    self.stream = hasContextTakeover ? stream : nil
    var output: [UInt8] = []
    stream.deflate(octets, into: &output)
    output.removeLast(4)
    return output
  }
}

/// A compressing stream of zlib.
@safe private final class DeflateStream {
  private let handle: OpaquePointer

  /// Compresses nothing but symbols where zlib has no window that is small enough.
  init?(windowBits: Int, level: Int) {
    let strategy = windowBits < 9 ? CZLIB_HUFFMAN_ONLY : CZLIB_DEFAULT_STRATEGY
    guard let handle = unsafe czlib_deflate_create(Int32(level), Int32(max(windowBits, 9)), 8, strategy) else { return nil }
    unsafe self.handle = handle
  }

  deinit { unsafe czlib_deflate_destroy(handle) }

  /// Appends the compressed octets, which end with 00 00 FF FF.
  ///
  /// Invariant: what zlib reads lies in `octets` from `taken` on, what it writes in the scratch buffer.
  func deflate(_ octets: Span<UInt8>, into output: inout [UInt8]) {
    unsafe octets.withUnsafeBufferPointer { input in
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: scratchBytes) { scratch in
        var taken = 0
        var isDone = false
        while !isDone {
          var inputCount = input.count - taken
          var outputCount = scratch.count
          let status = unsafe czlib_deflate(
            handle, input.baseAddress?.advanced(by: taken), &inputCount, scratch.baseAddress, &outputCount, CZLIB_SYNC_FLUSH)
          taken += inputCount
          unsafe output.append(contentsOf: scratch.prefix(outputCount))
          // Room that is left over means that the flush is complete.
          isDone = outputCount < scratch.count && (taken == input.count || status != CZLIB_OK)
        }
      }
    }
  }
}

/// How much is handed from zlib to an array at once, in octets.
let scratchBytes = 16 << 10
