public import WSProtocol

extension MessageCompression {
  /// Creates both directions of an agreement, for the endpoint that plays `role`.
  ///
  /// - Parameters:
  ///   - agreed: What the opening handshake agreed on.
  ///   - role: The side that uses them.
  ///   - level: How hard zlib tries, 1…9. Default 6, zlib's own.
  ///   - windowRule: What is done about distances beyond the window. Default: the message is malformed.
  public init(
    _ agreed: PerMessageDeflate, role: Role, level: Int = 6, windowRule: DeflateDecompressor.WindowRule = .exact
  ) {
    self.init(
      compressor: DeflateCompressor(
        windowBits: agreed.maxWindowBits(from: role), hasContextTakeover: agreed.hasContextTakeover(from: role), level: level),
      decompressor: DeflateDecompressor(
        windowBits: agreed.maxWindowBits(from: role.peer), hasContextTakeover: agreed.hasContextTakeover(from: role.peer),
        windowRule: windowRule))
  }
}
