/// The opcode of a frame: four bits that say how to read its payload (RFC 6455 §5.2, §11.8).
public struct Opcode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The value, 0…15.
  public let rawValue: UInt8

  /// Creates an opcode from the low four bits of `rawValue`; the others are ignored.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0F }

  /// Continues a fragmented message (RFC 6455 §5.4).
  public static let continuation = Opcode(rawValue: 0x0)
  /// Begins a text message (RFC 6455 §5.6).
  public static let text = Opcode(rawValue: 0x1)
  /// Begins a binary message (RFC 6455 §5.6).
  public static let binary = Opcode(rawValue: 0x2)
  /// Starts or answers the closing handshake (RFC 6455 §5.5.1).
  public static let close = Opcode(rawValue: 0x8)
  /// Asks for a Pong (RFC 6455 §5.5.2).
  public static let ping = Opcode(rawValue: 0x9)
  /// Answers a Ping, or comes unsolicited (RFC 6455 §5.5.3).
  public static let pong = Opcode(rawValue: 0xA)

  /// Whether the opcode is in the control range 8…15 (RFC 6455 §5.5).
  public var isControl: Bool { rawValue & 0x8 != 0 }

  /// Whether RFC 6455 gives the opcode no meaning: 3…7 and 11…15.
  public var isReserved: Bool { rawValue & 0x7 > 2 }

  /// The name the RFC uses, or the number of a reserved opcode.
  public var description: String {
    switch self {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    default: "opcode \(rawValue)"
    }
  }
}
