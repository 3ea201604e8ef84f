/// Writes DEFLATE data by hand, bit by bit.
struct BitWriter {
  private var bits: [UInt8] = []

  /// Integers: the least significant bit first.
  mutating func write(_ value: Int, bits count: Int) {
    for position in 0..<count { bits.append(UInt8(value >> position & 1)) }
  }

  /// Codes: the most significant bit first, as they are read.
  mutating func write(code: String) { bits += code.map { $0 == "1" ? 1 : 0 } }

  mutating func align() { while bits.count % 8 != 0 { bits.append(0) } }

  /// The head of a dynamic block: HLIT and HDIST as they are counted, the lengths of the code length code by symbol.
  mutating func writeDynamicHead(literals: Int, distances: Int, codeLengths: [Int: Int]) {
    write(1, bits: 1)
    write(2, bits: 2)
    write(literals - 257, bits: 5)
    write(distances - 1, bits: 5)
    write(15, bits: 4)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] { write(codeLengths[symbol] ?? 0, bits: 3) }
  }

  var octets: [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.element << UInt8($1.offset) }
    }
  }
}

/// What `write` puts down.
func written(_ write: (inout BitWriter) -> Void) -> [UInt8] {
  var writer = BitWriter()
  write(&writer)
  return writer.octets
}

/// The octets written in hexadecimal, blanks ignored.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}
