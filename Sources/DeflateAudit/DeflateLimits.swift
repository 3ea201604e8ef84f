/// How far a reader follows compressed data.
public struct DeflateLimits: Sendable, Hashable {
  /// The octets of output of one input.
  ///
  /// Default 16 MiB: as much as a message may have.
  public var maximumOutputBytes = 16 << 20
  /// The blocks of one input.
  ///
  /// Default 4,194,304: a message of 16 MiB can hold three million empty blocks.
  public var maximumBlocks = 4 << 20
  /// The blocks that are described in a report; the others are read all the same.
  ///
  /// Default 4,096: enough to look at, and no burden for memory.
  public var maximumRecordedBlocks = 4_096

  /// Creates the default limits.
  public init() {}
}
