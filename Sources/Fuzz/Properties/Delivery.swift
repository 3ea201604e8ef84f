/// A way of cutting an input into pieces.
struct Delivery {
  let name: String
  /// Where to cut, in order, within the input.
  let cuts: [Int]

  static let whole = Delivery(name: "whole", cuts: [])

  /// The deliveries each input is tried in, besides the whole: octets, pieces of a length that `seed` chooses, and one octet before, at
  /// and after up to three of the places where something was reported.
  static func all(count: Int, seed: UInt16, boundaries: [Int]) -> [Delivery] {
    guard count > 1 else { return [] }
    var list = [Delivery(name: "one octet at a time", cuts: Array(1..<count))]
    var state = UInt32(seed) &* 2_654_435_761 &+ 1
    func next(below bound: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8) % bound
    }
    var cuts: [Int] = []
    let longest = 1 + next(below: 64)
    var at = 1 + next(below: longest)
    while at < count {
      cuts.append(at)
      at += 1 + next(below: longest)
    }
    list.append(Delivery(name: "chunks of seed \(seed)", cuts: cuts))
    for _ in 0..<min(3, boundaries.count) {
      let boundary = boundaries[next(below: boundaries.count)]
      for cut in [boundary - 1, boundary, boundary + 1] where cut > 0 && cut < count {
        list.append(Delivery(name: "cut at octet \(cut)", cuts: [cut]))
      }
    }
    return list
  }

  /// The pieces of `octets`.
  func pieces(of octets: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    for cut in cuts {
      result.append(Array(octets[start..<cut]))
      start = cut
    }
    result.append(Array(octets[start...]))
    return result
  }
}
