/// SHA-256 (FIPS 180-4), to check the hashes of the content security policy.
func sha256(_ message: [UInt8]) -> [UInt8] {
  // The first 32 bits of the fractional parts of the cube and square roots of the first primes.
  let primes = (2...311).filter { candidate in !(2..<candidate).contains { candidate % $0 == 0 } }
  func fraction(_ root: (Double) -> Double, _ prime: Int) -> UInt32 {
    let value = root(Double(prime))
    return UInt32((value - value.rounded(.down)) * 4_294_967_296)
  }
  func cubeRoot(_ value: Double) -> Double {
    var root = value / 3
    for _ in 0..<80 { root -= (root * root * root - value) / (3 * root * root) }
    return root
  }
  let constants = primes.prefix(64).map { fraction(cubeRoot, $0) }
  var state = primes.prefix(8).map { fraction({ $0.squareRoot() }, $0) }

  let bitCount = UInt64(message.count) * 8
  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  padded += (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * UInt64($0))) }

  func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
  for start in stride(from: 0, to: padded.count, by: 64) {
    var schedule = (0..<16).map { index in padded[(start + 4 * index)..<(start + 4 * index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (early, late) = (schedule[index - 15], schedule[index - 2])
      let first = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
      let second = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
      schedule.append(schedule[index - 16] &+ first &+ schedule[index - 7] &+ second)
    }
    var words = state
    for index in 0..<64 {
      let (a, e) = (words[0], words[4])
      let choice = e & words[5] ^ ~e & words[6]
      let majority = a & words[1] ^ a & words[2] ^ words[1] & words[2]
      let first = words[7] &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index] &+ schedule[index]
      let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
      words = [first &+ second, a, words[1], words[2], words[3] &+ first, e, words[5], words[6]]
    }
    state = zip(state, words).map { $0 &+ $1 }
  }
  return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
}
