/// The fast reader of one whole head: strict grammar, one pass, 16 octets at a time where runs are long.
///
/// It answers only "this head is plainly valid" or not; what is wrong and where, ``HeadReader`` finds out. The module's unsafe code is
/// here and in ``ChunkKernel``. Invariant: `base` points to `count` readable octets for the life of the value, `count` is at least
/// `blockLength`, and every load lies between `base` and `base + count`: single octets are loaded after a comparison with `count`, blocks
/// at most at `count - blockLength`, words where a comparison shows that they fit.
@safe
struct HeadKernel {
  typealias Block = SIMD16<UInt8>

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

  private let base: UnsafeRawPointer
  private let count: Int
  /// What was found; whole only once a reading is complete.
  private(set) var parts = HeadParts()

  @unsafe
  init(base: UnsafeRawPointer, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// Reads the head of a request; the field lines go to `lines`, at most `capacity` of them.
  @inline(__always)
  mutating func request(_ lines: UnsafeMutablePointer<FieldEntry>, capacity: Int) -> Outcome {
    var at = 0
    if word32(0) == 0x2054_4547 {  // "GET "
      at = 3
    } else {
      at = tokenEnd(from: 0)
      guard at < count else { return .needsMore }
      // CONNECT has a target of another form.
      guard at > 0, octet(at) == 0x20, at != 7 || word32(0) != 0x4E4E_4F43 else { return .notPlain }
    }
    parts.methodEnd = UInt32(truncatingIfNeeded: at)
    at &+= 1
    guard at < count else { return .needsMore }
    guard octet(at) == 0x2F else { return .notPlain }
    while true {
      at = originEnd(from: at)
      guard at < count else { return .needsMore }
      if octet(at) != 0x25 { break }
      guard at &+ 2 < count else { return .needsMore }
      guard Self.isHexadecimal(octet(at &+ 1)), Self.isHexadecimal(octet(at &+ 2)) else { return .notPlain }
      at &+= 3
    }
    guard octet(at) == 0x20 else { return .notPlain }
    parts.targetEnd = UInt32(truncatingIfNeeded: at)
    guard at &+ 11 <= count else { return .needsMore }
    guard readVersion(at: at &+ 1), word16(at &+ 9) == Self.lineEnd else { return .notPlain }
    parts.startLineEnd = UInt32(truncatingIfNeeded: at &+ 9)
    return unsafe fields(from: at &+ 11, lines, capacity: capacity)
  }

  /// Reads the head of a response; the field lines go to `lines`, at most `capacity` of them.
  @inline(__always)
  mutating func response(_ lines: UnsafeMutablePointer<FieldEntry>, capacity: Int) -> Outcome {
    guard readVersion(at: 0), octet(8) == 0x20 else { return .notPlain }
    let hundreds = octet(9) &- 0x31
    let tens = octet(10) &- 0x30
    let ones = octet(11) &- 0x30
    guard hundreds < 9, tens < 10, ones < 10 else { return .notPlain }
    parts.status = 100 &+ UInt16(hundreds) &* 100 &+ UInt16(tens) &* 10 &+ UInt16(ones)
    var at = 12
    if octet(12) == 0x20 { at = textEnd(from: 13) }
    guard at &+ 2 <= count else { return .needsMore }
    guard word16(at) == Self.lineEnd else { return .notPlain }
    parts.startLineEnd = UInt32(truncatingIfNeeded: at)
    return unsafe fields(from: at &+ 2, lines, capacity: capacity)
  }

  /// Reads field lines up to the empty line.
  @inline(__always)
  private mutating func fields(from: Int, _ lines: UnsafeMutablePointer<FieldEntry>, capacity: Int) -> Outcome {
    var start = from
    var number = 0
    while true {
      guard start &+ 2 <= count else { return .needsMore }
      let colon = tokenEnd(from: start)
      guard colon < count else { return .needsMore }
      guard octet(colon) == 0x3A, colon > start else {
        guard word16(start) == Self.lineEnd else { return .notPlain }
        parts.lineCount = UInt32(truncatingIfNeeded: number)
        return .complete(end: start &+ 2)
      }
      var valueStart = colon &+ 1
      while valueStart < count, Self.isWhitespace(octet(valueStart)) { valueStart &+= 1 }
      let end = textEnd(from: valueStart)
      guard end &+ 2 <= count else { return .needsMore }
      guard word16(end) == Self.lineEnd else { return .notPlain }
      var valueEnd = end
      while valueEnd > valueStart, Self.isWhitespace(octet(valueEnd &- 1)) { valueEnd &-= 1 }
      guard number < capacity else { return .full }
      let entry = unsafe FieldEntry(name: Range(uncheckedBounds: (start, colon)), value: Range(uncheckedBounds: (valueStart, valueEnd)))
      unsafe (lines + number).pointee = entry
      unsafe parts.marks.note(name: base + start, length: colon &- start, line: number)
      number &+= 1
      start = end &+ 2
    }
  }

  private static var lineEnd: UInt16 { 0x0A0D }

  /// Reads `HTTP/1.` DIGIT at `at`, which is eight octets before the end or earlier.
  @inline(__always)
  private mutating func readVersion(at: Int) -> Bool {
    let word = unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    parts.minorVersion = UInt8(truncatingIfNeeded: word &>> 56) &- 0x30
    return word & 0x00FF_FFFF_FFFF_FFFF == 0x002E_312F_5054_5448 && parts.minorVersion < 10
  }

  @inline(__always)
  private func octet(_ at: Int) -> UInt8 { unsafe base.load(fromByteOffset: at, as: UInt8.self) }

  @inline(__always)
  private func word16(_ at: Int) -> UInt16 { unsafe UInt16(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }

  @inline(__always)
  private func word32(_ at: Int) -> UInt32 { unsafe UInt32(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }

  @inline(__always)
  private static func isWhitespace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  @inline(__always)
  private static func isHexadecimal(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 6 }

  /// The index of the first octet at or after `from` that is not part of a token, or `count`.
  @inline(__always)
  func tokenEnd(from: Int) -> Int {
    var at = from
    while at &+ 4 <= count {
      if !OctetClass.token.contains(octet(at)) { return at }
      if !OctetClass.token.contains(octet(at &+ 1)) { return at &+ 1 }
      if !OctetClass.token.contains(octet(at &+ 2)) { return at &+ 2 }
      if !OctetClass.token.contains(octet(at &+ 3)) { return at &+ 3 }
      at &+= 4
    }
    while at < count, OctetClass.token.contains(octet(at)) { at &+= 1 }
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
      let lanes = unsafe Self.nibbles(stops(base.loadUnaligned(fromByteOffset: at, as: Block.self)))
      if lanes != 0 { return at &+ lanes.trailingZeroBitCount &>> 2 }
      at &+= Self.blockLength
    }
    guard at < count else { return count }
    let last = count &- Self.blockLength
    let lanes =
      unsafe Self.nibbles(stops(base.loadUnaligned(fromByteOffset: last, as: Block.self))) &>> UInt64(truncatingIfNeeded: (at &- last) &* 4)
    return lanes == 0 ? count : at &+ lanes.trailingZeroBitCount &>> 2
  }

  /// Four bits for each lane, the first lane in the lowest.
  @inline(__always)
  private static func nibbles(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt64 {
    let pairs = unsafe unsafeBitCast(mask, to: SIMD8<UInt16>.self)
    let four = SIMD8<UInt16>(repeating: 4)
    return unsafe unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: pairs &>> four), to: UInt64.self)
  }

  /// Control octets but HTAB: below 0x20, and DEL.
  @inline(__always)
  private static func textStops(_ block: Block) -> SIMDMask<SIMD16<Int8>> {
    let flipped = unsafe unsafeBitCast(block &+ Block(repeating: 0x80), to: SIMD16<Int8>.self)
    let space = SIMD16<Int8>(repeating: -96)
    let tab = SIMD16<Int8>(repeating: -119)
    let delete = SIMD16<Int8>(repeating: -1)
    return ((flipped .< space) .& (flipped .!= tab)) .| (flipped .== delete)
  }

  /// All but the octets of a path or a query; `%` too, whose digits are to be looked at.
  @inline(__always)
  private static func originStops(_ block: Block) -> SIMDMask<SIMD16<Int8>> {
    let signed = unsafe unsafeBitCast(block, to: SIMD16<Int8>.self)
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
    unsafe octets.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count >= HeadKernel.blockLength, from >= 0 else { return nil }
      let kernel = unsafe HeadKernel(base: base, count: bytes.count)
      return switch self {
      case .token: kernel.tokenEnd(from: from)
      case .text: kernel.textEnd(from: from)
      case .origin: kernel.originEnd(from: from)
      }
    }
  }
}

