/// A classic hexadecimal dump: offset, sixteen octets, and their printable ASCII.
public enum HexDump {
  /// Returns one line for every sixteen octets.
  ///
  /// - Parameters:
  ///   - octets: The octets to show.
  ///   - offset: The stream offset of the first octet, printed at the start of each line. Default 0.
  public static func lines(_ octets: some Collection<UInt8>, offset: Int = 0) -> [String] {
    var lines: [String] = []
    var rest = octets[...]
    var lineOffset = offset
    while !rest.isEmpty {
      let row = rest.prefix(16)
      rest = rest.dropFirst(16)
      var hex = ""
      var text = ""
      for (column, octet) in row.enumerated() {
        hex += (column == 8 ? "  " : " ") + EscapedText.hexadecimal(octet).lowercased()
        text.unicodeScalars.append((0x20...0x7E).contains(octet) ? Unicode.Scalar(octet) : ".")
      }
      let digits = String(lineOffset, radix: 16)
      let address = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
      lines.append(address + " " + hex + String(repeating: " ", count: max(0, 49 - hex.count)) + "  " + text)
      lineOffset &+= row.count
    }
    return lines
  }
}
