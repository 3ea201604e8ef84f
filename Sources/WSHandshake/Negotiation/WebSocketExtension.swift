public import HTTPParse
import WSProtocol

/// One extension in an offer or an answer, RFC 6455 §9.1.
public struct WebSocketExtension: Sendable, Equatable {
  /// A parameter of an extension.
  public struct Parameter: Sendable, Equatable {
    /// The name, a token, in the case received.
    public let name: String
    /// The value, a token without quotes, or `nil` if there was none.
    public let value: String?
  }

  /// The name, a token, in the case received.
  public let name: String
  /// The parameters in order, repeated ones included.
  public let parameters: [Parameter]

  /// The parameters as the extension's own rules take them.
  var pairs: [PerMessageDeflateParameters.Pair] { parameters.map { ($0.name, $0.value) } }

  /// An extension of defined parameters.
  init(_ compression: PerMessageDeflateParameters) {
    name = PerMessageDeflate.name
    parameters = compression.pairs.map { Parameter(name: $0.name, value: $0.value) }
  }

  init(name: String, parameters: [Parameter]) {
    self.name = name
    self.parameters = parameters
  }

  /// Reads the list in all `Sec-WebSocket-Extensions` fields of a section; empty without such a field.
  ///
  /// - Throws: `extension` when the value departs from the grammar of RFC 6455 §9.1; `limit-list`.
  public static func list(
    in fields: FieldSection, limits: HandshakeLimits = HandshakeLimits()
  ) throws(HandshakeError) -> [WebSocketExtension] {
    let lines = fields.lines(named: "Sec-WebSocket-Extensions")
    try limits.checkListBytes(lines)
    var list: [WebSocketExtension] = []
    for line in lines {
      var parser = ExtensionListParser(line: line)
      try parser.parse(into: &list, limits: limits)
    }
    if let first = lines.first, list.isEmpty {
      throw HandshakeError(.extension, "Sec-WebSocket-Extensions names no extension", at: first.valueOffset)
    }
    return list
  }
}

extension HandshakeLimits {
  /// Checks the octets of all values of one list.
  func checkListBytes(_ lines: [FieldLine]) throws(HandshakeError) {
    let count = lines.reduce(0) { $0 + $1.value.count }
    guard count > maximumListBytes, let first = lines.first else { return }
    throw HandshakeError(.limitList, "a list is too long", at: first.valueOffset, limit: maximumListBytes, actual: count)
  }
}
