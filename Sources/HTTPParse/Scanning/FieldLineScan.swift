/// The parts of a field line, found without judging them.
package struct FieldLineScan: Sendable, Equatable {
  /// Up to the first colon, white space included; the whole line without a colon.
  package let name: Range<Int>
  /// After the first colon, without white space at its ends; `nil` without a colon.
  package let value: Range<Int>?

  /// Splits any line.
  package init(_ line: [UInt8]) {
    guard let colon = line.firstIndex(of: 0x3A) else {
      name = line.indices
      value = nil
      return
    }
    name = 0..<colon
    let trimmed = ASCII.trimmed(line[(colon + 1)...])
    value = trimmed.startIndex..<trimmed.endIndex
  }
}
