/// The field lines of a head in the order received.
///
/// A view of one buffer with the octets of the head and a table of 16 octets a line; nothing is copied out until it is asked for.
public struct FieldSection: Sendable, Equatable {
  private var storage = HeadStorage.empty

  /// Creates a section of the given lines.
  public init(_ lines: [FieldLine] = []) {
    for line in lines { append(line) }
  }

  /// The section of what is not changed any more.
  init(_ storage: HeadStorage) { self.storage = storage }

  /// What the lines, and the start line of a head, are ranges of.
  var octets: [UInt8] { storage.octets }
  /// Where the parts of a head are.
  var parts: HeadParts { storage.table.parts }
  /// Where the fields are that rules ask for.
  var marks: FieldMarks { storage.table.parts.marks }
  /// The stream offset of the start line or, without one, of the section; 0 if it was not received.
  var base: Int { storage.base }

  /// The lines in order.
  public var lines: Lines { Lines(fields: self) }

  /// The stream offsets of malformed lines that were dropped, with ``HTTPLeniencies/skipBadFields`` only.
  public var skippedLineOffsets: [Int] { storage.skipped ?? [] }

  /// The lines named `name`, in any case, in order.
  public func lines(named name: String) -> [FieldLine] {
    let length = name.utf8.count
    return (0..<count).compactMap { index in
      guard Int(storage.table.entries[index].nameLength) == length, isLine(index, named: name.utf8) else { return nil }
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
    let entry = storage.table.entries[index]
    let origin = storage.origins?[index]
    return FieldLine(
      octets: storage.octets, entry: entry, nameOffset: origin?.nameOffset ?? base &+ Int(entry.nameStart),
      valueOffset: origin?.valueOffset ?? base &+ Int(entry.valueStart), foldedValue: origin?.foldedValue)
  }

  /// The place of the next line of a noted name, at or after `index`; the first is known without looking at others.
  func place(of mark: FieldMarks.Mark, from index: Int = 0) -> Int? {
    if mark.isEmpty { return nil }
    if index <= mark.first { return mark.first }
    return mark.isRepeated ? (index..<max(index, count)).first { isLine($0, namedAs: mark.first) } : nil
  }

  /// Where the value of a line is in ``octets``.
  func value(at index: Int) -> Range<Int> { storage.table.entries[index].value }

  /// The first line of a noted name.
  func firstLine(_ mark: FieldMarks.Mark) -> FieldLine? { mark.isEmpty ? nil : line(at: mark.first) }

  fileprivate var count: Int { Int(storage.table.parts.lineCount) }

  private func isLine(_ index: Int, named name: some Collection<UInt8>) -> Bool {
    ASCII.equalsIgnoringCase(storage.octets[storage.table.entries[index].name], name)
  }

  /// Whether two lines have the same name.
  private func isLine(_ index: Int, namedAs other: Int) -> Bool {
    let entries = storage.table.entries
    return entries[index].nameLength == entries[other].nameLength && isLine(index, named: storage.octets[entries[other].name])
  }
}

/// How a section is made of what was read in pieces, or is to be sent.
extension FieldSection {
  /// How many lines were received, dropped ones included.
  var receivedCount: Int { count + (storage.skipped?.count ?? 0) }

  mutating func noteSkippedLine(at offset: Int) {
    own()
    storage.skipped = (storage.skipped.take() ?? []) + [offset]
  }

  /// Begins a head that is read in pieces.
  mutating func begin(startLine: [UInt8], parts: HeadParts, base: Int) {
    own()
    // Room for most heads at once, instead of a few octets at a time.
    storage.octets.reserveCapacity(1024)
    storage.octets += startLine
    storage.table.entries.reserveCapacity(16)
    storage.table.parts = parts
    storage.base = base
  }

  /// Appends a line made elsewhere.
  mutating func append(_ line: FieldLine) {
    append(name: line.name, value: line.value, nameOffset: line.nameOffset, valueOffset: line.valueOffset)
    guard line.isFolded else { return }
    let last = count - 1
    storage.origins?[last].foldedValue = Array(line.receivedValue)
  }

  mutating func append(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, nameOffset: Int, valueOffset: Int) {
    own()
    let start = storage.octets.count
    let entry = FieldEntry(name: start..<(start + name.count), value: (start + name.count)..<(start + name.count + value.count))
    storage.octets += name
    storage.octets += value
    storage.table.entries.append(entry)
    storage.table.parts.marks.note(name: name, line: count)
    storage.table.parts.lineCount &+= 1
    if storage.origins == nil {
      storage.origins = []
      storage.origins?.reserveCapacity(16)
    }
    storage.origins?.append(HeadStorage.Origin(nameOffset: nameOffset, valueOffset: valueOffset))
  }

  /// Appends a continuation line to the last line, which was appended before, RFC 9112 §5.2.
  mutating func unfoldIntoLast(_ line: [UInt8]) {
    guard count > 0 else { return }
    own()
    let last = count - 1
    let entry = storage.table.entries[last]
    var received = storage.origins?[last].foldedValue.take() ?? Array(storage.octets[entry.value])
    received += [0x0D, 0x0A]
    received += line
    storage.origins?[last].foldedValue = received
    let continuation = ASCII.trimmed(line[...])
    if entry.valueLength > 0, !continuation.isEmpty { storage.octets.append(0x20) }
    storage.octets += continuation
    storage.table.entries[last] = FieldEntry(name: entry.name, value: Int(entry.valueStart)..<storage.octets.count)
  }

  /// Makes the storage this value's own before it is changed.
  private mutating func own() {
    if !isKnownUniquelyReferenced(&storage) { storage = HeadStorage(storage) }
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
}

/// One element of a list in a field value.
public struct FieldElement: Sendable, Equatable {
  /// The octets of the element, without white space around it.
  public let octets: ArraySlice<UInt8>
  /// The stream offset of its first octet.
  public let offset: Int
}
