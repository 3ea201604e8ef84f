/// Texts of one kind of characters.
enum Script: String, CaseIterable {
  case ascii
  /// One character in six takes two octets.
  case latin2
  case cjk, emoji
  /// Characters of one to four octets, equally often.
  case mixed

  /// A text of exactly `count` octets; at its end ASCII fills what no whole character fits into.
  func text(octets count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = Generator(seed: seed)
    var text: [UInt8] = []
    text.reserveCapacity(count)
    while text.count < count {
      let character = Array(String(Character(scalar(&generator))).utf8)
      text += text.count + character.count <= count ? character : [0x2E]
    }
    return text
  }

  private func scalar(_ generator: inout Generator) -> Unicode.Scalar {
    let width =
      switch self {
      case .ascii: 1
      case .latin2: Int.random(in: 0..<6, using: &generator) == 0 ? 2 : 1
      case .cjk: 3
      case .emoji: 4
      case .mixed: Int.random(in: 1...4, using: &generator)
      }
    let range: ClosedRange<UInt32> =
      switch width {
      case 1: 0x20...0x7E
      case 2: 0xC0...0x17F
      case 3: 0x4E00...0x9FA5
      default: 0x1F300...0x1F64F
      }
    return Unicode.Scalar(UInt32.random(in: range, using: &generator)) ?? "?"
  }
}
