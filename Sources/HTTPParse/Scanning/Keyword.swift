/// A word of at most 16 octets as one number, ASCII letters folded, so that known words are told apart without making text.
struct Keyword: Equatable {
  private let word: UInt128

  private init(word: UInt128) { self.word = word }

  /// The keyword at `place` in `octets`; `nil` if it is too long to be one, or empty.
  init?(_ octets: [UInt8], _ place: Range<Int>) {
    guard (1...16).contains(place.count) else { return nil }
    var word: UInt128 = 0
    for index in place { word = word &<< 8 | UInt128(truncatingIfNeeded: ASCII.lowercased(octets[index])) }
    self.word = word
  }

  /// `close`.
  static var close: Keyword { Keyword(word: 0x63_6C6F_7365) }
  /// `keep-alive`.
  static var keepAlive: Keyword { Keyword(word: 0x6B65_6570_2D61_6C69_7665) }
  /// `upgrade`.
  static var upgrade: Keyword { Keyword(word: 0x75_7067_7261_6465) }
  /// `chunked`.
  static var chunked: Keyword { Keyword(word: 0x63_6875_6E6B_6564) }
}
