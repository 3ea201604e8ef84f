/// Checks that octets arriving in pieces are UTF-8 (RFC 3629), and fails at the first octet that makes it certain they are not.
///
/// Theory of operation: whether an octet may stand where it stands depends on itself and the three octets before it, nothing else. So all
/// octets of a block can be judged at once, by comparing the block with itself shifted by one, two and three octets; what is carried from
/// piece to piece is the last three octets. Blocks of ASCII need a single test. Only a block with a fault is looked at octet by octet.
public struct UTF8Validator: Sendable {
  private var history = UTF8History()

  /// Creates a validator at the start of a text.
  public init() {}

  /// Whether the text may end here: no character is unfinished.
  public var isComplete: Bool { !history.expectsContinuation }

  /// Takes the next octets of the text.
  ///
  /// - Returns: The index in `octets` of the first octet that cannot be part of UTF-8, or `nil` if all may be. After a
  ///   failure the validator must not be used again.
  public mutating func firstInvalid(in octets: Span<UInt8>) -> Int? {
    firstInvalid(in: octets, from: 0, count: octets.count)
  }

  /// The same for `count` octets from `start` on, which the caller knows to lie within `octets`; the index is that in `octets`.
  mutating func firstInvalid(in octets: Span<UInt8>, from start: Int, count: Int) -> Int? {
    count >= 16 ? long(octets, from: start, to: start &+ count) : short(octets, from: start, count: count)
  }

  /// At least sixteen octets: the first sixteen with the history, then blocks that look back by themselves.
  private mutating func long(_ octets: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    var index = start &+ 16
    if !history.expectsContinuation, UTF8Block.isASCII(octets.word(at: start) | octets.word(at: start &+ 8)) {
      index = UTF8Block.endOfASCII(octets, from: start, to: end)
      if index == end {
        history = UTF8History(octets, before: end)
        return nil
      }
    } else {
      let faults = UTF8Block.faults(octets.word(at: start), octets.word(at: start &+ 8), after: history)
      guard faults.isClear else { return locate(octets, from: start, to: end, start: start) }
    }
    if end &- start < 32 {
      history = UTF8History(octets, before: index)
      return short(octets, from: index, count: end &- index)
    }
    while index &+ 64 <= end {
      if UTF8Block.isASCII(octets, at: index) {
        guard !UTF8History(octets, before: index).expectsContinuation else { return index }
        repeat { index &+= 64 } while index &+ 64 <= end && UTF8Block.isASCII(octets, at: index)
      } else {
        let faults = UTF8Block.faults(octets, at: index) .| UTF8Block.faults(octets, at: index &+ 32)
        guard faults.isClear else { return locate(octets, from: index, to: end, start: start) }
        index &+= 64
      }
    }
    while index < end {
      // The last block overlaps the one before: judging octets twice does no harm.
      let block = min(index, end &- 16)
      guard UTF8Block.faultsOfSixteen(octets, at: block).isClear else { return locate(octets, from: index, to: end, start: start) }
      index = block &+ 16
    }
    history = UTF8History(octets, before: end)
    return nil
  }

  /// Fewer than sixteen octets, as two words filled up with zeros.
  private mutating func short(_ octets: Span<UInt8>, from start: Int, count: Int) -> Int? {
    let (first, second) = octets.shortWords(from: start, count: count)
    if !UTF8Block.isASCII(first | second) || history.expectsContinuation {
      // Behind an unfinished character the zero would be a fault, but the next piece may go on with it.
      let faults = UTF8Block.faults(first, second, after: history).words
      let partial = (UInt64(1) &<< (UInt64(count & 7) &* 8)) &- 1
      let counted = count >= 8 ? faults[0] | faults[1] & partial : faults[0] & partial
      guard counted == 0 else { return locate(octets, from: start, to: start &+ count, start: start) }
    }
    if count >= 4 { history = UTF8History(octets, before: start &+ count) } else { history.append(first, count: count) }
    return nil
  }

  /// The first fault from `index` on, octet by octet; what is before `index` was accepted.
  @inline(never)
  private func locate(_ octets: Span<UInt8>, from index: Int, to end: Int, start: Int) -> Int? {
    var history = index == start ? self.history : UTF8History(octets, before: index)
    for position in index..<end {
      guard history.accepts(octets[position]) else { return position }
      history.append(UInt64(octets[position]), count: 1)
    }
    return nil
  }
}
