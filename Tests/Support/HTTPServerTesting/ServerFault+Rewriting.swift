/// Faults of reading, committed by changing what was received: the parser itself has none to switch on.
extension ServerFault {
  static func rewrite(_ octets: [UInt8], _ faults: Set<ServerFault>) -> [UInt8] {
    var octets = octets
    if faults.contains(.loneLFEndsAnyLine) { octets = endingLinesAtLF(octets) }
    if faults.contains(.lengthBesideCodingDropped) { octets = droppingLengthBesideCoding(octets) }
    if faults.contains(.chunkEndUnchecked) { octets = trustingChunkEnds(octets) }
    return octets
  }

  private static func endingLinesAtLF(_ octets: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for octet in octets {
      if octet == 0x0A, result.last != 0x0D { result.append(0x0D) }
      result.append(octet)
    }
    return result
  }

  private static func droppingLengthBesideCoding(_ octets: [UInt8]) -> [UInt8] {
    let text = octets.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard text.contains(where: { $0.starts(with: "Transfer-Encoding:".utf8) }) else { return octets }
    return Array(text.filter { !$0.starts(with: "Content-Length:".utf8) }.joined(separator: [0x0A]))
  }

  /// Whatever two octets follow the data of the first chunk become CR LF.
  private static func trustingChunkEnds(_ octets: [UInt8]) -> [UInt8] {
    let headEnd = Array("\r\n\r\n".utf8)
    guard let start = octets.indices.first(where: { octets[$0...].starts(with: headEnd) }),
      let lineEnd = octets[(start + 4)...].firstIndex(of: 0x0D),
      let size = Int(String(decoding: octets[(start + 4)..<lineEnd], as: UTF8.self), radix: 16), lineEnd + size + 4 <= octets.count
    else { return octets }
    var result = octets
    result.replaceSubrange((lineEnd + 2 + size)..<(lineEnd + 4 + size), with: [0x0D, 0x0A])
    return result
  }
}
