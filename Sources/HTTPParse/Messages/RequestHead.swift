/// The head of a request: its request line and fields.
public struct RequestHead: Sendable, Equatable {
  /// The method, in the case it was received; methods are case-sensitive.
  public let method: String
  /// The request target as received.
  public let target: RequestTarget
  /// The version the client speaks; its major number is 1.
  public let version: HTTPVersion
  /// The fields in order.
  public let fields: FieldSection
  /// The stream offset of the request line.
  public let offset: Int

  /// The authority the request is for: that of the target if it names one, else that of the Host field; `nil` if that is empty or absent.
  public var authority: Authority? {
    switch target.form {
    case .absolute(let url): url.authority
    case .authority(let authority): authority
    case .origin, .asterisk: hostFieldAuthority
    }
  }

  /// The authority in the Host field; `nil` if it is empty or absent.
  public var hostFieldAuthority: Authority? {
    fields.lines(named: "Host").first.flatMap { try? Authority(hostField: $0.value) }
  }

  /// Builds a head from a line the request line rules have found faultless.
  init?(line: [UInt8], fields: FieldSection, offset: Int, isRaw: Bool = false) {
    let scan = RequestLineScan(line)
    let method = String(decoding: line[scan.method], as: UTF8.self)
    guard let target = scan.target, let version = scan.version,
      let target = try? RequestTarget(Array(line[target]), method: method, isRaw: isRaw)
    else {
      return nil
    }
    self.method = method
    self.target = target
    self.version = VersionRule.version(of: line[version])
    self.fields = fields
    self.offset = offset
  }
}
