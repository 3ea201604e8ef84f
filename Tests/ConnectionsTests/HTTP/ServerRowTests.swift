import Conformance
import ConformancePeers
import Connections
import HTTPServerTesting
import Testing

/// The 305 rows of `servers.txt` against the server session.
@Suite("HTTP server rows against the session")
struct ServerRowTests {
  /// Where the session does what is allowed rather than best, and why.
  private static let tolerated = [
    "H1.3.4": "an empty Host is valid by its grammar; whether an http URI may lack a host is for the application"
  ]

  @Test("the session passes, however the octets are cut", arguments: ServerRow.all)
  func row(row: ServerRow) {
    let isTolerated = Self.tolerated[row.conformanceCase.id] != nil
    for cut in [Int.max, 1, 2, 3, 7] {
      let result = Simulator.run(row.conformanceCase, against: SessionMachine(), cut: cut)
      #expect(result.verdict == (isTolerated ? .passWithNote : .pass), "in pieces of \(cut): \(result.why)")
    }
  }

  @Test("all rows were run")
  func count() {
    #expect(ServerRow.all.count == 305)
  }
}
