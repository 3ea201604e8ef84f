/// A number with about three significant digits, as in "0.42", "7.5", "38" or "1405"; never in exponents.
public func decimal(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  let size = value.magnitude
  let places = size >= 99.95 || value == value.rounded() && size >= 10 ? 0 : size >= 9.995 ? 1 : 2
  let scale = places == 0 ? 1.0 : places == 1 ? 10 : 100
  let scaled = (size * scale).rounded()
  guard scaled < 1e18 else { return "-" }
  let digits = Int(scaled)
  let sign = value < 0 && digits > 0 ? "-" : ""
  guard places > 0 else { return sign + String(digits) }
  var fraction = String(digits % Int(scale))
  fraction = String(repeating: "0", count: places - fraction.count) + fraction
  while fraction.hasSuffix("0") { fraction.removeLast() }
  let whole = String(digits / Int(scale))
  return sign + (fraction.isEmpty ? whole : whole + "." + fraction)
}

/// A duration in its best unit, as in "4.65 ns", "57.8 us" or "14 ms".
public func duration(nanoseconds: Double) -> String {
  switch nanoseconds {
  case ..<10_000: decimal(nanoseconds) + " ns"
  case ..<10_000_000: decimal(nanoseconds / 1_000) + " us"
  default: decimal(nanoseconds / 1_000_000) + " ms"
  }
}
