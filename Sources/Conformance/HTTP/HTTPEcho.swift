import HTTPParse

/// What a server under test may tell about the request it read, in fields of its answer.
///
/// The framing of content and the reading of fields can be judged only if the server shows what it read. A target that does so sends:
///
/// - `Echo-Request`: the method and the target, separated by a space;
/// - `Echo-Content-Length`: the number of octets of content it read; where the answer may have content, that is the content read;
/// - `Echo-Field` and `Echo-Trailer`: a name, a colon and a value, one line for each field line and trailer line it read.
///
/// Octets outside 0x20 to 0x7E, and percent signs, are written as a percent sign and two hexadecimal digits.
public enum HTTPEcho {
  /// The name of the field that shows the request line.
  public static let request = "Echo-Request"
  /// The name of the field that shows how much content was read.
  public static let contentLength = "Echo-Content-Length"
  /// The name of the fields that show field lines.
  public static let field = "Echo-Field"
  /// The name of the fields that show trailer lines.
  public static let trailer = "Echo-Trailer"

  /// Octets as they stand in such a field.
  public static func encode(_ octets: some Sequence<UInt8>) -> String {
    var text = ""
    for octet in octets {
      if (0x20...0x7E).contains(octet), octet != 0x25 {
        text.unicodeScalars.append(Unicode.Scalar(octet))
      } else {
        text += "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// The octets that such a field stands for; what is no escape stands for itself.
  static func decode(_ value: some Collection<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    var rest = Array(value)[...]
    while let octet = rest.popFirst() {
      if octet == 0x25, rest.count >= 2, let escaped = WireNumber.value(rest.prefix(2), radix: 16) {
        octets.append(UInt8(truncatingIfNeeded: escaped))
        rest = rest.dropFirst(2)
      } else {
        octets.append(octet)
      }
    }
    return octets
  }
}

extension ObservedAnswer {
  /// The target of the request this answers, if the server shows it.
  var echoedTarget: String? {
    values(of: HTTPEcho.request).first.flatMap { line in
      line.firstIndex(of: 0x20).map { String(decoding: HTTPEcho.decode(line[($0 + 1)...]), as: UTF8.self) }
    }
  }

  /// How many octets of content the server read, if it shows that.
  var echoedContentLength: Int? {
    values(of: HTTPEcho.contentLength).first.flatMap { WireNumber.value($0) }.flatMap(Int.init(exactly:))
  }

  /// The value of a field or trailer that the server read, its lines joined by commas: `nil` if it shows no request, `.some(nil)` if it
  /// read none of that name.
  func echoedValue(of name: String, in kind: String) -> [UInt8]?? {
    guard echoedTarget != nil else { return nil }
    let lines = values(of: kind).compactMap { line -> ArraySlice<UInt8>? in
      guard let colon = line.firstIndex(of: 0x3A), ASCII.equalsIgnoringCase(HTTPEcho.decode(line[..<colon]), name.utf8) else { return nil }
      return ASCII.trimmed(line[(colon + 1)...])
    }
    return .some(lines.isEmpty ? nil : Array(lines.map { HTTPEcho.decode($0) }.joined(separator: Array(", ".utf8))))
  }
}
