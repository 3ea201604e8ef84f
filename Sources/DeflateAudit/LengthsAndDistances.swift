/// What the symbols for lengths and distances stand for (RFC 1951 §3.2.5).
enum LengthsAndDistances {
  /// The smallest value and the number of bits that are added to it.
  typealias Code = (base: Int, extraBits: Int)

  /// The code of a length symbol from 257 on, or `nil` for the reserved 286 and 287.
  static func length(_ symbol: Int) -> Code? {
    switch symbol {
    case 257...264: return (symbol - 254, 0)
    case 265...284:
      let extraBits = (symbol - 261) / 4
      return ((4 + (symbol - 261) % 4) << extraBits + 3, extraBits)
    case 285: return (258, 0)
    default: return nil
    }
  }

  /// The code of a distance symbol, or `nil` for the reserved 30 and 31.
  static func distance(_ symbol: Int) -> Code? {
    switch symbol {
    case 0...3: return (symbol + 1, 0)
    case 4...29:
      let extraBits = (symbol - 2) / 2
      return ((2 + symbol % 2) << extraBits + 1, extraBits)
    default: return nil
    }
  }
}
