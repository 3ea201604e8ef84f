/// What a server answers to offers of permessage-deflate (RFC 7692 §7.1).
public struct PerMessageDeflatePolicy: Sendable, Hashable {
  /// Whether the server begins each message with an empty window even if the client does not ask for it.
  ///
  /// Default true: an idle connection then keeps no compressor, which takes about 260 KiB.
  public var serverNoContextTakeover = true
  /// Whether the client is obliged to begin each message with an empty window.
  ///
  /// Default true: an idle connection then keeps no decompressor, which takes about 40 KiB.
  public var clientNoContextTakeover = true
  /// The largest window of the server, as a power of two, 9…15.
  ///
  /// Default 15: all that DEFLATE can use.
  public var serverMaxWindowBits = 15
  /// The largest window that the client is allowed, as a power of two, 8…15; a client that cannot be limited is accepted all the same.
  ///
  /// Default 15: all that DEFLATE can use.
  public var clientMaxWindowBits = 15

  /// Creates a policy with the defaults above.
  public init() {}

  /// Chooses among a client's offers of the extension, the preferred one first.
  ///
  /// An offer that is malformed is declined, and so is one of `server_max_window_bits=8`: zlib compresses with nothing below 9.
  ///
  /// - Parameter offers: The parameters of each offer, values without quotes.
  /// - Returns: The parameters of the answer and what they amount to, or `nil` to answer without the extension.
  public func choose(
    among offers: [[PerMessageDeflateParameters.Pair]]
  ) -> (answer: PerMessageDeflateParameters, agreed: PerMessageDeflate)? {
    for pairs in offers {
      guard let offer = try? PerMessageDeflateParameters(pairs), let answer = answer(to: offer) else { continue }
      let agreed = PerMessageDeflate(
        serverNoContextTakeover: answer.serverNoContextTakeover, clientNoContextTakeover: answer.clientNoContextTakeover,
        serverMaxWindowBits: answer.serverMaxWindowBits ?? 15, clientMaxWindowBits: answer.clientMaxWindowBits ?? 15)
      return (answer, agreed)
    }
    return nil
  }

  private func answer(to offer: PerMessageDeflateParameters) -> PerMessageDeflateParameters? {
    guard offer.serverMaxWindowBits != 8 else { return nil }
    var answer = PerMessageDeflateParameters()
    answer.serverNoContextTakeover = serverNoContextTakeover || offer.serverNoContextTakeover
    answer.clientNoContextTakeover = clientNoContextTakeover || offer.clientNoContextTakeover
    let serverBits = min(max(serverMaxWindowBits, 9), offer.serverMaxWindowBits ?? 15)
    if offer.serverMaxWindowBits != nil || serverBits < 15 { answer.serverMaxWindowBits = serverBits }
    guard offer.hasClientMaxWindowBits else { return answer }
    let clientBits = min(max(clientMaxWindowBits, 8), offer.clientMaxWindowBits ?? 15)
    if offer.clientMaxWindowBits != nil || clientBits < 15 {
      answer.hasClientMaxWindowBits = true
      answer.clientMaxWindowBits = clientBits
    }
    return answer
  }
}
