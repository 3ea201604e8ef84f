import BenchHarness
import Testing

@Suite struct EchoFigureTests {
  @Test(arguments: [
    ("nothing", ""), ("another line", "idle 10 1 2 3 4"), ("too few numbers", "load 1 2 3 4"), ("too many numbers", "load 1 2 3 4 5 6"),
    ("a word among them", "load 1 2 x 4 5"), ("no message", "load 0 2 3 4 5"), ("no time", "load 1 0 3 4 5"),
    ("not finite", "load 1 inf 3 4 5"), ("negative", "load 1 2 -3 4 5"),
  ])
  func whatIsNoResultOfALoadIsRefused(name: String, line: String) { #expect(EchoLoad(line: line) == nil) }

  @Test func cpuTimeIsSharedByTheMessagesOfItsRound() throws {
    let rounds = try ["load 1000 1000000 8000000 1 1", "load 100 1000000 900000 1 1", "load 10 1000000 70000 1 1"].map {
      try #require(EchoLoad(line: $0))
    }
    let cell = Cell(server: "ours", isOurs: true, rounds: rounds, remark: nil)
    #expect(cell.nanoseconds == Sample(rounds: [7000, 8000, 9000]))
    #expect(Cell(server: "ours", isOurs: true, rounds: [], remark: "absent").nanoseconds == nil)
  }

  @Test func trafficIsMessagesPerSecondAndLatencies() throws {
    let rounds = try ["load 500 1000000 1 10 30", "load 1000 4000000 1 20 50"].map { try #require(EchoLoad(line: $0)) }
    let traffic = try #require(EchoTraffic(server: "ours", rounds: rounds))
    #expect(traffic.messagesPerSecond == Sample(rounds: [500_000, 250_000]))
    #expect(traffic.medianLatency.median == 15)
    #expect(traffic.latency99.median == 40)
    #expect(EchoTraffic(server: "ours", rounds: []) == nil)
  }

  @Test(arguments: [("idle 10000 600 3100", 0.25), ("idle 4 100 100", 0), ("idle 4 100 92", -2)])
  func memoryIsWhatTheConnectionsAdded(line: String, kibibytes: Double) throws {
    #expect(try #require(EchoMemory(line: line)).kibibytesPerConnection == kibibytes)
  }

  @Test(arguments: ["", "idle 0 1 2", "idle 10 1", "load 1 2 3 4 5"])
  func whatIsNoResultOfIdleConnectionsIsRefused(line: String) { #expect(EchoMemory(line: line) == nil) }
}
