/// The fast reader of one whole head: strict grammar, one pass, 16 octets at a time where runs are long.
///
/// It answers only "this head is plainly valid" or not; what is wrong and where, ``HeadReader`` finds out. Law: `octets` holds at least
/// `blockLength` octets, and what is loaded lies within them: single octets after a comparison with `count`, blocks at most at
/// `count - blockLength`, words where a comparison shows that they fit.
struct HeadKernel {
  typealias Block = UncheckedOctets.Block

  /// What came of the octets.
  enum Outcome {
    /// The head ends before this index.
    case complete(end: Int)
    /// The octets end before the head does.
    case needsMore
    /// The head is not plainly valid.
    case notPlain
    /// The head has more lines than fit.
    case full
  }

  /// The octets of one block; the shortest head there is (`G / HTTP/1.0` and two line ends) is as long.
  static var blockLength: Int { 16 }

  private let octets: UncheckedOctets
  /// What was found; whole only once a reading is complete.
  private(set) var parts = HeadParts()

  /// Creates a reader, or `nil` for octets that are shorter than any head.
  @inline(__always)
  init?(_ octets: UncheckedOctets) {
    guard octets.count >= Self.blockLength else { return nil }
    self.octets = octets
  }

  private var count: Int { octets.count }

  /// Reads the head of a request; the field lines go to `lines`, as many as fit.
  @inline(__always)
  mutating func request(_ lines: inout MutableSpan<FieldEntry>) -> Outcome {
    var at = 0
    if octets.word32(0) == 0x2054_4547 {  // "GET "
      at = 3
    } else {
      at = tokenEnd(from: 0)
      guard at < count else { return .needsMore }
      // CONNECT has a target of another form.
      guard at > 0, octets[at] == 0x20, at != 7 || octets.word32(0) != 0x4E4E_4F43 else { return .notPlain }
    }
    parts.methodEnd = UInt32(truncatingIfNeeded: at)
    at &+= 1
    guard at < count else { return .needsMore }
    guard octets[at] == 0x2F else { return .notPlain }
    while true {
      at = originEnd(from: at)
      guard at < count else { return .needsMore }
      if octets[at] != 0x25 { break }
      guard at &+ 2 < count else { return .needsMore }
      guard Self.isHexadecimal(octets[at &+ 1]), Self.isHexadecimal(octets[at &+ 2]) else { return .notPlain }
      at &+= 3
    }
    guard octets[at] == 0x20 else { return .notPlain }
    parts.targetEnd = UInt32(truncatingIfNeeded: at)
    guard at &+ 11 <= count else { return .needsMore }
    guard readVersion(at: at &+ 1), octets.word16(at &+ 9) == Self.lineEnd else { return .notPlain }
    parts.startLineEnd = UInt32(truncatingIfNeeded: at &+ 9)
    return fields(from: at &+ 11, &lines)
  }

  /// Reads the head of a response; the field lines go to `lines`, as many as fit.
  @inline(__always)
  mutating func response(_ lines: inout MutableSpan<FieldEntry>) -> Outcome {
    guard readVersion(at: 0), octets[8] == 0x20 else { return .notPlain }
    let hundreds = octets[9] &- 0x31
    let tens = octets[10] &- 0x30
    let ones = octets[11] &- 0x30
    guard hundreds < 9, tens < 10, ones < 10 else { return .notPlain }
    parts.status = 100 &+ UInt16(hundreds) &* 100 &+ UInt16(tens) &* 10 &+ UInt16(ones)
    var at = 12
    if octets[12] == 0x20 { at = textEnd(from: 13) }
    guard at &+ 2 <= count else { return .needsMore }
    guard octets.word16(at) == Self.lineEnd else { return .notPlain }
    parts.startLineEnd = UInt32(truncatingIfNeeded: at)
    return fields(from: at &+ 2, &lines)
  }

