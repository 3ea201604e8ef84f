/// How far a reader follows compressed data.
public struct DeflateLimits: Sendable, Hashable {
  /// The octets of output of one input.
  ///
  /// Default 16 MiB: as much as a message may have.
  public var maximumOutputBytes = 16 << 20
  /// The blocks of one input.
  ///
  /// Default 16,777,216: a message of 16 MiB can hold thirteen million empty blocks of ten bits.
  public var maximumBlocks = 16 << 20
  /// The blocks that are described in a report; the others are read all the same.
  ///
  /// Default 4,096: enough to look at, and no burden for memory.
  public var maximumRecordedBlocks = 4_096

  /// Creates the default limits.
  public init() {}
}
