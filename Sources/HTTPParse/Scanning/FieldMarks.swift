/// Where in a section the fields stand that frame the message, route it or manage its connection, so that its rules need not look for them.
struct FieldMarks: Sendable, Equatable {
  /// The lines of one name.
  struct Mark: Sendable, Equatable {
    /// The place of the first line, if there is one.
    private(set) var first: UInt32 = 0
    /// How many lines there are.
    private(set) var count: UInt32 = 0

    @inline(__always)
    mutating func note(_ line: Int) {
      if count == 0 { first = UInt32(truncatingIfNeeded: line) }
      count &+= 1
    }
  }

  var host = Mark()
  var connection = Mark()
  var contentLength = Mark()
  var transferEncoding = Mark()
  var upgrade = Mark()
  var expect = Mark()
}
