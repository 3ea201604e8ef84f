/// What is known of a head but for its lines: where the parts of its start line end, counted from its first octet.
struct HeadParts: Sendable, Equatable {
  var marks = FieldMarks()
  var lineCount: UInt32 = 0
  var methodEnd: UInt32 = 0
  var targetEnd: UInt32 = 0
  /// Where the line end of the start line is.
  var startLineEnd: UInt32 = 0
  var status: UInt16 = 0
  var minorVersion: UInt8 = 0

  var method: Range<Int> { 0..<Int(methodEnd) }

  /// Between the method and the version, a space apart from each.
  var target: Range<Int> { (Int(methodEnd) &+ 1)..<max(Int(methodEnd) &+ 1, Int(targetEnd)) }

  /// After a status code and a space; empty where the line ends after the code.
  var reasonPhrase: Range<Int> { min(13, Int(startLineEnd))..<Int(startLineEnd) }

  init(startLineEnd: UInt32 = 0) { self.startLineEnd = startLineEnd }

  var version: HTTPVersion { HTTPVersion(major: 1, minor: minorVersion) }
}
