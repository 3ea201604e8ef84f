/// Octets received and not yet parsed.
struct HeldOctets: Sendable {
  private(set) var octets: [UInt8] = []
  /// The first one that was not parsed.
  var index = 0

  var count: Int { octets.count - index }

  /// What was parsed is let go of first.
  mutating func append(_ added: Span<UInt8>) {
    if index > 0 { octets.removeFirst(index) }
    index = 0
    // The one unsafe place of the module: the buffer is the span's own, and copied from during the call only.
    unsafe added.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
  }

  /// All of them, and holds none any more.
  mutating func takeAll() -> [UInt8] {
    defer { self = HeldOctets() }
    return index == 0 ? octets : Array(octets[index...])
  }
}
