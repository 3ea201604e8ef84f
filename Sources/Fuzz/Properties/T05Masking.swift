import FuzzModels
package import WSProtocol

/// T05: masking of every length from every offset, against exclusive-or octet by octet.
package enum MaskingProperty {
  /// Combines the octets of an array from an index on with a key.
  package typealias Kernel = (MaskingKey, inout [UInt8], Int) -> Void

  /// Control octets: four are the key, one the offset.
  package static func check(
    _ octets: [UInt8], array: @escaping Kernel = { Masking.apply($0, to: &$1, from: $2) }, span: @escaping Kernel = maskSpan
  ) throws(OracleFailure) {
    var input = FuzzInput(octets)
    let key = (0..<4).map { _ in input.octet() }
    let start = Int(input.octet()) % (min(input.payload.count, 70) + 1)
    let maskingKey = MaskingKey(key[0], key[1], key[2], key[3])
    let plain = input.payload
    let due = Array(plain[..<start]) + MaskingModel.apply(key, to: Array(plain[start...]))
    for (name, kernel) in [("array", array), ("span", span)] {
      var seen = plain
      kernel(maskingKey, &seen, start)
      guard seen == due else { throw OracleFailure("T05", .model, "\(name) from \(start): \(firstDifference(seen, due))") }
      kernel(maskingKey, &seen, start)
      guard seen == plain else { throw OracleFailure("T05", .roundTrip, "\(name) from \(start): \(firstDifference(seen, plain))") }
    }
    // A payload may come in two parts: the key is then turned.
    let middle = start + (plain.count - start) / 3
    var seen = Array(plain[..<middle])
    array(maskingKey, &seen, start)
    seen += plain[middle...]
    array(maskingKey.advanced(by: middle - start), &seen, middle)
    guard seen == due else {
      throw OracleFailure("T05", .splitInvariance, "from \(start), cut at \(middle): \(firstDifference(seen, due))")
    }
  }

  /// Masks through a span of the tail.
  package static func maskSpan(_ key: MaskingKey, _ octets: inout [UInt8], _ start: Int) {
    var tail = Array(octets[start...])
    var span = tail.mutableSpan
    Masking.apply(key, to: &span)
    octets.replaceSubrange(start..., with: tail)
  }

  private static func firstDifference(_ seen: [UInt8], _ due: [UInt8]) -> String {
    guard let index = zip(seen, due).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
      return "\(seen.count) octets, not \(due.count)"
    }
    return "octet \(index) of \(due.count) is \(seen[index]), not \(due[index])"
  }
}
