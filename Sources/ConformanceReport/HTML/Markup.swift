/// A piece of HTML that cannot hold anything unescaped: literals are compile-time constants, everything put into them is escaped.
///
/// Attribute values that are put in stand in single or double quotes.
struct Markup: Sendable, ExpressibleByStringInterpolation {
  /// The HTML.
  private(set) var text: String

  init(stringLiteral value: StaticString) { text = value.description }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// The constant `text` as it stands, such as a style sheet.
  init(constant text: StaticString) { self.init(stringLiteral: text) }

  /// One piece after the other.
  init(_ pieces: some Sequence<Markup>) { text = pieces.map(\.text).joined() }

  static func += (left: inout Markup, right: Markup) { left.text += right.text }

  /// Returns `text` as character data or as a quoted attribute value: markup becomes references, what acts on a reader `\u{NNNN}`.
  static func escape(_ text: String) -> String {
    var result = ""
    for octet in SafeText.line(text).unicodeScalars {
      switch octet {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "`": result += "&#96;"
      default: result.unicodeScalars.append(octet)
      }
    }
    return result
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    /// Puts escaped text in.
    mutating func appendInterpolation(_ text: String) { self.text += Markup.escape(text) }

    /// Puts a number in.
    mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }

    /// Puts markup in as it is.
    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

    /// Puts markup in as it is, or nothing.
    mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }

    /// Puts pieces of markup in, one after the other.
    mutating func appendInterpolation(_ pieces: [Markup]) {
      for piece in pieces { text += piece.text }
    }
  }
}
