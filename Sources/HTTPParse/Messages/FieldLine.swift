/// One field line of a head: a name and a value as received.
///
/// A view of the octets of its head, which it keeps in memory.
public struct FieldLine: Sendable, Equatable {
  /// The stream offset of the name's first octet; 0 in a line that was not received.
  public let nameOffset: Int
  /// The stream offset of the value's first octet; of an empty value, of where it would be.
  public let valueOffset: Int
  private let octets: [UInt8]
  private let entry: FieldEntry
  private let foldedValue: [UInt8]?

  /// Creates a line to be sent.
  ///
  /// - Throws: `field-name` or `field-value` when either could not be sent as it is: the name must be a token; the value must have
  ///   no control octet but HTAB and no white space at its ends. Offsets count in the name or the value.
  public init(name: String, value: String) throws(HTTPParseError) {
    let name = Array(name.utf8)
    let value = Array(value.utf8)
    if let fault = Self.faultToSend(name: name[...], value: value[...]) { throw fault }
    self.init(name: name, value: value, nameOffset: 0, valueOffset: 0)
  }

  package init(name: [UInt8], value: [UInt8], nameOffset: Int, valueOffset: Int) {
    self.init(
      octets: name + value, entry: FieldEntry(name: 0..<name.count, value: name.count..<(name.count + value.count)),
      nameOffset: nameOffset, valueOffset: valueOffset, foldedValue: nil)
  }

  init(octets: [UInt8], entry: FieldEntry, nameOffset: Int, valueOffset: Int, foldedValue: [UInt8]?) {
    self.octets = octets
    self.entry = entry
    self.nameOffset = nameOffset
    self.valueOffset = valueOffset
    self.foldedValue = foldedValue
  }

  /// The name in the case it was received; indices begin at its `startIndex`.
  public var name: ArraySlice<UInt8> { octets[entry.name] }

  /// The value without white space at its ends; of a folded line, with each fold replaced by one space.
  ///
  /// Indices begin at its `startIndex`.
  public var value: ArraySlice<UInt8> { octets[entry.value] }

  /// The octets between the colon and the line end as received, without white space at the ends: with CRLF inside if the line was folded.
  public var receivedValue: ArraySlice<UInt8> { foldedValue.map { $0[...] } ?? value }

  /// Whether the line was folded (RFC 9112 §5.2).
  public var isFolded: Bool { foldedValue != nil }

  /// Whether the name is `name`, in any case.
  public func isNamed(_ name: String) -> Bool { ASCII.equalsIgnoringCase(self.name, name.utf8) }

  /// The stream offset of an octet of ``value`` by its index there; in a folded line that of the value, since its octets have moved.
  public func streamOffset(ofValueIndex index: Int) -> Int { isFolded ? valueOffset : valueOffset &+ (index &- Int(entry.valueStart)) }

  /// Whether both lines have the same octets at the same offsets.
  public static func == (left: FieldLine, right: FieldLine) -> Bool {
    left.name == right.name && left.value == right.value && left.nameOffset == right.nameOffset && left.valueOffset == right.valueOffset
      && left.foldedValue == right.foldedValue
  }

  /// Why a line could not be sent as it is, or `nil`.
  static func faultToSend(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) -> HTTPParseError? {
    if let index = name.firstIndex(where: { !OctetClass.token.contains($0) }) {
      return HTTPParseError(.fieldName, at: index - name.startIndex, octet: name[index])
    }
    if name.isEmpty { return HTTPParseError(.fieldName, at: 0) }
    if let index = value.firstIndex(where: { !OctetClass.text.contains($0) }) {
      return HTTPParseError(.fieldValue, at: index - value.startIndex, octet: value[index])
    }
    if let first = value.first, Grammar.isWhitespace(first) { return HTTPParseError(.fieldValue, at: 0, octet: first) }
    if let last = value.last, Grammar.isWhitespace(last) { return HTTPParseError(.fieldValue, at: value.count - 1, octet: last) }
    return nil
  }
}
