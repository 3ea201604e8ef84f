/// The head of a request: its request line and fields.
///
/// A view of one buffer, as ``FieldSection`` is; what is text is made of it when it is asked for.
public struct RequestHead: Sendable, Equatable {
  private let form: RequestTarget.Form
  /// The fields in order.
  public let fields: FieldSection
  /// Builds a head whose request line, without fault, is the beginning of the octets of `fields`.
  init(form: RequestTarget.Form, fields: FieldSection) {
    self.form = form
    self.fields = fields
  }

  /// The version the client speaks; its major number is 1.
  public var version: HTTPVersion { fields.parts.version }

  /// The stream offset of the request line.
  public var offset: Int { fields.base }

  /// The method, in the case it was received; methods are case-sensitive.
  public var method: String { String(decoding: methodOctets, as: UTF8.self) }

  /// The octets of the method.
  public var methodOctets: ArraySlice<UInt8> { fields.octets[fields.parts.method] }

  /// The request target as received.
  public var target: RequestTarget { RequestTarget(octets: fields.octets[fields.parts.target], form: form) }

  /// The authority the request is for: that of the target if it names one, else that of the Host field; `nil` if that is empty or absent.
  public var authority: Authority? {
    switch form {
    case .absolute(let url): url.authority
    case .authority(let authority): authority
    case .origin, .asterisk: hostFieldAuthority
    }
  }

  /// The authority in the Host field; `nil` if it is empty or absent.
  public var hostFieldAuthority: Authority? {
    fields.firstLine(fields.marks.host).flatMap { try? Authority($0.value) }
  }

  /// Whether both heads say the same at the same offsets.
  public static func == (left: RequestHead, right: RequestHead) -> Bool {
    left.methodOctets == right.methodOctets && left.target == right.target && left.version == right.version && left.fields == right.fields
      && left.offset == right.offset
  }

  /// Whether the method is CONNECT; nothing is made into text.
  var isConnect: Bool { fields.parts.methodEnd == 7 && methodOctets.elementsEqual("CONNECT".utf8) }
}
