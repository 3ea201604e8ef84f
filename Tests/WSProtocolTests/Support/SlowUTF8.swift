/// UTF-8 by the table of RFC 3629 §4, row by row, without a thought for speed.
enum SlowUTF8 {
  /// The allowed octets of every form, in order.
  private static let forms: [[ClosedRange<UInt8>]] = [
    [0x00...0x7F],
    [0xC2...0xDF, 0x80...0xBF],
    [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
    [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF],
    [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
    [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF],
    [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
    [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
  ]

  /// What is to be said of a text.
  struct Verdict: Equatable {
    /// The first octet after which nothing can make the text valid.
    var firstInvalid: Int?
    /// Whether the text is valid and ends with a whole character.
    var isComplete: Bool
  }

  static func judge(_ octets: [UInt8]) -> Verdict {
    var start = 0
    while start < octets.count {
      var longest = 0
      var isWhole = false
      for form in forms where !isWhole {
        var length = 0
        while length < form.count, start + length < octets.count, form[length].contains(octets[start + length]) { length += 1 }
        longest = max(longest, length)
        isWhole = length == form.count
      }
      if !isWhole {
        let bad = start + longest
        return Verdict(firstInvalid: bad < octets.count ? bad : nil, isComplete: false)
      }
      start += longest
    }
    return Verdict(firstInvalid: nil, isComplete: true)
  }
}
