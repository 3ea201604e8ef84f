/// Where in a section the fields stand that frame the message, route it or manage its connection, so that its rules need not look for them.
struct FieldMarks: Sendable, Equatable {
  /// The lines of one name.
  struct Mark: Sendable, Equatable {
    // The place in the low 30 bits: a head of at most 2 GiB has fewer lines. Above: 0 for no line, 1 for one, 3 for several.
    private var bits: UInt32 = 0

    /// The place of the first line, if there is one.
    var first: Int { Int(bits & 0x3FFF_FFFF) }
    /// Whether there is no line.
    var isEmpty: Bool { bits == 0 }
    /// Whether there are several lines.
    var isRepeated: Bool { bits &>> 31 != 0 }

    @inline(__always)
    mutating func note(_ line: Int) {
      bits = bits == 0 ? 0x4000_0000 | UInt32(truncatingIfNeeded: line) & 0x3FFF_FFFF : bits | 0x8000_0000
    }
  }

  var host = Mark()
  var connection = Mark()
  var contentLength = Mark()
  var transferEncoding = Mark()
  var upgrade = Mark()
  var expect = Mark()
}
