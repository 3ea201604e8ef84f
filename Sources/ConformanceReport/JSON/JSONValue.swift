/// A JSON document to be written (RFC 8259): keys sorted, one fixed layout, so that equal values give equal octets.
enum JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  case null
  case bool(Bool)
  /// A number as it is to be written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }

  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// A whole number.
  static func integer(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }

  /// A string, or null.
  static func string(orNull text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// A list of strings.
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  /// The octets in Base64 (RFC 4648 §4).
  static func base64(_ octets: [UInt8]) -> JSONValue { .string(Base64.encode(octets)) }

  /// The document in UTF-8 with a line end at its end.
  var encoded: [UInt8] {
    var text = ""
    write(to: &text, indentation: "\n")
    return Array((text + "\n").utf8)
  }

  private func write(to text: inout String, indentation: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements.map { (nil, $0) }, between: ("[", "]"), to: &text, indentation: indentation)
    case .object(let members):
      Self.write(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, between: ("{", "}"), to: &text, indentation: indentation)
    }
  }

  /// Writes a container: on one line if it holds no other, else one line for each member.
  private static func write(
    _ members: [(key: String?, value: JSONValue)], between brackets: (String, String), to text: inout String, indentation: String
  ) {
    let inner = indentation + "  "
    let isFlat = !members.contains { $0.value.isContainer }
    text += brackets.0
    for (index, member) in members.enumerated() {
      if index > 0 { text += isFlat ? ", " : "," }
      if !isFlat { text += inner }
      if let key = member.key {
        write(key, to: &text)
        text += ": "
      }
      member.value.write(to: &text, indentation: inner)
    }
    text += isFlat ? brackets.1 : indentation + brackets.1
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    case .null, .bool, .number, .string: false
    }
  }

  /// Writes a string that stays inert in an HTML script element and on a CI console, too.
  private static func write(_ value: String, to text: inout String) {
    text += "\""
    var previous: Unicode.Scalar = " "
    for scalar in SafeText.line(value).unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "<": text += "\\u003C"
      case ">": text += "\\u003E"
      case "&": text += "\\u0026"
      case "#" where previous == "#": text += "\\u0023"
      default: text.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    text += "\""
  }
}

private enum Base64 {
  static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ octets: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity((octets.count + 2) / 3 * 4)
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for position in 0..<4 {
        let isPadding = position > group.count
        output.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(position)) & 63)])
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
