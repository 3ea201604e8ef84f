/// Peer octets as text that is safe to show on a terminal, in a log and in a report.
///
/// Received octets may hold escape sequences, bidirectional controls or markup; nothing received is ever shown without
/// passing through here. Escaping for a document format (HTML, JSON, XML) comes on top.
public enum EscapedText {
  /// Returns `octets` as printable ASCII: other octets become `\xNN`, the usual controls `\r` `\n` `\t`, a backslash `\\`.
  ///
  /// - Parameters:
  ///   - octets: Any octets.
  ///   - limit: The number of octets shown at most; what is cut off is counted in the text. Default: no limit.
  public static func ascii(_ octets: some Collection<UInt8>, limit: Int = .max) -> String {
    var text = ""
    for octet in octets.prefix(limit) {
      switch octet {
      case 0x5C: text += "\\\\"
      case 0x0D: text += "\\r"
      case 0x0A: text += "\\n"
      case 0x09: text += "\\t"
      case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(octet))
      default: text += "\\x" + hexadecimal(octet)
      }
    }
    return octets.count > limit ? text + " … (\(octets.count - limit) more octets)" : text
  }

  /// Returns `octets` as text when they are valid UTF-8, with every unprintable or direction-changing character escaped; otherwise as ``ascii(_:limit:)``.
  ///
  /// Characters that a terminal or a browser acts upon (controls, bidirectional marks, zero-width characters, line and paragraph
  /// separators, noncharacters, private use) become `\u{NNNN}`.
  public static func utf8(_ octets: some Collection<UInt8>, limit: Int = .max) -> String {
    guard octets.count <= limit, let string = String(validating: octets, as: UTF8.self) else {
      return ascii(octets, limit: limit)
    }
    return scalars(string)
  }

  /// Returns `text` with every unprintable or direction-changing character escaped.
  public static func scalars(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\r": result += "\\r"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
      }
    }
    return result
  }

  /// Two upper-case hexadecimal digits.
  public static func hexadecimal(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16, uppercase: true)
    return octet < 16 ? "0" + digits : digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }
}
