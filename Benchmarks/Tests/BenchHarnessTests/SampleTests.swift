import BenchHarness
import Testing

@Suite struct SampleTests {
  @Test(arguments: [
    ("one round", [5.0], 5.0), ("odd: the middle", [9, 1, 5], 5), ("even: the mean of the middle two", [8, 1, 100, 2], 5),
    ("one slow round changes nothing", [3, 3, 3, 3, 4000], 3),
  ])
  func medianOfRounds(name: String, rounds: [Double], median: Double) throws {
    let sample = try #require(Sample(rounds: rounds))
    #expect(sample.median == median)
    #expect(sample.minimum == rounds.min())
    #expect(sample.maximum == rounds.max())
    #expect(sample.rounds == rounds.count)
  }

  @Test func noRoundsMakeNoSample() { #expect(Sample(rounds: []) == nil) }

  @Test func ratioAboveOneMeansTheOtherIsFaster() throws {
    let ours = try #require(Sample(rounds: [2]))
    let peer = try #require(Sample(rounds: [9]))
    #expect(peer.ratio(to: ours) == 4.5)
    #expect(ours.ratio(to: peer) < 1)
  }

  @Test func nothingTakenIsInfinitelyFaster() throws {
    let nothing = try #require(Sample(rounds: [0]))
    let peer = try #require(Sample(rounds: [9]))
    #expect(peer.ratio(to: nothing) == .infinity)
    #expect(nothing.gigabytesPerSecond(octets: 1) == .infinity)
    #expect(nothing.spread == "0 % +0 %")
  }

  @Test func octetsPerNanosecondAreGigabytesPerSecond() throws {
    #expect(try #require(Sample(rounds: [20])).gigabytesPerSecond(octets: 1000) == 50)
  }

  @Test func spreadIsRelativeToTheMedian() throws {
    #expect(try #require(Sample(rounds: [98, 100, 105])).spread == "-2 % +5 %")
  }
}
