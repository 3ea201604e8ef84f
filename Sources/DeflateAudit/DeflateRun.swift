/// The reading of one input.
struct DeflateRun {
  private var cursor: BitCursor
  /// The history, then the output.
  private var octets: [UInt8]
  private let historyCount: Int
  private let windowBytes: Int
  private let limits: DeflateLimits
  private var found = DeflateReport()

  init(octets input: [UInt8], history: [UInt8], windowBytes: Int, limits: DeflateLimits) {
    cursor = BitCursor(input)
    octets = history
    historyCount = history.count
    self.windowBytes = windowBytes
    self.limits = limits
  }

  mutating func report(_ framing: DeflateReader.Framing) -> DeflateReport {
    do throws(DeflateFailure) {
      try readBlocks(framing)
    } catch {
      found.failure = error
    }
    found.endBit = cursor.offset
    found.bitCount = cursor.bitCount
    found.output = Array(octets[historyCount...])
    return found
  }

  func recentOutput(_ count: Int) -> [UInt8] { octets.suffix(count) }

  private var outputCount: Int { octets.count - historyCount }

  private mutating func readBlocks(_ framing: DeflateReader.Framing) throws(DeflateFailure) {
    while true {
      switch framing {
      case .stream: if try readBlock() { return }
      case .message:
        if cursor.isAtEnd { return }
        if try readBlock() { cursor.align() }
      }
    }
  }

  /// Reads one block and returns whether it is the final one.
  private mutating func readBlock() throws(DeflateFailure) -> Bool {
    let start = cursor.offset
    guard found.blockCount < limits.maximumBlocks else {
      throw DeflateFailure(.blockLimit, bitOffset: start, limit: limits.maximumBlocks, actual: found.blockCount + 1)
    }
    let isFinal = try cursor.bit() == 1
    let kind: DeflateBlock.Kind
    switch try cursor.bits(2) {
    case 0: kind = .stored
    case 1: kind = .fixed
    case 2: kind = .dynamic
    default: throw DeflateFailure(.reservedBlockType, bitOffset: start + 1)
    }
    var block = DeflateBlock(kind: kind, isFinal: isFinal, bits: start..<start, output: outputCount..<outputCount)
    defer { record(block) }
    switch kind {
    case .stored: try readStored()
    case .fixed: try readSymbols(PrefixCode.fixedLiterals, PrefixCode.fixedDistances, &block)
    case .dynamic:
      let codes = try DynamicCodes(from: &cursor)
      try readSymbols(codes.literals, codes.distances, &block)
    }
    return isFinal
  }

  private mutating func record(_ block: DeflateBlock) {
    var block = block
    block.bits = block.bits.lowerBound..<cursor.offset
    block.output = block.output.lowerBound..<outputCount
    found.blockCount += 1
    found.largestDistance = max(found.largestDistance, block.largestDistance)
    if found.blocks.count < limits.maximumRecordedBlocks { found.blocks.append(block) }
  }

  private mutating func readStored() throws(DeflateFailure) {
    cursor.align()
    let start = cursor.offset
    let length = try cursor.bits(16)
    guard try cursor.bits(16) == length ^ 0xFFFF else { throw DeflateFailure(.storedLengthMismatch, bitOffset: start) }
    try checkOutput(adding: length, at: start)
    let taken = cursor.takeOctets(length)
    octets += taken
    guard taken.count == length else { throw DeflateFailure(.truncated, bitOffset: cursor.offset) }
  }

  private mutating func readSymbols(_ literals: PrefixCode, _ distances: PrefixCode, _ block: inout DeflateBlock) throws(DeflateFailure) {
    while true {
      let start = cursor.offset
      let symbol = try literals.symbol(from: &cursor)
      switch symbol {
      case 256: return
      case ..<256:
        try checkOutput(adding: 1, at: start)
        octets.append(UInt8(truncatingIfNeeded: symbol))
        block.literalCount += 1
      default:
        guard let code = LengthsAndDistances.length(symbol) else {
          throw DeflateFailure(.reservedLengthSymbol(symbol), bitOffset: start)
        }
        let length = code.base + (try cursor.bits(code.extraBits))
        try copy(length, distance: try readDistance(distances), at: start, &block)
      }
    }
  }

  private mutating func readDistance(_ code: PrefixCode) throws(DeflateFailure) -> Int {
    let start = cursor.offset
    let symbol = try code.symbol(from: &cursor)
    guard let distance = LengthsAndDistances.distance(symbol) else {
      throw DeflateFailure(.reservedDistanceSymbol(symbol), bitOffset: start)
    }
    return distance.base + (try cursor.bits(distance.extraBits))
  }

  private mutating func copy(_ length: Int, distance: Int, at start: Int, _ block: inout DeflateBlock) throws(DeflateFailure) {
    block.matchCount += 1
    block.longestLength = max(block.longestLength, length)
    block.largestDistance = max(block.largestDistance, distance)
    if distance > outputCount { found.reachesIntoHistory = true }
    // The window first: of the history there is only as much as it holds.
    guard distance <= windowBytes else {
      throw DeflateFailure(.distanceBeyondWindow, bitOffset: start, limit: windowBytes, actual: distance)
    }
    guard distance <= octets.count else {
      throw DeflateFailure(.distanceBeforeStart, bitOffset: start, limit: octets.count, actual: distance)
    }
    try checkOutput(adding: length, at: start)
    for _ in 0..<length { octets.append(octets[octets.count - distance]) }
  }

  private func checkOutput(adding count: Int, at start: Int) throws(DeflateFailure) {
    guard count <= limits.maximumOutputBytes - outputCount else {
      throw DeflateFailure(.outputLimit, bitOffset: start, limit: limits.maximumOutputBytes, actual: outputCount + count)
    }
  }
}