extension HeadTable {
  mutating func scanRequest(_ octets: Span<UInt8>, within bounds: HeadBounds) -> HeadScanOutcome {
    unsafe scan(octets, bounds) { (kernel: inout HeadKernel, lines, capacity) in unsafe kernel.request(lines, capacity: capacity) }
  }

  mutating func scanResponse(_ octets: Span<UInt8>, within bounds: HeadBounds) -> HeadScanOutcome {
    unsafe scan(octets, bounds) { (kernel: inout HeadKernel, lines, capacity) in unsafe kernel.response(lines, capacity: capacity) }
  }

  @inline(__always)
  private mutating func scan(
    _ octets: Span<UInt8>, _ bounds: HeadBounds,
    _ read: (inout HeadKernel, UnsafeMutablePointer<FieldEntry>, Int) -> HeadKernel.Outcome
  ) -> HeadScanOutcome {
    while true {
      let outcome = unsafe octets.withUnsafeBytes { bytes -> HeadKernel.Outcome in
        guard let base = bytes.baseAddress, bytes.count >= HeadKernel.blockLength else { return .needsMore }
        var kernel = unsafe HeadKernel(base: base, count: bytes.count)
        let outcome = unsafe entries.withUnsafeMutableBufferPointer { lines in
          guard let first = lines.baseAddress else { return HeadKernel.Outcome.full }
          return unsafe read(&kernel, first, lines.count)
        }
        if case .complete = outcome { parts = kernel.parts }
        return outcome
      }
      switch outcome {
      case .needsMore: return .needsMore
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

  mutating func append(contentsOf octets: Span<UInt8>) {
    unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension FieldMarks {
  /// Notes a line by its name, a token.
  mutating func note(name: ArraySlice<UInt8>, line: Int) {
    unsafe name.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress, unsafe !bytes.isEmpty { unsafe note(name: base, length: bytes.count, line: line) }
    }
  }

  /// Notes a line by its name, a token of `length` octets at `name`.
  ///
  /// Setting the bit 0x20 folds letters; the only other octets it maps to a letter or to `-` are controls, which are not part of a token.
  @inline(__always)
  mutating func note(name: UnsafeRawPointer, length: Int, line: Int) {
    let fold8: UInt64 = 0x2020_2020_2020_2020
    let fold4: UInt32 = 0x2020_2020
    // One test that nearly all other lines fail: is there a name with this first letter and length?
    guard unsafe lengthsByLetter[Int(name.load(as: UInt8.self) & 31)] &>> UInt32(truncatingIfNeeded: length) & 1 != 0 else { return }
    switch length {
    case 4:
      if unsafe name.loadUnaligned(as: UInt32.self) | fold4 == 0x7473_6F68 { host.note(line) }
    case 6:
      if unsafe name.loadUnaligned(as: UInt32.self) | fold4 == 0x6570_7865,
        unsafe name.loadUnaligned(fromByteOffset: 2, as: UInt32.self) | fold4 == 0x7463_6570
      {
        expect.note(line)
      }
    case 7:
      if unsafe name.loadUnaligned(as: UInt32.self) | fold4 == 0x7267_7075,
        unsafe name.loadUnaligned(fromByteOffset: 3, as: UInt32.self) | fold4 == 0x6564_6172
      {
        upgrade.note(line)
      }
    case 10:
      if unsafe name.loadUnaligned(as: UInt64.self) | fold8 == 0x6974_6365_6E6E_6F63,
        unsafe name.loadUnaligned(fromByteOffset: 6, as: UInt32.self) | fold4 == 0x6E6F_6974
      {
        connection.note(line)
      }
    case 14:
      if unsafe name.loadUnaligned(as: UInt64.self) | fold8 == 0x2D74_6E65_746E_6F63,
        unsafe name.loadUnaligned(fromByteOffset: 6, as: UInt64.self) | fold8 == 0x6874_676E_656C_2D74
      {
        contentLength.note(line)
      }
    case 17:
      if unsafe name.loadUnaligned(as: UInt64.self) | fold8 == 0x7265_6673_6E61_7274,
        unsafe name.loadUnaligned(fromByteOffset: 8, as: UInt64.self) | fold8 == 0x6E69_646F_636E_652D,
        unsafe name.loadUnaligned(fromByteOffset: 9, as: UInt64.self) | fold8 == 0x676E_6964_6F63_6E65
      {
        transferEncoding.note(line)
      }
    default: break
    }
  }
}

/// The lengths of the names to be noted as bits, by the low five bits of the name's first letter.
private let lengthsByLetter: InlineArray<32, UInt32> = [
  0, 0, 0, 0x4400, 0, 0x40, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20000, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]
