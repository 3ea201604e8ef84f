/// The parts of a request line, found without judging them.
package struct RequestLineScan: Sendable, Equatable {
  /// Up to the first space.
  package let method: Range<Int>
  /// Between the first and the last space; `nil` with fewer than two spaces.
  package let target: Range<Int>?
  /// After the last space; `nil` with no space.
  package let version: Range<Int>?

  /// Splits any line.
  package init(_ line: [UInt8]) {
    guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20) else {
      method = line.indices
      target = nil
      version = nil
      return
    }
    method = 0..<first
    target = first < last ? (first + 1)..<last : nil
    version = (last + 1)..<line.count
  }
}

/// The parts of a status line, found without judging them.
package struct StatusLineScan: Sendable, Equatable {
  /// Up to the first space.
  package let version: Range<Int>
  /// Between the first and the second space; `nil` without a space.
  package let statusCode: Range<Int>?
  /// After the second space; `nil` with fewer than two spaces.
  package let reasonPhrase: Range<Int>?

  /// Splits any line.
  package init(_ line: [UInt8]) {
    guard let first = line.firstIndex(of: 0x20) else {
      version = line.indices
      statusCode = nil
      reasonPhrase = nil
      return
    }
    version = 0..<first
    let second = line[(first + 1)...].firstIndex(of: 0x20)
    statusCode = (first + 1)..<(second ?? line.count)
    reasonPhrase = second.map { ($0 + 1)..<line.count }
  }
}
