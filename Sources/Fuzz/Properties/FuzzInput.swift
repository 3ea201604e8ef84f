/// An input taken apart: control values from its end, the payload from its front, so that a mutation of one leaves the other in place.
///
/// Total: an input that is too short reads as zeros.
struct FuzzInput {
  /// The octets that were not taken as control values.
  private(set) var payload: [UInt8]

  init(_ octets: [UInt8]) { payload = octets }

  /// Takes the last octet; 0 when there is none.
  mutating func octet() -> UInt8 { payload.popLast() ?? 0 }

  /// Takes the last two octets.
  mutating func word() -> UInt16 { UInt16(octet()) << 8 | UInt16(octet()) }
}

/// Eight yes-or-no choices in one control octet.
struct Choices {
  private var bits: UInt8

  init(_ octet: UInt8) { bits = octet }

  /// Takes the lowest choice that is left.
  mutating func next() -> Bool {
    defer { bits >>= 1 }
    return bits & 1 != 0
  }
}