  /// Reads field lines up to the empty line.
  @inline(__always)
  private mutating func fields(from: Int, _ lines: inout MutableSpan<FieldEntry>) -> Outcome {
    var start = from
    var number = 0
    while true {
      guard start &+ 2 <= count else { return .needsMore }
      let colon = tokenEnd(from: start)
      guard colon < count else { return .needsMore }
      guard octets[colon] == 0x3A, colon > start else {
        guard octets.word16(start) == Self.lineEnd else { return .notPlain }
        parts.lineCount = UInt32(truncatingIfNeeded: number)
        return .complete(end: start &+ 2)
      }
      var valueStart = colon &+ 1
      while valueStart < count, Self.isWhitespace(octets[valueStart]) { valueStart &+= 1 }
      let end = textEnd(from: valueStart)
      guard end &+ 2 <= count else { return .needsMore }
      guard octets.word16(end) == Self.lineEnd else { return .notPlain }
      var valueEnd = end
      while valueEnd > valueStart, Self.isWhitespace(octets[valueEnd &- 1]) { valueEnd &-= 1 }
      guard number < lines.count else { return .full }
      lines.put(FieldEntry(name: Range(from: start, upTo: colon), value: Range(from: valueStart, upTo: valueEnd)), at: number)
      parts.marks.note(octets, name: start, length: colon &- start, line: number)
      number &+= 1
      start = end &+ 2
    }
  }

  private static var lineEnd: UInt16 { 0x0A0D }

  /// Reads `HTTP/1.` DIGIT at `at`, which is eight octets before the end or earlier.
  @inline(__always)
  private mutating func readVersion(at: Int) -> Bool {
    let word = octets.word64(at)
    parts.minorVersion = UInt8(truncatingIfNeeded: word &>> 56) &- 0x30
    return word & 0x00FF_FFFF_FFFF_FFFF == 0x002E_312F_5054_5448 && parts.minorVersion < 10
  }

  @inline(__always)
  private static func isWhitespace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  @inline(__always)
  private static func isHexadecimal(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 6 }

  /// The index of the first octet at or after `from` that is not part of a token, or `count`.
  @inline(__always)
  func tokenEnd(from: Int) -> Int {
    var at = from
    while at &+ 4 <= count {
      if !OctetClass.token.contains(octets[at]) { return at }
      if !OctetClass.token.contains(octets[at &+ 1]) { return at &+ 1 }
      if !OctetClass.token.contains(octets[at &+ 2]) { return at &+ 2 }
      if !OctetClass.token.contains(octets[at &+ 3]) { return at &+ 3 }
      at &+= 4
    }
    while at < count, OctetClass.token.contains(octets[at]) { at &+= 1 }
    return at
  }

  /// The index of the first octet at or after `from` that text may not hold (RFC 9110 §5.5), or `count`.
  @inline(__always)
  func textEnd(from: Int) -> Int { firstStop(from: from) { Self.textStops($0) } }

  /// The index of the first octet at or after `from` that is neither of a path nor of a query (RFC 3986 §3.3, §3.4), or `count`.
  @inline(__always)
  func originEnd(from: Int) -> Int { firstStop(from: from) { Self.originStops($0) } }

  /// The first octet that `stops` marks in a block; the last block overlaps the one before it, so that nothing beyond the end is loaded.
  @inline(__always)
  private func firstStop(from: Int, _ stops: (Block) -> SIMDMask<SIMD16<Int8>>) -> Int {
    var at = from
    while at &+ Self.blockLength <= count {
      let lanes = stops(octets.block(at)).nibbles
      if lanes != 0 { return at &+ lanes.trailingZeroBitCount &>> 2 }
      at &+= Self.blockLength
    }
    guard at < count else { return count }
    let last = count &- Self.blockLength
    let lanes = stops(octets.block(last)).nibbles &>> UInt64(truncatingIfNeeded: (at &- last) &* 4)
    return lanes == 0 ? count : at &+ lanes.trailingZeroBitCount &>> 2
  }

  /// Control octets but HTAB: below 0x20, and DEL.
  @inline(__always)
  private static func textStops(_ block: Block) -> SIMDMask<SIMD16<Int8>> {
    let flipped = (block &+ Block(repeating: 0x80)).signed
    let space = SIMD16<Int8>(repeating: -96)
    let tab = SIMD16<Int8>(repeating: -119)
    let delete = SIMD16<Int8>(repeating: -1)
    return ((flipped .< space) .& (flipped .!= tab)) .| (flipped .== delete)
  }

