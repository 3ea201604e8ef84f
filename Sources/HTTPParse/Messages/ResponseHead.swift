/// The head of a response: its status line and fields.
///
/// A view of one buffer, as ``FieldSection`` is.
public struct ResponseHead: Sendable, Equatable {
  /// The fields in order; folded lines are unfolded (RFC 9112 §5.2).
  public let fields: FieldSection
  package init(status: Int, reasonPhrase: String, fields: FieldSection) {
    let line = Array("HTTP/1.1 \(status) \(reasonPhrase)".utf8)
    var parts = HeadParts(startLineEnd: UInt32(truncatingIfNeeded: line.count))
    parts.status = UInt16(truncatingIfNeeded: status)
    parts.minorVersion = 1
    var section = FieldSection()
    section.begin(startLine: line, parts: parts, base: 0)
    for line in fields.lines { section.append(line) }
    self.init(fields: section)
  }

  /// Builds a head whose status line, without fault, is the beginning of the octets of `fields`.
  init(fields: FieldSection) { self.fields = fields }

  /// The version the server speaks; its major number is 1.
  public var version: HTTPVersion { fields.parts.version }

  /// The stream offset of the status line; 0 in a head that was not received.
  public var offset: Int { fields.base }

  /// The status code, 100 to 999.
  public var status: Int { Int(fields.parts.status) }

  /// The reason phrase as received; often empty, never to be relied upon.
  public var reasonPhrase: ArraySlice<UInt8> { fields.octets[fields.parts.reasonPhrase] }

  /// Whether the response is interim (1xx) and another one follows: true for 100 to 199 but 101, which ends HTTP on its connection.
  public var isInterim: Bool { (100...199).contains(status) && status != 101 }

  /// Whether both heads say the same at the same offsets.
  public static func == (left: ResponseHead, right: ResponseHead) -> Bool {
    left.status == right.status && left.reasonPhrase == right.reasonPhrase && left.version == right.version && left.fields == right.fields
      && left.offset == right.offset
  }
}
