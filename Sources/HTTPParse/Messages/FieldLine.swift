import WireBytes

/// One field line of a head: a name and a value as received.
public struct FieldLine: Sendable, Equatable {
  /// The name in the case it was received.
  public let name: [UInt8]
  /// The value without white space at its ends; of a folded line, with each fold replaced by one space.
  public private(set) var value: [UInt8]
  /// The stream offset of the name's first octet; 0 in a line that was not received.
  public let nameOffset: Int
  /// The stream offset of the value's first octet; of an empty value, of where it would be.
  public let valueOffset: Int
  private var foldedValue: [UInt8]?

  /// Creates a line to be sent.
  ///
  /// - Throws: `field-name` or `field-value` when either could not be sent as it is: the name must be a token; the value must have
  ///   no control octet but HTAB and no white space at its ends. Offsets count in the name or the value.
  public init(name: String, value: String) throws(HTTPParseError) {
    let name = Array(name.utf8)
    let value = Array(value.utf8)
    if let fault = Self.faultToSend(name: name, value: value) { throw fault }
    self.init(name: name, value: value, nameOffset: 0, valueOffset: 0)
  }

  package init(name: [UInt8], value: [UInt8], nameOffset: Int, valueOffset: Int) {
    self.name = name
    self.value = value
    self.nameOffset = nameOffset
    self.valueOffset = valueOffset
  }

  /// The octets between the colon and the line end as received, without white space at the ends: with CRLF inside if the line was folded.
  public var receivedValue: [UInt8] { foldedValue ?? value }

  /// Whether the line was folded (RFC 9112 §5.2).
  public var isFolded: Bool { foldedValue != nil }

  /// Whether the name is `name`, in any case.
  public func isNamed(_ name: String) -> Bool { ASCII.equalsIgnoringCase(self.name, name.utf8) }

  /// The stream offset of an octet of ``value``; in a folded line that of the value, since its octets have moved.
  public func streamOffset(ofValueIndex index: Int) -> Int { isFolded ? valueOffset : valueOffset &+ index }

  /// Why a line could not be sent as it is, or `nil`.
  static func faultToSend(name: [UInt8], value: [UInt8]) -> HTTPParseError? {
    if let index = name.firstIndex(where: { !Grammar.token.contains($0) }) {
      return HTTPParseError(.fieldName, at: index, octet: name[index])
    }
    if name.isEmpty { return HTTPParseError(.fieldName, at: 0) }
    if let index = value.firstIndex(where: { !Grammar.text.contains($0) }) {
      return HTTPParseError(.fieldValue, at: index, octet: value[index])
    }
    if let first = value.first, Grammar.isWhitespace(first) { return HTTPParseError(.fieldValue, at: 0, octet: first) }
    if let last = value.last, Grammar.isWhitespace(last) { return HTTPParseError(.fieldValue, at: value.count - 1, octet: last) }
    return nil
  }

  /// Appends a continuation line, RFC 9112 §5.2.
  mutating func unfold(_ line: [UInt8]) {
    var received = foldedValue.take() ?? value
    received += [0x0D, 0x0A]
    received += line
    foldedValue = received
    let continuation = ASCII.trimmed(line[...])
    if !value.isEmpty, !continuation.isEmpty { value.append(0x20) }
    value += continuation
  }
}
