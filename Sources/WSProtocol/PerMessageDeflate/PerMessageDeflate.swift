/// What both sides agreed on for permessage-deflate (RFC 7692 §7.1).
public struct PerMessageDeflate: Sendable, Hashable {
  /// The name of the extension.
  public static let name = "permessage-deflate"
  /// The window sizes that can be agreed on, as powers of two.
  public static let windowBits = 8...15

  /// Whether the server begins each message with an empty window (RFC 7692 §7.1.1.1).
  public var serverNoContextTakeover: Bool
  /// Whether the client begins each message with an empty window (RFC 7692 §7.1.1.2).
  public var clientNoContextTakeover: Bool
  /// The server's window is 2 to this power, 8…15 (RFC 7692 §7.1.2.1).
  public var serverMaxWindowBits: Int
  /// The client's window is 2 to this power, 8…15 (RFC 7692 §7.1.2.2).
  public var clientMaxWindowBits: Int

  /// Creates an agreement.
  ///
  /// Default: what an answer without parameters means, windows of 32 KiB that go on from message to message.
  public init(
    serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false, serverMaxWindowBits: Int = 15,
    clientMaxWindowBits: Int = 15
  ) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.clientNoContextTakeover = clientNoContextTakeover
    self.serverMaxWindowBits = serverMaxWindowBits
    self.clientMaxWindowBits = clientMaxWindowBits
  }

  /// Whether the messages that `role` sends may refer to earlier ones.
  public func hasContextTakeover(from role: Role) -> Bool {
    switch role {
    case .client: !clientNoContextTakeover
    case .server: !serverNoContextTakeover
    }
  }

  /// The power of two that bounds the distances in messages that `role` sends, 8…15.
  public func maxWindowBits(from role: Role) -> Int {
    switch role {
    case .client: clientMaxWindowBits
    case .server: serverMaxWindowBits
    }
  }

  /// Reads a server's answer, which must fit one of the client's offers.
  ///
  /// - Parameters:
  ///   - answer: The parameters of the answer, values without quotes.
  ///   - offers: What the client offered.
  /// - Throws: The rule that the answer breaks; where it fits no offer, that of the last one.
  public init(
    answer: [PerMessageDeflateParameters.Pair], to offers: [PerMessageDeflateOffer]
  ) throws(PerMessageDeflateError) {
    let answer = try PerMessageDeflateParameters(answer)
    guard !answer.hasClientMaxWindowBits || answer.clientMaxWindowBits != nil else { throw .missingValue(.clientMaxWindowBits) }
    var mismatch = PerMessageDeflateError.notOffered(nil)
    for offer in offers {
      do throws(PerMessageDeflateError) {
        try offer.check(answer)
        self.init(answer, offer)
        return
      } catch {
        mismatch = error
      }
    }
    throw mismatch
  }

  /// What a client promised in its offer holds even if the answer does not repeat it.
  private init(_ answer: PerMessageDeflateParameters, _ offer: PerMessageDeflateOffer) {
    self.init(
      serverNoContextTakeover: answer.serverNoContextTakeover,
      clientNoContextTakeover: answer.clientNoContextTakeover || offer.parameters.clientNoContextTakeover,
      serverMaxWindowBits: answer.serverMaxWindowBits ?? 15,
      clientMaxWindowBits: answer.clientMaxWindowBits ?? offer.parameters.clientMaxWindowBits ?? 15)
  }
}
