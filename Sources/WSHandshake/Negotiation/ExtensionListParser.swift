import HTTPParse

/// A cursor over the value of one `Sec-WebSocket-Extensions` line; it moves only forward.
struct ExtensionListParser {
  private let line: FieldLine
  private var index: Int

  init(line: FieldLine) {
    self.line = line
    index = line.value.startIndex
  }

  /// Reads `extension-list`, leaving out empty elements (RFC 9110 §5.6.1).
  mutating func parse(into list: inout [WebSocketExtension], limits: HandshakeLimits) throws(HandshakeError) {
    while true {
      skipWhitespace()
      if skip(0x2C) { continue }
      if current == nil { return }
      guard list.count < limits.maximumExtensions else {
        throw limitError("too many extensions", limits.maximumExtensions)
      }
      list.append(try parseExtension(limits))
      guard current == nil || skip(0x2C) else { throw fault("a comma or a semicolon was expected") }
    }
  }

  private mutating func parseExtension(_ limits: HandshakeLimits) throws(HandshakeError) -> WebSocketExtension {
    let name = try token()
    var parameters: [WebSocketExtension.Parameter] = []
    skipWhitespace()
    while skip(0x3B) {
      guard parameters.count < limits.maximumExtensionParameters else {
        throw limitError("too many parameters of one extension", limits.maximumExtensionParameters)
      }
      skipWhitespace()
      let parameter = try token()
      skipWhitespace()
      var value: String?
      if skip(0x3D) {
        skipWhitespace()
        value = current == 0x22 ? try quotedToken() : try token()
        skipWhitespace()
      }
      parameters.append(WebSocketExtension.Parameter(name: parameter, value: value))
    }
    return WebSocketExtension(name: name, parameters: parameters)
  }

  private mutating func token() throws(HandshakeError) -> String {
    let start = index
    while let octet = current, ASCII.isToken(CollectionOfOne(octet)) { index += 1 }
    guard index > start else { throw fault("a token was expected") }
    return String(decoding: line.value[start..<index], as: UTF8.self)
  }

  /// Reads a quoted string whose content, once unescaped, is a token.
  private mutating func quotedToken() throws(HandshakeError) -> String {
    index += 1
    var content: [UInt8] = []
    while !skip(0x22) {
      _ = skip(0x5C)
      guard let octet = current, ASCII.isToken(CollectionOfOne(octet)) else { throw fault("a quoted value is unclosed or not a token") }
      content.append(octet)
      index += 1
    }
    guard !content.isEmpty else { throw fault("a quoted value is empty") }
    return String(decoding: content, as: UTF8.self)
  }

  private var current: UInt8? { index < line.value.endIndex ? line.value[index] : nil }

  private mutating func skip(_ octet: UInt8) -> Bool {
    guard current == octet else { return false }
    index += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let octet = current, octet == 0x20 || octet == 0x09 { index += 1 }
  }

  private func fault(_ reason: String) -> HandshakeError {
    HandshakeError(.extension, "Sec-WebSocket-Extensions is malformed, " + reason, at: line.streamOffset(ofValueIndex: index))
  }

  private func limitError(_ reason: String, _ limit: Int) -> HandshakeError {
    HandshakeError(.limitList, reason, at: line.streamOffset(ofValueIndex: index), limit: limit, actual: limit + 1)
  }
}
