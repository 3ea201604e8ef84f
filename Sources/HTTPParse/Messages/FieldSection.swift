/// The field lines of a head in the order received.
public struct FieldSection: Sendable, Equatable {
  /// The lines in order.
  public private(set) var lines: [FieldLine] = []

  /// The stream offsets of malformed lines that were dropped, with ``HTTPLeniencies/skipBadFields`` only.
  public private(set) var skippedLineOffsets: [Int] = []

  /// Creates a section of the given lines.
  public init(_ lines: [FieldLine] = []) { self.lines = lines }

  /// The lines named `name`, in any case, in order.
  public func lines(named name: String) -> [FieldLine] { lines.filter { $0.isNamed(name) } }

  /// The values of the lines named `name`, in any case, in order.
  public func values(of name: String) -> [[UInt8]] { lines(named: name).map(\.value) }

  /// The elements of the comma-separated list made of all lines named `name`; empty elements are left out (RFC 9110 §5.6.1).
  ///
  /// Commas inside quoted strings are not told apart: use this for lists whose elements hold no quoted strings.
  public func elements(of name: String) -> [FieldElement] {
    lines(named: name).flatMap { line in
      line.value.split(separator: 0x2C).compactMap { piece in
        let element = ASCII.trimmed(piece)
        guard !element.isEmpty else { return nil }
        return FieldElement(octets: element, offset: line.streamOffset(ofValueIndex: element.startIndex))
      }
    }
  }

  /// The elements of the list named `name` if each is a token, else `nil`; no elements if there is no such field.
  public func tokens(of name: String) -> [String]? {
    let elements = elements(of: name)
    guard elements.allSatisfy({ ASCII.isToken($0.octets) }) else { return nil }
    return elements.map { String(decoding: $0.octets, as: UTF8.self) }
  }

  mutating func noteSkippedLine(at offset: Int) { skippedLineOffsets.append(offset) }

  mutating func append(_ line: FieldLine) { lines.append(line) }

  mutating func unfoldIntoLast(_ continuation: [UInt8]) {
    guard let last = lines.indices.last else { return }
    lines[last].unfold(continuation)
  }
}

/// One element of a list in a field value.
public struct FieldElement: Sendable, Equatable {
  /// The octets of the element, without white space around it.
  public let octets: ArraySlice<UInt8>
  /// The stream offset of its first octet.
  public let offset: Int
}
