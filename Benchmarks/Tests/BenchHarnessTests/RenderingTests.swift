import BenchHarness
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    (0.0, "0"), (0.004, "0"), (0.425, "0.43"), (7.5, "7.5"), (9.996, "10"), (38, "38"), (38.04, "38"), (57.84, "57.8"), (99.96, "100"),
    (1405.4, "1405"), (-2.5, "-2.5"), (-0.001, "0"), (.infinity, "-"), (.nan, "-"), (1e30, "-"),
  ])
  func threeDigits(value: Double, text: String) { #expect(decimal(value) == text) }

  @Test(arguments: [(4.65, "4.65 ns"), (9_999, "9999 ns"), (57_800, "57.8 us"), (14_000_000, "14 ms")])
  func bestUnit(nanoseconds: Double, text: String) { #expect(duration(nanoseconds: nanoseconds) == text) }
}

@Suite struct TableTests {
  private static var table: Table {
    var table = Table([("name", .left), ("ns", .right), ("", .left)])
    table.append(["memcpy", "3.1"])
    table.append(["C", "1405", "remark"])
    return table
  }

  @Test func columnsAreAlignedAndLinesEndWithoutSpaces() {
    #expect(Self.table.text == "name      ns\nmemcpy   3.1\nC       1405  remark\n")
  }

  @Test func markdownSaysWhichColumnsAreNumbers() {
    #expect(Self.table.markdown == "| name | ns |  |\n| --- | ---: | --- |\n| memcpy | 3.1 |  |\n| C | 1405 | remark |\n")
  }
}

@Suite struct GroupTests {
  static let rows = [
    Row(
      name: "1 KiB", octetsPerItem: 1024,
      cells: [
        Cell(contender: "ours", isOurs: true, nanoseconds: Sample(rounds: [20])),
        Cell(contender: "peer", isOurs: false, nanoseconds: Sample(rounds: [80])),
        Cell(contender: "liar", isOurs: false, remark: "returns 0, expected 1"),
      ])
  ]

  private static func group(_ targets: [Target]) -> Group { Group(name: "g", title: "A group", rows: rows, targets: targets) }

  @Test func aPeerThatWasNotMeasuredIsNamedWithItsReason() {
    let text = Self.group([]).text
    #expect(text.contains("* ours"))
    #expect(text.contains("liar"))
    #expect(text.contains("returns 0, expected 1"))
    #expect(text.contains("80 ns  12.8          4  0 % +0 %"))
  }

  @Test func markdownHasRatiosInBrackets() {
    #expect(Self.group([]).markdown.contains("| peer | 80 ns (4) |"))
    #expect(Self.group([]).markdown.contains("| **ours** | 20 ns |"))
    #expect(Self.group([]).markdown.contains("| liar | – |"))
  }

  @Test func missedTargetsAreNamed() {
    let group = Self.group([Target("1 KiB", .times(4, peer: "peer")), Target("1 KiB", .nanoseconds(10))])
    #expect(group.text.contains("targets: 1 of 2 met\n  met: 1 KiB: at least 4x peer; 4x\n  missed: 1 KiB: at most 10 ns; 20 ns\n"))
    #expect(group.markdown.contains("Targets: 1 of 2 met; missed: 1 KiB: at most 10 ns (20 ns).\n"))
  }
}

@Suite struct VerdictTests {
  private static let rows =
    GroupTests.rows + [
      Row(name: "2 KiB", octetsPerItem: 2048, cells: [Cell(contender: "ours", isOurs: true, nanoseconds: Sample(rounds: [50]))]),
      Row(name: "frames", octetsPerItem: 0, cells: [Cell(contender: "ours", isOurs: true, allocations: 0)]),
    ]

  @Test(arguments: [
    ("faster than asked", Target("1 KiB", .times(3.9, peer: "peer")), Verdict.Outcome.met),
    ("slower than asked", Target("1 KiB", .times(4.1, peer: "peer")), .missed),
    ("peer not measured", Target("1 KiB", .times(4, peer: "liar")), .open),
    ("no such peer", Target("1 KiB", .times(4, peer: "nobody")), .open),
    ("no such row", Target("3 KiB", .nanoseconds(1)), .open),
    ("exactly so many nanoseconds", Target("1 KiB", .nanoseconds(20)), .met),
    ("too many nanoseconds", Target("1 KiB", .nanoseconds(19.9)), .missed),
    ("another contender", Target("1 KiB", .nanoseconds(20), contender: "peer"), .missed),
    ("throughput reached", Target("1 KiB", .gigabytesPerSecond(51)), .met),
    ("throughput missed", Target("1 KiB", .gigabytesPerSecond(52)), .missed),
    ("no allocation", Target("frames", .allocations(0)), .met),
    ("allocations not counted", Target("1 KiB", .allocations(0)), .open),
    ("growth within bounds", Target("2 KiB", .timesRow(2.5, "1 KiB")), .met),
    ("growth out of bounds", Target("2 KiB", .timesRow(2.4, "1 KiB")), .missed),
    ("within another contender's time", Target("1 KiB", .timesContender(4, "ours"), contender: "peer"), .met),
    ("beyond another contender's time", Target("1 KiB", .timesContender(3.9, "ours"), contender: "peer"), .missed),
    ("another contender not measured", Target("1 KiB", .timesContender(4, "liar")), .open),
    ("growth from nowhere", Target("2 KiB", .timesRow(2.4, "nowhere")), .open),
  ])
  func outcome(name: String, target: Target, outcome: Verdict.Outcome) {
    #expect(Verdict(target, rows: Self.rows).outcome == outcome)
  }
}
