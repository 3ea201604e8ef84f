import ProtocolTesting
import Testing

/// The harness itself: it has to find what it is there to find.
@Suite("Split-everywhere harness")
struct SplitEverywhereTests {
  private static let input = Array("abcdefgh".utf8)

  @Test("a parser that does not care about cuts has no mismatch")
  func steady() {
    let run = { (pieces: [[UInt8]]) in ParseTrace(events: pieces.flatMap { $0 }) }
    #expect(splitEverywhere("input", Self.input, run: run).isEmpty)
    #expect(everyPrefix("input", Self.input, run: run).isEmpty)
  }

  @Test("a parser that loses what stands at a cut is found, at every cut but the ends")
  func lossy() {
    let mismatches = splitEverywhere("input", Self.input) { pieces in
      ParseTrace(events: pieces.filter { !$0.isEmpty }.map { $0.count })
    }
    // Seven cuts within the input, octet by octet, and pieces of two, three and seven.
    #expect(mismatches.count == 7 + 4)
    #expect(mismatches.contains { "\($0)".contains("input, split at octet 3") })
  }

  @Test("a failure whose text depends on the cut is found")
  func failure() {
    let mismatches = splitEverywhere("input", Self.input) { pieces in
      ParseTrace<Int>(failure: "bad octet in piece \(pieces.count)")
    }
    #expect(!mismatches.isEmpty)
  }

  @Test("a parser that judges before its input is complete is found")
  func hasty() {
    let mismatches = everyPrefix("input", Self.input) { pieces in
      let count = pieces.joined().count
      return ParseTrace<Int>(events: count == 8 ? [8] : [], failure: count == 5 ? "too short" : nil)
    }
    #expect(mismatches.count == 1)
  }

  @Test("long inputs are sampled at both ends and between")
  func sampled() {
    var cuts = 0
    _ = splitEverywhere("long", Array(repeating: 0, count: 100_000)) { pieces -> ParseTrace<Int> in
      if pieces.count == 2 { cuts += 1 }
      return ParseTrace()
    }
    #expect((500...600).contains(cuts))
  }

  @Test("the generator repeats itself for a seed")
  func generator() {
    var one = SeededGenerator(seed: 7)
    var other = SeededGenerator(seed: 7)
    var third = SeededGenerator(seed: 8)
    let numbers = (0..<4).map { _ in one.next() }
    #expect(numbers == (0..<4).map { _ in other.next() })
    #expect(numbers != (0..<4).map { _ in third.next() })
  }
}
