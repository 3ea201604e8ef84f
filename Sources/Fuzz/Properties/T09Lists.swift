package import FuzzModels
import HTTPParse
import WSHandshake
import WSProtocol

/// T09: the lists of the opening handshake against R3; what is read prints back, and reads the same again.
package enum ListProperty {
  /// The readers under test.
  package struct Subject: Sendable {
    package var extensions: @Sendable ([[UInt8]]) -> [ExtensionModel]? = readExtensions
    package var tokens: @Sendable ([[UInt8]]) -> [[UInt8]]? = readTokens
    package var parameters: @Sendable ([ExtensionModel.Parameter]) -> DeflateParametersModel? = readParameters

    package init() {}
  }

  /// Control octets: none; each line of the payload is the value of a field line.
  package static func check(_ octets: [UInt8], subject: Subject = Subject()) throws(OracleFailure) {
    let values = octets.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(8).map { Grammar.trimmed(Array($0)) }
    guard values.allSatisfy({ $0.allSatisfy(Grammar.isFieldValueCharacter) && String(validating: $0, as: UTF8.self) != nil }) else {
      return
    }

    let extensions = subject.extensions(values)
    let due = ExtensionModel.list(values)
    guard extensions == due else { throw OracleFailure("T09", .model, "extensions \(words(extensions)), not \(words(due))") }
    let tokens = subject.tokens(values)
    let dueTokens = ExtensionModel.tokens(values)
    guard tokens == dueTokens else { throw OracleFailure("T09", .model, "tokens \(words(tokens)), not \(words(dueTokens))") }

    guard let extensions else { return }
    let again = subject.extensions([print(extensions)])
    guard again == extensions || extensions.isEmpty else {
      throw OracleFailure("T09", .roundTrip, "\(words(extensions)) reads back as \(words(again))")
    }
    for found in extensions {
      let parameters = subject.parameters(found.parameters)
      let dueParameters = DeflateParametersModel(found.parameters)
      guard parameters == dueParameters else {
        throw OracleFailure("T09", .model, "parameters \(words(parameters)), not \(words(dueParameters)), of \(found)")
      }
    }
  }

  private static func words<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "refused" }

  /// The list as it stands in a field, values in quotes where they came without, so that both spellings are read.
  private static func print(_ extensions: [ExtensionModel]) -> [UInt8] {
    var text: [UInt8] = []
    for (index, found) in extensions.enumerated() {
      if index > 0 { text += Array(", ".utf8) }
      text += found.name
      for parameter in found.parameters {
        text += Array("; ".utf8) + parameter.name
        if let value = parameter.value { text += Array("=\"".utf8) + value + [0x22] }
      }
    }
    return text
  }

  private static func section(_ name: String, _ values: [[UInt8]]) -> FieldSection? {
    var lines: [FieldLine] = []
    for value in values {
      guard let line = try? FieldLine(name: name, value: String(decoding: value, as: UTF8.self)) else { return nil }
      lines.append(line)
    }
    return FieldSection(lines)
  }

  /// Reads with `WSHandshake`.
  @Sendable package static func readExtensions(_ values: [[UInt8]]) -> [ExtensionModel]? {
    guard let fields = section("Sec-WebSocket-Extensions", values), let list = try? WebSocketExtension.list(in: fields) else { return nil }
    return list.map(ExtensionModel.init)
  }

  /// Reads with `HTTPParse`.
  @Sendable package static func readTokens(_ values: [[UInt8]]) -> [[UInt8]]? {
    section("Sec-WebSocket-Protocol", values)?.tokens(of: "Sec-WebSocket-Protocol")?.map { Array($0.utf8) }
  }

  /// Reads with `WSProtocol`; what is printed must read as the same.
  @Sendable package static func readParameters(_ parameters: [ExtensionModel.Parameter]) -> DeflateParametersModel? {
    let pairs = parameters.map { parameter -> PerMessageDeflateParameters.Pair in
      (name: String(decoding: parameter.name, as: UTF8.self), value: parameter.value.map { String(decoding: $0, as: UTF8.self) })
    }
    guard let read = try? PerMessageDeflateParameters(pairs) else { return nil }
    guard let again = readExtensions([Array(read.description.utf8)])?.first.flatMap({ DeflateParametersModel($0.parameters) }),
      again == DeflateParametersModel(read)
    else { return DeflateParametersModel() }
    return again
  }
}

extension ExtensionModel {
  init(_ found: WebSocketExtension) {
    self.init(
      name: Array(found.name.utf8),
      parameters: found.parameters.map { Parameter(name: Array($0.name.utf8), value: $0.value.map { Array($0.utf8) }) })
  }
}

extension DeflateParametersModel {
  init(_ parameters: PerMessageDeflateParameters) {
    self.init()
    serverNoContextTakeover = parameters.serverNoContextTakeover
    clientNoContextTakeover = parameters.clientNoContextTakeover
    serverMaxWindowBits = parameters.serverMaxWindowBits
    hasClientMaxWindowBits = parameters.hasClientMaxWindowBits
    clientMaxWindowBits = parameters.clientMaxWindowBits
  }
}
