/// R3, its lists: `Sec-WebSocket-Extensions` and `Sec-WebSocket-Protocol` by descent from the ABNF of RFC 6455 §9.1 and §4.1.
package struct ExtensionModel: Equatable, Sendable {
  /// A parameter, its value without quotes.
  package struct Parameter: Equatable, Sendable {
    package var name: [UInt8]
    package var value: [UInt8]?

    package init(name: [UInt8], value: [UInt8]?) {
      self.name = name
      self.value = value
    }
  }

  package var name: [UInt8]
  package var parameters: [Parameter]

  package init(name: [UInt8], parameters: [Parameter]) {
    self.name = name
    self.parameters = parameters
  }

  /// The extensions in all values together, or `nil` if one is malformed, there are too many, or values name none.
  package static func list(_ values: [[UInt8]]) -> [ExtensionModel]? {
    guard values.map(\.count).reduce(0, +) <= 4096 else { return nil }
    var list: [ExtensionModel] = []
    for value in values {
      var cursor = LineCursor(value)
      do throws(Stop) {
        try readList(&cursor, into: &list)
      } catch {
        return nil
      }
    }
    guard list.count <= 16, list.allSatisfy({ $0.parameters.count <= 16 }) else { return nil }
    return values.isEmpty || !list.isEmpty ? list : nil
  }

  /// `1#extension`, RFC 9110 §5.6.1: elements between commas, of which a recipient ignores empty ones.
  private static func readList(_ cursor: inout LineCursor, into list: inout [ExtensionModel]) throws(Stop) {
    while true {
      try cursor.whitespace()
      if try cursor.peek() != 0x2C, try !cursor.isAtEnd() {
        list.append(try readExtension(&cursor))
        try cursor.whitespace()
      }
      guard try cursor.takeOptional(0x2C) else { return try cursor.requireEnd() }
    }
  }

  /// `extension-token *( ";" extension-param )`, with white space between all of them.
  private static func readExtension(_ cursor: inout LineCursor) throws(Stop) -> ExtensionModel {
    var result = ExtensionModel(name: try cursor.token(), parameters: [])
    while true {
      try cursor.whitespace()
      guard try cursor.takeOptional(0x3B) else { return result }
      try cursor.whitespace()
      var parameter = Parameter(name: try cursor.token(), value: nil)
      try cursor.whitespace()
      if try cursor.takeOptional(0x3D) {
        try cursor.whitespace()
        let value = try cursor.peek() == 0x22 ? try cursor.quotedString() : try cursor.token()
        guard Grammar.isToken(value) else { throw .rejected }
        parameter.value = value
      }
      result.parameters.append(parameter)
    }
  }

  /// The tokens in all values together, or `nil` if an element is none.
  package static func tokens(_ values: [[UInt8]]) -> [[UInt8]]? {
    let elements = values.flatMap(Grammar.pieces).filter { !$0.isEmpty }
    return elements.allSatisfy(Grammar.isToken) ? elements : nil
  }

  /// The subprotocols offered: at least one token, each once, within the limits; `nil` if the field is malformed.
  package static func subprotocols(_ values: [[UInt8]]) -> [[UInt8]]? {
    if values.isEmpty { return [] }
    guard values.map(\.count).reduce(0, +) <= 4096, let names = tokens(values), (1...64).contains(names.count) else { return nil }
    return Set(names).count == names.count ? names : nil
  }
}

/// The parameters of permessage-deflate, RFC 7692 §7.1, in an offer or an answer.
package struct DeflateParametersModel: Equatable, Sendable {
  package var serverNoContextTakeover = false
  package var clientNoContextTakeover = false
  package var serverMaxWindowBits: Int?
  package var hasClientMaxWindowBits = false
  package var clientMaxWindowBits: Int?

  package init() {}

  /// Reads parameters; `nil` for an unknown or repeated name, a flag with a value, or a number that is not 8 to 15 in plain digits.
  package init?(_ parameters: [ExtensionModel.Parameter]) {
    guard Set(parameters.map(\.name)).count == parameters.count else { return nil }
    for parameter in parameters {
      let number = ["8", "9", "10", "11", "12", "13", "14", "15"].firstIndex { Array($0.utf8) == parameter.value }.map { $0 + 8 }
      switch String(decoding: parameter.name, as: UTF8.self) {
      case "server_no_context_takeover":
        guard parameter.value == nil else { return nil }
        serverNoContextTakeover = true
      case "client_no_context_takeover":
        guard parameter.value == nil else { return nil }
        clientNoContextTakeover = true
      case "server_max_window_bits":
        guard let number else { return nil }
        serverMaxWindowBits = number
      case "client_max_window_bits":
        guard number != nil || parameter.value == nil else { return nil }
        hasClientMaxWindowBits = true
        clientMaxWindowBits = number
      default: return nil
      }
    }
  }

  /// Whether this, as an answer, fits an offer.
  package func answers(_ offer: DeflateParametersModel) -> Bool {
    if hasClientMaxWindowBits {
      // In an answer the parameter needs a value, and the offer must have had it.
      guard let clientMaxWindowBits, offer.hasClientMaxWindowBits, clientMaxWindowBits <= offer.clientMaxWindowBits ?? 15 else {
        return false
      }
    }
    if offer.serverNoContextTakeover, !serverNoContextTakeover { return false }
    if let most = offer.serverMaxWindowBits {
      guard let serverMaxWindowBits, serverMaxWindowBits <= most else { return false }
    }
    return true
  }
}
