import WireBytes

/// The last line of defence of every report: text of the result model made harmless once more.
///
/// The model's texts are escaped already, so that a backslash is left alone here; what is escaped is only what should not be there.
enum SafeText {
  /// Returns `text` with every unprintable, line-breaking or direction-changing character as `\u{NNNN}`.
  static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\\" || (0x20...0x7E).contains(scalar.value) {
        result.unicodeScalars.append(scalar)
      } else {
        result += EscapedText.scalars(String(scalar))
      }
    }
    return result
  }

  /// Returns `text` with the second of two number signs replaced, so that no CI console finds a command such as `##[…]` in it.
  static func withoutCommandMarks(_ text: String, replacement: String) -> String {
    guard text.contains("##") else { return text }
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar == "#", previous == "#" {
        result += replacement
      } else {
        result.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return result
  }

  /// Returns `argument` so that a POSIX shell reads it as one word.
  static func shellWord(_ argument: String) -> String {
    let isPlain = !argument.isEmpty && argument.utf8.allSatisfy(plainInShell.contains)
    if isPlain { return argument }
    return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  private static let plainInShell = ByteClass([0x30...0x39, 0x41...0x5A, 0x61...0x7A], characters: "-_./:@%+=,")
}
