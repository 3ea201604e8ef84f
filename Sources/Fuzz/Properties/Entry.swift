/// The C side of the driver: `Sources/Fuzz/Driver/driver.c`.

/// The index of the target of that id, or -1.
@_cdecl("wirecheck_fuzz_index")
public func fuzzIndex(_ id: UnsafePointer<CChar>) -> Int32 {
  let name = unsafe String(cString: id)
  return FuzzTarget.all.firstIndex { $0.id == name }.flatMap { Int32(exactly: $0) } ?? -1
}

/// Checks one input and traps over a failure.
@_cdecl("wirecheck_fuzz_check")
public func fuzzCheck(_ index: Int32, _ octets: UnsafePointer<UInt8>?, _ count: Int) {
  if let failure = FuzzTarget.all[Int(index)].failure(for: unsafe array(octets, count)) { trap(failure) }
}

/// Checks one input and says what failed; returns whether something did.
@_cdecl("wirecheck_fuzz_replay")
public func fuzzReplay(_ index: Int32, _ octets: UnsafePointer<UInt8>?, _ count: Int, _ path: UnsafePointer<CChar>) -> Bool {
  guard let failure = FuzzTarget.all[Int(index)].failure(for: unsafe array(octets, count)) else { return false }
  unsafe print("\(String(cString: path)): \(failure)")
  return true
}

/// Prints a line for each target: id, longest input, summary.
@_cdecl("wirecheck_fuzz_list")
public func fuzzList() {
  for target in FuzzTarget.all { print("\(target.id)\t\(target.maximumLength)\t\(target.summary)") }
}

/// Invariant: the caller passes `count` readable octets, or none.
private func array(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  unsafe Array(UnsafeBufferPointer(start: octets, count: count))
}
