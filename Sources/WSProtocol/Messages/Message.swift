/// A whole message: its kind and its content (RFC 6455 §5.6).
public struct Message: Sendable, Hashable {
  /// How the content is to be read.
  public enum Kind: String, Sendable, Hashable {
    /// UTF-8 text; a received text message is valid UTF-8.
    case text
    /// Any octets.
    case binary

    /// The opcode of the message's first frame.
    public var opcode: Opcode {
      switch self {
      case .text: .text
      case .binary: .binary
      }
    }
  }

  /// How the content is to be read.
  public var kind: Kind
  /// The content after unmasking and joining of fragments.
  public var octets: [UInt8]

  /// Creates a message.
  public init(_ kind: Kind, _ octets: [UInt8]) {
    self.kind = kind
    self.octets = octets
  }
}
