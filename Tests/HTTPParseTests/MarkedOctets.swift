/// Octets written as text, with a place in them marked by `‸`; `\xNN` stands for any octet.
struct MarkedOctets {
  let octets: [UInt8]
  /// The offset of the mark, or of the end.
  let mark: Int

  init(_ text: String) {
    var octets: [UInt8] = []
    var mark: Int?
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if scalar == "‸" {
        mark = octets.count
      } else if scalar == "\\", rest.first == "x",
        let octet = UInt8(String(String.UnicodeScalarView(rest.dropFirst().prefix(2))), radix: 16)
      {
        octets.append(octet)
        rest = rest.dropFirst(3)
      } else {
        octets += Array(String(scalar).utf8)
      }
    }
    self.octets = octets
    self.mark = mark ?? octets.count
  }
}
