/// The field lines of a head in the order received.
///
/// A view of one buffer with the octets of the head and a table of 16 octets a line; nothing is copied out until it is asked for.
public struct FieldSection: Sendable, Equatable {
  /// What is known of a line whose octets do not stand where they were received.
  private struct Origin: Sendable {
    let nameOffset: Int
    let valueOffset: Int
    var foldedValue: [UInt8]?
  }

  private struct Origins: Sendable {
    var lines: [Origin] = []
    var skipped: [Int] = []
  }

  /// What the lines, and the start line of a head, are ranges of.
  private(set) var octets: [UInt8] = []
  private var entries: [FieldEntry] = []
  private var count = 0
  /// Where the fields are that rules ask for.
  private(set) var marks = FieldMarks()
  /// The stream offset of the first of the octets, unless there are ``origins``.
  private var base = 0
  private var origins: Origins?

  /// Creates a section of the given lines.
  public init(_ lines: [FieldLine] = []) {
    for line in lines {
      append(name: line.name, value: line.value, nameOffset: line.nameOffset, valueOffset: line.valueOffset)
      if line.isFolded { origins?.lines[count - 1].foldedValue = Array(line.receivedValue) }
    }
  }

  /// The section of a head that was read in one piece.
  init(octets: [UInt8], entries: [FieldEntry], parts: HeadParts, base: Int) {
    self.octets = octets
    self.entries = entries
    count = Int(parts.lineCount)
    marks = parts.marks
    self.base = base
  }

  /// The lines in order.
  public var lines: Lines { Lines(fields: self) }

  /// The stream offsets of malformed lines that were dropped, with ``HTTPLeniencies/skipBadFields`` only.
  public var skippedLineOffsets: [Int] { origins?.skipped ?? [] }

  /// The lines named `name`, in any case, in order.
  public func lines(named name: String) -> [FieldLine] {
    let length = name.utf8.count
    return (0..<count).compactMap { index in
      guard Int(entries[index].nameLength) == length, isLine(index, named: name.utf8) else { return nil }
      return line(at: index)
    }
  }

  /// The values of the lines named `name`, in any case, in order.
  public func values(of name: String) -> [ArraySlice<UInt8>] { lines(named: name).map(\.value) }

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

  /// Whether both sections have equal lines.
  public static func == (left: FieldSection, right: FieldSection) -> Bool {
    left.lines.elementsEqual(right.lines) && left.skippedLineOffsets == right.skippedLineOffsets
  }

  /// The line at a place from 0 to the number of lines.
  func line(at index: Int) -> FieldLine {
    let entry = entries[index]
    let origin = origins?.lines[index]
    return FieldLine(
      octets: octets, entry: entry, nameOffset: origin?.nameOffset ?? base &+ Int(entry.nameStart),
      valueOffset: origin?.valueOffset ?? base &+ Int(entry.valueStart), foldedValue: origin?.foldedValue)
  }

  /// The lines of a noted name.
  func lines(_ mark: FieldMarks.Mark) -> MarkedLines { MarkedLines(fields: self, mark: mark) }

  /// The first line of a noted name.
  func firstLine(_ mark: FieldMarks.Mark) -> FieldLine? { mark.count > 0 ? line(at: Int(mark.first)) : nil }

  private func isLine(_ index: Int, named name: some Collection<UInt8>) -> Bool {
    ASCII.equalsIgnoringCase(octets[entries[index].name], name)
  }

  /// Whether two lines have the same name.
  fileprivate func isLine(_ index: Int, namedAs other: Int) -> Bool {
    entries[index].nameLength == entries[other].nameLength && isLine(index, named: octets[entries[other].name])
  }

  /// How many lines were received, dropped ones included.
  var receivedCount: Int { count + (origins?.skipped.count ?? 0) }

  mutating func noteSkippedLine(at offset: Int) {
    if origins == nil { origins = Origins() }
    origins?.skipped.append(offset)
  }

  /// Begins a head that is read in pieces.
  mutating func begin(startLine: [UInt8]) { octets = startLine }

  mutating func append(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, nameOffset: Int, valueOffset: Int) {
    let start = octets.count
    let entry = FieldEntry(name: start..<(start + name.count), value: (start + name.count)..<(start + name.count + value.count))
    octets += name
    octets += value
    entries.append(entry)
    marks.note(octets, name: entry.name, line: count)
    count += 1
    let origin = Origin(nameOffset: nameOffset, valueOffset: valueOffset)
    if origins == nil { origins = Origins() }
    origins?.lines.append(origin)
  }

  /// Appends a continuation line to the last line, which was appended before, RFC 9112 §5.2.
  mutating func unfoldIntoLast(_ line: [UInt8]) {
    guard count > 0 else { return }
    let last = count - 1
    let entry = entries[last]
    var received = origins?.lines[last].foldedValue.take() ?? Array(octets[entry.value])
    received += [0x0D, 0x0A]
    received += line
    origins?.lines[last].foldedValue = received
    let continuation = ASCII.trimmed(line[...])
    if entry.valueLength > 0, !continuation.isEmpty { octets.append(0x20) }
    octets += continuation
    entries[last] = FieldEntry(name: entry.name, value: Int(entry.valueStart)..<octets.count)
  }
}

extension FieldSection {
  /// The lines of a section as a collection.
  public struct Lines: RandomAccessCollection, Sendable {
    fileprivate let fields: FieldSection

    /// 0.
    public var startIndex: Int { 0 }
    /// How many lines there are.
    public var endIndex: Int { fields.count }
    /// The line at `index`.
    public subscript(index: Int) -> FieldLine { fields.line(at: index) }
  }

  /// The lines of one noted name; the first is found without looking at others.
  struct MarkedLines: Sequence, IteratorProtocol {
    private let fields: FieldSection
    private let first: Int
    private var index: Int
    private var remaining: Int

    fileprivate init(fields: FieldSection, mark: FieldMarks.Mark) {
      self.fields = fields
      first = Int(mark.first)
      index = first
      remaining = Int(mark.count)
    }

    mutating func next() -> FieldLine? {
      guard remaining > 0 else { return nil }
      while index != first, index < fields.count, !fields.isLine(index, namedAs: first) { index += 1 }
      guard index < fields.count else { return nil }
      remaining -= 1
      defer { index += 1 }
      return fields.line(at: index)
    }
  }
}

/// One element of a list in a field value.
public struct FieldElement: Sendable, Equatable {
  /// The octets of the element, without white space around it.
  public let octets: ArraySlice<UInt8>
  /// The stream offset of its first octet.
  public let offset: Int
}
