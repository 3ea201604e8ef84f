public import HTTPParse
public import WSProtocol

/// What both sides agreed on in an opening handshake.
public struct Agreement: Sendable, Equatable {
  /// The head of the server's answer, status 101.
  public let response: ResponseHead
  /// The subprotocol in use, or `nil`.
  public let subprotocol: String?
  /// The extensions in use, in order.
  public let extensions: [WebSocketExtension]
  /// What was agreed on for permessage-deflate, or `nil` without compression (RFC 7692 §7.1).
  ///
  /// A client finds it here if it offered ``ClientOffer/compression``.
  public let compression: PerMessageDeflate?
}
