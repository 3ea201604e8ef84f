/// Why a model stops reading.
package enum Stop: Error, Equatable, Sendable {
  /// What is there is a beginning of something valid.
  case needsMore
  /// More is needed to tell; a reader may know better already.
  case unsure
  /// No continuation is valid.
  case rejected
}

/// A cursor over the octets of one line, or of one text, for descent straight from an ABNF: left to right, an octet at a time.
package struct LineCursor {
  private let octets: [UInt8]
  /// Whether the line ends where its octets end; otherwise more of it may come.
  private let isWhole: Bool
  private(set) package var index = 0

  package init(_ octets: [UInt8], isWhole: Bool = true) {
    self.octets = octets
    self.isWhole = isWhole
  }

  /// The next octet, `nil` at the end of the line.
  package func peek() throws(Stop) -> UInt8? {
    if index < octets.count { return octets[index] }
    if isWhole { return nil }
    throw .needsMore
  }

  /// Whether the line has ended.
  package func isAtEnd() throws(Stop) -> Bool { try peek() == nil }

  /// Takes one octet that must be `octet`.
  package mutating func take(_ octet: UInt8) throws(Stop) {
    guard try peek() == octet else { throw .rejected }
    index += 1
  }

  /// Takes `octet` if it is next; returns whether it was.
  package mutating func takeOptional(_ octet: UInt8) throws(Stop) -> Bool {
    guard try peek() == octet else { return false }
    index += 1
    return true
  }

  /// Takes one octet that `isAllowed` must allow.
  package mutating func takeOne(where isAllowed: (UInt8) -> Bool) throws(Stop) -> UInt8 {
    guard let octet = try peek(), isAllowed(octet) else { throw .rejected }
    index += 1
    return octet
  }

  /// Takes octets as long as `isAllowed` allows them.
  @discardableResult
  package mutating func takeAll(where isAllowed: (UInt8) -> Bool) throws(Stop) -> [UInt8] {
    var taken: [UInt8] = []
    while let octet = try peek(), isAllowed(octet) {
      taken.append(octet)
      index += 1
    }
    return taken
  }

  /// Requires the end of the line.
  package func requireEnd() throws(Stop) {
    guard try isAtEnd() else { throw .rejected }
  }
}
