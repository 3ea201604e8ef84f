/// How a scanned line ended.
package enum LineEnding: Sendable, Equatable {
  /// CR LF.
  case crlf
  /// LF without CR before it.
  case lf
}

/// Cuts a stream into lines, one octet at a time, without judging it.
///
/// Any octets are described: a CR that is not followed by LF becomes content, and a lone LF ends a line; both are reported, and it
/// is for the reader to refuse them. Each octet is looked at once.
package struct LineScanner: Sendable {
  /// What one octet meant.
  package enum Step: Sendable, Equatable {
    /// The octet was appended to ``LineScanner/content``.
    case content
    /// The octet is a CR, held until the next octet tells what it is.
    case held
    /// The line in ``LineScanner/content`` is complete.
    case end(LineEnding)
    /// A CR held before turned out to be content; this octet is content or held.
    case bareCarriageReturn
  }

  /// The octets of the line so far, without its ending.
  package private(set) var content: [UInt8] = []
  /// The stream offset of the line's first octet.
  package private(set) var lineOffset: Int
  /// The stream offset of the next octet.
  package private(set) var offset: Int
  private(set) var holdsCarriageReturn = false

  /// Creates a scanner whose first octet has the given stream offset.
  package init(offset: Int) {
    self.offset = offset
    lineOffset = offset
  }

  /// Takes one octet.
  package mutating func scan(_ octet: UInt8) -> Step {
    offset &+= 1
    if holdsCarriageReturn {
      holdsCarriageReturn = octet == 0x0D
      if octet == 0x0A { return .end(.crlf) }
      content.append(0x0D)
      if !holdsCarriageReturn { content.append(octet) }
      return .bareCarriageReturn
    }
    switch octet {
    case 0x0D:
      holdsCarriageReturn = true
      return .held
    case 0x0A: return .end(.lf)
    default:
      content.append(octet)
      return .content
    }
  }

  /// Takes octets that are content, none of them CR or LF, while no CR is held.
  mutating func take(_ run: Span<UInt8>) {
    content.append(contentsOf: run)
    offset &+= run.count
  }

  /// Passes over octets that belong to no line, between two lines.
  mutating func passOver(_ count: Int) {
    offset &+= count
    lineOffset = offset
  }

  /// Begins the next line at the next octet; called after ``Step/end(_:)``.
  package mutating func beginLine() {
    content.removeAll(keepingCapacity: true)
    lineOffset = offset
  }
}
