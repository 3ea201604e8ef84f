/// The shortcut for the frames most traffic consists of: whole, not fragmented, without RSV1, of at most 65,535 octets.
///
/// Law: what it takes, ``FrameRules`` and ``MessageBudget`` accept; it says nothing about the rest.
struct WholeFrames: Sendable {
  /// A bit for each first octet from 80 to BF that may stand outside of a fragmented message.
  private let admitted: UInt64
  /// The mask bit of the sender's frames, where it stands in the second octet.
  private let maskBit: UInt8
  /// The octets of a header whose length has seven bits.
  private let headerLength: Int
  /// The bits of such a header; behind an unmasked one is payload.
  private let headerBits: UInt64

  init(_ rules: FrameRules) {
    maskBit = rules.sender.masksFrames ? 0x80 : 0
    headerLength = rules.sender.masksFrames ? 6 : 2
    headerBits = rules.sender.masksFrames ? 0xFFFF_FFFF_FFFF : 0xFFFF
    admitted = (0..<64).reduce(0) { bits, place in
      rules.violation(first: 0x80 | place, second: nil, messageInProgress: false) == nil ? bits | 1 &<< UInt64(place) : bits
    }
  }

  /// The frame at `index` as its only piece, if its payload has at most `longest` octets, or `nil`.
  @inline(__always)
  func take(_ octets: Span<UInt8>, at index: Int, longest: Int) -> FramePiece? {
    let available = octets.count &- index
    guard index >= 0, available >= 8 else { return nil }
    var word = octets.word(at: index)
    let place = UInt8(truncatingIfNeeded: word) ^ 0x80
    guard place < 64, admitted &>> UInt64(place) & 1 != 0 else { return nil }
    var length = Int(UInt8(truncatingIfNeeded: word &>> 8) ^ maskBit)
    var headerLength = headerLength
    if length > 125 {
      // Neither 64 bits, nor the wrong mask bit, nor a control frame.
      guard length == 126, place & 0x08 == 0 else { return nil }
      length = Int(UInt16(truncatingIfNeeded: word &>> 16).byteSwapped)
      guard length > 125 else { return nil }
      headerLength &+= 2
      word = word & 0xFFFF | (word &>> 32) &<< 16
    }
    guard length <= longest, headerLength &+ length <= available else { return nil }
    return FramePiece(whole: word & headerBits, start: index &+ headerLength, count: length)
  }
}
