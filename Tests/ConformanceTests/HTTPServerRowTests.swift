import Conformance
import ConformancePeers
import HTTPServerTesting
import Testing

/// The 305 rows of `servers.txt` against a conforming server.
@Suite("HTTP server rows")
struct HTTPServerRowTests {
  /// Where the conforming server does what is allowed rather than best, and why.
  private static let tolerated = [
    "H1.3.4": "an empty Host is valid by its grammar; whether an http URI may lack a host is for the application"
  ]

  @Test("a conforming server passes, however the octets are cut", arguments: ServerRow.all)
  func conforming(row: ServerRow) {
    let id = row.conformanceCase.id
    let result = Simulator.run(row.conformanceCase, against: HTTPServerMachine())
    #expect(result.verdict == (Self.tolerated[id] == nil ? .pass : .passWithNote), "\(result.why)")
    #expect(!result.why.isEmpty)
    for cut in [1, 2, 3, 7] {
      let other = Simulator.run(row.conformanceCase, against: HTTPServerMachine(), cut: cut)
      #expect(other.verdict == result.verdict, "in pieces of \(cut): \(other.why)")
      // Whether content is there when the head is read, and so whether 100 is sent, does depend on the cuts.
      #expect(other.observed.map { $0.replacing("100, ", with: "") } == result.observed.map { $0.replacing("100, ", with: "") })
    }
  }

  @Test("all rows were read, and count as one says")
  func counts() {
    var counts: [Verdict: Int] = [:]
    for row in ServerRow.all { counts[Simulator.run(row.conformanceCase, against: HTTPServerMachine()).verdict, default: 0] += 1 }
    let words = Verdict.allCases.compactMap { verdict in counts[verdict].map { "\($0) \(verdict.rawValue)" } }
    print("\(ServerRow.all.count) rows: \(words.joined(separator: ", "))")
    #expect(ServerRow.all.count == 305)
    #expect(ServerRow.all.allSatisfy { !$0.conformanceCase.title.isEmpty })
    #expect(counts == [.pass: 305 - Self.tolerated.count, .passWithNote: Self.tolerated.count])
  }
}
