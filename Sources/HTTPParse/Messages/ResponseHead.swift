/// The head of a response: its status line and fields.
///
/// A view of one buffer, as ``FieldSection`` is.
public struct ResponseHead: Sendable, Equatable {
  private let reasonStart: UInt32
  private let reasonEnd: UInt32
  private let statusCode: UInt16
  /// The version the server speaks; its major number is 1.
  public let version: HTTPVersion
  /// The fields in order; folded lines are unfolded (RFC 9112 §5.2).
  public let fields: FieldSection
  /// The stream offset of the status line; 0 in a head that was not received.
  public let offset: Int

  package init(status: Int, reasonPhrase: String, fields: FieldSection) {
    var storage = FieldSection()
    storage.begin(startLine: Array(reasonPhrase.utf8))
    for line in fields.lines {
      storage.append(name: line.name, value: line.value, nameOffset: line.nameOffset, valueOffset: line.valueOffset)
    }
    reasonStart = 0
    reasonEnd = UInt32(truncatingIfNeeded: reasonPhrase.utf8.count)
    statusCode = UInt16(truncatingIfNeeded: status)
    version = .http11
    self.fields = storage
    offset = 0
  }

  /// Builds a head whose status line, without fault, is the beginning of the octets of `fields`.
  init(parts: HeadParts, fields: FieldSection, offset: Int) {
    reasonStart = UInt32(truncatingIfNeeded: parts.reasonPhrase.lowerBound)
    reasonEnd = parts.startLineEnd
    statusCode = parts.status
    version = parts.version
    self.fields = fields
    self.offset = offset
  }

  /// The status code, 100 to 999.
  public var status: Int { Int(statusCode) }

  /// The reason phrase as received; often empty, never to be relied upon.
  public var reasonPhrase: ArraySlice<UInt8> { fields.octets[Int(reasonStart)..<Int(reasonEnd)] }

  /// Whether the response is interim (1xx) and another one follows: true for 100 to 199 but 101, which ends HTTP on its connection.
  public var isInterim: Bool { (100...199).contains(status) && status != 101 }

  /// Whether both heads say the same at the same offsets.
  public static func == (left: ResponseHead, right: ResponseHead) -> Bool {
    left.status == right.status && left.reasonPhrase == right.reasonPhrase && left.version == right.version && left.fields == right.fields
      && left.offset == right.offset
  }
}
