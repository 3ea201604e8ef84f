/// Reads an octet sequence bit by bit, the least significant bit of each octet first (RFC 1951 §3.1.1).
struct BitCursor: Sendable {
  private let octets: [UInt8]
  /// The offset of the next bit.
  private(set) var offset = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  var bitCount: Int { octets.count * 8 }

  var isAtEnd: Bool { offset == bitCount }

  mutating func bit() throws(DeflateFailure) -> Int {
    guard offset < bitCount else { throw DeflateFailure(.truncated, bitOffset: offset) }
    let value = octets[offset >> 3] &>> UInt8(offset & 7) & 1
    offset += 1
    return Int(value)
  }

  /// An integer of at most 16 bits, the least significant bit first.
  mutating func bits(_ count: Int) throws(DeflateFailure) -> Int {
    var value = 0
    for position in 0..<count { value |= try bit() << position }
    return value
  }

  /// Skips to the next octet boundary; the bits skipped have no meaning.
  mutating func align() { offset = (offset + 7) & ~7 }

  /// Octets from an octet boundary: `count`, or as many as there are.
  mutating func takeOctets(_ count: Int) -> ArraySlice<UInt8> {
    let taken = octets[(offset >> 3)...].prefix(count)
    offset += taken.count * 8
    return taken
  }
}
