/// The head of a response: its status line and fields.
public struct ResponseHead: Sendable, Equatable {
  /// The version the server speaks; its major number is 1.
  public let version: HTTPVersion
  /// The status code, 100 to 999.
  public let status: Int
  /// The reason phrase as received; often empty, never to be relied upon.
  public let reasonPhrase: [UInt8]
  /// The fields in order; folded lines are unfolded (RFC 9112 §5.2).
  public let fields: FieldSection
  /// The stream offset of the status line; 0 in a head that was not received.
  public let offset: Int

  /// Whether the response is interim (1xx) and another one follows: true for 100 to 199 but 101, which ends HTTP on its connection.
  public var isInterim: Bool { (100...199).contains(status) && status != 101 }

  package init(status: Int, reasonPhrase: String, fields: FieldSection) {
    version = .http11
    self.status = status
    self.reasonPhrase = Array(reasonPhrase.utf8)
    self.fields = fields
    offset = 0
  }

  /// Builds a head from a line the status line rules have found faultless.
  init(line: [UInt8], fields: FieldSection, offset: Int) {
    let line = line.starts(with: "ICY".utf8) ? StatusLineRules.http10(icy: line) : line
    let scan = StatusLineScan(line)
    version = VersionRule.version(of: line[scan.version])
    status = line[scan.statusCode ?? 0..<0].reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
    reasonPhrase = Array(line[scan.reasonPhrase ?? 0..<0])
    self.fields = fields
    self.offset = offset
  }
}
