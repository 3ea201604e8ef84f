/// What a client offers for permessage-deflate (RFC 7692 §7.1).
public struct PerMessageDeflateOffer: Sendable, Hashable, CustomStringConvertible {
  /// The parameters of the offer.
  ///
  /// Default: `client_max_window_bits` without a value, so that the server may limit the client's window.
  public var parameters: PerMessageDeflateParameters

  /// Creates the default offer.
  public init() {
    parameters = PerMessageDeflateParameters()
    parameters.hasClientMaxWindowBits = true
  }

  /// Creates an offer.
  public init(_ parameters: PerMessageDeflateParameters) { self.parameters = parameters }

  /// The offer as it stands in `Sec-WebSocket-Extensions`.
  public var description: String { parameters.description }

  /// Checks that an answer accepts this offer.
  func check(_ answer: PerMessageDeflateParameters) throws(PerMessageDeflateError) {
    guard !parameters.serverNoContextTakeover || answer.serverNoContextTakeover else { throw .notAnswered(.serverNoContextTakeover) }
    if let offered = parameters.serverMaxWindowBits {
      guard let bits = answer.serverMaxWindowBits else { throw .notAnswered(.serverMaxWindowBits) }
      guard bits <= offered else { throw .windowTooLarge(.serverMaxWindowBits) }
    }
    if let bits = answer.clientMaxWindowBits {
      guard parameters.hasClientMaxWindowBits else { throw .notOffered(.clientMaxWindowBits) }
      guard bits <= parameters.clientMaxWindowBits ?? 15 else { throw .windowTooLarge(.clientMaxWindowBits) }
    }
  }
}
