/// One block of compressed data as it was found (RFC 1951 §3.2.3).
public struct DeflateBlock: Sendable, Hashable {
  /// How the data of a block is represented.
  public enum Kind: String, Sendable, Hashable {
    /// BTYPE 00: as is.
    case stored
    /// BTYPE 01: with the codes of RFC 1951 §3.2.6.
    case fixed
    /// BTYPE 10: with codes that stand before it.
    case dynamic
  }

  /// How the data is represented.
  public let kind: Kind
  /// BFINAL.
  public let isFinal: Bool
  /// The bits of the block, header included, counted from the first bit of the input.
  public internal(set) var bits: Range<Int>
  /// The octets the block stands for, counted from the first octet of output.
  public internal(set) var output: Range<Int>
  /// The number of literals; octets of a stored block are not counted.
  public internal(set) var literalCount = 0
  /// The number of pairs of length and distance.
  public internal(set) var matchCount = 0
  /// The longest length, 0 without a match.
  public internal(set) var longestLength = 0
  /// The largest distance, 0 without a match.
  public internal(set) var largestDistance = 0
}

/// What reading compressed data found; everything before ``failure`` is reported.
public struct DeflateReport: Sendable, Equatable {
  /// The blocks, at most ``DeflateLimits/maximumRecordedBlocks``; the one in which a failure lies is the last.
  public internal(set) var blocks: [DeflateBlock] = []
  /// The number of blocks, those not recorded included.
  public internal(set) var blockCount = 0
  /// The octets the data stands for.
  public internal(set) var output: [UInt8] = []
  /// The largest distance of all blocks, 0 without a match.
  public internal(set) var largestDistance = 0
  /// Whether a distance reaches back into the history from before this input.
  public internal(set) var reachesIntoHistory = false
  /// The offset of the first bit that was not read.
  public internal(set) var endBit = 0
  /// The number of bits of the input, appended octets included.
  public internal(set) var bitCount = 0
  /// Why reading ended before the end, or `nil`.
  public internal(set) var failure: DeflateFailure?

  /// The number of bits behind the last block: padding, and octets that belong to something else.
  public var trailingBitCount: Int { bitCount - endBit }
}