  /// All but the octets of a path or a query; `%` too, whose digits are to be looked at.
  @inline(__always)
  private static func originStops(_ block: Block) -> SIMDMask<SIMD16<Int8>> {
    let signed = block.signed
    let exclamation = SIMD16<Int8>(repeating: 0x21)
    var stops = signed .< exclamation  // controls, SP and all from 0x80 on
    // " and #, then %, then < and >, then [ \ ] ^, then `, then { | } and DEL.
    let quote = SIMD16<Int8>(repeating: 0x22)
    let number = SIMD16<Int8>(repeating: 0x23)
    let percent = SIMD16<Int8>(repeating: 0x25)
    let less = SIMD16<Int8>(repeating: 0x3C)
    let greater = SIMD16<Int8>(repeating: 0x3E)
    let graveAccent = SIMD16<Int8>(repeating: 0x60)
    let letterZ = SIMD16<Int8>(repeating: 0x5A)
    let lowLine = SIMD16<Int8>(repeating: 0x5F)
    let smallZ = SIMD16<Int8>(repeating: 0x7A)
    let tilde = SIMD16<Int8>(repeating: 0x7E)
    stops = stops .| (signed .== quote) .| (signed .== number) .| (signed .== percent) .| (signed .== less) .| (signed .== greater)
    stops = stops .| ((signed .> letterZ) .& (signed .< lowLine)) .| (signed .== graveAccent)
    return stops .| ((signed .> smallZ) .& (signed .!= tilde))
  }
}

/// The runs of the kernel by themselves, for tests that compare them with plain loops.
package enum HeadKernelRun: CaseIterable, Sendable {
  /// A token.
  case token
  /// Text, RFC 9110 §5.5.
  case text
  /// A target in origin-form, up to a percent-encoding.
  case origin

  /// The index of the first octet from `from` on that is not part of the run, or the number of octets; `nil` below the length of a block.
  package func end(in octets: Span<UInt8>, from: Int) -> Int? {
    UncheckedOctets.reading(octets) { octets in
      guard from >= 0, let kernel = HeadKernel(octets) else { return nil }
      return switch self {
      case .token: kernel.tokenEnd(from: from)
      case .text: kernel.textEnd(from: from)
      case .origin: kernel.originEnd(from: from)
      }
    } ?? nil
  }
}

extension HeadTable {
  mutating func scanRequest(_ octets: Span<UInt8>, within bounds: HeadBounds) -> HeadScanOutcome {
    scan(octets, bounds) { (kernel: inout HeadKernel, lines: inout MutableSpan<FieldEntry>) in kernel.request(&lines) }
  }

  mutating func scanResponse(_ octets: Span<UInt8>, within bounds: HeadBounds) -> HeadScanOutcome {
    scan(octets, bounds) { (kernel: inout HeadKernel, lines: inout MutableSpan<FieldEntry>) in kernel.response(&lines) }
  }

  @inline(__always)
  private mutating func scan(
    _ octets: Span<UInt8>, _ bounds: HeadBounds,
    _ read: (inout HeadKernel, inout MutableSpan<FieldEntry>) -> HeadKernel.Outcome
  ) -> HeadScanOutcome {
    while true {
      let outcome = UncheckedOctets.reading(octets) { octets -> HeadKernel.Outcome in
        guard var kernel = HeadKernel(octets) else { return .needsMore }
        var lines = entries.mutableSpan
        let outcome = read(&kernel, &lines)
        if case .complete = outcome { parts = kernel.parts }
        return outcome
      }
      switch outcome {
      case .needsMore, nil: return octets.count < bounds.head ? .needsMore : .notPlain
      case .notPlain: return .notPlain
      case .complete(let end): return bounds.contain(self, end: end) ? .complete(consumed: end) : .notPlain
      case .full:
        guard entries.count < bounds.lines else { return .notPlain }
        entries += Array(repeating: .empty, count: min(max(entries.count, 32), bounds.lines - entries.count))
      }
    }
  }
}

extension [UInt8] {
  /// Takes other octets in place of its own, in the memory it has if no one else holds it.
  mutating func replaceAll(with octets: Span<UInt8>) {
    removeAll(keepingCapacity: true)
    append(contentsOf: octets)
  }
}
